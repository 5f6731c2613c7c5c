"""Owns how alike a report and an earlier case are: by distance, age, class and words; a hint that a person decides on.

Points: what the class begins with, less ``DISTANCE`` for each ln(1 + metres), less the class's age for each
ln(1 + hours), less ``OTHER_CLASS`` where the classes differ, plus ``WORDS`` for words alike. Nought and more is shown
as likely the same. Distance and age count by their logarithm because the first metres and hours tell most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DISTANCE = 0.48
OTHER_CLASS = 3.18
WORDS = 0.3
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far, how long and how near a class looks; from ``similar.csv``."""

    category: str
    radius_m: int
    days: int
    start: float
    age: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that may have been made before; ``grams`` are the two-character pieces of its words."""

    lon: float
    lat: float
    category: str
    at: float  # seconds
    grams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier case near it."""

    key: str
    lon: float
    lat: float
    category: str
    at: float
    grams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """A candidate with what speaks for it."""

    key: str
    metres: float
    hours: float
    same_category: bool
    words: float  # share of pieces in common, 0 to 1
    points: float


def reach_of(category: str, rows: Iterable[Reach]) -> Reach:
    """The row of a class: the longest beginning that fits."""
    fitting = [row for row in rows if category.startswith(row.category)]
    return max(fitting, key=lambda row: len(row.category))


def likeness(asked: Asked, candidate: Candidate, reach: Reach) -> Likeness:
    """How alike the two are."""
    east = (candidate.lon - asked.lon) * METRES_PER_DEGREE * math.cos(math.radians(asked.lat))
    metres = math.hypot(east, (candidate.lat - asked.lat) * METRES_PER_DEGREE)
    hours = abs(asked.at - candidate.at) / 3600
    same = asked.category in ("", candidate.category)
    words = _dice(asked.grams, candidate.grams)
    points = reach.start - DISTANCE * math.log1p(metres) - reach.age * math.log1p(hours) + WORDS * words
    return Likeness(candidate.key, metres, hours, same, words, points if same else points - OTHER_CLASS)


def ranked(asked: Asked, candidates: Sequence[Candidate], reach: Reach, *, most: int) -> list[Likeness]:
    """The likely ones, the likeliest first."""
    found = [likeness(asked, each, reach) for each in candidates]
    likely = [
        each for each in found if each.points >= 0 and each.metres <= reach.radius_m and each.hours <= reach.days * 24
    ]
    return sorted(likely, key=lambda each: (-each.points, each.metres, each.key))[:most]


def _dice(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0
