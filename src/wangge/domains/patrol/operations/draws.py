"""Owns the daily draws of a second look, and what the second look found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor
from wangge.domains.patrol.logic.drawing import DrawKind, drawn, other_walker, seed_of
from wangge.domains.patrol.policies import check_may_check
from wangge.domains.patrol.queries.coverage import day_span
from wangge.domains.patrol.queries.settings import whole
from wangge.domains.patrol.refusals import PatrolRefused
from wangge.groundwork.clock import CITY_ZONE

RESULTS = ("true", "false", "cannot_tell")
_SETTINGS = {
    DrawKind.SECOND_CHECK: "second_check_percent",
    DrawKind.REVISIT: "revisit_percent",
    DrawKind.CROSS_PATROL: "cross_patrol_percent",
}
# Whose work is looked at: the inspector who passed it, the collector who settled it himself. Steps lie by the month of
# their case; once a night a look through those of the last half year is cheaper than an index on every step.
_STEPS = """
SELECT DISTINCT ON (s.case_id) s.case_id, c.number, c.grid_code, {person}
  FROM cases_step s JOIN cases_case c ON c.id = s.case_id
 WHERE s.month >= (%s::timestamptz - interval '6 months')::date AND s.recorded_at >= %s AND s.recorded_at < %s
   AND s.verb = %s
 ORDER BY s.case_id, s.seq DESC
"""


@dataclass(frozen=True, slots=True)
class _Item:
    key: str
    case_id: Any
    grid_code: str
    person_id: int | None


def draw_day(*, kind: DrawKind, day: date, at: datetime, instance: str) -> int:
    """Draw of what happened on a day of the city; answers how many were drawn, 0 where the day was drawn before."""
    since, until = day_span(day)
    seed = seed_of(kind, day, instance)
    items = _grids_walked(since, until) if kind is DrawKind.CROSS_PATROL else _steps_of(kind, since, until)
    percent = whole(_SETTINGS[kind], at=at)
    wanted = drawn([item.key for item in items], percent=percent, seed=seed)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patrol_draw (kind, day, seed, pool, percent, drawn_at) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT draw_once_a_day DO NOTHING RETURNING id",
            [kind.value, day, seed, len({item.key for item in items}), percent, at],
        )
        row = cursor.fetchone()
        if row is None:
            return 0
        by_key = {item.key: item for item in items}
        walkers = _walkers_at(at) if kind is DrawKind.CROSS_PATROL else []
        _write(cursor, row[0], [by_key[key] for key in wanted], walkers, seed)
    return len(wanted)


def _write(cursor: Any, draw_id: int, items: Sequence[_Item], walkers: Sequence[tuple[int, str]], seed: str) -> None:
    cursor.execute(
        "INSERT INTO patrol_drawn (draw_id, object_key, case_id, grid_code, person_id, checker_id)"
        " SELECT %s, * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::bigint[], %s::bigint[])",
        [
            draw_id,
            [item.key for item in items],
            [str(item.case_id) if item.case_id else None for item in items],
            [item.grid_code for item in items],
            [item.person_id for item in items],
            [other_walker(item.grid_code, walkers, seed=seed) for item in items],
        ],
    )


def _steps_of(kind: DrawKind, since: datetime, until: datetime) -> list[_Item]:
    verb = "pass_inspection" if kind is DrawKind.SECOND_CHECK else "confirm_self_handled"
    person = "s.person_id" if kind is DrawKind.SECOND_CHECK else "c.reporter_id"
    with connection.cursor() as cursor:
        cursor.execute(_STEPS.format(person=person), [since, since, until, verb])
        return [_Item(number, case_id, grid or "", who) for case_id, number, grid, who in cursor.fetchall()]


def _grids_walked(since: datetime, until: datetime) -> list[_Item]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grid_code, min(person_id) FROM organizations_shift_turn"
            " WHERE starts_at >= %s AND starts_at < %s AND grid_code IS NOT NULL GROUP BY grid_code",
            [since, until],
        )
        return [_Item(grid, None, grid, person) for grid, person in cursor.fetchall()]


def _walkers_at(at: datetime) -> list[tuple[int, str]]:
    """Who walks which grid on the day the cross patrol is made."""
    since, until = day_span(at.astimezone(CITY_ZONE).date())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT person_id, grid_code FROM organizations_shift_turn"
            " WHERE starts_at >= %s AND starts_at < %s AND grid_code IS NOT NULL ORDER BY 1, 2",
            [since, until],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def record_result(*, by: Actor, at: datetime, drawn_id: int, result: str, note: str = "") -> None:
    """What the second look found: the first was true, false, or cannot be told any more. Once, for good."""
    check_may_check(by)
    if by.person_id is None:
        raise PatrolRefused(_("复核结果须由登录的考核员登记。"))
    if result not in RESULTS:
        raise PatrolRefused(_("请选择复核结果。"))
    if result == "false" and not note.strip():
        raise PatrolRefused(_("复核与原结果不符时，请写明情况。"))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO patrol_check_result (drawn_id, result, note, person_id, at)"
                " SELECT id, %s, %s, %s, %s FROM patrol_drawn WHERE id = %s",
                [result, note.strip()[:500], by.person_id, at, drawn_id],
            )
            if cursor.rowcount == 0:
                raise PatrolRefused(_("没有这条抽查。"))
    except IntegrityError as error:
        raise PatrolRefused(_("这条抽查已有结果，不能再改。")) from error
