"""Counts deadlines anew when the calendars changed: a day was closed or opened, or a year came to be known.

Every open case is looked at: what lists sort by and what burns follows the calendar as it is now. A clock that was
stopped inside an unknown year counted too little; the state of such a case is told again from its steps, which stay as
they are. Elsewhere only the columns that lists sort by are filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from wangge.domains.cases.drafting import standing_of
from wangge.domains.cases.logic.state import CaseState, from_plain
from wangge.domains.cases.logic.stretches import tell
from wangge.domains.cases.queries.history import as_recorded, history_of
from wangge.domains.cases.rows import load_by_id
from wangge.domains.cases.rules import rulebook_on

_WAITING = """
WITH named AS MATERIALIZED (
    SELECT id FROM cases_open WHERE id > %(after)s
    UNION SELECT id FROM cases_case WHERE unknown_year IS NOT NULL AND id > %(after)s ORDER BY id LIMIT %(most)s
)
SELECT id, version, rules_on, stage_due_at, handling_due_at, burns_at, timer_at, unknown_year, state
  FROM cases_case WHERE id IN (SELECT id FROM named) ORDER BY id
"""
_FILL = """
UPDATE cases_case c SET stage_due_at = f.stage_due_at, handling_due_at = f.handling_due_at, burns_at = f.burns_at,
       timer_at = f.timer_at, unknown_year = f.unknown_year, state = f.state
  FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
              %s::int[], %s::text[]) AS f (id, version, stage_due_at, handling_due_at, burns_at, timer_at, unknown_year,
                                           state)
 WHERE c.id = f.id AND c.version = f.version
"""


@dataclass(frozen=True, slots=True)
class Refilled:
    """How many cases got another deadline, and how many still wait for a calendar."""

    filled: int
    waiting: int


def refill_deadlines(*, most: int = 1000) -> Refilled:
    """Compute the due columns of every open case, and of those marked with an unknown year, anew, ``most`` at a time.

    Two statements per ``most`` cases, and two for each whose clock was stopped in the unknown year; a case that moved
    meanwhile filled itself.
    """
    filled = waiting = 0
    after = UUID(int=0)
    while True:
        rows = _waiting_after(after, most)
        changed = []
        for row in rows:
            new = _columns(row)
            waiting += new[-2] is not None
            if new != row[3:]:
                changed.append((row[0], row[1], *new))
        if changed:
            filled += _fill(changed)
        if len(rows) < most:
            return Refilled(filled, waiting)
        after = rows[-1][0]


def _waiting_after(after: UUID, most: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"after": after, "most": most})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _columns(row: tuple[Any, ...]) -> tuple[Any, ...]:
    case_id, _version, rules_on, *_due, kept = row
    state = from_plain(orjson.loads(kept))
    told = _told_again(case_id) if state.handling.unknown_year else None
    standing = standing_of(rulebook_on(rules_on), told or state)
    return (
        standing.stage_due_at,
        standing.handling_due_at,
        standing.burns_at,
        standing.timer_at,
        standing.unknown_year,
        kept if told is None else standing.state,
    )


def _told_again(case_id: UUID) -> CaseState | None:
    """The state its steps give under the calendars known now; two statements."""
    row = load_by_id(case_id)
    return None if row is None else tell(as_recorded(history_of(row))).state


def _fill(changed: list[tuple[Any, ...]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [list(column) for column in zip(*changed, strict=True)])
        return int(cursor.rowcount)
