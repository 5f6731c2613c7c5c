"""Positions in batches: kept on duty, once, whatever the network does; presence and coverage follow."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.patrol.conftest import AFTERNOON, DAY, EAST, IN_EAST, IN_WEST, MORNING, WEST
from wangge.domains.organizations.logic import Actor
from wangge.domains.patrol.logic.attendance import Presence
from wangge.domains.patrol.logic.coverage import HourState
from wangge.domains.patrol.logic.fixes import Fix, NotKept
from wangge.domains.patrol.models import GapKind
from wangge.domains.patrol.operations.gaps import record_gap, withdraw_gap
from wangge.domains.patrol.operations.positions import remove_old_positions, take_positions
from wangge.domains.patrol.queries.coverage import attendance_of_day, coverage_of_day
from wangge.domains.patrol.queries.duty import collector_for, on_duty_now
from wangge.domains.patrol.refusals import PatrolRefused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def fixes(person: int, start: datetime, count: int, place: tuple[float, float] = IN_EAST) -> list[Fix]:
    return [Fix(person, start + MINUTE * step, *place, 12.0) for step in range(count)]


def counted(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_a_batch_costs_two_statements_whatever_its_size(
    on_turn: dict[str, int], django_assert_num_queries: Any
) -> None:
    one = on_turn["collector-1"]
    take_positions(fixes=fixes(one, MORNING, 1), at=AFTERNOON)
    for size in (1, 50):
        with django_assert_num_queries(2):
            take_positions(fixes=fixes(one, MORNING + HOUR, size), at=AFTERNOON)


HOUR = timedelta(hours=1)


def test_positions_outside_a_turn_are_told_and_never_stored(on_turn: dict[str, int]) -> None:
    one = on_turn["collector-1"]
    taken = take_positions(fixes=[*fixes(one, MORNING - 2 * MINUTE, 4), *fixes(one, AFTERNOON, 1)], at=AFTERNOON + HOUR)
    assert (taken.kept, taken.not_kept) == (2, {NotKept.OFF_DUTY: 3})
    assert counted("patrol_position") == 2


def test_a_network_that_doubles_delays_and_reorders_leaves_each_position_once(on_turn: dict[str, int]) -> None:
    sent = [
        fix
        for person, place in ((on_turn["collector-1"], IN_EAST), (on_turn["collector-2"], IN_WEST))
        for fix in fixes(person, MORNING, 120, place)
    ]
    dice = random.Random(20240313)
    batches = [sent[start : start + 10] for start in range(0, len(sent), 10)]
    arriving = [*batches, *dice.sample(batches, 12)]
    dice.shuffle(arriving)
    kept = [take_positions(fixes=dice.sample(batch, len(batch)), at=AFTERNOON).kept for batch in arriving]
    assert sum(kept) == len(sent) == counted("patrol_position")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(fixes), sum(fixes_in_fence) FROM patrol_presence")
        assert cursor.fetchone() == (240, 240)
        cursor.execute("SELECT sum(fixes), count(*) FROM patrol_coverage")
        assert cursor.fetchone() == (240, 4)
        cursor.execute("SELECT DISTINCT at FROM patrol_last_position")
        assert cursor.fetchall() == [(MORNING + 119 * MINUTE,)]


def test_attendance_comes_from_the_fence_and_a_gap_is_recorded_once_for_every_figure(
    on_turn: dict[str, int], actor: Callable[[str], Actor]
) -> None:
    take_positions(fixes=fixes(on_turn["collector-1"], MORNING + 20 * MINUTE, 5), at=AFTERNOON)

    def presences() -> list[Presence]:
        return [line.presence for line in attendance_of_day(day=DAY, at=AFTERNOON)]

    def hours() -> set[HourState]:
        found = coverage_of_day(day=DAY, at=AFTERNOON)
        return {state for (grid, hour), state in found.states.items() if grid == WEST and hour >= MORNING}

    assert presences() == [Presence.LATE, Presence.UNKNOWN]
    assert hours() == {HourState.UNKNOWN}
    leader = actor("duty_leader-1")
    gap = record_gap(
        by=leader, at=AFTERNOON, kind=GapKind.WEATHER, starts_at=MORNING, ends_at=AFTERNOON, reason="暴雨",
        district_code="430203",
    )  # fmt: skip
    assert presences() == [Presence.LATE, Presence.GAP]
    assert hours() == {HourState.GAP}
    withdraw_gap(by=leader, at=AFTERNOON, gap_id=gap.id, reason="登记错了")
    assert presences() == [Presence.LATE, Presence.UNKNOWN]
    with pytest.raises(PatrolRefused):
        withdraw_gap(by=leader, at=AFTERNOON, gap_id=gap.id, reason="再撤一次")


def test_within_the_fence_beside_the_grid_counts_as_on_the_spot(on_turn: dict[str, int]) -> None:
    take_positions(
        fixes=[
            Fix(on_turn["collector-1"], MORNING, 113.0995, 27.805),
            Fix(on_turn["collector-2"], MORNING, 113.13, 27.8),
        ],
        at=AFTERNOON,
    )
    assert [line.presence for line in attendance_of_day(day=DAY, at=AFTERNOON)] == [
        Presence.PRESENT, Presence.ELSEWHERE,
    ]  # fmt: skip


def test_a_task_goes_to_the_collector_of_the_grid_and_else_to_a_neighbour_known_to_be_near(
    on_turn: dict[str, int], django_assert_num_queries: Any
) -> None:
    from wangge.domains.organizations.models import ShiftTurn

    assert collector_for(grid_code=EAST, at=MORNING + HOUR) == on_turn["collector-1"]
    ShiftTurn.objects.filter(person_id=on_turn["collector-1"]).delete()
    assert collector_for(grid_code=EAST, at=MORNING + HOUR) is None
    take_positions(fixes=fixes(on_turn["collector-2"], MORNING + HOUR, 1, IN_WEST), at=MORNING + HOUR)
    with django_assert_num_queries(2):
        assert collector_for(grid_code=EAST, at=MORNING + HOUR) == on_turn["collector-2"]
    assert collector_for(grid_code=EAST, at=MORNING + 2 * HOUR) is None


def test_the_duty_board_shows_who_is_out_and_when_he_was_last_seen(on_turn: dict[str, int]) -> None:
    take_positions(fixes=fixes(on_turn["collector-1"], MORNING, 3), at=MORNING + HOUR)
    first, second = on_duty_now(at=MORNING + HOUR)
    assert (first.fix_at, first.fix_grid, first.tasks) == (MORNING + 2 * MINUTE, EAST, 0)
    assert second.fix_at is None
    assert on_duty_now(at=AFTERNOON) == []


def test_a_track_goes_after_its_time_and_what_it_came_to_stays(on_turn: dict[str, int]) -> None:
    take_positions(fixes=fixes(on_turn["collector-1"], MORNING, 5), at=AFTERNOON)
    assert remove_old_positions(at=AFTERNOON) == 0
    assert remove_old_positions(at=AFTERNOON + timedelta(days=181)) == 5
    assert counted("patrol_last_position") == 0
    assert counted("patrol_presence") == 1
    assert counted("patrol_coverage") == 1


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("position_stays", "UPDATE patrol_position SET lon = 1"),
        ("position_on_earth", "INSERT INTO patrol_position SELECT month, person_id, at + interval '1 s', received_at,"
         " 181, lat, accuracy_m, grid_code, turn_id, source FROM patrol_position"),
        ("position_month_of_moment", "INSERT INTO patrol_position SELECT '2024-04-01', person_id, at, received_at,"
         " lon, lat, accuracy_m, grid_code, turn_id, source FROM patrol_position"),
        ("position_not_ahead", "INSERT INTO patrol_position SELECT month, person_id, received_at + interval '1 hour',"
         " received_at, lon, lat, accuracy_m, grid_code, turn_id, source FROM patrol_position"),
        ("position_source_known", "INSERT INTO patrol_position SELECT month, person_id, at + interval '1 s',"
         " received_at, lon, lat, accuracy_m, grid_code, turn_id, 'guess' FROM patrol_position"),
        ("presence_counts", "UPDATE patrol_presence SET fixes_in_fence = fixes + 1"),
        ("presence_runs_forward", "UPDATE patrol_presence SET last_at = first_at - interval '1 s', fixes_in_fence = 0,"
         " first_in_fence_at = NULL, last_in_fence_at = NULL"),
        ("coverage_whole_hour", "UPDATE patrol_coverage SET hour = hour + interval '1 minute'"),
        ("coverage_has_fixes", "UPDATE patrol_coverage SET fixes = 0"),
    ],
)  # fmt: skip
def test_the_database_refuses(on_turn: dict[str, int], name: str, order: str) -> None:
    take_positions(fixes=fixes(on_turn["collector-1"], MORNING, 1), at=AFTERNOON)
    with pytest.raises(DatabaseError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(order)


def test_a_gap_is_never_changed(on_turn: dict[str, int], actor: Callable[[str], Actor]) -> None:
    record_gap(
        by=actor("duty_leader-1"), at=AFTERNOON, kind=GapKind.OTHER, starts_at=MORNING, ends_at=AFTERNOON, reason="停电"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE patrol_gap SET reason = 'x'")
