"""Owns the questions what hours of grids and what turns came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.patrol.logic.attendance import Presence, Trace, minutes_late, presence
from wangge.domains.patrol.logic.coverage import HourState, Seen, coverage, hours_of
from wangge.domains.patrol.logic.fixes import Turn
from wangge.domains.patrol.queries.gaps import gaps_between
from wangge.domains.patrol.queries.settings import whole
from wangge.groundwork.clock import CITY_ZONE

_DAY = timedelta(days=1)
_TurnRow = tuple[Turn, str, str, Trace | None]


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """A day's hours by grid: (grid, hour) → state; hours that have not ended are left out."""

    hours: tuple[datetime, ...]
    grids: Mapping[str, str]
    states: Mapping[tuple[str, datetime], HourState]


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn with what its positions say."""

    turn: Turn
    person: str
    shift: str
    trace: Trace | None
    presence: Presence
    late_minutes: int


def day_span(day: date) -> tuple[datetime, datetime]:
    """The city's day as moments, half-open."""
    start = datetime.combine(day, time(), CITY_ZONE)
    return start, start + _DAY


def coverage_of_day(*, day: date, at: datetime, district_code: str = "") -> DayCoverage:
    """Each responsibility grid in each whole hour of the day that has ended; three statements."""
    since, end = day_span(day)
    until = min(end, at.astimezone(CITY_ZONE).replace(minute=0, second=0, microsecond=0))
    grids = grids_on(day, district_code)
    hours = tuple(hours_of(since, until)) if until > since else ()
    states = coverage(
        grids=grids,
        hours=hours,
        turns=[line[0] for line in _turns(since, end)],
        seen=_seen(since, end),
        gaps=gaps_between(since, end),
    )
    return DayCoverage(hours, grids, states)


def grids_on(day: date, district_code: str = "") -> dict[str, str]:
    """Code → district of the responsibility grids of a day; no statement."""
    areas = ground().areas_on(kind=AreaKind.RESPONSIBILITY_GRID, on=day)
    return {area.code: area.district_code for area in areas if district_code in ("", area.district_code)}


def attendance_of_day(*, day: date, at: datetime) -> list[TurnLine]:
    """The turns that begin on a day, with their presence; two statements."""
    since, end = day_span(day)
    return _attendance(_turns(since, end, begins_only=True), since, end, grids_on(day), at)


def own_attendance(*, person_id: int, since: datetime, until: datetime, at: datetime) -> list[TurnLine]:
    """The turns of one person that begin in [since, until), with their presence, the newest first; two statements."""
    turns = _turns(since, until, begins_only=True, person_id=person_id)
    found = _attendance(turns, since, until, grids_on(at.astimezone(CITY_ZONE).date()), at)
    return sorted(found, key=lambda line: line.turn.starts_at, reverse=True)


def _attendance(
    turns: Sequence[_TurnRow], since: datetime, until: datetime, districts: Mapping[str, str], at: datetime
) -> list[TurnLine]:
    gaps, grace = gaps_between(since, until + _DAY), whole("attendance_grace", at=at)
    found = []
    for turn, person, shift, trace in turns:
        what = presence(
            turn, trace, at=at, grace_minutes=grace, gaps=gaps, district=districts.get(turn.grid_code or "", "")
        )
        arrived = trace.first_in_fence_at if trace is not None else None
        found.append(TurnLine(turn, person, shift, trace, what, minutes_late(turn, arrived) if arrived else 0))
    return found


def _turns(
    since: datetime, until: datetime, *, begins_only: bool = False, person_id: int | None = None
) -> list[_TurnRow]:
    first = since if begins_only else since - _DAY
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id, t.person_id, t.grid_code, t.starts_at, t.ends_at, p.display_name, t.shift, e.first_at,"
            " e.last_at, e.fixes, e.fixes_in_fence, e.first_in_fence_at, e.last_in_fence_at"
            " FROM organizations_shift_turn t JOIN organizations_person p ON p.id = t.person_id"
            " LEFT JOIN patrol_presence e ON e.turn_id = t.id"
            " WHERE t.starts_at >= %s AND t.starts_at < %s AND t.ends_at > %s AND t.grid_code IS NOT NULL"
            " AND (%s::bigint IS NULL OR t.person_id = %s) ORDER BY t.grid_code, t.starts_at, t.id",
            [first, until, since, person_id, person_id],
        )
        return [
            (Turn(*row[:5]), row[5], row[6], Trace(*row[7:]) if row[7] is not None else None)
            for row in cursor.fetchall()
        ]


def _seen(since: datetime, until: datetime) -> list[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hour, grid_code, person_id, fixes FROM patrol_coverage WHERE hour >= %s AND hour < %s",
            [since, until],
        )
        return [Seen(row[0].astimezone(CITY_ZONE), *row[1:]) for row in cursor.fetchall()]
