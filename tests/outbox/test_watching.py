"""Who waits for facts hears of each soon after it is committed, whatever order the commits come in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import append
from wangge.groundwork.outbox.watching import Seen, Watch

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30.0
Hear = Callable[[float], list[Seen]]


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch(most=2)
    yield made
    thread = made._looking
    if thread is not None:
        thread.join(PATIENCE)
    assert made._looking is None, "where nobody listens, nobody looks"


def told(key: str) -> None:
    append(topic="t", key=key, payload=key, at=clock.now())


def heard(hear: Hear, most: int) -> list[str]:
    """The payloads of the next facts until so many were met."""
    found: list[str] = []
    while len(found) < most:
        seen = hear(PATIENCE)
        assert seen, f"nothing more came in half a minute after {found}"
        found += [each.payload for each in seen]
    return found


def test_a_fact_is_heard_after_its_commit_and_only_then(watch: Watch) -> None:
    told("before anybody listened")
    with watch.listening() as hear:
        with transaction.atomic():
            told("a")
            assert hear(1.5) == []
        assert heard(hear, 1) == ["a"]
        assert hear(0.01) == []


def test_all_who_listen_hear_all_and_none_twice(watch: Watch) -> None:
    with watch.listening() as one, watch.listening() as other:
        assert watch.is_full
        for number in range(20):
            told(str(number))
        wanted = [str(number) for number in range(20)]
        assert heard(one, 20) == wanted
        assert heard(other, 20) == wanted
    assert not watch.is_full


def test_a_fact_committed_behind_a_later_one_is_heard_too(watch: Watch) -> None:
    may_commit, has_told = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            told("early number")
            has_told.set()
            assert may_commit.wait(PATIENCE)
        connection.close()

    with watch.listening() as hear:
        thread = threading.Thread(target=late)
        thread.start()
        assert has_told.wait(PATIENCE)
        told("late number")
        assert heard(hear, 1) == ["late number"]
        may_commit.set()
        thread.join(PATIENCE)
        assert heard(hear, 1) == ["early number"]
