"""Owns the choice among rules: of those that fit a matter the most specific decides, and says why.

Specific is, in this order: the thing itself before any place; the smaller place before the larger (road, unit grid,
community, responsibility grid, street, district, the whole city); the longer beginning of a class; a meeting's decision
before other sources; the later day; the smaller number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class PlaceKind(StrEnum):
    """Where a rule holds."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    RESPONSIBILITY_GRID = "responsibility_grid"
    COMMUNITY = "community"
    UNIT_GRID = "unit_grid"
    ROAD = "road"


class Role(StrEnum):
    """Which unit of a component a rule names, in place of a fixed one."""

    OWNER = "owner"
    MANAGER = "manager"
    MAINTAINER = "maintainer"


class Source(StrEnum):
    """What a rule stands on."""

    MEETING = "meeting"  # 协调会
    AGREEMENT = "agreement"
    REGULATION = "regulation"
    LEARNED = "learned"
    OWN = "own"


_PRECISION = {kind: number for number, kind in enumerate(PlaceKind)}
_THING = len(_PRECISION)


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule: for classes that begin so, at a place, this unit, or the component's own."""

    id: int
    category: str  # a class or its beginning; empty: every class
    place_kind: PlaceKind
    place: str  # its code; of a road the name; empty for the city
    department: str  # empty where ``role`` names the unit
    role: Role | None
    source: Source
    source_text: str
    valid_from: date
    valid_to: date | None = None
    condition_seq: int | None = None  # the filing condition whose limit is proposed


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be given to a unit."""

    category: str
    places: Mapping[PlaceKind, str] = field(default_factory=dict)
    address: str = ""
    units: Mapping[Role, str] = field(default_factory=dict)  # of its component; those that are ours


@dataclass(frozen=True, slots=True)
class Choice:
    """The unit a matter is proposed for, the rule that says so, and those it went before."""

    department: str
    rule: Rule
    others: tuple[tuple[Rule, str], ...] = ()


def unit_by(rule: Rule, matter: Matter, on: date) -> str:
    """The unit a rule gives a matter on a day; empty where it does not fit."""
    if not (rule.valid_from <= on and (rule.valid_to is None or on < rule.valid_to)):
        return ""
    if not matter.category.startswith(rule.category) or not _is_there(rule, matter):
        return ""
    return matter.units.get(rule.role, "") if rule.role is not None else rule.department


def _is_there(rule: Rule, matter: Matter) -> bool:
    if rule.place_kind is PlaceKind.CITY:
        return True
    if matter.places.get(rule.place_kind) == rule.place:
        return True
    return rule.place_kind is PlaceKind.ROAD and rule.place in matter.address


def rank(rule: Rule) -> tuple[int, int, int, int, int]:
    """How specific a rule is; the greatest decides."""
    precision = _THING if rule.role is not None else _PRECISION[rule.place_kind]
    return precision, len(rule.category), rule.source is Source.MEETING, rule.valid_from.toordinal(), -rule.id


def choose(rules: Iterable[Rule], matter: Matter, *, on: date) -> Choice | None:
    """The unit of the most specific rule that fits; None where none does."""
    fitting = [(rule, unit) for rule in rules if (unit := unit_by(rule, matter, on))]
    if not fitting:
        return None
    fitting.sort(key=lambda each: rank(each[0]), reverse=True)
    return Choice(fitting[0][1], fitting[0][0], tuple(fitting[1:]))


class RuleIndex:
    """The same choice over many rules: rules by the beginning of their class, most specific first."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_category: dict[str, list[Rule]] = {}
        for rule in sorted(self.rules, key=rank, reverse=True):
            self._by_category.setdefault(rule.category, []).append(rule)

    def choose(self, matter: Matter, *, on: date) -> Choice | None:
        """As :func:`choose`, looking only at rules whose class can fit."""
        beginnings = (matter.category[:end] for end in range(len(matter.category) + 1))
        return choose((rule for start in beginnings for rule in self._by_category.get(start, ())), matter, on=on)
