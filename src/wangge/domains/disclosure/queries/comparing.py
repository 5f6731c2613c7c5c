"""Comparisons over the database: our cells against the official tables, last year and the budget, two editions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from django.db import connection

from wangge.domains.budgeting.queries.records import records
from wangge.domains.disclosure.checking.work import paper_of
from wangge.domains.disclosure.logic.cells import Computed, compute
from wangge.domains.disclosure.logic.comparing import (
    Beside,
    Candidate,
    OfficialDifference,
    beside,
    official_differences,
)
from wangge.domains.disclosure.logic.printed import hundredths
from wangge.domains.disclosure.logic.sums import Facts
from wangge.domains.disclosure.queries.cells import cells, facts
from wangge.domains.disclosure.queries.tracing import leaves_of
from wangge.standards.accounts.library import load_accounts

_WORDS = frozenset(
    ("code", "name", "label", "department", "unit", "number", "header", "note", "statement")
)  # parts of names that are no amounts
_PAYMENTS = """
SELECT p.number, p.dimension_id, p.amount_fen, s.state FROM budgeting_payment p
JOIN LATERAL (SELECT state FROM budgeting_payment_step t WHERE t.payment_id = p.id ORDER BY t.id DESC LIMIT 1) s ON true
WHERE p.year = %s AND p.unit_code = ANY(%s) AND s.state IN ('requested', 'paid', 'returned')
  AND p.dimension_id = ANY(%s)
"""


def official_of_file(path: Path, year: int) -> Mapping[str, int]:
    """The cells that a workbook of official tables prints, in hundredths of 万元. Raises ``ReadingRefused``."""
    paper = paper_of(path, load_accounts(str(year)))
    return {
        name: int((cell.value or Decimal(0)) * 100)
        for name, cell in paper.cells.items()
        if name[:2].isdigit() and cell.value is not None and name.rpartition(".")[2] not in _WORDS
    }


def official_of_records(*, year: int, unit: str) -> Mapping[str, int]:
    """The official cells that were imported as a list."""
    found = records(kinds=("official_cell",), units=[unit], year=year)
    return {str(line.data["cell"]): hundredths(line.amount_fen or 0) for line in found}


def against_official(*, year: int, unit: str, official: Mapping[str, int]) -> tuple[OfficialDifference, ...]:
    """Every official cell that differs from ours, with its cause."""
    found = facts(year=year, unit=unit)
    computed = compute(found, load_accounts(str(year)))
    plain = official_differences(computed, official)
    doubtful = [each.cell for each in plain if each.cell in computed.cells and not computed.cells[each.cell].parts]
    return official_differences(computed, official, _candidates(year, found, computed, doubtful))


def _candidates(year: int, found: Facts, computed: Computed, doubtful: list[str]) -> list[Candidate]:
    """Payments and requests of the dimensions behind the cells that differ."""
    by_dimension: dict[int, list[str]] = {}
    for cell in doubtful:
        for leaf in leaves_of(cell, computed):
            told = computed.cells[leaf].filter
            if told is not None and told.measure == "payments":
                for fact in found.counted(told):
                    by_dimension.setdefault(fact.dimension_id, []).append(cell)
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENTS, [year, sorted(found.inside), sorted(by_dimension)])
        return [
            Candidate(number, cell, fen, state == "paid")
            for number, dimension, fen, state in cursor.fetchall()
            for cell in by_dimension[dimension]
        ]


def beside_last_year_and_budget(*, year: int, unit: str) -> tuple[Beside, ...]:
    """Every cell beside last year's (published, computed or imported) and the budget's."""
    found = facts(year=year, unit=unit)
    forms = load_accounts(str(year))
    now = {name: cell.fen for name, cell in compute(found, forms).cells.items()}
    budget = {name: cell.fen for name, cell in compute(found.budgeted(), forms).cells.items()}
    return beside(now, _last_year(year - 1, unit), budget)


def _last_year(year: int, unit: str) -> Mapping[str, int]:
    before = cells(year=year, unit=unit)
    if any(before.values()):
        return before
    found = records(kinds=("official_cell",), units=[unit], year=year)
    return {str(line.data["cell"]): line.amount_fen or 0 for line in found}
