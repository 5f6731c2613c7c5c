"""The auditors' own reading of the tables: plain rows of the CSV files and working minutes counted one by one.

Nothing here, and nothing an auditor uses, is the product's code.
"""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "src" / "wangge" / "standards" / "data"
DAY = 1440
EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 2024, 2026


@cache
def rows_of(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a national table."""
    with (DATA / "national" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def moves() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """(verb, stage) → row of the table of moves."""
    return {(row["verb"], row["from_stage"]): row for row in rows_of("moves")}


@cache
def stages() -> Mapping[str, Mapping[str, str]]:
    """Stage → its row."""
    return {row["stage"]: row for row in rows_of("stages")}


@cache
def limit_of(category: str, condition: int, edition: str) -> tuple[str, int]:
    """(clock, minutes) a class has under a condition."""
    kind, _, code = category.partition(":")
    for row in rows_of("time_limits"):
        if (row["category_type"], row["code4"], row["condition_seq"], row["edition"]) == (
            kind, code, str(condition), edition,
        ):  # fmt: skip
            return minutes_of(f"{row['limit_value']} {row['limit_unit']}")
    raise LookupError((category, condition, edition))


def minutes_of(amount: str) -> tuple[str, int]:
    """``"4 work_hour"`` → ("working", 240)."""
    number, unit = amount.split()
    row = next(row for row in rows_of("time_units") if row["unit"] == unit)
    return row["clock"], int(number) * int(row["minutes"])


def moment_of(text: str) -> int:
    """``2024-03-13 08:10`` → minutes since 1970."""
    day, clock = text.split()
    hours, minutes = clock.split(":")
    return (date.fromisoformat(day) - EPOCH).days * DAY + int(hours) * 60 + int(minutes)


class Minutes:
    """Every working minute of some years, told one by one from the calendar; days of the city's own on top."""

    def __init__(self, own: Mapping[date, bool] | None = None) -> None:
        self.start = (date(FIRST_YEAR, 1, 1) - EPOCH).days * DAY
        worked = list(_shipped_minutes())
        for day, works in (own or {}).items():
            first = (day - EPOCH).days * DAY - self.start
            worked[first : first + DAY] = _day(works)
        self.before = [0, *accumulate(worked)]

    def between(self, start: int, end: int, clock: str) -> int:
        """Minutes in [start, end)."""
        if end <= start:
            return 0
        return end - start if clock == "continuous" else self.before[end - self.start] - self.before[start - self.start]

    def due(self, start: int, minutes: int, clock: str) -> int:
        """The earliest moment with so many minutes since ``start``."""
        if clock == "continuous" or not minutes:
            return start + minutes
        return self.start + bisect_left(self.before, self.before[start - self.start] + minutes)


def _day(works: bool) -> list[int]:
    return [1 if works and (480 <= minute < 720 or 840 <= minute < 1080) else 0 for minute in range(DAY)]


@cache
def _shipped_minutes() -> Sequence[int]:
    worked: list[int] = []
    days, day = _shipped_days(), date(FIRST_YEAR, 1, 1)
    while day.year <= LAST_YEAR:
        worked += _day(days.get(day, day.weekday() < 5))
        day += timedelta(days=1)
    return worked


def _shipped_days() -> Mapping[date, bool]:
    found: dict[date, bool] = {}
    with (DATA / "calendars" / "cn_days.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["from"])
            while day <= date.fromisoformat(row["to"]):
                found[day] = row["kind"] == "makeup_workday"
                day += timedelta(days=1)
    return found


@cache
def shipped_minutes() -> Minutes:
    """The working minutes of the shipped calendar."""
    return Minutes()
