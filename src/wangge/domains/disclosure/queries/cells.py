"""Cells of the nine tables: computed from the ledger as it stands, of a unit alone or a bureau consolidated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from wangge.domains.budgeting.logic.facts import BudgetSum, LedgerSum
from wangge.domains.budgeting.queries.allotments import budgets_of_year
from wangge.domains.budgeting.queries.balances import facts_of_year, units_below
from wangge.domains.disclosure.logic.cells import Computed, compute
from wangge.domains.disclosure.logic.sums import Facts
from wangge.domains.disclosure.queries.editions import frozen_cells
from wangge.standards.accounts.library import load_accounts


def computed(*, year: int, unit: str, consolidated: bool | None = None) -> Computed:
    """The nine tables of a unit; of one with units below it, consolidated unless told otherwise. Three statements."""
    return compute(facts(year=year, unit=unit, consolidated=consolidated), load_accounts(str(year)))


def facts(*, year: int, unit: str, consolidated: bool | None = None) -> Facts:
    """The facts behind them."""
    units = (unit,) if consolidated is False else units_below(unit)
    return Facts(facts_of_year(year=year, units=units), budgets_of_year(year=year, units=units), frozenset(units))


def cells(*, year: int, unit: str, edition: int | None = None) -> Mapping[str, int]:
    """Name of the cell → fen: computed now, or as frozen in an edition (its number in the table)."""
    if edition is not None:
        return frozen_cells(edition)
    return {name: cell.fen for name, cell in computed(year=year, unit=unit).cells.items()}


def account_of_form(*, year: int, unit: str, form: str) -> tuple[Computed, Facts]:
    """Cells and facts of a form: the final accounts, or the same tables of the budget as approved."""
    found = facts(year=year, unit=unit)
    told = found if form == "final" else found.budgeted("initial_budget")
    return compute(told, load_accounts(str(year))), found


def computed_of_units(*, year: int, groups: Mapping[str, Sequence[str]]) -> Mapping[str, Computed]:
    """The nine tables of many accounts, each named with its units; read together in two statements."""
    everyone = sorted({unit for units in groups.values() for unit in units})
    ledger: dict[str, list[LedgerSum]] = defaultdict(list)
    for fact in facts_of_year(year=year, units=everyone):
        ledger[fact.unit].append(fact)
    budgets: dict[str, list[BudgetSum]] = defaultdict(list)
    for budget in budgets_of_year(year=year, units=everyone):
        budgets[budget.unit].append(budget)
    forms = load_accounts(str(year))
    return {
        name: compute(
            Facts(
                (fact for unit in units for fact in ledger[unit]),
                (budget for unit in units for budget in budgets[unit]),
                frozenset(units),
            ),
            forms,
        )
        for name, units in groups.items()
    }
