"""Sums of facts: which measure, over which dimensions; written ``payments(fund_type=general nature=basic)``.

A value is a word, several joined by ``|``, or the beginning of a code with a star.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, BudgetSum, Dims, LedgerSum
from wangge.standards.budgeting import Measure, measures

_CALL = re.compile(r"([a-z_]+)\(([^()]*)\)")


class SumRefused(ValueError):
    """Text that is no sum of facts; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A measure and what its facts must be; ``item`` narrows to one function item of a table by code."""

    measure: str
    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()
    item: str = ""

    def with_item(self, item: str) -> Filter:
        """The same for one function item."""
        return replace(self, item=item)

    def fits(self, dims: Dims) -> bool:
        """Whether facts with these dimensions count."""
        if self.item and dims.function_item != self.item:
            return False
        return all(_one_of(getattr(dims, name), values) for name, values in self.wanted)


@dataclass(frozen=True, slots=True)
class Counted:
    """A fact as a measure counts it: signed fen under its dimensions."""

    unit: str
    dims: Dims
    dimension_id: int
    fen: int
    count: int


def _one_of(value: str, words: Sequence[str]) -> bool:
    return any(value.startswith(word[:-1]) if word.endswith("*") else value == word for word in words)


@lru_cache(maxsize=1024)
def parse_sum(text: str) -> Filter:
    """The filter that a text says; refused: ``SumRefused``."""
    found = _CALL.fullmatch(text.strip())
    if not found or found[1] not in measures():
        raise SumRefused(f"“{text}”不是事实合计，写法如 payments(fund_type=general nature=basic)。")
    wanted = []
    for part in found[2].split():
        name, equals, values = part.partition("=")
        if not equals or name not in DIMENSION_COLUMNS:
            raise SumRefused(f"“{text}”里的“{part}”不是维度条件。")
        wanted.append((name, tuple(values.split("|"))))
    return Filter(found[1], tuple(wanted))


class Facts:
    """The facts of one account, by measure; between units that are consolidated, dealings are left out."""

    def __init__(self, ledger: Iterable[LedgerSum], budgets: Iterable[BudgetSum], inside: frozenset[str]) -> None:
        self.inside = inside
        self.eliminated: dict[str, int] = defaultdict(int)
        self._by_measure: dict[str, list[Counted]] = {name: [] for name in measures()}
        told = measures().values()
        for fact in ledger:
            for measure in told:
                if (
                    measure.of == "balances"
                    and fact.phase in measure.phases
                    and fact.account.startswith(measure.accounts)
                ):
                    self._add(measure, _counted(measure, fact))
        for budget in budgets:
            for measure in told:
                if measure.of == "allotments":
                    fen = budget.approved_fen if measure.column == "approved" else budget.adjusted_fen
                    one = Counted(budget.unit, budget.dims, budget.dimension_id, fen, budget.allotments)
                    self._add(measure, one)
        self._by_item = {name: _grouped(found) for name, found in self._by_measure.items()}

    def budgeted(self, measure: str = "budget") -> Facts:
        """The same account as it was budgeted: budgets stand for what was received and paid.

        ``measure``: ``budget`` as adjusted over the year, or ``initial_budget`` as published at its beginning.
        """
        other = Facts((), (), self.inside)
        told = self._by_measure[measure]
        nothing: dict[str, list[Counted]] = {name: [] for name in self._by_measure}
        other._by_measure = nothing | {"payments": told, "receipts": told, "budget": told, "initial_budget": told}
        other._by_item = {name: _grouped(found) for name, found in other._by_measure.items()}
        return other

    def _add(self, measure: Measure, fact: Counted) -> None:
        """Keep a fact, unless it is a dealing between two units of this account."""
        if fact.dims.counterparty in self.inside and len(self.inside) > 1 and _between_units(measure, fact.dims):
            self.eliminated[measure.measure] += fact.fen
        else:
            self._by_measure[measure.measure].append(fact)

    def counted(self, filter_: Filter) -> list[Counted]:
        """The facts that count."""
        found = (
            self._by_item[filter_.measure].get(filter_.item, []) if filter_.item
            else self._by_measure[filter_.measure]
        )  # fmt: skip
        return [fact for fact in found if filter_.fits(fact.dims)]

    def total(self, filter_: Filter) -> int:
        """Their sum in fen."""
        return sum(fact.fen for fact in self.counted(filter_))

    def items(self, filter_: Filter) -> set[str]:
        """The function items under which something that counts is not nothing."""
        sums: dict[str, int] = defaultdict(int)
        for fact in self.counted(filter_):
            sums[fact.dims.function_item] += fact.fen
        return {item for item, fen in sums.items() if fen and item}


def _between_units(measure: Measure, dims: Dims) -> bool:
    """Whether a fact with a counterparty is a dealing with it; an appropriation that pays for one is not."""
    name, _equals, values = measure.between_units.partition("=")
    return bool(name) and getattr(dims, name) in values.split("|")


def _counted(measure: Measure, fact: LedgerSum) -> Counted:
    fen = fact.debit_fen - fact.credit_fen
    return Counted(fact.unit, fact.dims, fact.dimension_id, fen if measure.side == "debit" else -fen, fact.postings)


def _grouped(found: Iterable[Counted]) -> Mapping[str, list[Counted]]:
    groups: dict[str, list[Counted]] = defaultdict(list)
    for fact in found:
        groups[fact.dims.function_item].append(fact)
    return groups
