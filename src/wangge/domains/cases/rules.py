"""The rulebook of a day in this city: the tables, settings and clocks that hold then, made ready once per process.

A case keeps the rules of the day its cycle began (``rules_on``), so a change of the tables touches new cycles only.
When the city's files change, everything is made ready anew, in each process by itself (``standards.watching``).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings

from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.standards import watching
from wangge.standards.calendars import CityClocks, load_city_clocks, slot_rows
from wangge.standards.city_settings import city_settings
from wangge.standards.editions import edition_in_force
from wangge.standards.library import load_tables


@dataclass(slots=True)
class _Ready:
    """What was made ready from one state of the city's files; another state begins with nothing."""

    overlay: Path | None
    version: int
    by_day: dict[date, Rulebook] = field(default_factory=dict)
    by_content: dict[tuple[int, tuple[tuple[str, str], ...]], Rulebook] = field(default_factory=dict)
    clocks: dict[str, CityClocks] = field(default_factory=dict)
    scopes: frozenset[str] | None = None


_lock = threading.Lock()
_kept = [_Ready(None, -1)]


def rulebook_on(day: date) -> Rulebook:
    """The rules in force on a day; the same object for every day with the same rules."""
    ready = _current()
    found = ready.by_day.get(day)
    if found is None:
        with _lock:
            found = ready.by_day[day] = _made_ready(ready, day)
    return found


def _current() -> _Ready:
    """What is ready of the tables and calendars as they are now, at most some seconds behind their files."""
    overlay: Path | None = settings.CITY_OVERLAY
    version = watching.version(overlay)
    ready = _kept[0]
    if ready.version != version or ready.overlay != overlay:
        ready = _kept[0] = _Ready(overlay, version)
    return ready


def _made_ready(ready: _Ready, day: date) -> Rulebook:
    tables = load_tables(ready.overlay, on=day)
    values = city_settings(tables, on=day)
    content = (id(tables), tuple(sorted(values.items())))
    if content not in ready.by_content:
        slots = values["work_slots"]
        if slots not in ready.clocks:
            ready.clocks[slots] = load_city_clocks(ready.overlay, city_slots=slots)
        ready.by_content[content] = rulebook(
            tables=tables, settings=values, clock_of=ready.clocks[slots].clock_of, edition=edition_in_force(tables)
        )
    return ready.by_content[content]


@dataclass(frozen=True, slots=True)
class Era:
    """Days with the same rules: from ``first`` on, before ``end`` (None: open)."""

    first: date
    end: date | None
    rules: Rulebook


def eras() -> tuple[Era, ...]:
    """Every stretch of days with rules of its own, oldest first; the last one is open."""
    tables = load_tables(_current().overlay)
    settings_change = {day for row in tables.setting_values for day in (row.at.valid_from, row.at.valid_to) if day}
    days = (date.min, *sorted({*tables.states_on, *settings_change}))
    found: list[Era] = []
    for day, end in zip(days, (*days[1:], None), strict=True):
        rules = rulebook_on(day)
        if found and found[-1].rules is rules:
            found[-1] = Era(found[-1].first, end, rules)
        else:
            found.append(Era(day, end, rules))
    return tuple(found)


def own_slot_scopes() -> frozenset[str]:
    """The scopes below the city that keep working slots of their own: ``department:D017``, ``district:430202``."""
    ready = _current()
    if ready.scopes is None:
        rows, _findings = slot_rows(ready.overlay)
        ready.scopes = frozenset(f"{row.scope.kind}:{row.scope.code}" for row in rows if row.scope.code)
    return ready.scopes


def forget_rules() -> None:
    """Read the calendars anew at the next question, without waiting for the next look at the files; for tests."""
    _kept[0] = _Ready(None, -1)
