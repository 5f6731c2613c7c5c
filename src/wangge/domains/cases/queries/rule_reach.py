"""How far a change of rules reaches: open cases keep those of their report's day, later ones get the new."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reach:
    """Open cases of the classes, which keep their rules, and how many were reported in the last thirty days."""

    open_cases: int
    reported_lately: int


def reach_of(*, categories: Collection[str] | None, at: datetime) -> Reach:
    """Of these classes (None: of every class). Two statements."""
    chosen = None if categories is None else list(categories)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_open WHERE (%(chosen)s::text[] IS NULL OR category = ANY(%(chosen)s))",
            {"chosen": chosen},
        )
        open_cases = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM cases_case WHERE reported_at >= %(since)s AND reported_at < %(at)s"
            " AND (%(chosen)s::text[] IS NULL OR category = ANY(%(chosen)s))",
            {"chosen": chosen, "since": at - LOOKED_BACK, "at": at},
        )
        return Reach(open_cases, cursor.fetchone()[0])
