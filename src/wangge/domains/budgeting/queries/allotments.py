"""Budget lines: their changes as imports find them, their sums, and the board of what is spent and left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, BudgetSum, Dims

_DIMS = ", ".join(f"d.{name}" for name in DIMENSION_COLUMNS)


@dataclass(frozen=True, slots=True)
class KnownChange:
    """A change of an allotment that holds (not reversed)."""

    change_id: int
    allotment_id: int
    amount_fen: int
    document: str
    dated_on: date
    mapping: str


@dataclass(frozen=True, slots=True)
class AllotmentLine:
    """One line of the budget board."""

    allotment_id: int
    unit: str
    year: int
    number: str
    dims: Dims
    approved_fen: int
    adjusted_fen: int
    reserved_fen: int
    paid_fen: int
    returned_fen: int

    @property
    def free_fen(self) -> int:
        """What may still be spent."""
        return self.adjusted_fen - self.reserved_fen - self.paid_fen


_CHANGES = """
SELECT a.unit_code, a.year, a.number, c.stage, c.document, c.dated_on, c.id, a.id, c.amount_fen, COALESCE(i.mapping, '')
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_allotment a ON a.unit_code = w.unit AND a.year = w.year
JOIN budgeting_allotment_change c ON c.allotment_id = a.id AND c.reverses_id IS NULL
LEFT JOIN budgeting_import i ON i.id = c.imported_id
WHERE NOT EXISTS (SELECT FROM budgeting_allotment_change r WHERE r.reverses_id = c.id)
ORDER BY c.id
"""

_SUMS = """
SELECT a.unit_code, a.year, a.number, t.adjusted_fen
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_allotment a ON a.unit_code = w.unit AND a.year = w.year
JOIN budgeting_allotment_total t ON t.allotment_id = a.id
"""

_BOARD = f"""
SELECT a.id, a.unit_code, a.year, a.number, t.approved_fen, t.adjusted_fen, t.reserved_fen, t.paid_fen,
       COALESCE((SELECT sum(p.amount_fen) FROM budgeting_payment p
                 JOIN budgeting_payment_step s ON s.payment_id = p.id AND s.state = 'returned'
                 WHERE p.allotment_id = a.id), 0)::bigint, {_DIMS}
FROM budgeting_allotment a JOIN budgeting_allotment_total t ON t.allotment_id = a.id
JOIN budgeting_dimension d ON d.id = a.dimension_id
WHERE a.unit_code = ANY(%s) AND a.year = %s ORDER BY a.unit_code, d.nature, d.function_item, a.number
"""


_BUDGETS = f"""
SELECT a.unit_code, a.dimension_id, sum(t.approved_fen)::bigint, sum(t.adjusted_fen)::bigint, count(*)::int, {_DIMS}
FROM budgeting_allotment a JOIN budgeting_allotment_total t ON t.allotment_id = a.id
JOIN budgeting_dimension d ON d.id = a.dimension_id
WHERE a.year = %(year)s AND (%(units)s::text[] IS NULL OR a.unit_code = ANY(%(units)s))
GROUP BY a.unit_code, a.dimension_id, {_DIMS}
"""


def budgets_of_year(*, year: int, units: Sequence[str] | None = None) -> tuple[BudgetSum, ...]:
    """The budgets of a year by unit and dimension; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BUDGETS, {"year": year, "units": None if units is None else list(units)})
        return tuple(
            BudgetSum(unit, Dims(**dict(zip(DIMENSION_COLUMNS, dims, strict=True))), dimension, approved, adjusted, n)
            for unit, dimension, approved, adjusted, n, *dims in cursor.fetchall()
        )


def known_changes(pairs: Sequence[tuple[str, int]]) -> dict[tuple[object, ...], KnownChange]:
    """(unit, year, number, stage, document, day) → the change that holds; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [[p[0] for p in pairs], [p[1] for p in pairs]])
        return {
            (unit, year, number, stage, document, day): KnownChange(change, allotment, fen, document, day, mapping)
            for unit, year, number, stage, document, day, change, allotment, fen, mapping in cursor.fetchall()
        }


def allotment_sums(pairs: Sequence[tuple[str, int]]) -> dict[tuple[str, int, str], int]:
    """(unit, year, number) → full-year budget; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [[p[0] for p in pairs], [p[1] for p in pairs]])
        return {(unit, year, number): fen for unit, year, number, fen in cursor.fetchall()}


def budget_board(*, units: Sequence[str], year: int) -> tuple[AllotmentLine, ...]:
    """Every budget line of these units with what is spent, bound, returned and left; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, [list(units), year])
        return tuple(
            AllotmentLine(
                number, unit, found, line, Dims(**dict(zip(DIMENSION_COLUMNS, dims, strict=True))), approved, adjusted,
                reserved, paid, returned,
            )
            for number, unit, found, line, approved, adjusted, reserved, paid, returned, *dims in cursor.fetchall()
        )  # fmt: skip
