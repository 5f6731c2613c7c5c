"""A frozen result by other weights, limits and bands: the frozen scores come out unchanged, ranks move as reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import given

from tests.evaluation.small_months import run_months, walked_city
from tests.volume.conftest import NOW, months  # noqa: F401 - fixture
from wangge.domains.evaluation.logic import scoring
from wangge.domains.evaluation.logic.scoring import ScorePart, cases_to_gain
from wangge.domains.evaluation.logic.what_if import Compared, Setup, Wish, WishRefused, compare, parse_wish, wished
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.queries import what_if as asking
from wangge.domains.evaluation.queries.results import result_of
from wangge.project.commands.evaluate import evaluate
from wangge.project.commands.evaluate_what_if import plain
from wangge.standards.formulas import Composite, parse_formula
from wangge.standards.library import load_tables

SCHEME = (
    ScorePart("intime", "按期处置", Decimal("0.6"), "indicator", "handle_intime_rate"),
    ScorePart("rework", "返工", Decimal("0.4"), "indicator", "rework_rate", inverted=True),
)
FORMULA = parse_formula("0.40*band(department_filed, n_file) + 0.60*handle_intime_rate")
assert isinstance(FORMULA, Composite)
BANDS = {
    name: tuple(row for row in load_tables().score_bands if row.band_table == name)
    for name in ("grade", "department_filed")
}
SETUP = Setup(SCHEME, 30, BANDS, "dept_index", FORMULA)
# code → (on time, rework, filed, due); the score is 0.6 × on time + 0.4 × (100 - rework)
UNITS: Mapping[str, tuple[str, str, str, int]] = {
    "a": ("90", "20", "40", 100),  # 86.00, second
    "b": ("85", "5", "120", 200),  # 89.00, first
    "c": ("100", "0", "10", 12),  # 100.00, too small for a rank
}


def frozen(setup: Setup = SETUP) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The scores and figures of the units as a result would hold them."""
    totals = {
        code: scoring.score(setup.scheme, {"intime": Decimal(intime), "rework": Decimal(rework)}).total
        for code, (intime, rework, _filed, _due) in UNITS.items()
    }
    ranks = scoring.ranks(totals, too_small=frozenset({"c"}))
    scores = [
        {
            "code": code, "total": str(totals[code]), "rank": ranks.get(code), "adjusted": "0",
            "parts": [{"part": "intime", "value": intime}, {"part": "rework", "value": rework}],
        }
        for code, (intime, rework, _filed, _due) in UNITS.items()
    ]  # fmt: skip
    figures = {
        code: {
            "handle_intime_rate": {"value": intime}, "n_file": {"value": filed},
            "n_need_handle_reached": {"value": str(due)}, "dept_index": {"value": index},
        }
        for (code, (intime, _rework, filed, due)), index in zip(
            UNITS.items(), ("94.00", "81.00", "100.00"), strict=True
        )
    }  # fmt: skip
    return scores, figures


def tried(**wish: Any) -> dict[str, Compared]:
    scores, figures = frozen()
    return {each.code: each for each in compare(scores, figures, SETUP, parse_wish(**wish)).objects}


def test_without_a_change_everything_stays_as_frozen() -> None:
    scores, figures = frozen()
    outcome = compare(scores, figures, SETUP, Wish())
    assert outcome.reproduces
    assert outcome.weight_sum == 1
    assert not any(each.moved for each in outcome.objects)
    assert [each.code for each in outcome.objects] == ["b", "a", "c"]


def test_a_weight_moves_ranks() -> None:
    told = tried(weights=["intime=1.0", "rework=0"])
    assert (told["a"].before.rank, told["a"].after.rank, told["a"].after.total) == (2, 1, Decimal("90.00"))
    assert (told["b"].before.rank, told["b"].after.rank) == (1, 2)
    assert told["c"].after.rank is None


def test_the_limit_of_small_groups_brings_one_into_the_ranking() -> None:
    told = tried(least_cases=10)
    assert {code: each.after.rank for code, each in told.items()} == {"a": 3, "b": 2, "c": 1}
    assert {code: each.after.rank for code, each in tried(least_cases=150).items()} == {"a": None, "b": 1, "c": None}


def test_an_edge_of_a_band_moves_grades_and_an_index() -> None:
    told = tried(edges=["grade/5=89"])
    assert (told["b"].before.grade, told["b"].after.grade, told["b"].moved) == ("B", "A", True)
    assert told["a"].after.grade == "B"
    # band 3 now begins at 121: 120 cases filed score 90, not 75
    told = tried(edges=["department_filed/3=121"])
    assert (told["b"].before.index, told["b"].after.index) == (Decimal("81.00"), Decimal("87.00"))
    told = tried(scores=["department_filed/1=50"])
    assert (told["a"].after.index, told["a"].before.index_rank, told["a"].after.index_rank) == (Decimal("74.00"), 2, 3)


def test_a_scheme_of_another_edition_is_told() -> None:
    scores, figures = frozen()
    scores[0]["total"] = "86.01"
    assert not compare(scores, figures, SETUP, Wish()).reproduces


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"weights": ["speed=0.2"]}, "没有“speed”"),
        ({"weights": ["intime=1.2"]}, "0 与 1 之间"),
        ({"weights": ["intime=much"]}, "不是数"),
        ({"weights": ["intime=NaN"]}, "不是数"),
        ({"weights": ["intime"]}, "看不懂"),
        ({"weights": ["intime=0", "rework=0"]}, "全为 0"),
        ({"edges": ["grade/9=3"]}, "没有分档“grade/9”"),
        ({"edges": ["grade=3"]}, "没有分档“grade”"),
        ({"edges": ["grade/3=95"]}, "一档比一档高"),
        ({"scores": ["grade/3=95"]}, "只有数能改"),
        ({"scores": ["department_filed/3=best"]}, "只有数能改"),
    ],
)
def test_what_cannot_be_tried_is_refused(wish: dict[str, Any], says: str) -> None:
    with pytest.raises(WishRefused, match=says):
        wished(SETUP, parse_wish(**wish))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=2).filter(any))
def test_only_the_proportion_of_weights_counts(weights: list[int]) -> None:
    def ranks(of: int) -> dict[str, Any]:
        given = [f"{name}={Decimal(weight) / of}" for name, weight in zip(("intime", "rework"), weights, strict=True)]
        scores, figures = frozen()
        outcome = compare(scores, figures, SETUP, parse_wish(weights=given))
        return {each.code: each.after.total for each in outcome.objects}

    assert ranks(100) == ranks(200)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(1, 99), st.integers(1, 2000))
def test_so_many_cases_gain_the_points_and_one_less_does_not(whole: int, room: int, percent: int, gap: int) -> None:
    weight, points = Decimal(percent) / 100, Decimal(gap) / 100

    def gained(cases: int) -> Decimal:
        return weight * 100 * cases / whole

    needed = cases_to_gain(points, weight=weight, denominator=whole, room=room)
    if needed is None:
        assert gained(room) < points
    else:
        assert gained(needed) >= points > gained(needed - 1)


@pytest.mark.django_db(transaction=True)
def test_a_published_month_is_tried_and_nothing_is_kept(months: None, tmp_path: Path) -> None:  # noqa: F811
    run_months(walked_city(tmp_path), ["2024-03"], at=NOW)
    kept = Result.objects.count(), MonthStep.objects.count()
    result = result_of("2024-03")
    for kind in ("district", "department"):
        setup = asking.setup_of(result, kind, None)
        told = plain(asking.what_if(result, kind, setup, Wish()))
        assert told["reproduces"]
        assert not any(each["moved"] for each in told["objects"])
        assert {each["code"] for each in told["objects"]} > set()
    ranked = plain(asking.what_if(result, "district", asking.setup_of(result, "district", None), Wish(least_cases=0)))
    assert sorted(each["after"]["rank"] for each in ranked["objects"])[0] == 1
    assert all(each["before"]["rank"] is None for each in ranked["objects"])  # a few cases each: no rank as published
    assert (Result.objects.count(), MonthStep.objects.count()) == kept


def test_the_command_says_how_to_write_a_change() -> None:
    told = CliRunner().invoke(evaluate, ["what-if", "--help"])
    assert "--weight PART=0.35" in told.output
    assert "--band TABLE/N=70" in told.output
