"""The writers of the platform's own running: a beat each minute, and a line for what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.domains.platform.logic import MOST_BETWEEN_BEATS
from wangge.domains.platform.models import Upkeep, UpkeepKind

_BEAT = """
WITH gone_on AS (
    UPDATE platform_running SET last_beat_at = greatest(last_beat_at, %(at)s)
     WHERE id = (SELECT id FROM platform_running WHERE began_at <= %(at)s AND last_beat_at >= %(since)s
                  ORDER BY last_beat_at DESC LIMIT 1)
    RETURNING id
)
INSERT INTO platform_running (began_at, last_beat_at)
SELECT %(at)s, %(at)s WHERE NOT EXISTS (SELECT FROM gone_on)
RETURNING id
"""


def beat(*, at: datetime) -> bool:
    """Say that the platform is whole now; True when a new stretch begins, after a fault or at the very first."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"at": at, "since": at - MOST_BETWEEN_BEATS})
        return cursor.fetchone() is not None


def note(*, kind: UpkeepKind, well: bool, at: datetime, seconds: int = 0, detail: Mapping[str, Any]) -> None:
    """Write down what was done."""
    Upkeep.objects.create(at=at, kind=kind, well=well, seconds=seconds, detail=dict(detail))
