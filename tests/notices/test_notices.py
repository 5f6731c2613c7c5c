"""A person is told once about each fact, sees the newest first, and what he has read is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from wangge.domains.notices.models import Notice
from wangge.domains.notices.operations import Telling, clear_read, mark_read, tell
from wangge.domains.notices.queries import newest, unread_count
from wangge.domains.organizations.models import Person

NOW = datetime(2024, 4, 12, 2, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def zhang(db: None) -> Person:
    return Person.objects.create(username="zhang", display_name="张三", password="!", created_at=NOW)


@pytest.fixture
def li(db: None) -> Person:
    return Person.objects.create(username="li", display_name="李四", password="!", created_at=NOW)


def telling(person: Person, fact: int = 1, text: str = "案卷已派遣") -> Telling:
    return Telling(person.pk, "case.dispatched", text, f"outbox:{fact}", "c1")


def test_many_are_told_in_one_statement(zhang: Person, li: Person, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        tell([telling(zhang), telling(li)], at=NOW)
    assert [line.text for line in newest(person_id=zhang.pk)] == ["案卷已派遣"]
    assert unread_count(person_id=li.pk) == 1


def test_a_fact_told_twice_is_told_once(zhang: Person) -> None:
    tell([telling(zhang)], at=NOW)
    tell([telling(zhang), telling(zhang, 2, "案卷已结案")], at=NOW + MINUTE)
    assert [line.text for line in newest(person_id=zhang.pk)] == ["案卷已结案", "案卷已派遣"]


def test_the_newest_come_first_and_no_more_than_asked(zhang: Person) -> None:
    for fact in range(5):
        tell([telling(zhang, fact, str(fact))], at=NOW + fact * MINUTE)
    assert [line.text for line in newest(person_id=zhang.pk, most=2)] == ["4", "3"]
    assert unread_count(person_id=zhang.pk, most=3) == 3


def test_reading_one_and_reading_all(zhang: Person, li: Person) -> None:
    tell([telling(zhang, 1), telling(zhang, 2), telling(zhang, 3), telling(li)], at=NOW)
    first = newest(person_id=zhang.pk)[0]
    assert mark_read(person_id=zhang.pk, at=NOW + MINUTE, ids=[first.id]) == 1
    assert unread_count(person_id=zhang.pk) == 2
    assert mark_read(person_id=zhang.pk, at=NOW + MINUTE) == 2
    assert mark_read(person_id=zhang.pk, at=NOW + MINUTE) == 0
    assert unread_count(person_id=li.pk) == 1


def test_nobody_reads_for_another(zhang: Person, li: Person) -> None:
    tell([telling(zhang)], at=NOW)
    (line,) = newest(person_id=zhang.pk)
    assert mark_read(person_id=li.pk, at=NOW, ids=[line.id]) == 0


def test_notices_go_some_days_after_they_were_read(zhang: Person) -> None:
    tell([telling(zhang, 1), telling(zhang, 2)], at=NOW)
    mark_read(person_id=zhang.pk, at=NOW, ids=[newest(person_id=zhang.pk)[0].id])
    assert clear_read(at=NOW + 30 * DAY, keep_days=30) == 0
    assert clear_read(at=NOW + 30 * DAY + MINUTE, keep_days=30) == 1
    assert unread_count(person_id=zhang.pk) == 1


@pytest.mark.parametrize(
    ("constraint", "given"),
    [
        ("notice_says_something", {"text": ""}),
        ("notice_read_after_made", {"read_at": NOW - MINUTE}),
        ("notice_once_per_fact", {}),
    ],
)
def test_a_notice_that_cannot_be_is_refused(zhang: Person, constraint: str, given: dict[str, Any]) -> None:
    tell([telling(zhang)], at=NOW)
    row = {"person": zhang, "topic": "t", "text": "x", "source_key": "outbox:1", "created_at": NOW}
    with pytest.raises(IntegrityError, match=constraint):
        Notice.objects.create(**{**row, **given})
