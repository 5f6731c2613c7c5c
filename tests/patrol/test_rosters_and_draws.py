"""Rosters replace what was planned, teams are dated, and draws are made once from a seed that is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.patrol.conftest import AFTERNOON, DAY, EAST, MORNING, WEST
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import ShiftTurn
from wangge.domains.organizations.policies import NotYours
from wangge.domains.patrol.logic.drawing import DrawKind, drawn, other_walker
from wangge.domains.patrol.models import TeamMember
from wangge.domains.patrol.operations.draws import draw_day, record_result
from wangge.domains.patrol.operations.rosters import take_roster
from wangge.domains.patrol.operations.teams import form_team, put_in_team
from wangge.domains.patrol.refusals import PatrolRefused

pytestmark = pytest.mark.django_db
Who = Callable[[str], Actor]
TOMORROW = DAY + timedelta(days=1)


def row(name: str, grid: str, day: date, **more: str) -> dict[str, str]:
    return {"username": name, "grid": grid, "day": day.isoformat(), "shift": "day", **more}


def test_a_roster_replaces_the_turns_to_come_and_leaves_those_begun(on_turn: dict[str, int], actor: Who) -> None:
    leader = actor("duty_leader-1")
    rows = [row("collector-1", EAST, TOMORROW), row("collector-2", WEST, TOMORROW)]
    assert take_roster(by=leader, at=AFTERNOON, rows=rows).written == 2
    again = take_roster(
        by=leader, at=AFTERNOON, rows=[row("collector-1", WEST, TOMORROW, **{"from": "09:00", "to": "17:00"})]
    )
    assert (again.written, again.replaced) == (1, 1)
    assert ShiftTurn.objects.filter(starts_at__lte=MORNING).count() == 2
    assert set(ShiftTurn.objects.filter(starts_at__gt=MORNING).values_list("grid_code", flat=True)) == {WEST}


def test_a_roster_with_one_wrong_row_writes_nothing(on_turn: dict[str, int], actor: Who) -> None:
    rows = [row("collector-1", EAST, TOMORROW), row("nobody", EAST, TOMORROW)]
    taken = take_roster(by=actor("duty_leader-1"), at=AFTERNOON, rows=rows)
    assert (taken.written, len(taken.roster.findings)) == (0, 1)
    assert ShiftTurn.objects.count() == 2


def test_a_collector_does_not_plan_his_own_turns(on_turn: dict[str, int], actor: Who) -> None:
    with pytest.raises(NotYours):
        take_roster(by=actor("collector-1"), at=AFTERNOON, rows=[row("collector-1", EAST, TOMORROW)])


def test_a_collector_is_in_one_team_a_day_and_moves_on_a_day(on_turn: dict[str, int], actor: Who) -> None:
    leader = actor("section_head-1")
    one = form_team(by=leader, at=MORNING, code="T1", name="一班", from_on=date(2024, 1, 1))
    two = form_team(by=leader, at=MORNING, code="T2", name="二班", from_on=date(2024, 1, 1))
    put_in_team(by=leader, at=MORNING, team_id=one.id, username="collector-1", from_on=date(2024, 1, 1))
    put_in_team(by=leader, at=MORNING, team_id=two.id, username="collector-1", from_on=DAY)
    assert list(TeamMember.objects.order_by("valid_from").values_list("team_id", "valid_to")) == [
        (one.id, DAY), (two.id, None),
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="member_of_one_team_a_day"), transaction.atomic():
        TeamMember.objects.create(team=one, person_id=on_turn["collector-1"], valid_from=TOMORROW)


def test_the_cross_patrols_of_a_day_are_drawn_once_and_can_be_drawn_again_from_the_seed(
    on_turn: dict[str, int],
) -> None:
    assert draw_day(kind=DrawKind.CROSS_PATROL, day=DAY, at=MORNING, instance="city") == 1
    assert draw_day(kind=DrawKind.CROSS_PATROL, day=DAY, at=MORNING, instance="city") == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.seed, d.percent, d.pool, i.grid_code, i.person_id, i.checker_id"
            " FROM patrol_draw d JOIN patrol_drawn i ON i.draw_id = d.id"
        )
        seed, percent, pool, grid, person, checker = cursor.fetchone()
    assert (pool, drawn([EAST, WEST], percent=percent, seed=seed)) == (2, [grid])
    walkers = [(on_turn["collector-1"], EAST), (on_turn["collector-2"], WEST)]
    assert checker == other_walker(grid, walkers, seed=seed)
    assert checker != person


def test_a_result_is_recorded_once_by_the_evaluation_section(on_turn: dict[str, int], actor: Who) -> None:
    draw_day(kind=DrawKind.CROSS_PATROL, day=DAY, at=MORNING, instance="city")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM patrol_drawn")
        number = cursor.fetchone()[0]
    with pytest.raises(NotYours):
        record_result(by=actor("collector-1"), at=AFTERNOON, drawn_id=number, result="true")
    evaluator = actor("evaluator-1")
    with pytest.raises(PatrolRefused):
        record_result(by=evaluator, at=AFTERNOON, drawn_id=number, result="false")
    record_result(by=evaluator, at=AFTERNOON, drawn_id=number, result="false", note="仍有垃圾")
    with pytest.raises(PatrolRefused):
        record_result(by=evaluator, at=AFTERNOON, drawn_id=number, result="true")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM patrol_check_result")
