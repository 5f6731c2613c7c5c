"""Pauses: spans whose counted minutes do not count, each taken out once however they overlap."""

from __future__ import annotations

from collections.abc import Iterable

from wangge.groundwork.working_time.clocks import Clock
from wangge.groundwork.working_time.failures import MomentUnreadable, PauseUnreadable
from wangge.groundwork.working_time.moments import parse_moment

Pause = tuple[int, int]
"""From and to in civil minutes, half-open."""


def parse_pauses(text: str) -> list[Pause]:
    """The pauses of ``FROM/TO;FROM/TO``; empty text is no pause. Refused: :class:`PauseUnreadable`."""
    return [_pause(part) for part in text.split(";") if part.strip()]


def _pause(text: str) -> Pause:
    ends = text.split("/")
    if len(ends) != 2:
        raise PauseUnreadable(text)
    try:
        start, end = parse_moment(ends[0]), parse_moment(ends[1])
    except MomentUnreadable:
        raise PauseUnreadable(text) from None
    if end < start:
        raise PauseUnreadable(text)
    return start, end


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order, overlapping and touching ones made one, empty ones left out."""
    apart: list[Pause] = []
    for start, end in sorted(pauses):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        elif start < end:
            apart.append((start, end))
    return apart


def due_with_pauses(clock: Clock, start: int, minutes: int, pauses: Iterable[Pause]) -> int:
    """The earliest moment d ≥ start with ``minutes`` counted in [start, d) outside the pauses."""
    position, left = start, minutes
    for pause_start, pause_end in merged(pauses):
        if pause_end <= position:
            continue
        if pause_start > position:
            due = clock.due(position, left)
            if due <= pause_start:
                return due
            left -= clock.counted_between(position, pause_start)
        elif not left:
            return position
        position = pause_end
    return clock.due(position, left)


def paused_minutes(clock: Clock, start: int, end: int, pauses: Iterable[Pause]) -> int:
    """The counted minutes of [start, end) that lie in a pause."""
    return sum(clock.counted_between(max(a, start), min(b, end)) for a, b in merged(pauses))
