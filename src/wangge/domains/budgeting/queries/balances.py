"""Balances of the ledger, answered from the kept sums; and vouchers as an import finds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, Dims, LedgerSum

_DIMS = ", ".join(f"d.{name}" for name in DIMENSION_COLUMNS)


@dataclass(frozen=True, slots=True)
class KnownVoucher:
    """A voucher that holds (neither reversed nor a reversal)."""

    voucher_id: int
    mapping: str
    postings: tuple[tuple[str, str, int, int], ...]  # account, side, amount, dimension


_FACTS = f"""
SELECT b.unit_code, b.phase, b.account, b.dimension_id, b.debit, b.credit, b.postings, {_DIMS}
FROM (
    SELECT unit_code, phase, account, dimension_id, sum(debit_fen)::bigint AS debit, sum(credit_fen)::bigint AS credit,
           sum(postings)::int AS postings
    FROM budgeting_balance
    WHERE year = %(year)s AND account >= '6' AND (%(units)s::text[] IS NULL OR unit_code = ANY(%(units)s))
    GROUP BY unit_code, phase, account, dimension_id
) b JOIN budgeting_dimension d ON d.id = b.dimension_id
"""

_BALANCE = """
SELECT COALESCE(sum(debit_fen), 0)::bigint, COALESCE(sum(credit_fen), 0)::bigint FROM budgeting_account_balance
WHERE year = %(year)s AND account = %(account)s AND (%(units)s::text[] IS NULL OR unit_code = ANY(%(units)s))
  AND period <= %(through)s
"""

_ACCOUNTS = """
SELECT b.unit_code, b.year, b.account, sum(b.debit_fen - b.credit_fen)::bigint
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_account_balance b ON b.unit_code = w.unit AND b.year = w.year
GROUP BY 1, 2, 3
"""

_TREE = """
WITH RECURSIVE tree AS (
    SELECT code FROM budgeting_unit WHERE code = %s
    UNION ALL
    SELECT u.code FROM budgeting_unit u JOIN tree ON u.parent_code = tree.code
) SELECT code FROM tree ORDER BY code
"""

_WITH_FIGURES = """
SELECT u.code FROM unnest(%(units)s::text[]) AS u(code)
WHERE EXISTS (SELECT FROM budgeting_account_balance b
              WHERE b.unit_code = u.code AND b.year = %(year)s AND (b.debit_fen <> 0 OR b.credit_fen <> 0))
   OR EXISTS (SELECT FROM budgeting_allotment a WHERE a.unit_code = u.code AND a.year = %(year)s)
"""

_VOUCHERS = """
SELECT v.unit_code, v.year, v.event, v.number, v.id, COALESCE(i.mapping, ''),
       g.account, g.side, g.amount_fen, g.dimension_id
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_voucher v ON v.unit_code = w.unit AND v.year = w.year
JOIN budgeting_posting g ON g.voucher_id = v.id
LEFT JOIN budgeting_import i ON i.id = v.imported_id
WHERE v.event NOT IN ('payment', 'reversal', 'closing')
  AND NOT EXISTS (SELECT FROM budgeting_voucher r WHERE r.reverses_id = v.id)
"""


def facts_of_year(*, year: int, units: Sequence[str] | None = None) -> tuple[LedgerSum, ...]:
    """The budget accounting of a year, summed by unit, phase, account and dimension; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"year": year, "units": None if units is None else list(units)})
        rows: list[Any] = cursor.fetchall()
    return tuple(
        LedgerSum(unit, phase, account, Dims(*_in_order(dims)), dimension, debit, credit, postings)
        for unit, phase, account, dimension, debit, credit, postings, *dims in rows
    )


def _in_order(key: Sequence[str]) -> tuple[str, ...]:
    function, economic, nature, project, fund, fund_year, three, kind, section, counterparty = key
    return (function, nature, fund, economic, project, fund_year, three, kind, section, counterparty)


def balance(*, year: int, account: str, units: Sequence[str] | None = None, through: int = 13) -> int:
    """Debit minus credit of an account in fen, of some units or all, through a period; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BALANCE,
            {"year": year, "account": account, "units": None if units is None else list(units), "through": through},
        )
        debit, credit = cursor.fetchone()
    return int(debit - credit)


def account_sums(pairs: Collection[tuple[str, int]]) -> dict[tuple[str, int, str], int]:
    """(unit, year, account) → debit minus credit in fen over the whole year; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, [[unit for unit, _year in pairs], [year for _unit, year in pairs]])
        return {(unit, year, account): int(fen) for unit, year, account, fen in cursor.fetchall()}


def units_below(code: str) -> tuple[str, ...]:
    """A unit and all units below it; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE, [code])
        return tuple(row[0] for row in cursor.fetchall())


def units_with_figures(*, units: Sequence[str], year: int) -> frozenset[str]:
    """Those of the units that have a budget or postings of a year; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_FIGURES, {"units": list(units), "year": year})
        return frozenset(row[0] for row in cursor.fetchall())


def known_vouchers(pairs: Sequence[tuple[str, int]]) -> dict[tuple[str, int, str], KnownVoucher]:
    """(unit, year, event:number) → the voucher that holds; one statement. Payments are not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_VOUCHERS, [[p[0] for p in pairs], [p[1] for p in pairs]])
        lines: dict[tuple[str, int, str], list[tuple[str, str, int, int]]] = defaultdict(list)
        heads: dict[tuple[str, int, str], tuple[int, str]] = {}
        for unit, year, event, number, voucher, mapping, account, side, fen, dimension in cursor.fetchall():
            key = (unit, year, f"{event}:{number}")
            heads[key] = (voucher, mapping)
            lines[key].append((account, side, fen, dimension))
    return {key: KnownVoucher(*heads[key], tuple(sorted(found))) for key, found in lines.items()}
