"""The counts over a work list: a step shows at once, what the outbox does not hear of two seconds later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.api.conftest import Speak
from wangge.domains.cases.queries.counts import open_by_stage
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.queries import actor_of_person
from wangge.groundwork import clock


def _seat() -> Actor:
    return actor_of_person(Person.objects.get(username="acceptor-1").id, clock.now())


def test_a_step_shows_at_once(speak: Speak) -> None:
    at = clock.now()
    assert open_by_stage(by=_seat(), at=at) == {}
    number = speak("collector-1").report()
    assert open_by_stage(by=_seat(), at=at) == {"reported": (1, 0)}
    speak("acceptor-1").move(number, "accept", {"category": "component:0101"})
    assert open_by_stage(by=_seat(), at=at) == {"accepted": (1, 0)}


def test_what_was_written_past_the_outbox_shows_two_seconds_later(speak: Speak) -> None:
    at = clock.now()
    speak("collector-1").report()
    assert open_by_stage(by=_seat(), at=at) == {"reported": (1, 0)}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_open SET burns_at = %s", [at - timedelta(minutes=1)])
    assert open_by_stage(by=_seat(), at=at + timedelta(seconds=1)) == {"reported": (1, 0)}
    assert open_by_stage(by=_seat(), at=at + timedelta(seconds=2)) == {"reported": (1, 1)}


def test_each_wall_has_counts_of_its_own(speak: Speak) -> None:
    at = clock.now()
    speak("collector-1").report()
    assert open_by_stage(by=_seat(), at=at) == {"reported": (1, 0)}
    stranger = actor_of_person(Person.objects.get(username="collector-2").id, at)
    assert open_by_stage(by=stranger, at=at) == {}
    assert open_by_stage(by=_seat(), at=at) == {"reported": (1, 0)}


def test_no_case_is_older_by_its_id_than_by_its_report(speak: Speak) -> None:
    """The search for likely duplicates leaves out by the id what was reported too long ago."""
    speak("collector-1").report()
    with (
        pytest.raises(IntegrityError, match="case_id_not_before_report"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO cases_case SELECT (jsonb_populate_record(c, jsonb_build_object("
            "'id', overlay(c.id::text placing '01000000-0000' from 1), 'number', '000000-20240101-99999'))).*"
            " FROM cases_case c"
        )
