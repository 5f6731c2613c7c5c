"""A fact reaches those it concerns once: whatever breaks, nothing is lost and nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection

from tests.cases.conftest import START
from tests.jobs.conftest import Hands, after
from tests.jobs.test_timers import both
from tests.outbox.neighbours import wait_for_neighbours
from wangge.domains.notices.models import InboxNotice, Notice
from wangge.domains.notices.operations import clear_inboxes, mark_inbox_read
from wangge.domains.notices.queries import NoticeLine, news_of_case, notices_for, unread_for
from wangge.domains.organizations.logic import Actor, Holding
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import OutboxFact, waiting
from wangge.project import subscriptions
from wangge.surfaces.jobs import delivery

pytestmark = pytest.mark.django_db(transaction=True)
NOTICES = subscriptions.CONSUMERS[0]


def deliver_all(at: Any = None, most: int = 500) -> int:
    wait_for_neighbours()
    with clock.held_at(at or after(300)):
        total = 0
        while handed := delivery.deliver_next(NOTICES, most=most):
            total += handed
    return total


def told(actor: Actor, **given: Any) -> list[tuple[str, str]]:
    return [(line.topic, line.object_key) for line in notices_for(actor=actor, **given)]


def in_district(actor: Actor, code: str) -> Actor:
    """The same person at the desk of one district."""
    holding = Holding(actor.holdings[0].post, None, code)
    return Actor(actor.person_id, actor.username, actor.display_name, (holding,))


def test_a_report_is_told_to_the_desk_and_a_dispatch_to_the_unit(hands: Hands) -> None:
    number = hands.report()
    hands.to_handling(number)
    assert deliver_all() == 4
    assert told(hands.actor("acceptor-2")) == [("report", number)]
    assert told(hands.actor("duty_leader-2")) == [("accept", number)]
    assert told(hands.actor("dept-a")) == [("dispatch", number)]
    assert told(hands.actor("dept-b")) == []
    assert told(hands.actor("collector-1")) == [("file_case", number)]


def test_a_message_to_a_desk_is_one_row_however_many_sit_there(hands: Hands) -> None:
    hands.report()
    deliver_all()
    assert InboxNotice.objects.count() == 1
    assert told(hands.actor("acceptor-1")) == told(hands.actor("acceptor-2"))


def test_nobody_is_told_of_his_own_step(hands: Hands) -> None:
    number = hands.report()
    hands.step(number, "acceptor-1", "accept", after(5), category="component:0101")
    hands.step(number, "duty_leader-1", "return_to_acceptor", after(6), reason="类别不清")
    deliver_all()
    assert ("return_to_acceptor", number) in told(hands.actor("acceptor-1"))
    assert ("accept", number) not in told(hands.actor("acceptor-1"))
    assert ("report", number) not in told(hands.actor("collector-1"))


def test_a_task_is_told_to_its_holder_even_when_it_is_called_back_before_delivery(hands: Hands) -> None:
    number = hands.report()
    hands.step(number, "acceptor-1", "send_verification", after(5), assignee="collector-2")
    hands.step(number, "acceptor-1", "recall_verification", after(6), reason="改派")
    deliver_all()
    assert told(hands.actor("collector-2")) == [("recall_verification", number), ("send_verification", number)]
    assert Notice.objects.count() == 2


def test_of_one_act_only_the_last_step_is_told_to_desks(hands: Hands, lean: None) -> None:
    number = hands.report()
    hands.step(
        number, "acceptor-1", "accept", after(5), act="desk_act", category="component:0101", condition_seq="2",
        department="dept-a",
    )  # fmt: skip
    deliver_all()
    assert told(hands.actor("duty_leader-1")) == []
    assert told(hands.actor("dispatcher-1")) == []
    assert told(hands.actor("dept-a")) == [("dispatch", number)]


def test_the_reporter_without_an_account_finds_the_news_at_his_case(hands: Hands) -> None:
    number = hands.report(source="media", by="acceptor-1")
    hands.step(number, "acceptor-1", "decline_report", after(5), reason="不属城管职责")
    deliver_all()
    lines = news_of_case(number=number)
    assert [line.topic for line in lines] == ["decline_report", "register_report"]
    assert all("建设路" not in line.text for line in lines)


def test_a_desk_of_one_district_sees_its_own_only(hands: Hands) -> None:
    number = hands.report()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET district_code = '430203' WHERE number = %s", [number])
    deliver_all()
    who = hands.actor("acceptor-1")
    assert told(in_district(who, "430203")) == [("report", number)]
    assert told(in_district(who, "430202")) == []


def test_a_history_taken_over_is_no_news(hands: Hands) -> None:
    hands.report()
    assert deliver_all(at=START + timedelta(days=31)) == 1
    assert InboxNotice.objects.count() == 0


def test_reading_is_each_persons_own(hands: Hands, django_assert_num_queries: Callable[..., Any]) -> None:
    for index in range(3):
        hands.report(after(index))
    deliver_all()
    one, other = hands.actor("acceptor-1"), hands.actor("acceptor-2")
    assert one.person_id is not None
    with django_assert_num_queries(1):
        lines = notices_for(actor=one, unread_only=True, most=2)
    assert len(lines) == 2
    mark_inbox_read(person_id=one.person_id, at=after(301), ids=[lines[0].id])
    assert [unread_for(actor=one), unread_for(actor=other)] == [2, 3]
    mark_inbox_read(person_id=one.person_id, at=after(302))
    assert [unread_for(actor=one), unread_for(actor=other)] == [0, 3]
    assert all(line.is_read for line in notices_for(actor=one))
    hands.report(after(310))
    deliver_all(at=after(311))
    assert unread_for(actor=one) == 1


def test_old_messages_of_shared_inboxes_go(hands: Hands) -> None:
    hands.report()
    deliver_all(at=after(1))
    who = hands.actor("acceptor-1")
    assert who.person_id is not None
    mark_inbox_read(person_id=who.person_id, at=after(2), ids=[line.id for line in notices_for(actor=who)])
    assert clear_inboxes(at=after(30 * 1440), keep_days=30) == 0
    assert clear_inboxes(at=after(30 * 1440 + 2), keep_days=30) == 1
    assert InboxNotice.objects.count() == 0


# ---- exactly once ----------------------------------------------------------------------------------------------


def everything_told() -> list[NoticeLine]:
    lines = [("", row.person_id, row.source_key) for row in Notice.objects.all()]
    return sorted([*lines, *((row.inbox, None, row.source_key) for row in InboxNotice.objects.all())], key=str)  # type: ignore[list-item]


def test_a_crash_before_the_position_is_kept_loses_nothing_and_doubles_nothing(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands.to_handling(hands.report())
    tell_inboxes = subscriptions.tell_inboxes  # type: ignore[attr-defined]
    written: list[int] = []

    def tell_then_crash(tellings: Any, *, at: Any) -> None:
        tell_inboxes(tellings, at=at)
        written.append(InboxNotice.objects.count())
        raise RuntimeError("the power went")

    monkeypatch.setattr(subscriptions, "tell_inboxes", tell_then_crash)
    with pytest.raises(RuntimeError, match="the power went"):
        deliver_all()
    assert written[0] > 0
    assert everything_told() == []
    assert waiting(consumer="notices") == 4
    monkeypatch.setattr(subscriptions, "tell_inboxes", tell_inboxes)
    assert deliver_all(most=1) == 4
    once = everything_told()
    assert len(once) == len(set(once)) > 0
    assert deliver_all() == 0
    assert everything_told() == once


def test_two_workers_at_once_tell_each_fact_once(hands: Hands) -> None:
    for index in range(15):
        hands.report(after(index))
    wait_for_neighbours()
    heard: list[int] = []

    class Listening:
        name = "notices"

        @staticmethod
        def hear(facts: Any, at: Any) -> None:
            heard.extend(fact.id for fact in facts)
            NOTICES.hear(facts, at)

    def work() -> int:
        total = 0
        while waiting(consumer="notices"):  # a turn while the other worker holds the place hands out nothing
            total += delivery.deliver_next(Listening(), most=2)
        return total

    with clock.held_at(after(60)):
        assert sum(both(work)) == 15
    assert len(heard) == len(set(heard)) == 15
    assert InboxNotice.objects.count() == 15


def test_a_consumer_that_fails_holds_up_no_other(hands: Hands, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hands.report()

    def fail(facts: Any, at: Any) -> None:
        raise RuntimeError("broken on purpose")

    both_consumers = (subscriptions.Consumer("broken", fail), NOTICES)
    monkeypatch.setattr(subscriptions, "CONSUMERS", both_consumers)
    wait_for_neighbours()
    with clock.held_at(START):
        delivery.register_all()
    hands.report(after(1))
    wait_for_neighbours()
    postman = delivery.Delivery()
    with clock.held_at(after(10)):
        for consumer in both_consumers:
            postman._serve(consumer)
    assert InboxNotice.objects.count() == 2
    assert waiting(consumer="broken") == 1
    assert waiting(consumer="notices") == 0


def test_every_word_of_the_table_of_moves_has_somebody_who_hears_it(hands: Hands) -> None:
    """Each message_to of the table, on a case that has everybody around it, reaches a person or an inbox."""
    from wangge.domains.cases.situations import Situation
    from wangge.domains.organizations.queries import city_tables

    case = Situation("c", 1, "n", "", "dispatch", "handling", START, None, "collector", 1, "dept-a", "dept-b", 2, 3)
    for move in city_tables().moves:
        payload = orjson.dumps({"seq": 1, "to": move.message_to}).decode()
        fact = OutboxFact(1, 1, "case.step", "c", payload, START, START.date())
        for who in subscriptions._addressees(fact, case):
            assert who.person_id is not None or who.inbox, move
