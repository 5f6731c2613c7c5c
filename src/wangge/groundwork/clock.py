"""The one clock of the process: nothing else in the product reads the time.

Surfaces and commands ask it and hand the moment down as ``at``; domains and rules never call it. The demo and
simulations may run it shifted, tests may hold it still.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CIVIL_OFFSET = timedelta(hours=8)
_MINUTE = timedelta(minutes=1)


class _Clock:
    """What the process believes the time to be: the machine's clock, shifted or held still."""

    __slots__ = ("held_at", "offset")

    def __init__(self) -> None:
        self.offset = timedelta()
        self.held_at: datetime | None = None


_clock = _Clock()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    if _clock.held_at is not None:
        return _clock.held_at
    return datetime.now(UTC) + _clock.offset


def today() -> date:
    """The civil day in the city (Asia/Shanghai)."""
    return city_day(now())


def city_day(moment: datetime) -> date:
    """The civil day of an aware moment in the city; in UTC it is still the day before until eight in the morning."""
    return moment.astimezone(CITY_ZONE).date()


def civil_minutes(moment: datetime) -> int:
    """Whole minutes since 1970-01-01T00:00 on the city's wall clock; seconds are dropped."""
    return (moment - _EPOCH + _CIVIL_OFFSET) // _MINUTE


def moment_of(minutes: int) -> datetime:
    """The UTC moment of whole civil minutes, the inverse of ``civil_minutes``."""
    return _EPOCH + minutes * _MINUTE - _CIVIL_OFFSET


def monotonic() -> float:
    """Seconds that only run forward, for time-outs and rates; says nothing of the time of day."""
    return time.monotonic()


def shift(offset: timedelta) -> None:
    """Let this process live at the machine's time plus ``offset`` (setting WANGGE_CLOCK_OFFSET_MINUTES)."""
    _clock.offset = offset


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Hold the clock still at an aware moment; for tests and simulations."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    before = _clock.held_at
    _clock.held_at = moment.astimezone(UTC)
    try:
        yield
    finally:
        _clock.held_at = before
