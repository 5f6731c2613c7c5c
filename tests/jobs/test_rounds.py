"""The broom of the night, the months ahead, and the timetable that names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.cases.conftest import START
from tests.jobs.conftest import Hands, after, shot
from wangge.domains.cases.operations.receipts import drop_old_receipts
from wangge.groundwork import clock
from wangge.groundwork.attachments.queries import photos
from wangge.surfaces.jobs import rounds

DAY = timedelta(days=1)


def receipts() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM cases_write_receipt ORDER BY key")
        return [row[0] for row in cursor.fetchall()]


def keep_receipt(key: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_write_receipt (person_id, key, request_digest, status, body, created_at)"
            " VALUES (1, %s, %s, 201, '{}', %s)",
            [key, bytes(32), at],
        )


def partitions(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [table],
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_receipts_hold_for_thirty_days() -> None:
    keep_receipt("old", START - 30 * DAY - timedelta(seconds=1))
    keep_receipt("young", START - 30 * DAY)
    assert drop_old_receipts(at=START) == 1
    assert receipts() == ["young"]


@pytest.mark.django_db
def test_every_partitioned_table_has_its_next_three_months(db: None) -> None:
    with clock.held_at(datetime(2031, 11, 30, 20, tzinfo=UTC)):
        rounds.ensure_partitions()
        assert rounds.ensure_partitions() == 0
    for table in ("cases_step", "outbox", "organizations_audit_record"):
        made = partitions(table)
        assert {f"{table}_{month}" for month in ("2031_11", "2031_12", "2032_01", "2032_02")} <= made


@pytest.mark.django_db
def test_the_broom_takes_unused_photos_and_old_receipts_and_leaves_the_audit_log(hands: Hands) -> None:
    number = hands.report(START)
    unused = shot(hands.actor("collector-1"), START, START)
    keep_receipt("old", START)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_audit_record WHERE object_key = %s", [number])
        before = cursor.fetchone()
    with clock.held_at(START + 200 * DAY):
        rounds.sweep()
        rounds.sweep()
    assert photos(ids=[unused])[unused].dropped_at == START + 200 * DAY
    assert receipts() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_audit_record WHERE object_key = %s", [number])
        assert cursor.fetchone() == before == (1,)


@pytest.mark.django_db
def test_a_round_stops_when_its_time_is_up(hands: Hands, lean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.jobs.test_rules import closed_case
    from wangge.domains.cases.rows import load

    numbers = [closed_case(hands, after(index)) for index in range(3)]
    ticks = iter(range(1000))
    monkeypatch.setattr(clock, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(rounds, "AT_ONCE", 1)
    with clock.held_at(after(30 * 1440)):
        acted: list[int] = []
        while sum(acted) < len(numbers):
            acted.append(rounds.let_rules_act(seconds=4.0))
            assert len(acted) < 20
    assert len(acted) > 1
    assert all((row := load(number)) is not None and row.stage == "archived" for number in numbers)


def test_the_timetable_names_every_round() -> None:
    from procrastinate.contrib.django import app

    from wangge.surfaces.jobs import tasks

    crons = {key[0]: task.cron for key, task in app.periodic_registry.periodic_tasks.items()}
    assert crons == {
        "timers": "* * * * *",
        "rules": "* * * * *",
        "changed_tables": "* * * * *",
        "deadlines": "7 * * * *",
        "sweep": "17 18 * * *",
        "anchor": "27 18 * * *",
        "second_looks": "37 18 * * *",
        "beat": "* * * * *",
        "copy_for_backup": "* * * * *",
        "hotline": "* * * * *",
        "replies": "* * * * *",
        "bulletins": "* * * * *",
        "spool": "* * * * *",
        "forget_jobs": "47 18 * * *",
        "evaluation": "57 18 * * *",
    }
    # the warehouse may take a minute, other systems may be slow: neither must hold up the timers
    assert {name: app.tasks[name].queue for name in crons} == {
        **dict.fromkeys(crons, tasks.QUEUE), "evaluation": tasks.IMPORTS, "hotline": tasks.OUTSIDE,
        "replies": tasks.OUTSIDE, "bulletins": tasks.OUTSIDE, "spool": tasks.OUTSIDE, "copy_for_backup": tasks.OUTSIDE,
    }  # fmt: skip


@pytest.mark.django_db
def test_every_task_of_the_timetable_does_its_round(monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge.surfaces.jobs import tasks

    made: list[str] = []
    for name in ("fire_timers", "let_rules_act", "refill_when_tables_changed", "refill_deadlines", "sweep"):
        monkeypatch.setattr(rounds, name, lambda name=name: made.append(name))
    for task in (tasks.timers, tasks.rules, tasks.changed_tables, tasks.deadlines, tasks.sweep):
        work: Any = task
        work(timestamp=0)
    assert made == ["fire_timers", "let_rules_act", "refill_when_tables_changed", "refill_deadlines", "sweep"]
