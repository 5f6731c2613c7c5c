"""Fills in the deadlines of cases that ran into a year without a calendar, once the calendar is there.

Only the columns that lists sort by are filled: the state belongs to the steps. A clock that was stopped inside the
unknown year counted too little for good; such a case keeps its mark of the year, so that it can be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from wangge.domains.cases.drafting import standing_of
from wangge.domains.cases.logic.state import from_plain
from wangge.domains.cases.rules import rulebook_on

_WAITING = """
SELECT id, version, rules_on, state, stage_due_at, handling_due_at, burns_at, timer_at, unknown_year
  FROM cases_case WHERE unknown_year IS NOT NULL AND id > %s ORDER BY id LIMIT %s
"""
_FILL = """
UPDATE cases_case c SET stage_due_at = f.stage_due_at, handling_due_at = f.handling_due_at, burns_at = f.burns_at,
       timer_at = f.timer_at, unknown_year = f.unknown_year
  FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
              %s::int[]) AS f (id, version, stage_due_at, handling_due_at, burns_at, timer_at, unknown_year)
 WHERE c.id = f.id AND c.version = f.version
"""


@dataclass(frozen=True, slots=True)
class Refilled:
    """How many cases got a deadline, and how many still wait for a calendar."""

    filled: int
    waiting: int


def refill_deadlines(*, most: int = 1000) -> Refilled:
    """Compute the due columns of every case marked with an unknown year anew, ``most`` at a time.

    Two statements per ``most`` cases; a case that moved meanwhile filled itself.
    """
    filled = waiting = 0
    after = UUID(int=0)
    while True:
        rows = _waiting_after(after, most)
        changed = []
        for row in rows:
            new = _columns(row)
            waiting += new[-1] is not None
            if new != row[4:]:
                changed.append((row[0], row[1], *new))
        if changed:
            filled += _fill(changed)
        if len(rows) < most:
            return Refilled(filled, waiting)
        after = rows[-1][0]


def _waiting_after(after: UUID, most: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [after, most])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _columns(row: tuple[Any, ...]) -> tuple[Any, ...]:
    standing = standing_of(rulebook_on(row[2]), from_plain(orjson.loads(row[3])))
    return (
        standing.stage_due_at,
        standing.handling_due_at,
        standing.burns_at,
        standing.timer_at,
        standing.unknown_year,
    )


def _fill(changed: list[tuple[Any, ...]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [list(column) for column in zip(*changed, strict=True)])
        return int(cursor.rowcount)
