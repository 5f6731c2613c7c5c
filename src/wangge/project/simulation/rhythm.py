"""Owns the rhythm of a city's reports: how many come on which day, and at which minute of it.

Pure. Weights are shaped after a Chinese city's year: more work in spring and autumn, less at Spring Festival and on
weekends; collectors report by daylight, citizens into the night.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

_MONTHS = (0.92, 0.74, 1.06, 1.08, 1.06, 1.02, 0.98, 0.98, 1.04, 1.02, 1.06, 1.04)
_WEEKDAYS = (1.06, 1.08, 1.07, 1.06, 1.05, 0.86, 0.82)
# By hour of the day: collectors walk from seven to nine in the evening; citizens call at any hour.
_FIELD_HOURS = (0, 0, 0, 0, 0, 0, 0, 4, 9, 11, 10, 7, 3, 4, 8, 10, 9, 6, 4, 4, 3, 0, 0, 0)
_CITIZEN_HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 8, 9, 9, 7, 5, 5, 7, 8, 8, 7, 6, 6, 5, 4, 3, 2)
_FIELD = tuple(accumulate(_FIELD_HOURS))
_CITIZEN = tuple(accumulate(_CITIZEN_HOURS))
_SPRING_FESTIVALS = {
    2023: date(2023, 1, 22), 2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
}  # fmt: skip


def days_of(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def weight_of(day: date) -> float:
    """How busy a day is beside an average one."""
    festival = _SPRING_FESTIVALS.get(day.year)
    quiet = festival is not None and -1 <= (day - festival).days <= 6
    return _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * (0.45 if quiet else 1.0)


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """A whole number shared out by weights; the parts add up to it exactly (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def second_of_day(chance: random.Random, *, citizen: bool) -> int:
    """A second of the day at which a report comes."""
    hours = _CITIZEN if citizen else _FIELD
    hour = bisect(hours, chance.random() * hours[-1])
    return hour * 3600 + int(chance.random() * 3600)
