"""Owns the question what became of the reports of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class OwnCounts:
    """Reports of a person in a stretch of time, and what of them became what."""

    reported: int
    self_handled: int
    filed: int
    declined: int
    closed: int


_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE entry = 'report_self_handled'), count(*) FILTER (WHERE filed_at IS NOT NULL),
       count(*) FILTER (WHERE stage = 'declined'), count(*) FILTER (WHERE closed_at IS NOT NULL AND stage <> 'declined')
  FROM cases_case WHERE reporter_id = %s AND reported_at >= %s AND reported_at < %s
"""


def own_counts(*, person_id: int, since: datetime, until: datetime) -> OwnCounts:
    """The counts of reports made in [since, until); one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [person_id, since, until])
        return OwnCounts(*cursor.fetchone())
