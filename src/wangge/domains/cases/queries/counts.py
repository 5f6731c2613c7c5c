"""How many cases there are, by stage, and how many open ones each unit holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor
from wangge.standards.library import load_tables

FRESH = timedelta(seconds=2)
_MOST_KEPT = 256
# Where nothing went out since the counts this process keeps, none are made: the outbox gets a row with every step.
_OPEN = """
SELECT o.sent, c.one, c.cases, c.late FROM (SELECT last_value + is_called::int AS sent FROM outbox_id_seq) o
LEFT JOIN LATERAL (
  SELECT c.{of} AS one, count(*) AS cases, count(*) FILTER (WHERE c.burns_at < %s) AS late FROM cases_open c
   WHERE o.sent IS DISTINCT FROM %s AND {sight} GROUP BY c.{of}
) c ON true
"""

Counts = dict[str, tuple[int, int]]
_kept: dict[tuple[str, str, str], tuple[datetime, int, Counts]] = {}


def cases_by_stage() -> dict[str, int]:
    """Stage → number of cases, for every stage that has any, in the order of the table of stages; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, count(*) FROM cases_case GROUP BY stage")
        found = dict(cursor.fetchall())
    return {row.stage: found[row.stage] for row in load_tables().stages if row.stage in found}


def open_in_city(*, at: datetime) -> Counts:
    """Open stage → (all open cases of the city, of them past their deadline); one statement, for watchers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage, count(*), count(*) FILTER (WHERE burns_at < %s) FROM cases_open GROUP BY stage", [at]
        )
        found = {stage: (number, late) for stage, number, late in cursor.fetchall()}
    return {row.stage: found[row.stage] for row in load_tables().stages if row.stage in found}


def open_by_stage(*, by: Actor, at: datetime) -> Counts:
    """Open stage → (cases this person sees, of them past their deadline); one statement.

    Every page of a work list shows them, so they are kept for two seconds where no step was made meanwhile.
    """
    return _open_by("stage", by, at)


def open_by_unit(*, by: Actor, at: datetime) -> Counts:
    """The same by the unit that holds the case, under "" those that no unit holds; one statement, kept alike."""
    return _open_by("department_code", by, at)


def _open_by(of: str, by: Actor, at: datetime) -> Counts:
    sight, values = condition_for(by)
    key = (of, sight, repr(values))
    counted_at, version, counts = _kept.get(key, (None, None, {}))
    if counted_at is None or not timedelta(0) <= at - counted_at < FRESH:
        version = None
    with connection.cursor() as cursor:
        cursor.execute(_OPEN.format(of=of, sight=sight), [at, version, *values])
        rows = cursor.fetchall()
    newest = rows[0][0]
    if version is not None and newest == version:
        return counts
    counts = {one: (number, late) for _sent, one, number, late in rows if one is not None}
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = (at, newest, counts)
    return counts


def forget_counts() -> None:
    """Count anew at the next question: after what the outbox does not hear of."""
    _kept.clear()
