"""Civil minutes and their text: ``2024-03-13 08:10`` on the city's wall clock, whole minutes since 1970-01-01."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 — civil time has no zone
MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=65536)
def moment(text: str) -> int:
    """``"2024-03-13 08:10"`` → civil minutes; ValueError when the text is no moment."""
    return (datetime.fromisoformat(text) - EPOCH) // MINUTE


def text_of(minutes: int) -> str:
    """Civil minutes → ``"2024-03-13 08:10"``."""
    return (EPOCH + minutes * MINUTE).strftime("%Y-%m-%d %H:%M")


def day_of(minutes: int) -> date:
    return (EPOCH + minutes * MINUTE).date()


def a_year_after(minutes: int) -> int:
    """The same month and day next year; from 29 February 28 February (setting suspension_max)."""
    then = EPOCH + minutes * MINUTE
    try:
        return (then.replace(year=then.year + 1) - EPOCH) // MINUTE
    except ValueError:
        return (then.replace(year=then.year + 1, day=28) - EPOCH) // MINUTE
