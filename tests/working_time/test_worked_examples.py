"""The worked examples: every walk's handling clock, step by step, and the cases other systems get wrong."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

import pytest

from wangge.groundwork.working_time import (
    CalendarUnknown,
    Clock,
    RunningClock,
    due_with_pauses,
    iso_of,
    parse_allowance,
    parse_moment,
)
from wangge.standards.calendars import load_city_clocks
from wangge.standards.time_units import national_units

WALKS = Path(__file__).parents[1] / "worked_examples" / "walks.csv"
UNITS = national_units()
CLOCKS = load_city_clocks()
WORKING = CLOCKS.clock_of("working")
CONTINUOUS = CLOCKS.clock_of("continuous")


def _walks() -> dict[str, list[dict[str, str]]]:
    with WALKS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {walk: list(steps) for walk, steps in groupby(rows, key=lambda row: row["walk"])}


WALKS_BY_NAME = _walks()


@pytest.mark.parametrize("walk", WALKS_BY_NAME)
def test_the_handling_clock_of_a_walk_reads_as_printed_after_every_step(walk: str) -> None:
    measured: RunningClock | None = None
    for row in WALKS_BY_NAME[walk]:
        if row["expect"] == "ok":
            measured = _after(measured, row)
            if measured is not None:
                at = parse_moment(row["moment"])
                assert measured.used_at(at) == int(row["handling_used_minutes"]), row
                assert measured.allowance == int(row["handling_allowance_minutes"]), row
                assert _printed(measured.due()) == row["handling_due"], row


def _after(measured: RunningClock | None, row: dict[str, str]) -> RunningClock | None:
    """The measurement after a step, by what the step says of the clock's state; its readings are compared."""
    state, at = row["handling_clock"], parse_moment(row["moment"])
    if state == "idle":
        return None
    allowance = int(row["handling_allowance_minutes"])
    begins_anew = row["handling_used_minutes"] == "0" and state == "running"
    if measured is None or (begins_anew and measured.running_since is None):
        return RunningClock.started(_clock(row["limit"]), allowance, at)
    if allowance > measured.allowance:
        measured = measured.extend(allowance - measured.allowance)
    return measured.resume(at) if state == "running" else measured.pause(at)


def _clock(limit: str) -> Clock:
    return CLOCKS.clock_of(parse_allowance(limit, UNITS).clock)


def _printed(due: int | None) -> str:
    return "" if due is None else iso_of(due)[:16].replace("T", " ")


def test_all_walks_are_read() -> None:
    assert len(WALKS_BY_NAME) == 86
    assert sum(map(len, WALKS_BY_NAME.values())) == 1089
    assert sum(row["handling_due"] != "" for rows in WALKS_BY_NAME.values() for row in rows) > 200


@pytest.mark.parametrize(
    ("start", "expected", "because"),
    [
        ("2024-03-15T17:50", "2024-03-18T09:50", "an ordinary Monday"),
        ("2024-06-07T17:50", "2024-06-11T09:50", "Monday is Dragon Boat, so the next worked day"),
        ("2024-05-10T17:50", "2024-05-11T09:50", "Saturday is a make-up day"),
    ],
)
def test_two_working_hours_from_friday_ten_to_six(start: str, expected: str, because: str) -> None:
    due = WORKING.due(parse_moment(start), parse_allowance("2 work_hour", UNITS).minutes)
    assert due == parse_moment(expected), because


def test_two_urgent_hours_from_friday_ten_to_six_run_through_the_evening() -> None:
    allowance = parse_allowance("2 urgent_work_hour", UNITS)
    due = CLOCKS.clock_of(allowance.clock).due(parse_moment("2024-03-15T17:50"), allowance.minutes)
    assert due == parse_moment("2024-03-15T19:50")


def test_a_suspension_over_the_weekend_leaves_exactly_what_was_left() -> None:
    friday, monday = parse_moment("2024-03-15T17:00"), parse_moment("2024-03-18T09:00")
    running = RunningClock.started(WORKING, 480, friday - 180)
    assert running.left_at(friday) == 300
    resumed = running.pause(friday).resume(monday)
    assert resumed.left_at(monday) == 300
    assert resumed.due() == parse_moment("2024-03-18T16:00")


def test_an_extension_survives_a_later_suspension() -> None:
    start = parse_moment("2024-03-13T08:00")
    running = RunningClock.started(WORKING, 480, start).extend(480)
    resumed = running.pause(parse_moment("2024-03-13T12:00")).resume(parse_moment("2024-03-18T14:00"))
    assert resumed.allowance == 960
    # 240 used; 720 left: Monday afternoon, then Tuesday
    assert resumed.due() == parse_moment("2024-03-19T18:00")


def test_a_missing_year_is_refused_and_never_treated_as_ordinary_weeks() -> None:
    with pytest.raises(CalendarUnknown) as unknown:
        WORKING.due(parse_moment("2026-12-31T17:00"), 61)
    assert unknown.value.year == 2027
    assert CONTINUOUS.due(parse_moment("2026-12-31T17:00"), 61) == parse_moment("2026-12-31T18:01")


def test_the_last_second_of_a_month_belongs_to_that_local_day() -> None:
    last = parse_moment("2024-03-31T23:59:59")
    assert iso_of(last).startswith("2024-03-31")
    assert iso_of(parse_moment("2024-03-31T15:59:59Z")) == iso_of(last)
    assert WORKING.due(last, 60) == parse_moment("2024-04-01T09:00")


def test_overlapping_pauses_of_the_example_are_counted_once() -> None:
    pauses = [
        (parse_moment("2024-09-27T17:00"), parse_moment("2024-09-29T09:00")),
        (parse_moment("2024-09-29T08:30"), parse_moment("2024-09-29T09:30")),
    ]
    due = due_with_pauses(WORKING, parse_moment("2024-09-27T16:30"), 240 + 480, pauses)
    assert due == parse_moment("2024-09-30T15:00")
