"""What is known of payments and of the room that allotments still have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, Dims

_DIMS = ", ".join(f"d.{name}" for name in DIMENSION_COLUMNS)


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """The newest version of a payment, as an import finds it."""

    payment_id: int
    version: int
    digest: bytes
    state: str
    voucher_id: int | None
    allotment_id: int | None
    amount_fen: int
    mapping: str

    @property
    def held_fen(self) -> int:
        """What it takes of its allotment now."""
        return self.amount_fen if self.state in ("requested", "paid") else 0


@dataclass(frozen=True, slots=True)
class AllotmentRoom:
    """An allotment with its dimensions and what is still free."""

    allotment_id: int
    dims: Dims
    free_fen: int


_KNOWN = """
SELECT DISTINCT ON (p.unit_code, p.year, p.number)
       p.unit_code, p.year, p.number, p.id, p.version, p.digest, s.state, s.voucher_id, p.allotment_id, p.amount_fen,
       COALESCE(i.mapping, '')
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_payment p ON p.unit_code = w.unit AND p.year = w.year
JOIN LATERAL (
    SELECT state, voucher_id FROM budgeting_payment_step s WHERE s.payment_id = p.id ORDER BY s.id DESC LIMIT 1
) s ON true
LEFT JOIN budgeting_import i ON i.id = p.imported_id
ORDER BY p.unit_code, p.year, p.number, p.version DESC
"""

_ROOMS = f"""
SELECT a.unit_code, a.year, a.number, a.id, t.adjusted_fen - t.paid_fen - t.reserved_fen, {_DIMS}
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_allotment a ON a.unit_code = w.unit AND a.year = w.year
JOIN budgeting_allotment_total t ON t.allotment_id = a.id
JOIN budgeting_dimension d ON d.id = a.dimension_id
"""

_IN_LEDGER = """
SELECT f.unit_code, f.year, sum(f.fen)::bigint
FROM unnest(%s::bigint[]) AS w(id)
JOIN LATERAL (  -- payment by payment: what was just written has no statistics, and other years are not looked at
    SELECT p.unit_code, p.year, CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END AS fen
    FROM budgeting_payment p
    JOIN budgeting_payment_step s ON s.payment_id = p.id AND s.state = 'paid'
    JOIN budgeting_posting g ON g.voucher_id = s.voucher_id AND g.system = 'budget' AND g.account LIKE '7%%'
    WHERE p.id = w.id AND NOT EXISTS (SELECT FROM budgeting_voucher r WHERE r.reverses_id = s.voucher_id)
    OFFSET 0
) f ON true
GROUP BY f.unit_code, f.year
"""


def known_payments(pairs: Sequence[tuple[str, int]]) -> dict[tuple[str, int, str], KnownPayment]:
    """(unit, year, number) → its newest version; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [[p[0] for p in pairs], [p[1] for p in pairs]])
        return {
            (unit, year, number): KnownPayment(pid, version, bytes(digest), state, voucher, allotment, fen, mapping)
            for unit, year, number, pid, version, digest, state, voucher, allotment, fen, mapping in cursor.fetchall()
        }


def allotment_rooms(pairs: Sequence[tuple[str, int]]) -> dict[tuple[str, int, str], AllotmentRoom]:
    """(unit, year, number) → the allotment with its free amount; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOMS, [[p[0] for p in pairs], [p[1] for p in pairs]])
        return {
            (unit, year, number): AllotmentRoom(
                allotment, Dims(**dict(zip(DIMENSION_COLUMNS, dims, strict=True))), free
            )
            for unit, year, number, allotment, free, *dims in cursor.fetchall()
        }


def paid_in_ledger(payment_ids: Sequence[int]) -> dict[tuple[str, int], int]:
    """(unit, year) → what the ledger holds as spent by these payments; one statement."""
    if not payment_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_IN_LEDGER, [list(payment_ids)])
        return {(unit, year): fen for unit, year, fen in cursor.fetchall()}
