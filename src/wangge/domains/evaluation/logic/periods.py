"""Statistical periods: calendar years, quarters and months, or months from one day of the month to another.

A period is half-open in civil minutes. Which day a city's statistical month begins on is its setting
``statistical_month_starts_on``: with 26, the month 2024-03 runs from 26 February to 25 March.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(1970, 1, 1)
_MINUTES = 1440
_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


class PeriodUnknown(ValueError):
    """The text names no period; the message says what may be written."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days [first, end) under a name."""

    first: date
    end: date
    name: str

    @property
    def from_minute(self) -> int:
        return (self.first - _EPOCH).days * _MINUTES

    @property
    def to_minute(self) -> int:
        return (self.end - _EPOCH).days * _MINUTES


def parse_period(text: str, *, starts_on: int = 1) -> Period:
    """``2024``, ``2024-Q1``, ``2024-03`` or ``2024-03-01..2024-03-15`` (both days included)."""
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        return Period(_begin(year, 1, starts_on), _begin(year + 1, 1, starts_on), text)
    if found := _QUARTER.fullmatch(text):
        year, month = int(found[1]), 3 * int(found[2]) - 2
        return Period(_begin(year, month, starts_on), _begin(year, month + 3, starts_on), f"{year}-Q{found[2]}")
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return Period(_begin(year, month, starts_on), _begin(year, month + 1, starts_on), text)
    if found := _SPAN.fullmatch(text):
        try:
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
        except ValueError:
            raise PeriodUnknown(_HOW.format(text=text)) from None
        if first <= last:
            return Period(first, last + timedelta(days=1), text)
    raise PeriodUnknown(_HOW.format(text=text))


_HOW = "看不懂期间“{text}”：写作 2024、2024-Q1、2024-03 或 2024-03-01..2024-03-15。"


def months_of(period: Period, *, starts_on: int = 1) -> tuple[Period, ...]:
    """The statistical months that make up a year, quarter or month; a free span is one piece."""
    found: list[Period] = []
    if is_span(period):
        return (period,)
    end = period.end
    while end > period.first:
        first = _begin_back(end, starts_on)
        named = end - timedelta(days=1)
        found.append(Period(first, end, f"{named.year:04d}-{named.month:02d}"))
        end = first
    return tuple(reversed(found))


def is_span(period: Period) -> bool:
    """Whether it is a free span of days rather than made of statistical months."""
    return _SPAN.fullmatch(period.name) is not None


def last_ended(today: date, *, starts_on: int = 1) -> Period:
    """The last statistical month that is over on a day."""
    end = date(today.year, today.month, starts_on)
    if end > today:
        end = _begin_back(end, starts_on)
    first, named = _begin_back(end, starts_on), end - timedelta(days=1)
    return Period(first, end, f"{named.year:04d}-{named.month:02d}")


def before(period: Period, *, starts_on: int = 1) -> Period:
    """The same period of the year before."""
    if found := _SPAN.fullmatch(period.name):
        first, last = (_year_back(date.fromisoformat(found[n])) for n in (1, 2))
        return Period(first, last + timedelta(days=1), f"{first}..{last}")
    return parse_period(f"{int(period.name[:4]) - 1}{period.name[4:]}", starts_on=starts_on)


def _year_back(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _begin(year: int, month: int, starts_on: int) -> date:
    """The first day of a statistical month; one that starts late in the month starts in the month before."""
    if month > 12:
        year, month = year + 1, month - 12
    if starts_on == 1:
        return date(year, month, 1)
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, starts_on)


def _begin_back(end: date, starts_on: int) -> date:
    year, month = (end.year, end.month - 1) if end.month > 1 else (end.year - 1, 12)
    return date(year, month, starts_on)
