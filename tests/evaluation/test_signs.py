"""Signs that figures were made to look better: each shows where its numbers say so, with its cases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import orjson
import pytest
from hypothesis import given

from tests.evaluation.small_city import Steps, city_of, steps_of
from wangge.domains.cases.logic.counting import Tally
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.evaluation.logic import signs
from wangge.domains.evaluation.logic.periods import Period, parse_period
from wangge.domains.evaluation.logic.signs import Use
from wangge.domains.evaluation.queries.signs import Sign, signs_of
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.standards.library import load_tables
from wangge.standards.measures import SIGN_OBJECTS

ROWS = {row.sign: row for row in load_tables().signs}


def test_every_sign_that_is_computed_is_defined_with_its_source() -> None:
    assert ROWS.keys() == SIGN_OBJECTS.keys()
    assert all(row.source and row.confidence in "ABC" and row.measure_zh for row in ROWS.values())


def test_no_sign_is_worded_as_an_accusation() -> None:
    words = "".join(row.name_zh + row.measure_zh for row in ROWS.values())
    assert not any(word in words for word in ("作弊", "造假", "违规", "弄虚", "舞弊", "虚假"))


def test_a_share_shows_from_its_limit_on_and_not_for_few() -> None:
    row = replace(ROWS["close_to_limit"], least=30, limit=25)
    found = signs.shares(row, {"a": 25, "b": 24, "c": 20, "d": 29}, {"a": 100, "b": 100, "c": 25, "d": 30, "e": 90})
    assert [(each.code, each.measure) for each in found] == [("d", Decimal("96.67")), ("a", Decimal("25.00"))]


def test_exclusions_show_where_a_unit_has_more_than_its_share() -> None:
    row = replace(ROWS["exclusion_favour"], least=3, limit=2)
    handled = {"a": 100, "b": 800, "c": 100}
    found = signs.favours(row, {"a": 4, "b": 4, "c": 2}, handled)  # a: 40 % of the exclusions, 10 % of the work
    assert [(each.code, each.measure, each.part, each.whole) for each in found] == [("a", Decimal("4.00"), 4, 10)]
    assert signs.favours(row, {"x": 5}, {}) == []
    assert [each.code for each in signs.favours(row, {"x": 6, "a": 5}, handled)] == ["x", "a"]


def test_a_burst_is_so_many_within_so_many_minutes() -> None:
    row = replace(ROWS["self_handled_burst"], window="10", limit=3)
    found = signs.bursts(
        row, {"a": [(100, "k3"), (90, "k1"), (95, "k2"), (300, "k4")], "b": [(0, "m1"), (6, "m2"), (12, "m3")]}
    )
    assert [(each.code, each.measure, each.cases) for each in found] == [("a", Decimal(3), ("k1", "k2", "k3"))]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=40), st.integers(1, 30), st.integers(2, 6))
def test_a_burst_holds_exactly_the_cases_of_full_windows(minutes: list[int], window: int, limit: int) -> None:
    row = replace(ROWS["self_handled_burst"], window=str(window), limit=limit)
    found = signs.bursts(row, {"a": [(minute, f"{place:03}") for place, minute in enumerate(minutes)]})
    inside = {
        f"{place:03}"
        for place, minute in enumerate(minutes)
        if any(
            sum(start <= other <= start + window for other in minutes) >= limit and start <= minute <= start + window
            for start in minutes
        )
    }
    assert (set(found[0].cases) if found else set()) == inside


def test_a_gap_shows_where_the_citys_rhythm_lets_reports_expect() -> None:
    row = replace(ROWS["collection_gap"], window="8-18", least=30, limit=5)
    busy = dict.fromkeys(range(8, 18), 10)
    found = signs.gaps(row, {"g1": {**busy, 14: 0}, "g2": busy, "g3": {9: 20}, "g4": {**busy, 3: 0}})
    assert [(each.code, each.hour) for each in found] == [("g1", 14)]
    # 90 of its own × 20 of the city at two o'clock / 310 in the city
    assert found[0].measure == Decimal("5.8")


def test_pictures_are_alike_within_their_bits_and_across_a_chain() -> None:
    base = random.Random(7).getrandbits(64)
    near, chained, far = base ^ 0b111, base ^ 0b111 ^ (0b11 << 40), base ^ 0b11111 << 20
    signed = near - (1 << 64) if near >> 63 else near  # as the database keeps it
    groups = {frozenset(group) for group in signs.alike([base, signed, chained, far], bits=3)}
    assert groups == {frozenset({base, signed, chained}), frozenset({far})}
    assert len(signs.alike([base, signed, chained, far], bits=0)) == 4


@given(st.lists(st.integers(0, (1 << 64) - 1), min_size=2, max_size=12), st.data())
def test_no_pair_within_three_bits_is_missed(fingerprints: list[int], data: st.DataObject) -> None:
    flipped = fingerprints[0]
    for bit in data.draw(st.lists(st.integers(0, 63), max_size=3)):
        flipped ^= 1 << bit
    groups = signs.alike([*fingerprints, flipped], bits=3)
    assert any({fingerprints[0], flipped} <= set(group) for group in groups)


def test_a_picture_used_again_shows_with_its_cases() -> None:
    row = replace(ROWS["same_photo"], window="3", least=1, limit=2)
    found = signs.same_pictures(
        row,
        [
            Use(1, "k1", "430201", "photo_before"), Use(3, "k2", "430202", "photo_before"),
            Use(0xFFFF << 40, "k3", "430203", "photo_before"), Use(0xFFFF << 40, "k3", "430203", "photo_after"),
            Use(0xFF << 20, "k4", "430201", "photo_before"),
        ],
    )  # fmt: skip
    assert [(each.code, each.cases, each.whole) for each in found] == [
        ("430201", ("k1", "k2"), 2), ("430203", ("k3",), 2),
    ]  # fmt: skip


YEAR, AFTERWARDS = parse_period("2024"), datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def by_steps(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Measures the signs of walks with thresholds of the test's own."""

    def measured(snapshot: Snapshot, period: Period = YEAR, **changed: dict[str, Any]) -> dict[str, Sign]:
        tables = load_tables()
        rows = tuple(replace(row, **changed.get(row.sign, {})) for row in tables.signs)
        own = replace(tables, signs=rows)
        monkeypatch.setattr("wangge.domains.evaluation.queries.signs.load_tables", lambda _overlay, on: own)
        return {sign.row.sign: sign for sign in signs_of(period, snapshot=snapshot, at=AFTERWARDS, overlay=None)}

    return measured


def walks(root: Path, *names: str) -> Snapshot:
    return city_of(root, [(name, len(steps_of(name)[1]), place % 3 + 1) for place, name in enumerate(names)])


@pytest.mark.django_db
def test_steps_show_what_was_reported_just_before_the_limit(tmp_path: Path, by_steps: Any) -> None:
    # W01 reports its work done 165 minutes before the limit, W02 one minute before
    snapshot = walks(tmp_path, "W01", "W02", "W02")
    found = by_steps(snapshot, close_to_limit={"least": 3, "limit": 60})["close_to_limit"]
    (unit,) = found.showings
    assert (unit.part, unit.whole, unit.measure) == (2, 3, Decimal("66.67"))
    assert unit.cases == ("430202-20240101-00002", "430203-20240101-00003")
    assert by_steps(snapshot, close_to_limit={"least": 3, "limit": 67})["close_to_limit"].shows == 0
    assert (
        by_steps(snapshot, close_to_limit={"least": 1, "limit": 1, "window": "180"})["close_to_limit"].showings[0].part
        == 3
    )
    before = parse_period("2023")
    assert by_steps(snapshot, before, close_to_limit={"least": 1, "limit": 1})["close_to_limit"].shows == 0


@pytest.mark.django_db
def test_steps_show_who_checked_what_he_reported(
    tmp_path: Path, by_steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"same_checker": {"least": 1, "limit": 50}}
    assert by_steps(walks(tmp_path / "apart", "W01", "W02"), **few)["same_checker"].shows == 0

    def by_the_reporter(name: str) -> tuple[Rulebook, Steps, Tally]:
        """The walk with its inspection given to whoever reported."""
        rules, steps, tally = steps_of(name)
        told = [orjson.loads(payload) for _at, _recorded, payload in steps]
        for step in told:
            if step["verb"] == "send_inspection":
                step["args"]["assignee"] = told[0]["by"]
            if step["verb"] == "pass_inspection":
                step["by"] = told[0]["by"]
        changed = [[*step[:2], orjson.dumps(content)] for step, content in zip(steps, told, strict=True)]
        return rules, changed, tally

    monkeypatch.setattr("tests.evaluation.small_city.steps_of", by_the_reporter)
    (person,) = by_steps(walks(tmp_path / "alike", "W01", "W01"), **few)["same_checker"].showings
    assert (person.part, person.whole, person.measure, len(person.cases)) == (2, 2, Decimal("100.00"), 2)


@pytest.mark.django_db
def test_steps_show_self_handled_reports_within_minutes(tmp_path: Path, by_steps: Any) -> None:
    snapshot = walks(tmp_path, "W18", "W19", "W41", "W18", "W01")  # 15:12, 15:10, 15:10, 15:12
    (person,) = by_steps(snapshot, self_handled_burst={"limit": 4, "window": "2"})["self_handled_burst"].showings
    assert (person.measure, len(person.cases)) == (Decimal(4), 4)
    assert by_steps(snapshot, self_handled_burst={"limit": 4, "window": "1"})["self_handled_burst"].shows == 0


@pytest.mark.django_db
def test_steps_show_the_hour_in_which_a_grid_lies_idle(tmp_path: Path, by_steps: Any) -> None:
    # W01 is reported after 8 o'clock, W02 after 9, W16 after 10; each case lies in the grid of its place
    snapshot = walks(tmp_path, "W01", "W02", "W01", "W16", "W02", "W02")
    idle = by_steps(snapshot, collection_gap={"least": 2, "limit": 1, "window": "9-10"})["collection_gap"]
    assert [(each.code, each.hour, each.measure) for each in idle.showings] == [("430201-1", 9, Decimal("1.0"))]
    assert set(idle.showings[0].cases) == {"430201-20240101-00001", "430201-20240101-00004"}  # before and after


@pytest.mark.django_db
def test_steps_show_exclusions_that_gather_at_one_unit(tmp_path: Path, by_steps: Any) -> None:
    def city(name: str, *parts: tuple[str, int]) -> Snapshot:
        return city_of(tmp_path / name, [(walk, made, 1) for walk, made in parts])

    whole = {walk: len(steps_of(walk)[1]) for walk in ("W01", "W61")}
    few = {"exclusion_favour": {"least": 1, "limit": 1}}
    standing = by_steps(city("standing", ("W61", 6), ("W01", whole["W01"])), **few)["exclusion_favour"]
    assert [(each.part, each.whole, each.cases) for each in standing.showings] == [(1, 1, ("430201-20240101-00001",))]
    lifted = by_steps(city("lifted", ("W61", whole["W61"]), ("W01", whole["W01"])), **few)["exclusion_favour"]
    assert lifted.shows == 0
