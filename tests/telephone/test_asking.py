"""Cases are found by the telephone of who reported: by right, with a reason on record, and never a denunciation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import START
from tests.telephone.conftest import CALLER, Ring
from tests.web.conftest import Browser
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.organizations.logic import Actor
from wangge.domains.telephone.logic.calls import is_whole, number_of, ways_written
from wangge.domains.telephone.operations.working import bind_call
from wangge.domains.telephone.queries.calls import call_of_exchange

pytestmark = pytest.mark.django_db
Actors = Callable[[str], Actor]
MASKED = "138****5678"


@pytest.fixture
def reported(at_nine: datetime, actor: Actors) -> Callable[..., str]:
    """A report under a number; the number of its case."""

    def report(phone: str = CALLER, **more: Any) -> str:
        place = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
        category = "" if more.get("denounces") else "component:0101"
        told = Report("public", category, "井盖缺失", place, "李", phone, stated_entry="register_report", **more)
        return report_case(report=told, by=actor("acceptor-1"), at=START).number

    return report


def ask(username: str, phone: str, reason: str = "来电人询问", status: int = 200) -> Browser:
    person = Browser(username)
    person.get("/cases")
    person.send("telephone", status=status, phone=phone, reason=reason)
    return person


def asked() -> list[tuple[str, str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_name, object_key, detail::text FROM organizations_audit_record"
            " WHERE kind = 'reveal' AND object_kind = 'telephone' ORDER BY id"
        )
        return [(name, key, json.loads(detail)) for name, key, detail in cursor.fetchall()]


@pytest.mark.parametrize("written", [CALLER, "138 1234 5678", "138-1234-5678", "+8613812345678"])
@pytest.mark.parametrize("typed", [CALLER, "+86 138 1234 5678"])
def test_a_number_finds_its_cases_however_it_was_written(
    reported: Callable[..., str], written: str, typed: str
) -> None:
    mine, others = reported(written), reported("13812345679")
    seat = ask("acceptor-1", typed)
    assert f"/cases/{mine}" in seat.page
    assert f"/cases/{others}" not in seat.page
    assert MASKED in seat.text()


def test_a_landline_is_found_with_and_without_its_dash(reported: Callable[..., str]) -> None:
    dashed, plain = reported("0731-28680000"), reported("073128680000")
    seat = ask("acceptor-1", "(0731) 2868 0000")
    assert f"/cases/{dashed}" in seat.page
    assert f"/cases/{plain}" in seat.page


def test_the_number_stands_in_no_address_and_the_answer_is_kept_nowhere(reported: Callable[..., str]) -> None:
    reported()
    seat = ask("acceptor-1", CALLER)
    assert CALLER not in seat.page
    assert CALLER not in seat.url
    answer = seat.client.post("/cases/telephone", {"phone": CALLER, "reason": "来电人询问"})
    assert answer["Cache-Control"] == "no-store"
    assert seat.client.get(f"/cases/telephone?phone={CALLER}&reason=x1").status_code == 405


def test_a_denunciation_is_found_by_nobody(reported: Callable[..., str]) -> None:
    secret, plain = reported(denounces=True), reported()
    for username in ("acceptor-1", "duty_leader-1", "centre_leader-1"):
        page = ask(username, CALLER).page
        assert f"/cases/{plain}" in page
        assert f"/cases/{secret}" not in page


def test_a_denunciation_with_a_call_bound_to_it_is_found_by_nobody(
    ring: Ring, reported: Callable[..., str], actor: Actors
) -> None:
    secret, plain = reported("", denounces=True), reported("")
    for call_id, number in (("c-1", secret), ("c-2", plain)):
        ring(call_id)
        call = call_of_exchange(call_id)
        assert call is not None
        bind_call(number=call.id, case_number=number, by=actor("acceptor-1"))
    page = ask("centre_leader-1", CALLER).page
    assert f"/cases/{plain}" in page
    assert f"/cases/{secret}" not in page


def test_each_question_is_recorded_with_its_reason_and_the_number_masked(reported: Callable[..., str]) -> None:
    reported()
    ask("acceptor-1", CALLER, "来电人催问")
    empty = ask("duty_leader-1", "13900001111", "核对")
    assert "没有您可查看的案卷" in empty.text()
    (seat, leader) = asked()
    assert (seat[1], seat[2]["reason"]) == (MASKED, "来电人催问")
    assert (leader[1], leader[2]["reason"]) == ("139****1111", "核对")
    assert CALLER not in json.dumps(asked())


@pytest.mark.parametrize(("phone", "reason"), [(CALLER, " "), ("1381234", "核对"), ("5678", "核对"), ("%", "核对")])
def test_a_part_of_a_number_or_no_reason_is_refused_and_finds_nothing(
    reported: Callable[..., str], phone: str, reason: str
) -> None:
    number = reported()
    seat = ask("acceptor-1", phone, reason, status=422)
    assert f"/cases/{number}" not in seat.page
    assert 'role="alert"' in seat.page
    assert not asked()


@pytest.mark.parametrize(
    "username", ["dispatcher-1", "collector-1", "dept-a", "supervisor-1", "evaluator-1", "archivist-1"]
)
def test_who_may_not_be_told_numbers_is_not_asked_and_not_answered(reported: Callable[..., str], username: str) -> None:
    reported()
    person = Browser(username)
    assert "telephone" not in (person.get("/cases"), person.forms())[1]
    assert person.client.post("/cases/telephone", {"phone": CALLER, "reason": "核对"}).status_code == 403
    assert not asked()


def test_a_number_searched_as_a_word_leads_to_the_question(reported: Callable[..., str]) -> None:
    reported()
    seat = Browser("acceptor-1")
    page = seat.get(f"/cases?q={CALLER}")
    assert '<details class="within" open>' in page
    assert '<details class="within" open>' not in seat.get("/cases?q=20240313")


def test_many_cases_are_asked_for_with_as_many_statements_as_one(reported: Callable[..., str]) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            seat.send("telephone", status=200, phone=CALLER, reason="核对")
        return len(seen)

    reported()
    seat = ask("acceptor-1", CALLER)
    seat.get("/cases")
    one = statements()
    for _ in range(4):
        reported()
    assert statements() == one


def test_ways_of_writing_are_of_one_number_and_of_whole_ones() -> None:
    assert ways_written("01066668888")[-1] == "010-66668888"
    assert ways_written("073128680000")[-1] == "0731-28680000"
    assert {number_of(each) for each in ways_written(CALLER)} == {CALLER, f"86{CALLER}"}
    assert [is_whole(each) for each in (CALLER, "28680000", "073128680000", "12345", "1381234", "*7#")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
