"""Owns what a history of dispatches suggests as rules: for each class and place the unit that got most, with figures.

Keys of a case are given from coarse to fine (class; class and kind; …; with place); units change their work over the
years, so each key is counted over all years and within each. A key becomes a rule only where it is surer than every
coarser one that would decide without it: right of (support + ½), so that few cases prove little. Drafts only: what the
past did is not what ought to be, and a person releases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

Keys = tuple[str, ...]
Node = tuple[Keys, int]
"""Keys from coarse to fine, and the year (0: all years)."""
ALL_YEARS = 0


@dataclass(frozen=True, slots=True)
class Past:
    """A past case: its keys from coarse to fine, the year it was dispatched in, and the unit that handled it."""

    keys: Keys
    year: int
    unit: str


@dataclass(frozen=True, slots=True)
class Learned:
    """A suggested rule: for these keys, in this year or in all, this unit; how many cases fit, how many went there."""

    keys: Keys
    year: int
    unit: str
    support: int
    right: int

    @property
    def precision_percent(self) -> int:
        return self.right * 100 // self.support

    @property
    def sureness(self) -> Fraction:
        return Fraction(2 * self.right, 2 * self.support + 1)


def learn(past: Iterable[Past], *, least_support: int = 1, least_depth: int = 0) -> list[Learned]:
    """The rules a history suggests, coarse before fine, of at least so many keys. Ties go to the first name."""
    counted: dict[Node, Counter[str]] = defaultdict(Counter)
    for case in past:
        for node in _nodes(case.keys, case.year, least_depth):
            counted[node][case.unit] += 1
    kept: dict[Node, Learned] = {}
    for keys, year in sorted(counted, key=lambda node: (len(node[0]), node[1] != ALL_YEARS, node)):
        units = counted[keys, year]
        unit = min(units, key=lambda name: (-units[name], name))
        rule = Learned(keys, year, unit, units.total(), units[unit])
        above = [kept[node] for node in _nodes(keys, year) if node in kept]
        if rule.support >= least_support and all(rule.sureness > each.sureness for each in above):
            kept[keys, year] = rule
    return list(kept.values())


def _nodes(keys: Keys, year: int, least_depth: int = 0) -> Iterator[Node]:
    """Every node that a case of these keys counts in, coarse before fine."""
    for depth in range(least_depth, len(keys) + 1):
        yield keys[:depth], ALL_YEARS
        if year != ALL_YEARS:
            yield keys[:depth], year


class Suggestions:
    """Learnt rules, ready to be asked."""

    def __init__(self, rules: Sequence[Learned]) -> None:
        self._by_node = {(rule.keys, rule.year): rule for rule in rules}

    def unit_for(self, keys: Keys, year: int) -> str:
        """The unit of the surest rule that fits, the finer where two are as sure; empty where none does."""
        fitting = [self._by_node[node] for node in _nodes(keys, year) if node in self._by_node]
        best = max(fitting, key=lambda rule: (rule.sureness, len(rule.keys), rule.year), default=None)
        return "" if best is None else best.unit
