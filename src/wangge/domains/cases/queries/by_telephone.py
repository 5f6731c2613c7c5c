"""Cases of a telephone number, for the seat where it rings or is asked; a number does not give a denouncer away."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

MOST = 5
_DENOUNCES = "EXISTS (SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.seq = 1 AND t.texts ? 'denounces')"


def cases_of_telephone(*, phones: Sequence[str], also: Sequence[str], by: Actor, limit: int = MOST) -> list[CaseRow]:
    """The newest cases reported under one of ``phones``, which are one number as it may be written, or of the case
    numbers ``also``, as far as ``by`` sees; one statement.
    """
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SELECT} WHERE c.id IN (SELECT case_id FROM cases_private_texts WHERE seq = 1"
            "  AND texts ? 'reporter_phone' AND texts #>> '{reporter_phone,1}' = ANY(%s)"
            "  UNION ALL SELECT id FROM cases_case WHERE number = ANY(%s))"
            f" AND NOT {_DENOUNCES} AND {sight} ORDER BY c.reported_at DESC, c.id DESC LIMIT {limit:d}",
            [list(phones), list(also), *values],
        )
        return [row_of(row) for row in cursor.fetchall()]


def denounces(case_number: str | None) -> bool:
    """Whether who reported a case is closed to the desk; False for none. One statement."""
    if case_number is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_DENOUNCES} FROM cases_case c WHERE c.number = %s", [case_number])
        row = cursor.fetchone()
    return row is not None and bool(row[0])
