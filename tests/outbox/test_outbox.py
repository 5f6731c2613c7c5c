"""Facts are appended with what made them and delivered in order: none lost, none twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from tests.outbox.neighbours import wait_for_neighbours
from wangge.groundwork.outbox.models import Delivery, Fact
from wangge.groundwork.outbox.operations import (
    COLUMNS,
    OutboxFact,
    UnknownConsumer,
    append,
    append_many,
    deliver,
    next_facts,
    rebase_after_restore,
    register_consumer,
    waiting,
)

NOW = datetime(2024, 4, 30, 15, 59, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INSERT = "INSERT INTO outbox (month, topic, key, payload, recorded_at) VALUES ('2024-04-01', 'x', %s, '{}', %s)"


def put(*keys: str, at: datetime = NOW) -> None:
    append_many([("case.filed", key, "{}") for key in keys], at=at)


def heard(most: int = 100, consumer: str = "letters") -> list[str]:
    wait_for_neighbours()
    with next_facts(consumer=consumer, most=most, at=NOW) as facts:
        return [fact.key for fact in facts]


@pytest.fixture
def letters(transactional_db: None) -> None:
    register_consumer(consumer="letters", at=NOW)


def test_a_fact_comes_as_it_was_appended(letters: None) -> None:
    append(topic="case.filed", key="c1", payload='{"stage": "filed"}', at=NOW)
    wait_for_neighbours()
    with next_facts(consumer="letters", most=10, at=NOW) as (fact,):
        assert (fact.topic, fact.key, fact.payload, fact.recorded_at) == (
            "case.filed", "c1", '{"stage": "filed"}', NOW,
        )  # fmt: skip


def test_facts_come_in_order_each_once_and_over_the_end_of_a_month(letters: None) -> None:
    put("a", "b", "c")
    put("d", at=NOW + 24 * 60 * MINUTE)
    wait_for_neighbours()
    assert waiting(consumer="letters") == 4
    assert (heard(2), heard(1), heard(), heard()) == (["a", "b"], ["c"], ["d"], [])
    assert waiting(consumer="letters") == 0


def test_each_consumer_reads_for_itself(letters: None) -> None:
    register_consumer(consumer="partner", at=NOW)
    put("a")
    assert (heard(), heard(consumer="partner"), heard()) == (["a"], ["a"], [])


def test_a_consumer_hears_from_its_registration_on_or_from_the_beginning(letters: None) -> None:
    put("before")
    wait_for_neighbours()
    register_consumer(consumer="late", at=NOW)
    register_consumer(consumer="archive", at=NOW, from_beginning=True)
    put("after")
    assert heard(consumer="late") == ["after"]
    assert heard(consumer="archive") == ["before", "after"]


def test_registering_again_changes_nothing(letters: None) -> None:
    put("a")
    assert heard() == ["a"]
    register_consumer(consumer="letters", at=NOW, from_beginning=True)
    assert heard() == []


def test_an_unknown_consumer_is_an_error(transactional_db: None) -> None:
    with pytest.raises(UnknownConsumer):
        heard(consumer="nobody")


def test_what_failed_is_delivered_again(letters: None) -> None:
    put("a", "b")
    with pytest.raises(RuntimeError), next_facts(consumer="letters", most=1, at=NOW):
        raise RuntimeError
    assert heard() == ["a", "b"]


def test_a_fact_of_a_write_that_failed_was_never_there(letters: None) -> None:
    with transaction.atomic():
        put("a")
        transaction.set_rollback(True)
    assert heard() == []


def test_handing_over_one_by_one_counts_them(letters: None) -> None:
    put("a", "b")
    seen: list[OutboxFact] = []
    wait_for_neighbours()
    assert deliver(consumer="letters", handle=seen.append, most=10, at=NOW) == 2
    assert [fact.key for fact in seen] == ["a", "b"]


def test_a_fact_that_commits_late_with_a_lower_number_is_not_lost(
    letters: None, owner_link: psycopg.Connection[Any]
) -> None:
    owner_link.autocommit = False
    owner_link.execute(INSERT, ["slow", NOW])
    put("quick")
    assert heard() == [], "the quick one waits until the slow one is known to stand or fall"
    owner_link.commit()
    assert heard() == ["slow", "quick"]


def test_a_slow_write_that_fails_holds_nobody_up_afterwards(letters: None, owner_link: psycopg.Connection[Any]) -> None:
    owner_link.autocommit = False
    owner_link.execute(INSERT, ["slow", NOW])
    put("quick")
    owner_link.rollback()
    assert heard() == ["quick"]


def test_a_second_reader_of_the_same_consumer_gets_nothing_at_once(
    letters: None, owner_link: psycopg.Connection[Any]
) -> None:
    put("a")
    owner_link.autocommit = False
    owner_link.execute("SELECT FROM outbox_delivery WHERE consumer = 'letters' FOR UPDATE")
    assert heard() == []
    owner_link.rollback()
    assert heard() == ["a"]


@pytest.mark.parametrize("order", ["UPDATE outbox SET payload = ''", "DELETE FROM outbox", "TRUNCATE outbox"])
def test_the_application_cannot_change_a_fact(letters: None, order: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(order)


def test_not_even_the_owner_changes_a_fact(letters: None, owner_link: psycopg.Connection[Any]) -> None:
    put("a")
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_link.execute("UPDATE outbox SET payload = ''")


@pytest.mark.parametrize(
    ("constraint", "month", "topic"),
    [("outbox_topic_form", "2024-04-01", "Case filed"), ("outbox_month_is_of_moment", "2024-05-01", "case.filed")],
)
def test_a_fact_that_cannot_be_is_refused(db: None, constraint: str, month: str, topic: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO outbox ({', '.join(COLUMNS)}) VALUES (%s, %s, 'k', '{{}}', %s)", [month, topic, NOW]
        )


@pytest.mark.parametrize(
    ("constraint", "given"),
    [("delivery_consumer_form", {"consumer": "A B"}), ("delivery_counts_forward", {"after_id": -1})],
)
def test_a_delivery_that_cannot_be_is_refused(db: None, constraint: str, given: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Delivery.objects.create(**{"consumer": "x", "floor_month": NOW.date(), **given})


def test_after_a_restore_into_a_younger_cluster_nothing_is_lost(as_owner: None) -> None:
    register_consumer(consumer="letters", at=NOW)
    register_consumer(consumer="partner", at=NOW)
    put("a", "b", "c")
    assert heard(2) == ["a", "b"]
    assert heard(1, consumer="partner") == ["a"]
    with connection.cursor() as cursor:  # as if these had been written when the old cluster was far ahead
        cursor.execute("ALTER TABLE outbox DISABLE TRIGGER USER")
        cursor.execute("UPDATE outbox SET transaction = (transaction::text::bigint + 1000000000)::text::xid8")
        cursor.execute("ALTER TABLE outbox ENABLE TRIGGER USER")
    Delivery.objects.update(after_transaction=1_000_000_000_000)
    put("new")
    assert heard() == [], "the trouble that the rebase cures"
    for name, key in (("letters", "b"), ("partner", "a")):
        fact = Fact.objects.get(key=key)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outbox_delivery SET after_id = %s, after_transaction ="
                " (SELECT transaction::text::bigint FROM outbox WHERE id = %s) WHERE consumer = %s",
                [fact.id, fact.id, name],
            )
    rebase_after_restore()
    put("later")
    assert heard() == ["c", "new", "later"]
    assert heard(consumer="partner") == ["b", "c", "new", "later"]
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox")
