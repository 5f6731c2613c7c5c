"""How often the same kind of matter came up at the same place: the group that the database keeps on write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.prepared import prepared_cursor

MOST = 50
_GROUP = """
SELECT c.number, c.stage, c.reported_at, count(*) OVER () FROM cases_recurrence mine
  JOIN cases_recurrence r ON r.group_id = mine.group_id JOIN cases_case c ON c.id = r.case_id
 WHERE mine.case_id = %s AND r.case_id <> mine.case_id AND r.reported_at <= mine.reported_at
   AND c.stage NOT IN ('declined', 'voided', 'merged')
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the group."""

    number: str
    stage: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The how-manieth time this is, and the newest of the cases before it, as far as the asker sees them."""

    time: int
    earlier: tuple[Earlier, ...]


def recurrence_of(*, case_id: UUID, by: Actor) -> Recurrence | None:
    """None where it is the first. One statement."""
    sight, values = condition_for(by)
    with prepared_cursor() as cursor:
        cursor.execute(f"{_GROUP} AND {sight} ORDER BY c.reported_at DESC LIMIT {MOST}", [case_id, *values])
        rows = cursor.fetchall()
    if not rows:
        return None
    return Recurrence(rows[0][3] + 1, tuple(Earlier(number, stage, at) for number, stage, at, _count in rows))
