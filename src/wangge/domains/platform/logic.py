"""From stretches without a fault to the faults between them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_BETWEEN_BEATS = timedelta(seconds=150)
"""Beats come each minute; one that is late by the work of a round is no fault."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, half-open."""

    begins_at: datetime
    ends_at: datetime

    @property
    def seconds(self) -> int:
        """How long it is."""
        return int((self.ends_at - self.begins_at).total_seconds())


def faults_between(*, running: Sequence[Stretch], begins_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """What of a period no stretch covers, from the first beat ever known on; in order.

    Stretches may overlap: two workers may beat at the same time. What is younger than a missed beat is no fault yet.
    """
    ordered = sorted(running, key=lambda each: each.begins_at)
    if not ordered:
        return ()
    covered_to = max(ordered[0].begins_at, begins_at)
    found: list[Stretch] = []
    for each in ordered:
        if each.ends_at <= covered_to:
            continue
        if each.begins_at > covered_to:
            found.append(Stretch(covered_to, min(each.begins_at, ends_at)))
        covered_to = each.ends_at
        if covered_to >= ends_at:
            break
    if ends_at - covered_to > MOST_BETWEEN_BEATS:
        found.append(Stretch(covered_to, ends_at))
    return tuple(each for each in found if each.ends_at > each.begins_at)


def total_seconds(stretches: Iterable[Stretch]) -> int:
    """How long they are together."""
    return sum(each.seconds for each in stretches)
