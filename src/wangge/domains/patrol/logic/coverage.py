"""Owns what an hour of a grid came to: covered, not walked, unknown, lost to a gap, or not planned. Pure.

"No position" is unknown, never absent: a telephone in a pocket may be silent though its owner walks (field practice).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wangge.domains.patrol.logic.fixes import Turn

HOUR = timedelta(hours=1)


class HourState(StrEnum):
    """What is known of a grid in an hour."""

    COVERED = "covered"
    NOT_WALKED = "not_walked"
    UNKNOWN = "unknown"
    GAP = "gap"
    NOT_PLANNED = "not_planned"


@dataclass(frozen=True, slots=True)
class Gap:
    """A collection gap: of a grid, of a district, or of the whole city (both empty); half-open."""

    starts_at: datetime
    ends_at: datetime
    district_code: str = ""
    grid_code: str = ""
    kind: str = ""
    reason: str = ""

    def touches(self, *, grid_code: str, district_code: str, since: datetime, until: datetime) -> bool:
        """Whether it falls on this grid in [since, until)."""
        here = self.grid_code in ("", grid_code) and self.district_code in ("", district_code)
        return here and self.starts_at < until and since < self.ends_at


@dataclass(frozen=True, slots=True)
class Seen:
    """Positions of one person in one grid and hour."""

    hour: datetime
    grid_code: str
    person_id: int
    fixes: int


def state_of_hour(
    *, grid_code: str, hour: datetime, planned: Iterable[int], seen_here: int, known: frozenset[int], is_gap: bool
) -> HourState:
    """The state of a grid in an hour.

    ``planned``: people whose turn in this grid touches the hour; ``seen_here``: positions of anybody in the grid;
    ``known``: people with a position anywhere in that hour. Who walked during a gap did walk: covered comes first.
    """
    if seen_here:
        return HourState.COVERED
    if is_gap:
        return HourState.GAP
    people = frozenset(planned)
    if not people:
        return HourState.NOT_PLANNED
    return HourState.NOT_WALKED if people <= known else HourState.UNKNOWN


def hours_of(since: datetime, until: datetime) -> list[datetime]:
    """The whole hours that begin in [since, until)."""
    first = since.replace(minute=0, second=0, microsecond=0)
    first = first if first == since else first + HOUR
    return [first + HOUR * step for step in range(max(0, -((first - until) // HOUR)))]


def coverage(
    *,
    grids: Mapping[str, str],
    hours: Iterable[datetime],
    turns: Iterable[Turn],
    seen: Iterable[Seen],
    gaps: Iterable[Gap],
) -> dict[tuple[str, datetime], HourState]:
    """The state of each grid (code → district code) in each hour."""
    wanted = tuple(hours)
    here: dict[tuple[str, datetime], int] = {}
    known: dict[datetime, set[int]] = {}
    for each in seen:
        here[each.grid_code, each.hour] = here.get((each.grid_code, each.hour), 0) + each.fixes
        known.setdefault(each.hour, set()).add(each.person_id)
    planned: dict[tuple[str, datetime], set[int]] = {}
    for turn in turns:
        for hour in wanted:
            if turn.grid_code and turn.starts_at < hour + HOUR and hour < turn.ends_at:
                planned.setdefault((turn.grid_code, hour), set()).add(turn.person_id)
    stops = tuple(gaps)
    return {
        (grid, hour): state_of_hour(
            grid_code=grid,
            hour=hour,
            planned=planned.get((grid, hour), ()),
            seen_here=here.get((grid, hour), 0),
            known=frozenset(known.get(hour, ())),
            is_gap=any(
                gap.touches(grid_code=grid, district_code=district, since=hour, until=hour + HOUR) for gap in stops
            ),
        )
        for grid, district in grids.items()
        for hour in wanted
    }


def shares(states: Iterable[HourState]) -> dict[HourState, int]:
    """How many hours there are of each state; a rate leaves out what is a gap or was never planned."""
    counted = dict.fromkeys(HourState, 0)
    for state in states:
        counted[state] += 1
    return counted
