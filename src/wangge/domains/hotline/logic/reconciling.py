"""Owns the comparison of a day's orders as the hotline has them with ours: by count and order by order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class DayOrder:
    """An order as one side has it, at the end of a day."""

    order_no: str
    day: date  # the hotline handed it over
    kind: str
    answers: int = 0  # that arrived at the hotline
    returns: int = 0
    redone: int = 0
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the two sides do not have alike of an order."""

    order_no: str
    what: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Both counts, and every difference; without one they agree to the last order."""

    theirs: int
    ours: int
    differences: tuple[Difference, ...]


_PARTS = tuple(field.name for field in fields(DayOrder) if field.name != "order_no")


def compare(*, day: date, theirs: Iterable[DayOrder], ours: Iterable[DayOrder]) -> Compared:
    """The orders of a day. ``ours`` may hold orders of other days that the hotline counts to this one."""
    there = {order.order_no: order for order in theirs}
    here = {order.order_no: order for order in ours}
    found: list[Difference] = []
    for number in sorted(there.keys() | here.keys()):
        one, other = there.get(number), here.get(number)
        if one is None or other is None:
            found.append(Difference(number, *_MISSING_HERE if other is None else _MISSING_THERE))
            continue
        found += [
            Difference(number, part, str(getattr(one, part)), str(getattr(other, part)))
            for part in _PARTS
            if getattr(one, part) != getattr(other, part)
        ]
    return Compared(len(there), sum(order.day == day for order in here.values()), tuple(found))


_MISSING_HERE = ("missing_here", "1", "0")
_MISSING_THERE = ("missing_there", "0", "1")
