"""Owns the lots of a month's checks: which case files are examined and which grids walked, drawn again by anyone. Pure.

Each thing gets the SM3 of ``seed/key``; the smallest are drawn, in each group (a district) as many. The order of the
pool plays no part.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum


class Drawn(StrEnum):
    """What is drawn of: closed case files 案卷质检, or responsibility grids for on-the-spot checks 实地考评."""

    QUALITY = "quality"
    SPOT = "spot"


def seed_of(kind: Drawn, period: str, instance: str) -> str:
    """The seed of a month's draw; the installation's own mark keeps two cities from drawing alike."""
    return f"{kind.value}/{period}/{instance}"


def lot(seed: str, key: str) -> str:
    """The lot of a key: hex digits of SM3."""
    return hashlib.new("sm3", f"{seed}/{key}".encode()).hexdigest()


def drawn(pool: Iterable[tuple[str, str]], *, each: int, seed: str) -> list[str]:
    """``each`` keys of every group of (group, key), by group, in the order of their lots."""
    groups: dict[str, set[str]] = defaultdict(set)
    for group, key in pool:
        groups[group].add(key)
    return [
        key for group in sorted(groups) for key in sorted(groups[group], key=lambda key: (lot(seed, key), key))[:each]
    ]


def mark_of(pool: Iterable[tuple[str, str]]) -> bytes:
    """The SM3 of a whole pool: whether what is drawn of today is what was drawn of then."""
    return hashlib.new("sm3", "\n".join(sorted(key for _group, key in pool)).encode()).digest()
