"""Ends that pass are written as if somebody had clicked at their moment, each once, however late the worker comes."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.cases.conftest import START
from tests.jobs.conftest import Hands, after, found, steps_of
from wangge.domains.cases.operations import timing
from wangge.domains.cases.operations.timing import fire_due_timers

DAY = timedelta(days=1)
UNTIL = after(2 * 1440)  # a Friday; the late worker comes on Saturday
LATE = UNTIL + timedelta(hours=30, seconds=17)


def suspended(hands: Hands, start: datetime = START) -> str:
    number = hands.report(start)
    hands.to_handling(number, start)
    hands.suspend(number, start + timedelta(minutes=30), start + 2 * DAY)
    return number


@pytest.mark.django_db
def test_a_late_timer_writes_its_step_with_the_moment_it_was_due(hands: Hands) -> None:
    number = suspended(hands)
    assert found(number).state.suspended_until
    assert fire_due_timers(at=UNTIL - timedelta(minutes=1)) == 0
    assert fire_due_timers(at=LATE) == 1
    last = steps_of(number)[-1]
    assert (last["verb"], last["post"], last["person_id"]) == ("resume_suspended", "system", None)
    assert (last["at"], last["recorded_at"]) == (UNTIL, LATE)
    assert found(number).state.suspended_until == 0
    assert fire_due_timers(at=LATE + DAY) == 0


@pytest.mark.django_db
def test_a_late_timer_lets_the_clock_run_from_the_moment_it_was_due(hands: Hands) -> None:
    prompt, late = suspended(hands), suspended(hands, after(1))
    fire_due_timers(at=UNTIL)
    fire_due_timers(at=LATE)
    minute = timedelta(minutes=1)
    due, due_late = found(prompt).handling_due_at, found(late).handling_due_at
    assert due is not None
    assert due_late == due + minute


@pytest.mark.django_db
def test_the_chain_of_a_case_with_a_late_step_is_whole(hands: Hands) -> None:
    number = suspended(hands)
    fire_due_timers(at=LATE)
    steps = steps_of(number)
    tail = hashlib.new("sm3", steps[0]["case_id"].bytes).digest()
    for seq, step in enumerate(steps, 1):
        tail = hashlib.new("sm3", tail + step["payload"].encode()).digest()
        assert (step["seq"], bytes(step["hash"])) == (seq, tail)
    assert found(number).tail_hash == tail


@pytest.mark.django_db
def test_a_case_that_fails_does_not_hold_up_the_others(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = suspended(hands), suspended(hands, after(1))
    write = timing.write  # type: ignore[attr-defined]

    def fail_once(draft: Any, row: Any, **given: Any) -> None:
        if row.number == broken:
            raise RuntimeError("broken on purpose")
        write(draft, row, **given)

    monkeypatch.setattr(timing, "write", fail_once)
    assert fire_due_timers(at=LATE) == 1
    assert steps_of(broken)[-1]["verb"] == "approve_suspension"
    assert steps_of(sound)[-1]["verb"] == "resume_suspended"
    monkeypatch.setattr(timing, "write", write)
    assert fire_due_timers(at=LATE) == 1


@pytest.mark.django_db
def test_a_pass_without_due_cases_reads_once_and_writes_nothing(hands: Hands, django_assert_num_queries: Any) -> None:
    suspended(hands)
    with django_assert_num_queries(3) as asked:  # a savepoint, one question, its release
        fire_due_timers(at=UNTIL - timedelta(minutes=1))
    assert sum("SELECT" in query["sql"] for query in asked.captured_queries) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_step_once(hands: Hands) -> None:
    numbers = [suspended(hands, after(index)) for index in range(12)]
    written = both(lambda: fire_due_timers(at=LATE))
    assert sum(written) == len(numbers)
    for number in numbers:
        assert [step["verb"] for step in steps_of(number)].count("resume_suspended") == 1


def both(work: Any) -> list[int]:
    """What two threads, each with a connection of its own, make of the same work at the same moment."""
    results: list[int] = []
    barrier = threading.Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 2
    return results
