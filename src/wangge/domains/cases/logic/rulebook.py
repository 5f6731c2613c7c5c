"""The rules one case is judged by: the tables of an edition, the city's settings, its clocks, made ready for use.

A rulebook is built once per edition and settings and shared by every case judged under it: a click, an import of
millions and a simulated city read the same one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from wangge.standards.tables import (
    AppealKind,
    AskReason,
    Automation,
    Composite,
    Entry,
    Move,
    Rung,
    Stage,
    Tables,
    Tier,
    TimeLimit,
)

AMOUNT = re.compile(r"-?[0-9]{1,9}")


class Clock(Protocol):
    """Counts minutes: all of them, or those of the working slots."""

    def counted_between(self, start: int, end: int) -> int: ...

    def due(self, start: int, minutes: int) -> int: ...


ClockOf = Callable[[str, str], Clock]
"""(kind: continuous or working, calendar scope) → the clock."""


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: minutes on a kind of clock."""

    minutes: int
    clock: str


class UnknownUnit(ValueError):
    """The amount names no unit of time_units or is not a number above zero."""


@dataclass(frozen=True, slots=True)
class StageClockRule:
    name: str
    minutes: int
    clock: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that judging one case needs, looked up by key."""

    edition: str
    moves: Mapping[tuple[str, str], Move]  # (verb, from stage)
    verbs: frozenset[str]
    rows_of: Mapping[str, tuple[Move, ...]]  # by verb
    by_stage: Mapping[str, tuple[Move, ...]]
    stages: Mapping[str, Stage]
    stage_clocks: Mapping[str, StageClockRule]
    entries: Mapping[str, Entry]
    settings: Mapping[str, str]
    tiers: Mapping[str, tuple[Tier, ...]]  # of the active set, by request
    automations: Mapping[tuple[str, str], tuple[Automation, ...]]  # of the active set, by (verb, stage)
    rules_by_stage: Mapping[str, tuple[Automation, ...]]
    composites: Mapping[str, Composite]
    ladders: Mapping[tuple[str, str], Rung]
    ask_reasons: Mapping[str, AskReason]
    appeal_kinds: Mapping[str, AppealKind]
    units: Mapping[str, tuple[str, int]]  # unit → (clock, minutes)
    limits: Mapping[tuple[str, int], TimeLimit]  # (class, condition)
    categories: frozenset[str]
    clock_of: ClockOf
    rating_grades: frozenset[str]
    rating_satisfied: frozenset[str]
    quick_list: frozenset[str]

    def length(self, amount: str) -> Length:
        """``"4 work_hour"`` → 240 minutes of the working clock; :class:`UnknownUnit` when it cannot be read."""
        number, _, unit = amount.strip().partition(" ")
        kind = self.units.get(unit.strip())
        if kind is None or AMOUNT.fullmatch(number) is None:
            raise UnknownUnit(amount)
        return Length(int(number) * kind[1], kind[0])

    def clock(self, kind: str, calendar: str = "") -> Clock:
        return self.clock_of(kind, calendar)

    def number(self, key: str) -> int:
        return int(self.settings[key])


def rulebook(
    *,
    tables: Tables,
    settings: Mapping[str, str],
    clock_of: ClockOf,
    edition: str = "gbt30428-2-2013-yuncheng",
) -> Rulebook:
    """Make the tables ready under ``settings`` (whole: every key of settings.csv) for classes of ``edition``."""
    automation, tiers = settings["automation"], settings["approval_tiers"]
    active = [row for row in tables.automations if row.set == automation]
    units = {row.unit: (row.clock, row.minutes) for row in tables.time_units}
    return Rulebook(
        edition=edition,
        moves={(row.verb, row.from_stage): row for row in tables.moves},
        verbs=frozenset(row.verb for row in tables.moves),
        rows_of=_grouped(tables.moves, lambda row: row.verb),
        by_stage=_grouped(tables.moves, lambda row: row.from_stage),
        stages={row.stage: row for row in tables.stages},
        stage_clocks={
            row.stage_clock: StageClockRule(row.stage_clock, row.value * units[row.unit][1], units[row.unit][0])
            for row in tables.stage_limits
        },
        entries={row.source: row for row in tables.entries},
        settings=dict(settings),
        tiers=_grouped([row for row in tables.approval_tiers if row.set == tiers], lambda row: row.request),
        automations=_grouped(active, lambda row: (row.verb, row.stage)),
        rules_by_stage=_grouped(active, lambda row: row.stage),
        composites={row.act: row for row in tables.composites if row.set == automation},
        ladders={(row.ladder, row.level): row for row in tables.ladders},
        ask_reasons={row.why: row for row in tables.ask_reasons},
        appeal_kinds={row.kind: row for row in tables.appeal_kinds},
        units=units,
        limits={
            (f"{row.category_type}:{row.code4}", row.condition_seq): row
            for row in tables.time_limits
            if row.edition == edition
        },
        categories=frozenset(row.key for row in tables.categories if row.edition == edition),
        clock_of=clock_of,
        rating_grades=frozenset(settings["rating_grades"].split()),
        rating_satisfied=frozenset(settings["rating_satisfied"].split()),
        quick_list=frozenset(settings["quick_list"].split()) - {"empty"},
    )


Row = TypeVar("Row")
Key = TypeVar("Key")


def _grouped(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, tuple[Row, ...]]:
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: tuple(members) for name, members in groups.items()}
