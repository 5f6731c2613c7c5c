"""Owns the taking in of a roster: the file's turns of whole days replace those planned before, as far as unused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.operations.bulk import NewTurn, plan_turns
from wangge.domains.patrol.logic.rosters import Roster, read_roster, spans_of
from wangge.domains.patrol.policies import check_may_plan
from wangge.groundwork.clock import CITY_ZONE


@dataclass(frozen=True, slots=True)
class RosterTaken:
    """What a roster came to; with findings nothing was written."""

    roster: Roster
    written: int
    replaced: int


def take_roster(*, by: Actor, at: datetime, rows: Sequence[Mapping[str, str]]) -> RosterTaken:
    """Write the turns of a roster, all or none.

    Of the people it names, turns planned before that begin in its days and have not begun are replaced. Turns that
    have begun stay as they were: attendance hangs on them.
    """
    check_may_plan(by)
    roster = read_roster(rows, people=_collectors(at), grids=_grids(at), spans=spans_of(_shifts(at)), zone=CITY_ZONE)
    if roster.findings or not roster.turns:
        return RosterTaken(roster, 0, 0)
    turns = [NewTurn(each.username, each.shift, each.starts_at, each.ends_at, each.grid_code) for each in roster.turns]
    with transaction.atomic():
        replaced = plan_turns(turns=turns, at=at)
        record(
            by=by,
            at=at,
            kind=AuditKind.IMPORT,
            object_kind="roster",
            detail={"turns": len(turns), "replaced": replaced},
        )
    return RosterTaken(roster, len(turns), replaced)


def _collectors(at: datetime) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.username FROM organizations_person p JOIN organizations_post_holding h"
            " ON h.person_id = p.id AND h.post IN ('collector', 'verifier') AND h.valid_from <= %s"
            " AND (h.valid_to IS NULL OR h.valid_to > %s) WHERE p.is_active",
            [at, at],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def _grids(at: datetime) -> frozenset[str]:
    day = at.astimezone(CITY_ZONE).date()
    return frozenset(area.code for area in ground().areas_on(kind=AreaKind.RESPONSIBILITY_GRID, on=day))


def _shifts(at: datetime) -> str:
    return rulebook_on(at.astimezone(CITY_ZONE).date()).settings["shifts"]
