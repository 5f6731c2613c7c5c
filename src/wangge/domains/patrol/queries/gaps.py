"""Owns the one question every figure of patrol asks about collection gaps: which hold in a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.patrol.logic.coverage import Gap


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap as the register shows it."""

    id: int
    gap: Gap
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str


def gaps_between(since: datetime, until: datetime) -> list[Gap]:
    """The gaps in force that touch [since, until); one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.starts_at, g.ends_at, g.district_code, g.grid_code, g.kind, g.reason FROM patrol_gap g"
            " WHERE g.withdraws_id IS NULL AND g.starts_at < %s AND g.ends_at > %s"
            " AND NOT EXISTS (SELECT FROM patrol_gap w WHERE w.withdraws_id = g.id) ORDER BY g.starts_at, g.id",
            [until, since],
        )
        return [Gap(*row) for row in cursor.fetchall()]


def register(*, limit: int = 200) -> list[GapLine]:
    """Gaps, the newest first, withdrawn ones with why; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.id, g.starts_at, g.ends_at, g.district_code, g.grid_code, g.kind, g.reason,"
            " COALESCE(p.display_name, ''), g.recorded_at, w.recorded_at, COALESCE(w.reason, '')"
            " FROM patrol_gap g LEFT JOIN patrol_gap w ON w.withdraws_id = g.id"
            " LEFT JOIN organizations_person p ON p.id = g.recorded_by_id"
            " WHERE g.withdraws_id IS NULL ORDER BY g.starts_at DESC, g.id DESC LIMIT %s",
            [limit],
        )
        return [GapLine(row[0], Gap(*row[1:7]), *row[7:]) for row in cursor.fetchall()]
