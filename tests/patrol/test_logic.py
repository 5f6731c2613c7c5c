"""The pure part: who gets a task, what an hour and a turn came to, draws that anyone can draw again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely
from hypothesis import given
from hypothesis import strategies as st

from wangge.domains.patrol.logic.assigning import Candidate, Rule, chosen
from wangge.domains.patrol.logic.attendance import Presence, Trace, presence
from wangge.domains.patrol.logic.coverage import Gap, HourState, Seen, coverage, hours_of
from wangge.domains.patrol.logic.drawing import DrawKind, amount, drawn, other_walker, seed_of
from wangge.domains.patrol.logic.fences import metres_outside
from wangge.domains.patrol.logic.fixes import Fix, NotKept, Turn, plausible
from wangge.domains.patrol.logic.rosters import RosterProblem, columns_of, read_roster, spans_of
from wangge.groundwork.coordinates import metres_between

EIGHT = datetime(2024, 3, 13, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = Rule(fresh_minutes=10, reach_m=1000)


def candidate(
    person: int, grid: str = "G1", age: int | None = 1, metres: float | None = 0.0, load: int = 0
) -> Candidate:
    return Candidate(person, grid, EIGHT, age, metres, load)


def who(*candidates: Candidate, rule: Rule = RULE) -> int | None:
    found = chosen(candidates, grid_code="G1", rule=rule)
    return found.person_id if found else None


def test_the_collector_of_the_grid_comes_before_one_who_stands_nearer() -> None:
    assert who(candidate(1, metres=900.0, load=9), candidate(2, grid="G2", metres=0.0)) == 1


def test_of_two_in_the_grid_the_one_known_to_be_out_gets_the_task_then_the_one_with_less_to_do() -> None:
    assert who(candidate(1, age=None, metres=None), candidate(2, load=5)) == 2
    assert who(candidate(1, age=11), candidate(2, load=5)) == 2
    assert who(candidate(1, load=3), candidate(2, load=2, metres=400.0)) == 2


def test_a_silent_telephone_does_not_keep_the_only_collector_from_the_task() -> None:
    assert who(candidate(1, age=None, metres=None)) == 1


def test_a_neighbour_is_asked_only_when_known_to_be_near() -> None:
    assert who(candidate(2, grid="G2", metres=999.0), candidate(3, grid="G3", metres=300.0)) == 3
    assert who(candidate(2, grid="G2", metres=1001.0)) is None
    assert who(candidate(2, grid="G2", age=11, metres=10.0)) is None
    assert who(candidate(2, grid="G2", metres=10.0), rule=Rule(10, 0)) is None


TURN = Turn(1, 7, "G1", EIGHT, EIGHT + 8 * HOUR)


def hour_states(**given_: object) -> list[HourState]:
    values = {"grids": {"G1": "D1"}, "hours": hours_of(EIGHT, EIGHT + HOUR), "turns": [TURN], "seen": [], "gaps": []}
    return list(coverage(**{**values, **given_}).values())  # type: ignore[arg-type]


def test_an_hour_without_any_position_of_its_collector_is_unknown_and_not_missed() -> None:
    assert hour_states() == [HourState.UNKNOWN]
    assert hour_states(seen=[Seen(EIGHT, "G2", 7, 3)]) == [HourState.NOT_WALKED]
    assert hour_states(seen=[Seen(EIGHT, "G1", 8, 1)]) == [HourState.COVERED]
    assert hour_states(turns=[]) == [HourState.NOT_PLANNED]


def test_a_gap_covers_only_its_place_and_time_and_never_hides_that_somebody_walked() -> None:
    rain = Gap(EIGHT + timedelta(minutes=59), EIGHT + 2 * HOUR, "D1")
    assert hour_states(gaps=[rain]) == [HourState.GAP]
    assert hour_states(gaps=[Gap(EIGHT + HOUR, EIGHT + 2 * HOUR)]) == [HourState.UNKNOWN]
    assert hour_states(gaps=[Gap(EIGHT, EIGHT + HOUR, "D2")]) == [HourState.UNKNOWN]
    assert hour_states(gaps=[rain], seen=[Seen(EIGHT, "G1", 7, 1)]) == [HourState.COVERED]


def trace(arrived: int | None) -> Trace:
    first = EIGHT if arrived is None else EIGHT + timedelta(minutes=arrived)
    return Trace(first, first, 1, 0 if arrived is None else 1, None if arrived is None else first, None)


def test_nobody_is_absent_because_his_telephone_was_silent() -> None:
    def what(found: Trace | None, **more: object) -> Presence:
        return presence(TURN, found, at=EIGHT + 9 * HOUR, grace_minutes=15, **more)  # type: ignore[arg-type]

    assert what(None) is Presence.UNKNOWN
    assert what(None, gaps=[Gap(EIGHT, EIGHT + HOUR)]) is Presence.GAP
    assert what(trace(15)) is Presence.PRESENT
    assert what(trace(16)) is Presence.LATE
    assert what(trace(None)) is Presence.ELSEWHERE
    assert presence(TURN, None, at=EIGHT - HOUR, grace_minutes=15) is Presence.TO_COME


def test_what_a_device_cannot_know_is_counted_and_not_kept() -> None:
    good = Fix(7, EIGHT, 113.1, 27.8)
    fixes = [
        good, good, Fix(7, EIGHT + timedelta(minutes=6), 113.1, 27.8), Fix(7, EIGHT - timedelta(days=7), 113.1, 27.8),
        Fix(7, EIGHT, 0.0, 0.0), Fix(7, EIGHT, float("nan"), 27.8), Fix(7, EIGHT, 181.0, 27.8),
    ]  # fmt: skip
    found = plausible(fixes, at=EIGHT)
    assert found.kept == (good,)
    assert found.not_kept == {NotKept.AHEAD: 1, NotKept.TOO_OLD: 1, NotKept.NO_PLACE: 3}


@given(st.floats(0.0, 0.02), st.floats(0.0, 0.02))
def test_metres_outside_a_border_agree_with_the_distance_on_the_globe(east: float, north: float) -> None:
    border = shapely.box(113.10, 27.80, 113.11, 27.81)
    lon, lat = 113.11 + east, 27.81 + north
    assert abs(metres_outside(border, lon, lat) - metres_between(113.11, 27.81, lon, lat)) < 10


def test_a_draw_can_be_drawn_again_by_anyone_whatever_the_order_of_the_pool() -> None:
    seed = seed_of(DrawKind.SECOND_CHECK, date(2024, 3, 13), "city")
    pool = [f"case-{number}" for number in range(1400)]
    first = drawn(pool, percent=4, seed=seed)
    assert len(first) == 56
    assert drawn(list(reversed(pool)), percent=4, seed=seed) == first
    assert drawn(pool, percent=4, seed=seed + "x") != first


def test_a_small_day_is_looked_at_as_well() -> None:
    assert [amount(pool, 4) for pool in (0, 1, 25, 26)] == [0, 1, 1, 2]
    assert amount(100, 0) == 0


def test_a_grid_is_walked_across_by_somebody_else() -> None:
    walkers = [(1, "G1"), (2, "G2"), (3, "G3"), (3, "G1")]
    assert other_walker("G1", walkers, seed="s") == 2
    assert other_walker("G1", [(1, "G1")], seed="s") is None


SPANS = spans_of("day 07:00-21:00 night 21:00-07:00")


def test_a_roster_gives_turns_and_a_night_ends_the_next_morning() -> None:
    heading = ["用户名", "责任网格", "日期", "班次"]
    assert columns_of(heading) == {"username": 0, "grid": 1, "day": 2, "shift": 3}
    assert columns_of(["用户名", "班次"]) == {}
    row = {"username": "a", "grid": "G1", "day": "2024-03-13", "shift": "night"}
    found = read_roster([row], people={"a"}, grids={"G1"}, spans=SPANS, zone=ZoneInfo("Asia/Shanghai"))
    assert found.findings == ()
    assert (found.turns[0].starts_at.hour, found.turns[0].ends_at.day, found.turns[0].ends_at.hour) == (21, 14, 7)


def test_each_wrong_row_of_a_roster_is_told_with_its_number() -> None:
    good = {"username": "a", "grid": "G1", "day": "2024-03-13", "shift": "day"}
    rows = [
        good, {**good, "username": "b"}, {**good, "grid": "G9"}, {**good, "day": "13.3."}, {**good, "shift": "noon"},
        {**good, "from": "8 o'clock", "to": "16:00"}, {**good, "from": "10:00", "to": "12:00"},
    ]  # fmt: skip
    found = read_roster(rows, people={"a"}, grids={"G1"}, spans=SPANS, zone=ZoneInfo("Asia/Shanghai"))
    assert [(each.row, each.problem) for each in found.findings] == [
        (2, RosterProblem.NO_PERSON), (3, RosterProblem.NO_GRID), (4, RosterProblem.BAD_DAY),
        (5, RosterProblem.BAD_SHIFT), (6, RosterProblem.BAD_TIME), (7, RosterProblem.TWICE),
    ]  # fmt: skip
    assert len(found.turns) == 1
    assert SPANS["day"] == (time(7), time(21))
