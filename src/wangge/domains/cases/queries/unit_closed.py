"""What units closed in a stretch of time and how much of it was handled in time: own figures and the cases behind them.

In time is a case whose every report of the cycle stood within its allowance, as at its closing; appeals and exclusions
belong to the month's evaluation. A case counts for the unit that answers to the city: in a district for its platform.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of

_LATE = (
    "EXISTS (SELECT FROM jsonb_array_elements(c.state::jsonb -> 'readings') AS r"
    " WHERE (r ->> 0)::bigint > (r ->> 1)::bigint)"
)
_CLOSED = "c.closed_at >= %s AND c.closed_at < %s AND c.stage IN ('closed', 'archived') AND c.department_code = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Closed:
    """How many cases were closed, and how many of them were late."""

    cases: int
    late: int

    @property
    def on_time(self) -> int:
        return self.cases - self.late


def closed_by_units(*, units: Collection[str], since: datetime, before: datetime) -> Closed:
    """The figures of units for [since, before); one statement."""
    codes = sorted(units)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {_LATE}) FROM cases_case c WHERE {_CLOSED}",
            [since, before, codes],
        )
        return Closed(*cursor.fetchone())


def cases_closed_by_units(
    *, units: Collection[str], since: datetime, before: datetime, late: bool, limit: int
) -> list[CaseRow]:
    """The cases behind the figure, those late or those in time, the latest closed first; one statement."""
    codes = sorted(units)
    wanted = _LATE if late else f"NOT {_LATE}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SELECT} WHERE {_CLOSED} AND {wanted} ORDER BY c.closed_at DESC, c.id LIMIT %s",
            [since, before, codes, limit],
        )
        return [row_of(row) for row in cursor.fetchall()]
