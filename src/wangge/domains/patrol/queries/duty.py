"""Owns the questions who is on duty now, where each was last, how much each has to do, and who gets a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.patrol.logic.assigning import Candidate, chosen
from wangge.domains.patrol.logic.fences import metres_outside
from wangge.domains.patrol.queries.settings import assigning_rule
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.prepared import prepared_cursor


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person whose turn holds now, his last position and his open field tasks."""

    person_id: int
    name: str
    grid_code: str | None
    shift: str
    starts_at: datetime
    ends_at: datetime
    fix_at: datetime | None
    lon: float | None
    lat: float | None
    fix_grid: str
    tasks: int
    late_tasks: int
    team: str


# A turn lasts a day at most, which bounds the search; tasks are counted by the index of those who hold one.
_ON_DUTY = """
SELECT t.person_id, p.display_name, t.grid_code, t.shift, t.starts_at, t.ends_at, l.at, l.lon, l.lat,
       COALESCE(l.grid_code, ''), COALESCE(k.tasks, 0), COALESCE(k.late, 0), COALESCE(m.name, '')
  FROM organizations_shift_turn t
  JOIN organizations_person p ON p.id = t.person_id AND p.is_active
  LEFT JOIN patrol_last_position l ON l.person_id = t.person_id
  LEFT JOIN (SELECT assignee_id, count(*) AS tasks, count(*) FILTER (WHERE burns_at < %(at)s) AS late
               FROM cases_case WHERE assignee_id IS NOT NULL AND stage IN ('verifying', 'inspecting')
              GROUP BY assignee_id) k ON k.assignee_id = t.person_id
  LEFT JOIN (SELECT tm.person_id, min(g.name) AS name FROM patrol_team_member tm JOIN patrol_team g ON g.id = tm.team_id
              WHERE tm.valid_from <= %(day)s AND (tm.valid_to IS NULL OR tm.valid_to > %(day)s)
              GROUP BY tm.person_id) m ON m.person_id = t.person_id
 WHERE t.starts_at <= %(at)s AND t.ends_at > %(at)s AND t.starts_at > %(at)s - interval '24 hours'
   AND t.grid_code IS NOT NULL
 ORDER BY t.grid_code, t.starts_at DESC, t.id
"""


def on_duty_now(*, at: datetime) -> list[OnDuty]:
    """Everyone whose turn in a grid holds at ``at``, by grid; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_DUTY, {"at": at, "day": at.astimezone(CITY_ZONE).date()})
        return [OnDuty(*row) for row in cursor.fetchall()]


_IN_GRID = """
SELECT t.person_id, t.grid_code, t.starts_at, l.at, l.lon, l.lat,
       (SELECT count(*) FROM cases_case c
         WHERE c.assignee_id = t.person_id AND c.stage IN ('verifying', 'inspecting'))
  FROM organizations_shift_turn t
  JOIN organizations_person p ON p.id = t.person_id AND p.is_active
  LEFT JOIN patrol_last_position l ON l.person_id = t.person_id
 WHERE t.starts_at <= %(at)s AND t.ends_at > %(at)s AND t.starts_at > %(at)s - interval '24 hours'
"""
_OWN = _IN_GRID + " AND t.grid_code = %(grid)s ORDER BY t.starts_at DESC, t.id DESC"
_KNOWN_ELSEWHERE = _IN_GRID + " AND t.grid_code IS NOT NULL AND l.at > %(fresh)s ORDER BY t.person_id"


def collector_for(*, grid_code: str, at: datetime) -> int | None:
    """Who gets a field task of this grid now; one statement, two where nobody is on duty in it."""
    rule = assigning_rule(at)
    found = _candidates(_OWN, grid_code, at, at)
    if not found and rule.reach_m:
        found = _candidates(_KNOWN_ELSEWHERE, grid_code, at, at - timedelta(minutes=rule.fresh_minutes))
    answer = chosen(found, grid_code=grid_code, rule=rule)
    return None if answer is None else answer.person_id


def _candidates(statement: str, grid_code: str, at: datetime, fresh: datetime) -> list[Candidate]:
    with prepared_cursor() as cursor:
        cursor.execute(statement, {"grid": grid_code, "at": at, "fresh": fresh})
        rows = cursor.fetchall()
    return _measured(rows, grid_code, at) if rows else []


def _measured(rows: Sequence[tuple[object, ...]], grid_code: str, at: datetime) -> list[Candidate]:
    area = ground().area(kind=AreaKind.RESPONSIBILITY_GRID, code=grid_code, on=at.astimezone(CITY_ZONE).date())
    found = []
    for person, grid, started, fix_at, lon, lat, load in rows:
        assert isinstance(person, int)
        assert isinstance(started, datetime)
        assert isinstance(load, int)
        age = metres = None
        if isinstance(fix_at, datetime):
            age = max(0, (at - fix_at) // timedelta(minutes=1))
            if area is not None and isinstance(lon, float) and isinstance(lat, float):
                metres = metres_outside(area.boundary, lon, lat)
        found.append(Candidate(person, str(grid) if grid else None, started, age, metres, load))
    return found
