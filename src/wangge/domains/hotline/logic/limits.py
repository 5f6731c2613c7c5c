"""Owns the clocks of an order: by when it is answered, returned, and its citizen called; which clock leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wangge.standards.hotline_rows import HotlineKind

MINUTES_PER_DAY = 1440
Due = Callable[[str, int], int]
"""(amount as ``3 work_day``, civil minute it starts) → civil minute it is due."""


class Led(Protocol):
    """What has two clocks."""

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def case_due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class OrderLimits:
    """The moments, in civil minutes."""

    answer: int
    contact: int
    send_back: int


def start_of(row: HotlineKind, received: int) -> int:
    """When the limit of the answer begins to count: at once, or with the next day's first minute."""
    if row.starts == "next_day":
        return (received // MINUTES_PER_DAY + 1) * MINUTES_PER_DAY
    return received


def limits_of(row: HotlineKind, *, received: int, urgent: bool, due: Due) -> OrderLimits:
    """The limits of an order received at a moment. An urgent order counts from its receipt."""
    answer = due(row.urgent_within, received) if urgent else due(row.answer_within, start_of(row, received))
    return OrderLimits(answer, due(row.contact_within, received), due(row.return_within, received))


def leading(order: Led) -> tuple[datetime | None, str]:
    """The earlier of the two clocks and whose it is (``order`` or ``case``); the hotline's where they are equal."""
    if order.case_due_at is not None and (order.due_at is None or order.case_due_at < order.due_at):
        return order.case_due_at, "case"
    return order.due_at, "order" if order.due_at is not None else ""
