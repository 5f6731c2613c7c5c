"""What units closed in a stretch of time and how much of it was handled in time: own figures and the cases behind them.

In time is what ``logic.views.counts_on_time`` says of the closed case, appeals that were granted included; exclusions
belong to the month's evaluation. A case counts for the unit that answers to the city: in a district for its platform.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of

# ``counts_on_time`` once more, for thousands of cases at once; a test holds the two together.
_OVER = "({0} ->> 0)::bigint > ({0} ->> 1)::bigint"
_READINGS, _GRANTED = "(c.state::jsonb -> 'readings')", "coalesce(c.state::jsonb -> 'granted', '[]')"
_HEALED = f"({_GRANTED} ? 'late' OR {_GRANTED} ? 'wrong_rework' AND NOT {_OVER.format(f'({_READINGS} -> 0)')})"
LATE = (
    f"(EXISTS (SELECT FROM jsonb_array_elements({_READINGS}) AS r WHERE {_OVER.format('r')}) AND NOT {_HEALED})"
)  # fmt: skip
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
            f"SELECT count(*), count(*) FILTER (WHERE {LATE}) FROM cases_case c WHERE {_CLOSED}",
            [since, before, codes],
        )
        return Closed(*cursor.fetchone())


def cases_closed_by_units(
    *, units: Collection[str], since: datetime, before: datetime, late: bool, limit: int
) -> list[CaseRow]:
    """The cases behind the figure, those late or those in time, the latest closed first; one statement."""
    codes = sorted(units)
    wanted = LATE if late else f"NOT {LATE}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SELECT} WHERE {_CLOSED} AND {wanted} ORDER BY c.closed_at DESC, c.id LIMIT %s",
            [since, before, codes, limit],
        )
        return [row_of(row) for row in cursor.fetchall()]
