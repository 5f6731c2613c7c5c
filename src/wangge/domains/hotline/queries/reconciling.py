"""Owns the questions to reconciliation: a day's orders as we have them, and what past reconciliations found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from wangge.domains.hotline.logic.reconciling import DayOrder, Difference

_DAY = """
SELECT o.order_no, o.handed_on, o.kind,
       count(g.order_id) FILTER (WHERE g.kind = 'answer'), count(g.order_id) FILTER (WHERE g.kind = 'return'),
       o.redone, o.grade
  FROM hotline_order o LEFT JOIN hotline_outgoing g ON g.order_id = o.id AND g.sent_at IS NOT NULL
 WHERE o.channel = %s AND (o.handed_on = %s OR o.order_no = ANY(%s))
 GROUP BY o.id
"""


def day_orders(*, channel: str, day: date, named: Sequence[str] = ()) -> list[DayOrder]:
    """The orders the hotline handed over on a day, and those ``named``; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DAY, [channel, day, list(named)])
        return [DayOrder(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One reconciliation as it was kept."""

    id: int
    channel: str
    day: date
    at: datetime
    theirs: int
    ours: int
    differences: int


def reconciliations(*, limit: int = 60) -> list[Reconciliation]:
    """The last ones, the newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, channel, day, at, theirs, ours, differences FROM hotline_reconciliation"
            " ORDER BY id DESC LIMIT %s",
            [limit],
        )
        return [Reconciliation(*row) for row in cursor.fetchall()]


def differences_of(reconciliation_id: int) -> list[Difference]:
    """What one of them found, by order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_no, what, theirs, ours FROM hotline_difference WHERE reconciliation_id = %s"
            " ORDER BY order_no, what",
            [reconciliation_id],
        )
        return [Difference(*row) for row in cursor.fetchall()]
