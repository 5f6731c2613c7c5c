"""Who stands around a case at one of its steps: its unit, its task's holder, its handler, who reported it.

Read from the steps up to that one, not from the row of today: a message that is delivered late still goes to those
whom the step concerned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Situation:
    """A step and those around it; person ids None and unit codes empty where there is nobody."""

    case_id: str
    seq: int
    number: str
    district_code: str
    verb: str
    to_stage: str
    at: datetime
    by_person_id: int | None
    entry_post: str
    entry_person_id: int | None
    unit: str
    inner_unit: str
    assignee_id: int | None
    handler_id: int | None


def _latest(argument: str, verbs: str) -> str:
    return (
        f"(SELECT x.payload::jsonb #>> '{{args,{argument}}}' FROM cases_step x"
        f" WHERE x.month = c.month AND x.case_id = c.id AND x.seq <= f.seq AND {verbs}"
        f" AND x.payload::jsonb #>> '{{args,{argument}}}' IS NOT NULL ORDER BY x.seq DESC LIMIT 1)"
    )


_STATEMENT = f"""
SELECT c.id::text, f.seq, c.number, c.district_code, s.verb, s.to_stage, s.at, s.person_id, e.post, e.person_id,
       COALESCE({_latest("department", "x.verb <> 'district_dispatch'")}, ''),
       COALESCE({_latest("department", "x.verb = 'district_dispatch'")}, ''),
       {_latest("assignee", "x.verb IN ('send_verification', 'send_inspection')")},
       {_latest("handler", "x.verb = 'assign_handler'")}
  FROM unnest(%s::uuid[], %s::int[]) AS f (case_id, seq)
  JOIN cases_case c ON c.id = f.case_id
  JOIN cases_step s ON s.month = c.month AND s.case_id = c.id AND s.seq = f.seq
  JOIN cases_step e ON e.month = c.month AND e.case_id = c.id AND e.seq = 1
"""


def situations_at(steps: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Situation]:
    """The situations of (case id, seq) pairs, by pair; one statement. Pairs without a step are left out."""
    pairs = list(dict.fromkeys(steps))
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [[case_id for case_id, _seq in pairs], [seq for _case_id, seq in pairs]])
        found = [_situation(row) for row in cursor.fetchall()]
    return {(each.case_id, each.seq): each for each in found}


def _situation(row: tuple[Any, ...]) -> Situation:
    values: tuple[Any, ...] = (*row[:12], _person(row[12]), _person(row[13]))
    return Situation(*values)


def _person(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
