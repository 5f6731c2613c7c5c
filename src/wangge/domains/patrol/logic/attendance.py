"""Owns what a turn came to by its positions and the fence of its grid: on the spot, late, elsewhere, unknown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wangge.domains.patrol.logic.coverage import Gap
from wangge.domains.patrol.logic.fixes import Turn


class Presence(StrEnum):
    """What is known of a turn; nobody is called absent because his telephone was silent."""

    PRESENT = "present"
    LATE = "late"
    ELSEWHERE = "elsewhere"  # positions, none within the fence
    UNKNOWN = "unknown"  # no position
    GAP = "gap"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the positions of a turn say: first and last of all and of those within the fence, and how many."""

    first_at: datetime
    last_at: datetime
    fixes: int
    fixes_in_fence: int = 0
    first_in_fence_at: datetime | None = None
    last_in_fence_at: datetime | None = None


def presence(
    turn: Turn, trace: Trace | None, *, at: datetime, grace_minutes: int, gaps: Iterable[Gap] = (), district: str = ""
) -> Presence:
    """What the turn came to, as known at ``at``."""
    if turn.starts_at > at:
        return Presence.TO_COME
    if trace is None:
        end = min(turn.ends_at, at)
        stopped = any(
            gap.touches(grid_code=turn.grid_code or "", district_code=district, since=turn.starts_at, until=end)
            for gap in gaps
        )
        return Presence.GAP if stopped else Presence.UNKNOWN
    arrived = trace.first_in_fence_at if turn.grid_code else trace.first_at
    if arrived is None:
        return Presence.ELSEWHERE
    return Presence.LATE if minutes_late(turn, arrived) > grace_minutes else Presence.PRESENT


def minutes_late(turn: Turn, arrived_at: datetime) -> int:
    """Whole minutes between the turn's beginning and the arrival; 0 for who was early."""
    return max(0, (arrived_at - turn.starts_at) // timedelta(minutes=1))
