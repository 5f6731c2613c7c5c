"""Cells of the nine tables: computed from the ledger as it stands, of a unit alone or a bureau consolidated."""

from __future__ import annotations

from collections.abc import Mapping

from wangge.domains.budgeting.queries.allotments import budgets_of_year
from wangge.domains.budgeting.queries.balances import facts_of_year, units_below
from wangge.domains.disclosure.logic.cells import Computed, compute
from wangge.domains.disclosure.logic.sums import Facts
from wangge.standards.accounts.library import load_accounts


def computed(*, year: int, unit: str, consolidated: bool | None = None) -> Computed:
    """The nine tables of a unit; of one with units below it, consolidated unless told otherwise. Three statements."""
    return compute(facts(year=year, unit=unit, consolidated=consolidated), load_accounts(str(year)))


def facts(*, year: int, unit: str, consolidated: bool | None = None) -> Facts:
    """The facts behind them."""
    units = (unit,) if consolidated is False else units_below(unit)
    return Facts(facts_of_year(year=year, units=units), budgets_of_year(year=year, units=units), frozenset(units))


def cells(*, year: int, unit: str) -> Mapping[str, int]:
    """Name of the cell → fen, computed now."""
    return {name: cell.fen for name, cell in computed(year=year, unit=unit).cells.items()}
