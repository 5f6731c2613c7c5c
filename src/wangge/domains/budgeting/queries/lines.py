"""One budget line from inside: how its amount came about, and every payment asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True, slots=True)
class LineChange:
    """A change of the line's amount that holds."""

    stage: str
    fen: int
    document: str
    on: date


@dataclass(frozen=True, slots=True)
class LinePayment:
    """A payment as it stands; ``reason`` says why it came back."""

    number: str
    on: date
    payee: str
    purpose: str
    contract: str
    fen: int
    state: str
    reason: str


_CHANGES = """
SELECT c.stage, c.amount_fen, c.document, c.dated_on FROM budgeting_allotment_change c
WHERE c.allotment_id = %s AND c.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM budgeting_allotment_change r WHERE r.reverses_id = c.id)
ORDER BY c.dated_on, c.id
"""

_PAYMENTS = """
SELECT p.number, s.dated_on, p.payee, p.purpose, p.contract, p.amount_fen, s.state, s.reason
FROM budgeting_payment p
JOIN LATERAL (SELECT state, dated_on, reason FROM budgeting_payment_step t WHERE t.payment_id = p.id
              ORDER BY t.id DESC LIMIT 1) s ON s.state <> 'replaced' AND (%(state)s = '' OR s.state = %(state)s)
WHERE p.allotment_id = %(line)s ORDER BY s.dated_on DESC, p.id DESC LIMIT %(most)s
"""


def changes_of_line(allotment_id: int) -> tuple[LineChange, ...]:
    """The changes that hold, oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [allotment_id])
        return tuple(LineChange(*row) for row in cursor.fetchall())


def payments_of_line(allotment_id: int, *, state: str = "", most: int) -> tuple[LinePayment, ...]:
    """The newest payments of the line, of one state or all; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, {"line": allotment_id, "state": state, "most": most})
        return tuple(LinePayment(*row) for row in cursor.fetchall())
