"""The editions of classes and time limits: which one new cases take on a day, and what each says.

A case keeps the edition of its cycle; nothing of an older edition is ever deleted, so its limits can always
be read. The functions with ``on`` load the tables of that day.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from wangge.standards.library import load_tables
from wangge.standards.tables import Category, Tables, TimeLimit


def edition_in_force(tables: Tables) -> str:
    """The edition new cases take in this state of the tables (the checks see that there is exactly one)."""
    return tables.editions_in_force[0].edition


def edition_on(day: date, *, overlay: Path | None = None) -> str:
    """The edition new cases take on a day."""
    return edition_in_force(load_tables(overlay, on=day))


@functools.lru_cache(maxsize=64)
def limits_of(tables: Tables, edition: str) -> Mapping[str, tuple[TimeLimit, ...]]:
    """Filing conditions by class (``component:0101``) of an edition, in the order of their numbers."""
    found: dict[str, list[TimeLimit]] = defaultdict(list)
    for limit in tables.time_limits:
        if limit.edition == edition:
            found[f"{limit.category_type}:{limit.code4}"].append(limit)
    return {key: tuple(sorted(rows, key=lambda row: row.condition_seq)) for key, rows in found.items()}


@functools.lru_cache(maxsize=64)
def categories_of(tables: Tables, edition: str) -> Mapping[str, Category]:
    """The classes of an edition by ``component:0101``."""
    return {category.key: category for category in tables.categories if category.edition == edition}


def time_limit(tables: Tables, category: str, condition_seq: int, *, edition: str | None = None) -> TimeLimit | None:
    """The limit of a filing condition of a class (``component:0101``); None when there is none.

    ``edition`` is the one the case's cycle keeps; without it, the one in force in ``tables``.
    """
    rows = limits_of(tables, edition or edition_in_force(tables)).get(category, ())
    return next((row for row in rows if row.condition_seq == condition_seq), None)


def time_limit_on(category: str, condition_seq: int, *, on: date, overlay: Path | None = None) -> TimeLimit | None:
    """The limit that a case filed on a day gets; None when class or condition do not exist then."""
    return time_limit(load_tables(overlay, on=on), category, condition_seq)
