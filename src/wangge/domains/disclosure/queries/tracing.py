"""What lies below a printed figure: vouchers behind the cells, read once for the whole trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from wangge.domains.disclosure.logic.cells import Computed, compute
from wangge.domains.disclosure.logic.sums import Facts, Filter
from wangge.domains.disclosure.logic.tracing import Traced, Voucher, trace_cell
from wangge.domains.disclosure.queries.cells import facts
from wangge.standards.accounts.library import load_accounts
from wangge.standards.budgeting import measures

# "+ 0": the way is unit and year, then each voucher's lines. A dimension's own index leads through every unit.
_VOUCHERS = """
SELECT g.dimension_id, g.account, v.phase, v.id, v.unit_code, v.number, v.dated_on::text, v.summary,
       COALESCE((SELECT p.payee FROM budgeting_payment_step s JOIN budgeting_payment p ON p.id = s.payment_id
                 WHERE s.voucher_id = v.id LIMIT 1), ''),
       sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END)::bigint
FROM budgeting_voucher v JOIN budgeting_posting g ON g.voucher_id = v.id
WHERE v.year = %(year)s AND v.unit_code = ANY(%(units)s) AND g.system = 'budget' AND g.dimension_id + 0 = ANY(%(dims)s)
GROUP BY g.dimension_id, g.account, v.id
"""

_ALLOTMENTS = """
SELECT a.dimension_id, c.id, a.unit_code, a.number, c.dated_on::text, c.stage || ' ' || c.document, c.stage,
       c.amount_fen
FROM budgeting_allotment a JOIN budgeting_allotment_change c ON c.allotment_id = a.id
WHERE a.year = %(year)s AND a.unit_code = ANY(%(units)s) AND a.dimension_id = ANY(%(dims)s)
"""


class _Bottom:
    """The facts of all leaves, read in one statement each for vouchers and allotments."""

    def __init__(self, year: int, found: Facts, filters: Sequence[Filter]) -> None:
        self._found, self._year = found, year
        self._dims = sorted({fact.dimension_id for each in filters for fact in found.counted(each)})
        self._rows: dict[int, list[tuple[str, str, Voucher]]] = defaultdict(list)
        self._changes: dict[int, list[tuple[str, Voucher]]] = defaultdict(list)
        kinds = {measures()[each.measure].of for each in filters}
        with connection.cursor() as cursor:
            told: dict[str, Any] = {"year": year, "units": sorted(found.inside), "dims": self._dims}
            if "balances" in kinds:
                cursor.execute(_VOUCHERS, told)
                for dimension, account, phase, *rest in cursor.fetchall():
                    self._rows[dimension].append((account, phase, Voucher(*rest)))
            if "allotments" in kinds:
                cursor.execute(_ALLOTMENTS, told)
                for dimension, number, unit, line, day, words, stage, fen in cursor.fetchall():
                    self._changes[dimension].append((stage, Voucher(number, unit, line, day, words, "", fen)))

    def of(self, filter_: Filter) -> list[Voucher]:
        """The vouchers, or changes of allotments, that a sum counts."""
        measure = measures()[filter_.measure]
        dims = {fact.dimension_id for fact in self._found.counted(filter_)}
        if measure.of == "allotments":
            return [
                voucher
                for dimension in dims
                for stage, voucher in self._changes[dimension]
                if measure.column == "adjusted" or stage == "approved"
            ]
        sums: dict[int, Voucher] = {}
        for dimension in dims:
            for account, phase, voucher in self._rows[dimension]:
                if account.startswith(measure.accounts) and phase in measure.phases:
                    fen = voucher.fen if measure.side == "debit" else -voucher.fen
                    before = sums.get(voucher.id)
                    total = fen + (before.fen if before else 0)
                    sums[voucher.id] = replace(voucher, fen=total)
        return list(sums.values())


def trace(*, year: int, unit: str, cell: str) -> tuple[Traced, Mapping[str, Sequence[Voucher]]]:
    """The tree below a cell and the vouchers of its leaves; a constant number of statements. KeyError: no such cell."""
    found = facts(year=year, unit=unit)
    computed = compute(found, load_accounts(str(year)))
    leaves = {name: computed.cells[name].filter for name in leaves_of(cell, computed)}
    bottom = _Bottom(year, found, [each for each in leaves.values() if each is not None])
    vouchers = {name: bottom.of(each) for name, each in leaves.items() if each is not None}
    return trace_cell(cell, computed, lambda name: vouchers.get(name, ())), vouchers


def leaves_of(cell: str, computed: Computed) -> set[str]:
    """The cells at the bottom of a cell: sums of facts."""
    found = computed.cells[cell]
    if not found.parts:
        return {cell}
    return {leaf for part in found.parts if part in computed.cells for leaf in leaves_of(part, computed)}
