"""Owns what is wrong with a set of rules before it is released: conflicts, rules without effect, gaps; with weights.

The weight of a finding is how many past cases it touches: cases by (class, district) of the time looked back on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wangge.domains.ownership.logic.choosing import Matter, PlaceKind, Rule, choose

Past = Mapping[tuple[str, str], int]
"""(class, district) → how many past cases."""


class Trouble(StrEnum):
    """Kinds of findings; a conflict must be solved before release, a gap accepted with a reason."""

    CONFLICT = "conflict"
    DOUBLE = "double"  # says the same as another: without effect
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One finding, the rules it is about, and how many past cases it touches."""

    trouble: Trouble
    cases: int
    rules: tuple[int, ...] = ()
    category: str = ""
    district: str = ""


def overlaps(first: Rule, second: Rule) -> bool:
    """Whether two rules hold on a common day."""
    return (second.valid_to is None or first.valid_from < second.valid_to) and (
        first.valid_to is None or second.valid_from < first.valid_to
    )


def check_rules(rules: Sequence[Rule], *, past: Past, on: date) -> list[RuleFinding]:
    """Every finding, those that touch most cases first."""
    found = [*_clashes(rules, past), *_gaps(rules, past, on)]
    return sorted(found, key=lambda each: (-each.cases, each.trouble, each.category, each.district, each.rules))


def _clashes(rules: Iterable[Rule], past: Past) -> Iterable[RuleFinding]:
    """Two rules that are equally specific for the same class and place on a common day."""
    same: dict[tuple[str, PlaceKind, str, bool], list[Rule]] = defaultdict(list)
    for rule in rules:
        same[rule.category, rule.place_kind, rule.place, rule.role is not None].append(rule)
    for group in same.values():
        for i, first in enumerate(group):
            for second in group[i + 1 :]:
                if overlaps(first, second):
                    agree = (first.department, first.role) == (second.department, second.role)
                    trouble = Trouble.DOUBLE if agree else Trouble.CONFLICT
                    yield RuleFinding(trouble, _touched(first, past), (first.id, second.id), first.category)


def _touched(rule: Rule, past: Past) -> int:
    """Past cases in a rule's class and district (of a smaller place its district's, of a road all)."""
    district = "" if rule.place_kind in (PlaceKind.CITY, PlaceKind.ROAD) else rule.place[:6]
    return sum(
        count
        for (category, where), count in past.items()
        if category.startswith(rule.category) and district in ("", where)
    )


def _gaps(rules: Sequence[Rule], past: Past, on: date) -> Iterable[RuleFinding]:
    """Classes in districts that had cases and for which no rule of city or district decides."""
    wide = [rule for rule in rules if rule.place_kind in (PlaceKind.CITY, PlaceKind.DISTRICT) and rule.role is None]
    for (category, district), count in past.items():
        if choose(wide, Matter(category, {PlaceKind.DISTRICT: district}), on=on) is None:
            yield RuleFinding(Trouble.GAP, count, (), category, district)
