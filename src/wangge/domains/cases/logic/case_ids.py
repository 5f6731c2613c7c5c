"""Ids of cases: UUIDs of version 7, which sort by the moment of the report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

CHANCE_BITS = 74
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def case_id_of(milliseconds: int, chance: int) -> UUID:
    """The id of a case reported so many milliseconds after 1970 (UTC); ``chance`` fills its 74 free bits."""
    return UUID(int=(milliseconds << 80) | (7 << 76) | (chance >> 62 << 64) | (2 << 62) | (chance & ((1 << 62) - 1)))


def milliseconds_of(at: datetime) -> int:
    """Milliseconds since 1970; 0 for a moment before it. ``at`` is aware."""
    return max((at - _EPOCH) // _MILLISECOND, 0)


def least_case_id(at: datetime) -> UUID:
    """No case reported at this moment or later has a smaller id (a child's is later than its parent's report)."""
    return UUID(int=milliseconds_of(at) << 80)
