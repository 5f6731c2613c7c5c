"""Working slots of a day: their text form, and the dated rows by scope that say which hold on which day.

A slot belongs to the day it begins on; one that ends at or before its beginning runs across midnight. The
most specific scope of a chain that has a row for the day decides; within it a season goes before the whole
year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from wangge.groundwork.working_time.failures import SlotsOverlap, SlotsUnreadable
from wangge.groundwork.working_time.moments import MINUTES_PER_DAY, date_of_day

_SLOT_TEXT = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–~]\s*([0-9]{1,2}):([0-9]{2})")
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A span of counted minutes, in minutes after its day's first midnight: 0 ≤ begin < 1440, end ≤ 2880."""

    begin: int
    end: int

    def __str__(self) -> str:
        # an end past midnight is written as the clock shows it; a slot up to midnight is written 24:00
        end = self.end - MINUTES_PER_DAY if self.end > MINUTES_PER_DAY else self.end
        return f"{self.begin // 60:02d}:{self.begin % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def parse_slots(text: str) -> tuple[Slot, ...]:
    """The slots of a text like ``08:00-12:00,14:00-18:00`` (commas, semicolons or blanks between), in order.

    An empty text is a day without any slot. ``22:00-06:00`` runs across midnight, ``00:00-24:00`` is the
    whole day. Refused: :class:`SlotsUnreadable`.
    """
    # a blank may stand around the dash, so words are cut only after the dash is tightened
    tight = re.sub(r"\s*([-–~])\s*", r"\1", text.strip())
    return tuple(sorted(_slot(word, text) for word in _BETWEEN.split(tight) if word))


def _slot(word: str, text: str) -> Slot:
    found = _SLOT_TEXT.fullmatch(word)
    if found is None:
        raise SlotsUnreadable(text)
    hours, minutes, end_hours, end_minutes = map(int, found.groups())
    begin, end = hours * 60 + minutes, end_hours * 60 + end_minutes
    if minutes > 59 or end_minutes > 59 or begin >= MINUTES_PER_DAY or end > MINUTES_PER_DAY:
        raise SlotsUnreadable(text)
    return Slot(begin, end if end > begin else end + MINUTES_PER_DAY)


class ScopeKind(StrEnum):
    """For whom a row of slots holds."""

    CITY = "city"
    DISTRICT = "district"
    DEPARTMENT = "department"
    SHIFT = "shift"


@dataclass(frozen=True, slots=True)
class Scope:
    """One city, district, department or shift, by its code (the city may have none)."""

    kind: ScopeKind
    code: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """Days of the year from (month, day) to (month, day), both counted; it may run over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds_on(self, month_and_day: tuple[int, int]) -> bool:
        """Whether a day of the year lies in the season."""
        if self.first <= self.last:
            return self.first <= month_and_day <= self.last
        return month_and_day >= self.first or month_and_day <= self.last

    def meets(self, other: Season) -> bool:
        """Whether two seasons share a day of the year."""
        return self.holds_on(other.first) or other.holds_on(self.first)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """The slots of one scope from one day to another (day numbers, both counted; no last day: open)."""

    scope: Scope
    slots: tuple[Slot, ...]
    first_day: int
    last_day: int | None = None
    season: Season | None = None

    def holds_on(self, day: int) -> bool:
        """Whether the row speaks of the day."""
        if day < self.first_day or (self.last_day is not None and day > self.last_day):
            return False
        if self.season is None:
            return True
        calendar_day = date_of_day(day)
        return self.season.holds_on((calendar_day.month, calendar_day.day))

    def meets(self, other: SlotRow) -> bool:
        """Whether both rows speak of a common day with the same precedence."""
        if self.scope != other.scope or (self.season is None) != (other.season is None):
            return False
        if self.last_day is not None and self.last_day < other.first_day:
            return False
        if other.last_day is not None and other.last_day < self.first_day:
            return False
        return self.season is None or other.season is None or self.season.meets(other.season)


class SlotTable:
    """All dated rows of slots; refuses with :class:`SlotsOverlap` two that would decide the same day."""

    __slots__ = ("_by_scope",)

    def __init__(self, rows: Iterable[SlotRow]) -> None:
        by_scope: dict[Scope, list[SlotRow]] = {}
        for row in rows:
            others = by_scope.setdefault(row.scope, [])
            for other in others:
                if row.meets(other):
                    scope = f"{row.scope.kind} {row.scope.code}".strip()
                    raise SlotsOverlap(scope, _text(other.slots), _text(row.slots))
            others.append(row)
        for rows_of_scope in by_scope.values():
            rows_of_scope.sort(key=lambda row: row.season is None)  # a season goes before the whole year
        self._by_scope = by_scope

    def slots_for(self, chain: Sequence[Scope], day: int) -> tuple[Slot, ...]:
        """The slots of the first scope of the chain (most specific first) with a row for the day, or none."""
        for scope in chain:
            for row in self._by_scope.get(scope, ()):
                if row.holds_on(day):
                    return row.slots
        return ()

    def slots_of(self, chain: Sequence[Scope]) -> Callable[[int], tuple[Slot, ...]]:
        """The slots of any day for one chain, in the form a working clock is built from."""
        return partial(self.slots_for, tuple(chain))


def _text(slots: Sequence[Slot]) -> str:
    return " ".join(map(str, slots)) or "—"
