"""Rules act by themselves on cases that wait: at their hours, after their days, once, and without asking in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection

from tests.cases.conftest import START
from tests.jobs.conftest import PLACE, Hands, after, found, steps_of
from tests.jobs.test_timers import both
from wangge.domains.cases.draws import drawn_by_lot
from wangge.domains.cases.models import CaseStep
from wangge.domains.cases.operations import timing
from wangge.domains.cases.operations.timing import Place, let_rules_act_on, look_at_queue, waiting_queues
from wangge.groundwork import clock
from wangge.surfaces.jobs import rounds

CENTRE = {"acceptor", "duty_leader", "dispatcher", "archivist", "section_head", "centre_leader", "chief"}
EVENING = after(11 * 60 + 30)  # 19:40 in the city
NEXT_MORNING = after(22 * 60 + 50)  # 07:00
Put = Callable[..., None]


def verbs(number: str) -> list[str]:
    return [step["verb"] for step in steps_of(number)]


def human_acts(number: str) -> int:
    """Acts of the centre's people: steps of one person at one moment are one act."""
    return len({(step["person_id"], step["at"]) for step in steps_of(number) if step["post"] in CENTRE})


def round_at(at: datetime) -> int:
    with clock.held_at(at):
        return rounds.let_rules_act()


def undrawn(number: str, rule: str, percent: int) -> bool:
    return not drawn_by_lot(number=number, rule=rule, cycle=1, percent=percent)


def desk_act(hands: Hands, number: str, at: datetime) -> None:
    hands.step(
        number, "acceptor-1", "accept", at, act="desk_act", category="component:0101", condition_seq="2",
        department="dept-a",
    )  # fmt: skip


def payload_of(number: str, verb: str) -> dict[str, Any]:
    row = found(number)
    step = CaseStep.objects.get(month=row.month, case_id=row.id, verb=verb)
    return dict(orjson.loads(step.payload))


def handled_lean(hands: Hands, start: datetime, handled: datetime) -> str:
    number = hands.report(start)
    desk_act(hands, number, start + timedelta(minutes=5))
    hands.step(number, "dept-a", "report_handled", handled, photos=["photo_after"])
    return number


def until_not_drawn(make: Callable[[int], str]) -> str:
    """A case the 5 % second look does not hit."""
    for turn in range(20):
        number = make(turn)
        if undrawn(number, "lean_close", 5):
            return number
    raise AssertionError("twenty draws of 5 % in a row")


@pytest.mark.django_db
def test_an_ordinary_case_takes_six_acts_of_the_centre_under_plain_rules(hands: Hands) -> None:
    number = hands.report()
    hands.to_handling(number)
    hands.step(number, "dept-a", "report_handled", after(200), photos=["photo_after"])
    hands.step(number, "dispatcher-1", "forward_result", after(205))
    hands.step(number, "acceptor-1", "send_inspection", after(210), assignee="collector-2")
    hands.step(number, "collector-2", "pass_inspection", after(230), photos=["photo_site"], location=PLACE)
    hands.step(number, "duty_leader-1", "close_case", after(240))
    assert found(number).stage == "closed"
    assert human_acts(number) == 6


@pytest.mark.django_db
def test_an_ordinary_case_takes_one_act_of_the_centre_under_lean_rules(hands: Hands, lean: None, on_duty: Put) -> None:
    on_duty("collector-2", START, after(9 * 60))

    def walk(turn: int) -> str:
        start = after(turn)
        number = handled_lean(hands, start, start + timedelta(minutes=60))
        assert found(number).stage == "inspecting"
        hands.step(
            number, "collector-2", "pass_inspection", start + timedelta(minutes=80), photos=["photo_site"],
            location=PLACE,
        )  # fmt: skip
        return number

    number = until_not_drawn(walk)
    assert verbs(number) == [
        "report", "accept", "file_case", "dispatch", "report_handled", "forward_result", "send_inspection",
        "pass_inspection", "close_case",
    ]  # fmt: skip
    assert found(number).stage == "closed"
    assert human_acts(number) == 1
    draw = payload_of(number, "close_case")["draw"]
    assert draw["seed"] == f"{number}/lean_close/1"
    assert draw["percent"] == 5 <= draw["number"] < 100
    assert round_at(after(8 * 1440)) >= 1
    assert (found(number).stage, human_acts(number)) == ("archived", 1)


@pytest.mark.django_db
def test_a_case_handled_in_the_evening_is_sent_out_when_the_hours_begin(hands: Hands, lean: None, on_duty: Put) -> None:
    on_duty("collector-2", NEXT_MORNING - timedelta(hours=1), NEXT_MORNING + timedelta(hours=8))
    number = handled_lean(hands, START, EVENING)
    assert found(number).stage == "awaiting_inspection"
    assert round_at(NEXT_MORNING - timedelta(minutes=1)) == 0
    assert round_at(NEXT_MORNING) == 1
    last = steps_of(number)[-1]
    assert (last["verb"], last["post"], last["at"]) == ("send_inspection", "system", NEXT_MORNING)
    assert found(number).assignee_id == hands.actor("collector-2").person_id


@pytest.mark.django_db
def test_outside_the_hours_nothing_is_asked_of_the_waiting_cases(
    hands: Hands, lean: None, django_assert_num_queries: Any
) -> None:
    handled_lean(hands, START, EVENING)
    stages = {queue.stage for queue in waiting_queues(at=EVENING)}
    assert stages == {"feedback", "awaiting_close", "closed", "self_handled"}
    assert "awaiting_inspection" in {queue.stage for queue in waiting_queues(at=NEXT_MORNING)}


@pytest.mark.django_db
def test_with_nobody_on_duty_the_case_waits_for_the_acceptor(hands: Hands, lean: None) -> None:
    number = handled_lean(hands, START, after(60))
    assert round_at(after(61)) == 0
    assert found(number).stage == "awaiting_inspection"
    hands.step(number, "acceptor-1", "send_inspection", after(65), assignee="collector-2")
    assert found(number).stage == "inspecting"


def closed_case(hands: Hands, start: datetime = START) -> str:
    """A case closed by people, but for what the rules in force do at once."""
    number = hands.report(start)
    minute = timedelta(minutes=1)
    hands.to_handling(number, start)
    hands.step(number, "dept-a", "report_handled", start + 60 * minute, photos=["photo_after"])
    if found(number).stage == "feedback":
        hands.step(number, "dispatcher-1", "forward_result", start + 65 * minute)
    hands.step(number, "acceptor-1", "send_inspection", start + 70 * minute, assignee="collector-2")
    hands.step(number, "collector-2", "pass_inspection", start + 80 * minute, photos=["photo_site"], location=PLACE)
    if found(number).stage == "awaiting_close":
        hands.step(number, "duty_leader-1", "close_case", start + 80 * minute)
    return number


@pytest.mark.django_db
def test_a_closed_case_is_archived_after_seven_days_and_not_before(hands: Hands, lean: None) -> None:
    number = closed_case(hands)
    closed_at = found(number).closed_at
    assert closed_at is not None
    assert round_at(closed_at + timedelta(days=7) - timedelta(minutes=1)) == 0
    assert round_at(closed_at + timedelta(days=7)) == 1
    assert found(number).stage == "archived"
    assert steps_of(number)[-1]["post"] == "system"


@pytest.mark.django_db
def test_under_plain_rules_no_statement_is_made(hands: Hands, django_assert_num_queries: Any) -> None:
    closed_case(hands)
    with clock.held_at(after(30 * 1440)), django_assert_num_queries(0):
        assert rounds.let_rules_act() == 0


@pytest.mark.django_db
def test_a_case_with_an_open_appeal_is_archived_only_with_its_dismissal(hands: Hands, lean: None) -> None:
    held, free = closed_case(hands), closed_case(hands, after(1))
    hands.step(held, "dept-a", "file_appeal", after(100), kind="wrong_owner", reason="非我单位")
    week = after(8 * 1440)
    assert round_at(week) == 1
    assert (found(held).stage, found(free).stage) == ("closed", "archived")
    hands.step(held, "dispatcher-1", "dismiss_appeal", week + timedelta(minutes=1), reason="不成立")
    assert found(held).stage == "archived"


@pytest.mark.django_db
def test_a_backlog_is_walked_in_pieces_and_each_case_once(hands: Hands, lean: None) -> None:
    numbers = [closed_case(hands, after(index)) for index in range(7)]
    week = after(8 * 1440)
    (queue,) = [queue for queue in waiting_queues(at=week) if queue.stage == "closed"]
    place = Place()
    looks = [look_at_queue(queue, place, at=week, most=3) for _turn in range(3)]
    assert [(look.looked, look.acted, look.at_end) for look in looks] == [(3, 3, False), (3, 3, False), (1, 1, True)]
    assert all(found(number).stage == "archived" for number in numbers)


@pytest.mark.django_db
def test_a_refusal_is_not_judged_again_before_the_case_has_a_further_step(
    hands: Hands, lean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported = hands.self_handled(START, metres=900)
    judged: list[str] = []
    would_act = timing._would_act

    def noted(row: Any, at: datetime) -> bool | None:
        judged.append(row.number)
        return would_act(row, at)

    monkeypatch.setattr(timing, "_would_act", noted)
    for minute in range(1, 5):
        assert round_at(after(minute)) == 0
    assert judged == [reported.number]
    hands.step(reported.number, "supervisor-1", "supervise", after(6), level="1", text="请尽快审核")
    round_at(after(7))
    assert judged == [reported.number, reported.number]


@pytest.mark.django_db
def test_a_case_another_writer_held_is_judged_again(hands: Hands, lean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    number = self_handled_undrawn(hands)
    act_alone = timing._act_alone
    monkeypatch.setattr(timing, "_act_alone", lambda case_id, at: False)  # its row is locked: passed over
    assert round_at(after(40)) == 0
    monkeypatch.setattr(timing, "_act_alone", act_alone)
    assert round_at(after(41)) >= 1
    assert found(number).stage == "closed"


@pytest.mark.django_db
def test_cases_keep_the_rules_of_their_own_day(hands: Hands, settings: Any, tmp_path: Any) -> None:
    from tests.jobs.conftest import LEAN, use_overlay

    for file in LEAN.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    dated = (LEAN / "settings.csv").read_text().replace("automation,lean,,", "automation,lean,2024-03-14,")
    (tmp_path / "settings.csv").write_text(dated)
    use_overlay(settings, tmp_path)
    before, since = closed_case(hands), closed_case(hands, after(1440))
    assert round_at(after(30 * 1440)) == 1
    assert (found(before).stage, found(since).stage) == ("closed", "archived")


# ---- self-handled reports --------------------------------------------------------------------------------------


def self_handled_undrawn(hands: Hands, **given: Any) -> str:
    for turn in range(30):
        reported = hands.self_handled(after(turn), **given)
        if undrawn(reported.number, "lean_self_handled", 20):
            return reported.number
    raise AssertionError("thirty draws of 20 % in a row")


@pytest.mark.django_db
def test_a_plausible_self_handled_report_is_confirmed_by_rule(hands: Hands, lean: None) -> None:
    number = self_handled_undrawn(hands)
    assert let_rules_act_on(number=number, at=after(40))
    assert (found(number).stage, human_acts(number)) == ("closed", 0)
    last = steps_of(number)[-1]
    assert (last["verb"], last["post"]) == ("confirm_self_handled", "system")
    assert '"rule":"lean_self_handled"' in last["payload"]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", [{"metres": 400.0}, {"minutes_ago": 200}])
def test_an_implausible_one_waits_for_the_acceptor(hands: Hands, lean: None, odd: dict[str, Any]) -> None:
    number = self_handled_undrawn(hands, **odd)
    assert not let_rules_act_on(number=number, at=after(40))
    assert found(number).stage == "self_handled"
    hands.step(number, "acceptor-1", "confirm_self_handled", after(45))
    assert (found(number).stage, human_acts(number)) == ("closed", 1)


@pytest.mark.django_db
def test_a_drawn_one_waits_for_the_acceptor_however_plausible(hands: Hands, lean: None) -> None:
    for turn in range(40):
        number = hands.self_handled(after(turn)).number
        if not undrawn(number, "lean_self_handled", 20):
            break
    assert not let_rules_act_on(number=number, at=after(60))
    assert found(number).stage == "self_handled"


@pytest.mark.django_db
def test_a_report_costs_nothing_more_where_no_rule_stands(hands: Hands, django_assert_num_queries: Any) -> None:
    reported = hands.self_handled(START)
    with django_assert_num_queries(0):
        assert not timing.after_report(reported=reported, at=START)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_let_a_rule_act_once(hands: Hands, lean: None) -> None:
    numbers = [closed_case(hands, after(index)) for index in range(10)]
    week = after(8 * 1440)

    def work() -> int:
        (queue,) = [queue for queue in waiting_queues(at=week) if queue.stage == "closed"]
        return look_at_queue(queue, Place(), at=week).acted

    assert sum(both(work)) == len(numbers)
    for number in numbers:
        assert verbs(number).count("archive_case") == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_step WHERE verb = 'archive_case'")
        assert cursor.fetchone() == (len(numbers),)
