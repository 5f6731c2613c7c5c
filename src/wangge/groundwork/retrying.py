"""Owns how long a message that another system did not take rests before it is sent again."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(seconds=30)
LONGEST = timedelta(hours=1)


def rest_after(attempts: int) -> timedelta:
    """The pause after so many failed attempts: twice as long each time, an hour at most."""
    return min(FIRST * (1 << min(attempts - 1, 20)), LONGEST) if attempts > 0 else timedelta(0)
