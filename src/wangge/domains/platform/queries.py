"""Questions about the platform's own running: the latest of each kind of upkeep, and the faults of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wangge.domains.platform.logic import Stretch, faults_between
from wangge.domains.platform.models import Running, Upkeep, UpkeepKind


@dataclass(frozen=True, slots=True)
class UpkeepLine:
    """One thing that was done."""

    at: datetime
    kind: UpkeepKind
    well: bool
    seconds: int
    detail: dict[str, Any]


def latest_upkeep() -> dict[UpkeepKind, UpkeepLine]:
    """The newest line of each kind."""
    rows = Upkeep.objects.order_by("kind", "-at", "-id").distinct("kind")
    return {line.kind: line for line in map(_line, rows)}


def latest_well(kind: UpkeepKind) -> UpkeepLine | None:
    """The newest of a kind that went well."""
    row = Upkeep.objects.filter(kind=kind, well=True).order_by("-at", "-id").first()
    return _line(row) if row is not None else None


def recent_upkeep(*, most: int) -> tuple[UpkeepLine, ...]:
    """The newest lines of any kind."""
    return tuple(map(_line, Upkeep.objects.order_by("-at", "-id")[:most]))


def faults(*, begins_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """The faults of a period, in order; before the first beat nothing is known."""
    rows = Running.objects.filter(last_beat_at__gte=begins_at, began_at__lt=ends_at).order_by("began_at")
    running = [Stretch(each.began_at, each.last_beat_at) for each in rows]
    before = Running.objects.filter(last_beat_at__lt=begins_at).order_by("-last_beat_at").first()
    if before is not None:
        running.insert(0, Stretch(before.began_at, before.last_beat_at))
    return faults_between(running=running, begins_at=begins_at, ends_at=ends_at)


def explanations(begins: Sequence[datetime]) -> dict[datetime, str]:
    """Beginning of a fault → why, as it was written down last."""
    rows = Upkeep.objects.filter(
        kind=UpkeepKind.EXPLAINED, detail__begins_at__in=[each.isoformat() for each in begins]
    ).order_by("id")
    return {datetime.fromisoformat(row.detail["begins_at"]): row.detail["why"] for row in rows}


def first_beat_at() -> datetime | None:
    """Since when the platform's running is known."""
    row = Running.objects.order_by("began_at").first()
    return row.began_at if row is not None else None


def last_beat_at() -> datetime | None:
    """When it was last found whole."""
    row = Running.objects.order_by("-last_beat_at").first()
    return row.last_beat_at if row is not None else None


def _line(row: Upkeep) -> UpkeepLine:
    return UpkeepLine(row.at, UpkeepKind(row.kind), row.well, row.seconds, row.detail)
