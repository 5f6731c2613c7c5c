"""The plain reference of working time: looks at one minute after the other, slow and obvious."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

DAY = 1440
Span = tuple[int, int]
"""(begin, end) of a slot in minutes after its day's first midnight; the end may lie on the next day."""


def counted_minutes(
    first_day: int, last_day: int, works: Callable[[int], bool], slots: Callable[[int], Sequence[Span]]
) -> set[int]:
    """Every counted minute of the slots that begin on the days from first to last."""
    minutes = set()
    for day in range(first_day, last_day + 1):
        if works(day):
            for begin, end in slots(day):
                for minute in range(day * DAY + begin, day * DAY + end):
                    minutes.add(minute)
    return minutes


def counted_between(minutes: set[int], start: int, end: int) -> int:
    """How many counted minutes lie in [start, end)."""
    return sum(1 for minute in range(start, end) if minute in minutes)


def due(minutes: set[int], start: int, allowance: int, stop: int) -> int | None:
    """The earliest d ≥ start with so many minutes counted in [start, d); None when ``stop`` comes first."""
    moment, left = start, allowance
    while left:
        if moment >= stop:
            return None
        left -= moment in minutes
        moment += 1
    return moment


def without(minutes: set[int], pauses: Iterable[Span]) -> set[int]:
    """The counted minutes that lie in no pause."""
    return {minute for minute in minutes if not any(start <= minute < end for start, end in pauses)}
