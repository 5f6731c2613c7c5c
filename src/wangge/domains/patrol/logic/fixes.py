"""Owns the judging of positions as they come in: which are kept, and to which turn each belongs.

Positions are kept on duty only. What a device sends outside a turn, from the future or after a week is counted and
told, never stored. Pure.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AHEAD_AT_MOST = timedelta(minutes=5)
"""A telephone's clock may be this much ahead."""
OLD_AT_MOST = timedelta(days=7)
"""A field device may hand in what it observed up to seven days ago (contract of the edges)."""


class FixSource(StrEnum):
    """How a position came."""

    FIELD_APP = "field_app"
    OSMAND = "osmand"
    IMPORT = "import"


class NotKept(StrEnum):
    """Why a position is not kept."""

    NO_PLACE = "no_place"
    AHEAD = "ahead"
    TOO_OLD = "too_old"
    OFF_DUTY = "off_duty"


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a person was: degrees of WGS-84, metres of accuracy (None: not told)."""

    person_id: int
    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None
    source: FixSource = FixSource.FIELD_APP


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn on duty, half-open; without a grid for those who walk none of their own."""

    id: int
    person_id: int
    grid_code: str | None
    starts_at: datetime
    ends_at: datetime

    def holds_at(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Which positions are kept, and how many are not, by reason."""

    kept: tuple[Fix, ...]
    not_kept: Counter[NotKept]


def plausible(fixes: Iterable[Fix], *, at: datetime) -> SortedOut:
    """Those positions that are a place on earth and a moment the device can know, each person and moment once."""
    kept: dict[tuple[int, datetime], Fix] = {}
    away: Counter[NotKept] = Counter()
    for fix in fixes:
        if not (_is_on_earth(fix.lon, 180) and _is_on_earth(fix.lat, 90)) or (fix.lon == 0 and fix.lat == 0):
            away[NotKept.NO_PLACE] += 1
        elif fix.at > at + AHEAD_AT_MOST:
            away[NotKept.AHEAD] += 1
        elif fix.at <= at - OLD_AT_MOST:
            away[NotKept.TOO_OLD] += 1
        else:
            kept[fix.person_id, fix.at] = fix
    return SortedOut(tuple(kept.values()), away)


def _is_on_earth(degrees: float, most: float) -> bool:
    return math.isfinite(degrees) and -most <= degrees <= most


def turn_of(fix: Fix, turns: Sequence[Turn], grid_code: str | None) -> Turn | None:
    """The person's turn this position belongs to; of two at a time that in whose grid he stands."""
    fitting = [turn for turn in turns if turn.holds_at(fix.at)]
    return next((turn for turn in fitting if turn.grid_code == grid_code), fitting[0] if fitting else None)
