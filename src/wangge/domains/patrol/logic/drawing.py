"""Owns the draws of second checks, re-visits and cross patrols: by lot from a seed that is kept, so that anyone can
draw again. Pure.

Each thing of the pool gets the SM3 of ``seed/key``; the smallest are drawn. The order of the pool plays no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum


class DrawKind(StrEnum):
    """What is looked at a second time."""

    SECOND_CHECK = "second_check"  # 复核 of inspections passed
    REVISIT = "revisit"  # self-handled reports confirmed
    CROSS_PATROL = "cross_patrol"  # a grid walked by a collector of another one


def seed_of(kind: DrawKind, day: date, instance: str) -> str:
    """The seed of a day's draw; the installation's own mark keeps two cities from drawing alike."""
    return f"{kind.value}/{day.isoformat()}/{instance}"


def amount(pool: int, percent: int) -> int:
    """How many are drawn: the share, rounded up, so that a small day is looked at as well; 0 of an empty pool."""
    return -(-pool * percent // 100)


def drawn(pool: Collection[str], *, percent: int, seed: str) -> list[str]:
    """The keys drawn, in the order of their lots."""
    ordered = sorted(set(pool), key=lambda key: (lot(seed, key), key))
    return ordered[: amount(len(ordered), percent)]


def lot(seed: str, key: str) -> str:
    """The lot of a key: hex digits of SM3."""
    return hashlib.new("sm3", f"{seed}/{key}".encode()).hexdigest()


def other_walker(grid_code: str, walkers: Sequence[tuple[int, str]], *, seed: str) -> int | None:
    """Who walks a drawn grid across: of those on duty (person, his own grid) by lot one whose grid it is not."""
    own = {person for person, grid in walkers if grid == grid_code}
    others = sorted({person for person, grid in walkers if grid != grid_code and person not in own})
    return min(others, key=lambda person: lot(seed, f"{grid_code}/{person}"), default=None)
