"""Owns the rhythm of a city's reports: how many come on which day, by whom, and at which minute of it.

Pure. Weights are shaped after a Chinese city's year: more work in spring and autumn, less on weekends, at Spring
Festival and in the weeks of holiday; collectors report by daylight and stay home in the rain, citizens call into the
night, and all at once when a storm floods the streets.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_HOLIDAY_WEEKS = ((5, 1, 5), (10, 1, 7))  # month, first and last day
# How often it rains, by month, and how rain goes on: a wet day follows a wet one more often.
_RAIN = (0.28, 0.36, 0.46, 0.48, 0.46, 0.42, 0.28, 0.26, 0.22, 0.22, 0.24, 0.22)
_RAIN_GOES_ON = 0.25
_RAIN_ON_FIELD, _RAIN_ON_CITIZENS = 0.72, 1.15
STORMS_A_YEAR = 2
_STORM_MONTHS = (5, 6, 7, 8)
_STORM_ON_FIELD, _STORM_ON_CITIZENS = 0.45, 7.0
_STORM_HOURS = (15, 4)  # begins, lasts
FIELD_SOURCES = frozenset({"collector", "self_handled", "video"})


@dataclass(frozen=True, slots=True)
class Weather:
    """The wet days of a year, and the storms among them."""

    wet: frozenset[date]
    storms: frozenset[date]

    def factor(self, day: date, *, field: bool) -> float:
        """How much busier than usual the day is for those in the field, or for citizens."""
        if day in self.storms:
            return _STORM_ON_FIELD if field else _STORM_ON_CITIZENS
        if day in self.wet:
            return _RAIN_ON_FIELD if field else _RAIN_ON_CITIZENS
        return 1.0


def weather_of(seed: int, year: int) -> Weather:
    """The weather of a seed's year: the same for every worker."""
    chance = random.Random(f"weather/{seed}/{year}")  # noqa: S311 - a simulation
    wet: set[date] = set()
    raining = False
    for day in days_of(date(year, 1, 1), date(year, 12, 31)):
        share = _RAIN[day.month - 1]
        raining = chance.random() < (share + _RAIN_GOES_ON * (1 - share) if raining else share * (1 - _RAIN_GOES_ON))
        if raining:
            wet.add(day)
    stormy = sorted(day for day in wet if day.month in _STORM_MONTHS)
    storms = frozenset(chance.sample(stormy, min(STORMS_A_YEAR, len(stormy))))
    return Weather(frozenset(wet), storms)


def days_of(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def weight_of(day: date) -> float:
    """How busy a day is beside an average one, whatever the weather."""
    festival = _SPRING_FESTIVALS.get(day.year)
    if festival is not None and -1 <= (day - festival).days <= 6:
        quiet = 0.45
    elif any(day.month == month and first <= day.day <= last for month, first, last in _HOLIDAY_WEEKS):
        quiet = 0.8
    else:
        quiet = 1.0
    return _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()] * quiet


def amounts_by_day(
    total: int, days: Sequence[date], shares: Mapping[str, int], weather: Mapping[int, Weather]
) -> list[dict[str, int]]:
    """How many reports of each source come on each day; over all days each source has exactly its share.

    ``weather`` by year.
    """
    amounts: list[dict[str, int]] = [{} for _day in days]
    sources = sorted(shares)
    wholes = shared_out(total, [float(shares[source]) for source in sources])
    for source, whole in zip(sources, wholes, strict=True):
        field = source in FIELD_SOURCES
        weights = [weight_of(day) * weather[day.year].factor(day, field=field) for day in days]
        for amount, count in zip(amounts, shared_out(whole, weights), strict=True):
            if count:
                amount[source] = count
    return amounts


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """A whole number shared out by weights; the parts add up to it exactly (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def second_of_day(chance: random.Random, *, citizen: bool, storm: bool = False) -> int:
    """A second of the day at which a report comes; in a storm most citizens call within some hours."""
    if storm and citizen and chance.random() < 0.8:
        begins, lasts = _STORM_HOURS
        return begins * 3600 + int(chance.random() ** 1.5 * lasts * 3600)
    hours = _CITIZEN if citizen else _FIELD
    hour = bisect(hours, chance.random() * hours[-1])
    return hour * 3600 + int(chance.random() * 3600)
