"""Call-backs: chosen by rule and lot, once a cycle, struck out when called; nobody who may not be called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.citizens.conftest import Citizen
from tests.citizens.test_following import GRADE, behind, move, to_closed
from wangge.domains.citizens.logic.call_backs import Closed, chosen_by
from wangge.domains.citizens.operations.call_backs import hear_closings
from wangge.domains.citizens.queries.call_backs import call_backs
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import OutboxFact

pytestmark = pytest.mark.django_db
Come = Callable[..., Citizen]
Find = Callable[[str], Actor]
PHONE = {"wish": "sms", "reporter_phone": "13800001111"}


def hear_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1, id, topic, key, payload, recorded_at, month FROM outbox ORDER BY id")
        facts = [OutboxFact(*row) for row in cursor.fetchall()]
    hear_closings(facts, clock.now())


def listed(actor: Actor) -> list[tuple[str, str]]:
    return [(each.row.number, each.rule) for each in call_backs(by=actor)]


def closed_report(come: Come, actor: Find, address: str = "203.0.113.7", **contact: Any) -> str:
    code = come(address).reports(**(contact or PHONE))
    to_closed(actor, behind(code).number)
    return code


def rate(come: Come, code: str, grade: str) -> None:
    person = come()
    person.follows(code)
    person.press(form="rate", grade=grade)


def test_a_low_rating_is_always_called_and_struck_out_when_it_was(citizen: Come, actor: Find) -> None:
    code = closed_report(citizen, actor)
    number = behind(code).number
    rate(citizen, code, GRADE)
    hear_all()
    hear_all()
    assert [each for each, _rule in listed(actor("acceptor-1"))] == [number]
    move(actor("acceptor-1"), number, "call_back", answer="satisfied")
    hear_all()
    assert listed(actor("acceptor-1")) == []
    assert behind(code).state.grade == GRADE  # the rating stays what it was


def test_a_case_taken_up_again_leaves_the_list(citizen: Come, actor: Find) -> None:
    code = closed_report(citizen, actor)
    rate(citizen, code, GRADE)
    hear_all()
    person = citizen()
    person.follows(code)
    person.press(form="reopen", text="没修好")
    move(actor("duty_leader-1"), behind(code).number, "reopen", reason="属实")
    hear_all()
    assert listed(actor("acceptor-1")) == []


@pytest.mark.parametrize("contact", [{"wish": "none"}, {**PHONE, "openness": "denounces"}])
def test_who_left_no_telephone_and_who_denounced_is_not_called(
    citizen: Come, actor: Find, contact: dict[str, str]
) -> None:
    code = closed_report(citizen, actor, **contact)
    rate(citizen, code, GRADE)
    hear_all()
    assert listed(actor("acceptor-1")) == []


def test_the_sample_follows_from_the_lot() -> None:
    rules = city_tables().call_backs
    plain = Closed("public", rated_down=False, reworked=False, late=False, followers=1)
    hits = [chosen_by(rules, plain, lot_of=lambda _rule, lot=lot: lot) for lot in range(100)]  # type: ignore[misc]
    share = next(row.percent for row in rules if row.rule == "sample")
    assert [each is not None for each in hits] == [lot < share for lot in range(100)]
    low = Closed("public", rated_down=True, reworked=False, late=False, followers=1)
    assert chosen_by(rules, low, lot_of=lambda _rule: 99) is not None
    assert chosen_by(rules, Closed("hotline", True, True, True, 9), lot_of=lambda _rule: 0) is None


def test_only_what_ended_is_looked_at(citizen: Come, django_assert_num_queries: Any) -> None:
    citizen().reports(**PHONE)
    payload = orjson.dumps({"seq": 1, "verb": "receive_report", "stage": "reported", "to": ()}).decode()
    fact = OutboxFact(1, 1, "case.step", "x", payload, datetime.now(UTC), datetime.now(UTC).date())
    with django_assert_num_queries(0):
        hear_closings([fact], clock.now())


def test_the_page_names_why_and_opens_the_case(citizen: Come, actor: Find) -> None:
    forget_people()
    code = closed_report(citizen, actor)
    rate(citizen, code, GRADE)
    hear_all()
    client = Client()
    client.force_login(Person.objects.get(username="acceptor-1"), backend=PASSWORD_BACKEND)
    page = client.get("/call-backs").content.decode()
    assert behind(code).number in page
    assert "13800001111" not in page
    client.force_login(Person.objects.get(username="dept-a"), backend=PASSWORD_BACKEND)
    assert client.get("/call-backs").status_code == 403


def test_a_lot_that_did_not_hit_chooses_nobody(citizen: Come, actor: Find) -> None:
    code = closed_report(citizen, actor)
    row = behind(code)
    with pytest.raises(IntegrityError, match="call_back_lot_hits"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_call_back (case_id, cycle, rule, lot, percent, chosen_at)"
            " VALUES (%s, 1, 'sample', 20, 20, now())",
            [row.id],
        )
