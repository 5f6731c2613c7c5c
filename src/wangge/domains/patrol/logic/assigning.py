"""Owns who of several collectors gets a field task: by turn, last fresh position and load. Pure.

A position that is not fresh is unknown, never a reason against somebody: who is known to be out comes before who is
not known, and after that the one with fewer open tasks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A collector on duty: his turn's grid and beginning, minutes since his last position (None: none), his load.

    ``metres`` is the distance of his last position to the grid of the task, 0 inside, None without a position.
    """

    person_id: int
    grid_code: str | None
    started_at: datetime
    fix_age_minutes: int | None
    metres: float | None
    load: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The city's settings: minutes a position stays fresh, metres within which a neighbour is asked (0: never)."""

    fresh_minutes: int
    reach_m: int


def chosen(candidates: Iterable[Candidate], *, grid_code: str, rule: Rule) -> Candidate | None:
    """Who gets the task of this grid; None when a person must decide.

    First those whose turn is in the grid: known to be out before unknown, then the lesser load, then the nearer, then
    who came on duty last. Only without them the nearest collector of another grid who is known to be within reach.
    """
    on_duty = tuple(candidates)
    own = [each for each in on_duty if each.grid_code == grid_code]
    if own:
        return min(own, key=lambda each: _own_order(each, rule))
    near = [
        each for each in on_duty if is_fresh(each, rule) and each.metres is not None and each.metres <= rule.reach_m
    ]
    if not near or not rule.reach_m:
        return None
    return min(near, key=lambda each: (each.metres, each.load, each.person_id))


def is_fresh(candidate: Candidate, rule: Rule) -> bool:
    """Whether his last position still says where he is."""
    return candidate.fix_age_minutes is not None and candidate.fix_age_minutes <= rule.fresh_minutes


def _own_order(each: Candidate, rule: Rule) -> tuple[bool, int, float, float, int]:
    fresh = is_fresh(each, rule)
    metres = each.metres if fresh and each.metres is not None else 0.0
    return (not fresh, each.load, metres, -each.started_at.timestamp(), each.person_id)
