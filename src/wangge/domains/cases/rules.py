"""The rulebook of a day in this city: the tables, settings and clocks that hold then, made ready once per process.

A case keeps the rules of the day its cycle began (``rules_on``), so a change of the tables touches new cycles only.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.standards.calendars import CityClocks, load_city_clocks, slot_rows
from wangge.standards.city_settings import city_settings
from wangge.standards.editions import edition_in_force
from wangge.standards.library import load_tables

_lock = threading.Lock()
_by_day: dict[date, Rulebook] = {}
_by_content: dict[tuple[int, tuple[tuple[str, str], ...]], Rulebook] = {}
_clocks: dict[str, CityClocks] = {}
_scopes: list[frozenset[str]] = []


def rulebook_on(day: date) -> Rulebook:
    """The rules in force on a day; the same object for every day with the same rules."""
    found = _by_day.get(day)
    if found is None:
        with _lock:
            found = _by_day[day] = _made_ready(day)
    return found


def _made_ready(day: date) -> Rulebook:
    overlay: Path | None = settings.ENVIRONMENT.city_overlay
    tables = load_tables(overlay, on=day)
    values = city_settings(tables, on=day)
    content = (id(tables), tuple(sorted(values.items())))
    if content not in _by_content:
        slots = values["work_slots"]
        if slots not in _clocks:
            _clocks[slots] = load_city_clocks(overlay, city_slots=slots)
        _by_content[content] = rulebook(
            tables=tables, settings=values, clock_of=_clocks[slots].clock_of, edition=edition_in_force(tables)
        )
    return _by_content[content]


@dataclass(frozen=True, slots=True)
class Era:
    """Days with the same rules: from ``first`` on, before ``end`` (None: open)."""

    first: date
    end: date | None
    rules: Rulebook


def eras() -> tuple[Era, ...]:
    """Every stretch of days with rules of its own, oldest first; the last one is open."""
    overlay: Path | None = settings.ENVIRONMENT.city_overlay
    tables = load_tables(overlay)
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
    with _lock:
        if not _scopes:
            rows, _findings = slot_rows(settings.ENVIRONMENT.city_overlay)
            _scopes.append(frozenset(f"{row.scope.kind}:{row.scope.code}" for row in rows if row.scope.code))
    return _scopes[0]


def forget_rules() -> None:
    """Read the tables anew at the next question: after an import into the overlay, and for tests."""
    with _lock:
        _by_day.clear()
        _by_content.clear()
        _clocks.clear()
        _scopes.clear()
