"""Deadlines others published: vectors over the Chinese calendar, and Boston's own target dates."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from wangge.groundwork.working_time import (
    Clock,
    ContinuousClock,
    WorkCalendar,
    WorkingClock,
    day_number,
    parse_moment,
    parse_slots,
)
from wangge.standards.calendars import load_calendar

DATA = Path(__file__).parents[3] / "shared" / "data"
VECTORS = DATA / "cn_calendar" / "dev" / "deadline_vectors.csv"
BOSTON = DATA / "boston_sla" / "dev"
# the vectors' working_days end at the same clock reading, also at night: a day there is no amount of minutes,
# while one work_day here is 480 counted minutes, so that kind is set aside
SET_ASIDE = {"working_days"}


@pytest.mark.skipif(not VECTORS.is_file(), reason="../shared/data/cn_calendar is absent: vectors not compared")
def test_the_published_vectors_agree_in_the_kinds_both_sides_define_alike() -> None:
    clocks: dict[str, Clock] = {
        "natural_hours": ContinuousClock(),
        "working_hours": WorkingClock(load_calendar(), parse_slots("08:30-12:00 14:00-17:30")),
    }
    seen: Counter[str] = Counter()
    with VECTORS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            seen[row["kind"]] += 1
            if row["kind"] not in SET_ASIDE:
                due = clocks[row["kind"]].due(parse_moment(row["start"]), int(row["n"]) * 60)
                assert due == parse_moment(row["due"]), row
    assert set(seen) == {*clocks, *SET_ASIDE}
    assert sum(seen.values()) == 60


@pytest.mark.skipif(not BOSTON.is_dir(), reason="../shared/data/boston_sla is absent: targets not rebuilt")
@pytest.mark.parametrize(("known_holidays", "agreeing"), [("in_city_clock", 1805), ("in_law", 1755), ("", 1569)])
def test_bostons_targets_are_rebuilt_from_the_openings(known_holidays: str, agreeing: int) -> None:
    clock = WorkingClock(_boston_calendar(known_holidays), parse_slots("08:30-17:00"))
    minutes_per_day = 510
    cases = agree = 0
    for opened, target, days in _boston_cases():
        minute = parse_moment(opened)
        due = clock.due(minute, days * minutes_per_day, boundary="next_opening")
        # the clock drops seconds; what was opened inside the window has them back to compare in seconds
        inside = clock.due(minute, 0, boundary="next_opening") == minute
        seconds = due * 60 + (_seconds(opened) if inside else 0)
        cases += 1
        agree += abs(seconds - parse_moment(target) * 60 - _seconds(target)) <= 120
    assert (cases, agree) == (1833, agreeing)


def _boston_calendar(column: str) -> WorkCalendar:
    exceptions: dict[int, bool] = {}
    if column:
        with (BOSTON / "holidays.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row[column] == "1":
                    exceptions[day_number(date.fromisoformat(row["date"]))] = False
    return WorkCalendar.of_years("boston", range(2014, 2027), exceptions)


def _seconds(moment: str) -> int:
    return datetime.fromisoformat(moment).second


def _boston_cases() -> list[tuple[str, str, int]]:
    """Opening, target and limit in working days of every case with a target and a known limit."""
    with (BOSTON / "limits.csv").open(encoding="utf-8", newline="") as lines:
        days = {row["TYPE"]: int(row["working_days"]) for row in csv.DictReader(lines)}
    with gzip.open(BOSTON / "cases.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return [
            (row["OPEN_LOCAL"], row["TARGET_LOCAL"], days[row["TYPE"]])
            for row in csv.DictReader(lines)
            if row["TARGET_LOCAL"] and row["TYPE"] in days
        ]
