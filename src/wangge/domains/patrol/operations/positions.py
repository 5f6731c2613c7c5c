"""Owns the taking in of positions in batches, and their removal when their time is over.

A batch costs two statements, whatever its size: the turns of its people, and one that keeps the positions, the last
place of each person, the presence in the turns and the coverage by grid and hour. What was kept before is not counted
again, so a batch may come twice, late, and in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import connection

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.patrol.logic.fences import metres_outside
from wangge.domains.patrol.logic.fixes import Fix, NotKept, Turn, plausible, turn_of
from wangge.domains.patrol.queries.settings import positions_kept, whole
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.prepared import prepared_cursor

_TURNS = """
SELECT id, person_id, grid_code, starts_at, ends_at FROM organizations_shift_turn
 WHERE person_id = ANY(%s) AND starts_at <= %s AND ends_at > %s AND starts_at > %s::timestamptz - interval '24 hours'
 ORDER BY starts_at, id
"""
_KEEP = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(person)s::bigint[], %(at)s::timestamptz[], %(lon)s::float8[], %(lat)s::float8[],
                         %(accuracy)s::real[], %(grid)s::text[], %(turn)s::bigint[], %(fence)s::boolean[],
                         %(source)s::text[])
        AS g(person_id, at, lon, lat, accuracy_m, grid_code, turn_id, in_fence, source)
), kept AS (
    INSERT INTO patrol_position (month, person_id, at, received_at, lon, lat, accuracy_m, grid_code, turn_id, source)
    SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date, person_id, at, %(now)s, lon, lat, accuracy_m, grid_code,
           turn_id, source
      FROM given ORDER BY person_id, at
    ON CONFLICT DO NOTHING
    RETURNING person_id, at
), fresh AS MATERIALIZED (
    SELECT g.* FROM given g JOIN kept USING (person_id, at)
), newest AS (
    INSERT INTO patrol_last_position (person_id, at, lon, lat, accuracy_m, grid_code)
    SELECT DISTINCT ON (person_id) person_id, at, lon, lat, accuracy_m, grid_code FROM fresh
     ORDER BY person_id, at DESC
    ON CONFLICT (person_id) DO UPDATE
       SET at = excluded.at, lon = excluded.lon, lat = excluded.lat, accuracy_m = excluded.accuracy_m,
           grid_code = excluded.grid_code
     WHERE patrol_last_position.at < excluded.at
), present AS (
    INSERT INTO patrol_presence AS p (turn_id, first_at, last_at, fixes, fixes_in_fence, first_in_fence_at,
                                      last_in_fence_at)
    SELECT turn_id, min(at), max(at), count(*), count(*) FILTER (WHERE in_fence), min(at) FILTER (WHERE in_fence),
           max(at) FILTER (WHERE in_fence)
      FROM fresh GROUP BY turn_id ORDER BY turn_id
    ON CONFLICT (turn_id) DO UPDATE
       SET first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at),
           fixes = p.fixes + excluded.fixes, fixes_in_fence = p.fixes_in_fence + excluded.fixes_in_fence,
           first_in_fence_at = least(p.first_in_fence_at, excluded.first_in_fence_at),
           last_in_fence_at = greatest(p.last_in_fence_at, excluded.last_in_fence_at)
), covered AS (
    INSERT INTO patrol_coverage AS c (hour, grid_code, person_id, fixes)
    SELECT date_trunc('hour', at), grid_code, person_id, count(*) FROM fresh
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT patrol_coverage_pkey DO UPDATE SET fixes = c.fixes + excluded.fixes
)
SELECT count(*) FROM kept
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: kept now, kept before, and not kept by reason."""

    kept: int
    known: int
    not_kept: Counter[NotKept]


@dataclass(frozen=True, slots=True)
class _Placed:
    fix: Fix
    turn: Turn
    grid_code: str
    in_fence: bool


def take_positions(*, fixes: Iterable[Fix], at: datetime) -> Taken:
    """Keep the positions of a batch that fall into their persons' turns; two statements."""
    sorted_out = plausible(fixes, at=at)
    not_kept = Counter(sorted_out.not_kept)
    if not sorted_out.kept:
        return Taken(0, 0, not_kept)
    placed = _placed(sorted_out.kept, at)
    if len(placed) < len(sorted_out.kept):
        not_kept[NotKept.OFF_DUTY] += len(sorted_out.kept) - len(placed)
    kept = _keep(placed, at) if placed else 0
    return Taken(kept, len(placed) - kept, not_kept)


def _placed(fixes: Sequence[Fix], at: datetime) -> list[_Placed]:
    """Each position with its turn and grid; those outside every turn are left out."""
    turns = _turns_of(fixes)
    if not turns:
        return []
    days = [fix.at.astimezone(CITY_ZONE).date() for fix in fixes]
    grids = (
        ground()
        .locate_many(lons=np.array([fix.lon for fix in fixes]), lats=np.array([fix.lat for fix in fixes]), on=days)
        .responsibility_grid
    )
    fence = whole("fence_m", at=at)
    found = []
    for fix, grid, day in zip(fixes, grids, days, strict=True):
        turn = turn_of(fix, turns.get(fix.person_id, ()), grid)
        if turn is not None:
            found.append(_Placed(fix, turn, grid or "", grid == turn.grid_code or _within(turn, fix, fence, day)))
    return found


def _within(turn: Turn, fix: Fix, fence_m: int, day: date) -> bool:
    """Whether a position outside the planned grid is still within its fence; no grid, no fence."""
    if not turn.grid_code:
        return True
    area = ground().area(kind=AreaKind.RESPONSIBILITY_GRID, code=turn.grid_code, on=day)
    return area is not None and metres_outside(area.boundary, fix.lon, fix.lat) <= fence_m


def _turns_of(fixes: Sequence[Fix]) -> dict[int, list[Turn]]:
    first, last = min(fix.at for fix in fixes), max(fix.at for fix in fixes)
    with prepared_cursor() as cursor:
        cursor.execute(_TURNS, [sorted({fix.person_id for fix in fixes}), last, first, first])
        found: dict[int, list[Turn]] = {}
        for row in cursor.fetchall():
            found.setdefault(row[1], []).append(Turn(*row))
    return found


def _keep(placed: Sequence[_Placed], at: datetime) -> int:
    # Two batches that name the same people in different orders must not wait for each other in a circle.
    ordered = sorted(placed, key=lambda each: (each.fix.person_id, each.fix.at))
    with prepared_cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "now": at,
                "person": [each.fix.person_id for each in ordered],
                "at": [each.fix.at for each in ordered],
                "lon": [each.fix.lon for each in ordered],
                "lat": [each.fix.lat for each in ordered],
                "accuracy": [each.fix.accuracy_m for each in ordered],
                "grid": [each.grid_code for each in ordered],
                "turn": [each.turn.id for each in ordered],
                "fence": [each.in_fence for each in ordered],
                "source": [each.fix.source.value for each in ordered],
            },
        )
        return int(cursor.fetchone()[0])


def remove_old_positions(*, at: datetime) -> int:
    """Remove the tracks whose time is over, and last positions as old; presence and coverage stay.

    Answers how many positions of tracks went.
    """
    until = at - positions_kept(at)
    removed = 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrol_last_position WHERE at < %s", [until])
    while True:
        with connection.cursor() as cursor:
            # A day at a time: a lock on a day nobody writes to any more.
            cursor.execute("SELECT min(at) FROM patrol_position WHERE at < %s", [until])
            first = cursor.fetchone()[0]
            if first is None:
                return removed
            cursor.execute("DELETE FROM patrol_position WHERE at < %s", [min(until, first + timedelta(days=1))])
            removed += cursor.rowcount
