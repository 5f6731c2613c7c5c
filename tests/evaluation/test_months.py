"""A month runs from freeze to publication, stays as it was, and is re-issued with a note; results are sealed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.evaluation.small_city import city_of, steps_of
from tests.volume.conftest import NOW, months  # noqa: F401 - fixture
from wangge.domains.evaluation.evaluating import Question, evaluate
from wangge.domains.evaluation.logic.months import MonthState, state_after
from wangge.domains.evaluation.logic.periods import parse_period
from wangge.domains.evaluation.logic.scoring import ScorePart, interval, rank_changes, ranks, score
from wangge.domains.evaluation.models import Adjustment, CheckFinding, MonthStep, Result
from wangge.domains.evaluation.operations.month import MonthRefused, step
from wangge.domains.evaluation.operations.results import Frozen, freeze_result
from wangge.domains.evaluation.queries.recomputing import recompute
from wangge.domains.evaluation.queries.results import content_of, explain, is_sealed, published_months
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.organizations.logic import TERMINAL, Actor, Holding

REVIEWER = Actor(11, "kaoping", "考评员甲", (Holding("evaluator"),))
LEADER = Actor(12, "lingdao", "中心领导乙", (Holding("centre_leader"),))
BOTH = Actor(13, "both", "丙", (Holding("evaluator"), Holding("centre_leader")))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def snapshot(months: None, tmp_path: Path) -> Snapshot:  # noqa: F811
    names = ["W01", "W02", "W03", "W58", "W60", "W61", "W86"] * 3
    return city_of(tmp_path, [(name, len(steps_of(name)[1]), place % 3 + 1) for place, name in enumerate(names)])


def made(verb: str, by: Actor, snapshot: Snapshot | None = None, note: str = "") -> MonthStep:
    return step(period="2024-03", verb=verb, by=by, at=NOW, snapshot=snapshot, note=note)


def test_a_month_goes_its_course_and_no_other(snapshot: Snapshot) -> None:
    with pytest.raises(MonthRefused, match="冻结"):
        made("publish", REVIEWER)
    made("freeze", REVIEWER, snapshot)
    assert published_months() == []
    with pytest.raises(MonthRefused, match="岗位"):
        made("sign", REVIEWER)
    made("review", REVIEWER)
    made("sign", LEADER)
    made("publish", REVIEWER)
    assert [each.id for each in published_months()] == ["M2024-03-1"]
    with pytest.raises(MonthRefused, match="更正说明"):
        made("reissue", LEADER, snapshot)
    made("reissue", LEADER, snapshot, "申诉成立一件")
    newest = published_months()[0]
    assert (newest.id, newest.replaces, newest.change_note) == ("M2024-03-2", "M2024-03-1", "申诉成立一件")
    assert state_after([each.verb for each in MonthStep.objects.order_by("seq")]) is MonthState.PUBLISHED


def test_who_reviewed_does_not_sign(snapshot: Snapshot) -> None:
    made("freeze", REVIEWER, snapshot)
    made("review", BOTH)
    with pytest.raises(MonthRefused, match="签发人"):
        made("sign", BOTH)
    with pytest.raises(DatabaseError, match="month_signed_by_another"), transaction.atomic():
        MonthStep.objects.create(
            period="2024-03", seq=3, verb="sign", result_id="x", person_id=13, person_name="丙", at=NOW
        )


@pytest.mark.parametrize("table", ["evaluation_result", "evaluation_month_step"])
def test_nothing_of_a_month_is_changed(snapshot: Snapshot, table: str) -> None:
    made("freeze", REVIEWER, snapshot)
    for statement in (f"UPDATE {table} SET period = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


BROKEN: dict[str, Callable[[], object]] = {
    "result_reissue_says_why": lambda: _result(issue=2, replaces="M-1"),
    "result_kind_known": lambda: _result(kind="guess"),
    "result_seal_is_sm3": lambda: _result(sm3=b"short"),
    "month_begins_frozen": lambda: MonthStep.objects.create(
        period="2024-05", seq=1, verb="publish", result_id="x", person_name="", at=NOW
    ),
    "month_reissue_says_why": lambda: MonthStep.objects.create(
        period="2024-05", seq=2, verb="reissue", result_id="x", person_name="", at=NOW
    ),
    "adjustment_has_reason_and_order": lambda: Adjustment.objects.create(
        period="2024-05", object_kind="district", object_code="1", points_hundredths=5, reason="", order_no="1", at=NOW
    ),
    "adjustment_is_not_nothing": lambda: Adjustment.objects.create(
        period="2024-05", object_kind="district", object_code="1", points_hundredths=0, reason="a", order_no="1", at=NOW
    ),
    "finding_form_known": lambda: CheckFinding.objects.create(
        period="2024-05", form="dream", object_kind="district", object_code="1", item="a", points_hundredths=1, at=NOW
    ),
}


def _result(**changed: Any) -> Result:
    told = {
        "id": "r", "kind": "asked", "period": "2024", "issue": 1, "question": {}, "snapshot": "s", "edition": "e",
        "software": "0", "engine": "duckdb", "computed_at": NOW, "content": "{}", "sm3": b"\0" * 32,
    }  # fmt: skip
    return Result.objects.create(**{**told, **changed})


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses(name: str) -> None:
    with pytest.raises((IntegrityError, DatabaseError), match=name), transaction.atomic():
        BROKEN[name]()


def test_a_result_recomputes_equal_and_a_forged_one_does_not(snapshot: Snapshot) -> None:
    question = Question(parse_period("2024"), by=("district",))
    answer = evaluate(question, snapshot=snapshot)
    kept = freeze_result(answer=answer, frozen=Frozen("asked", "duckdb", NOW, TERMINAL, answer.content()))
    kept.refresh_from_db()
    assert is_sealed(kept)
    again = recompute(kept, root=snapshot.root, overlay=None, engine="plain")
    assert again.equal
    assert again.snapshot == snapshot.id
    content = copy.deepcopy(content_of(kept))  # the frozen one is shared by the process
    content["rows"][0]["figures"]["n_report"]["value"] = "999"
    import orjson

    kept.content = orjson.dumps(content).decode()
    forged = recompute(kept, root=snapshot.root, overlay=None)
    assert not forged.sealed
    assert [(each.indicator, each.frozen["value"]) for each in forged.differences] == [("n_report", "999")]


def test_a_month_recomputes_equal_down_to_units_and_scores(snapshot: Snapshot) -> None:
    frozen = made("freeze", REVIEWER, snapshot)
    result = Result.objects.get(id=frozen.result_id)
    assert recompute(result, root=snapshot.root, overlay=None, engine="plain").equal
    content = copy.deepcopy(content_of(result))
    unit = content["departments"][0]
    unit["figures"]["n_report"]["value"] = "999"
    content["scores"]["district"][0]["total"] = "1.00"
    import orjson

    result.content = orjson.dumps(content).decode()
    forged = recompute(result, root=snapshot.root, overlay=None)
    assert [(dict(each.objects), each.indicator) for each in forged.differences] == [(unit["objects"], "n_report")]
    assert [(each.object, each.frozen[0]) for each in forged.scores] == [("district", "1.00")]


def test_every_figure_opens_to_its_cases(snapshot: Snapshot) -> None:
    answer = evaluate(Question(parse_period("2024"), by=("district",)), snapshot=snapshot)
    kept = freeze_result(answer=answer, frozen=Frozen("asked", "duckdb", NOW, TERMINAL, answer.content()))
    told = explain(kept, "district=430201/handle_intime_rate_reached", root=snapshot.root, overlay=None)
    for count in told["counts"]:
        assert sum(each["sign"] for each in count["steps"]) == count["number"]
    by_id = {count["count"]: count["number"] for count in told["counts"]}
    assert by_id["n_handle_intime"] == told["figure"]["numerator"] + 0


def test_the_score_hands_a_missing_part_on_and_ranks_no_small_group() -> None:
    scheme = (
        ScorePart("a", "甲", Decimal("0.5"), "indicator", "x"),
        ScorePart("b", "乙", Decimal("0.3"), "indicator", "y", inverted=True),
        ScorePart("c", "丙", Decimal("0.2"), "spot"),
    )
    whole = score(scheme, {"a": Decimal(90), "b": Decimal(10), "c": Decimal(80)}, Decimal("-1.5"))
    assert whole.total == Decimal("86.50")
    part = score(scheme, {"a": Decimal(90), "b": Decimal(10), "c": None})
    assert part.total == Decimal("90.00")
    assert score(scheme, {}).total is None
    placed = ranks(
        {"x": Decimal(90), "y": Decimal(90), "z": Decimal(80), "w": Decimal(99), "n": None}, too_small=frozenset({"w"})
    )
    assert placed == {"x": 1, "y": 1, "z": 3}
    assert rank_changes({"x": 1, "y": 2}, {"x": 2, "y": 1}) == {"x": (1, 2), "y": (2, 1)}


def test_the_interval_of_a_small_group_is_wide() -> None:
    few, many = interval(9, 10), interval(900, 1000)
    assert few is not None
    assert many is not None
    assert few == (Decimal("59.6"), Decimal("98.2"))
    assert many[1] - many[0] < Decimal("4")
    assert interval(0, 0) is None
