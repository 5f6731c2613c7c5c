"""Pages under a city's own rules, and for those who stand outside: one act of three steps, denouncers, citizens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import _person
from tests.web.conftest import REPORT, Browser, Open, reported
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.rows import load
from wangge.domains.cases.rules import forget_rules
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.queries import actor_of_person
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
LEAN = Path(__file__).resolve().parents[2] / "demo" / "overlays" / "lean"


@pytest.fixture
def lean(settings: Any) -> Iterator[None]:
    """The rules of the lean demo city."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": LEAN})
    settings.CITY_OVERLAY = LEAN
    forget_rules()
    yield
    forget_rules()


def test_one_act_accepts_files_and_dispatches_an_ordinary_case(lean: None, browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    page = acceptor.get(f"/cases/{number}")
    assert page.index('data-verb="desk_act"') < page.index('data-verb="accept"')
    acceptor.send("desk_act", condition_seq="2", department="dept-a")
    row = load(number)
    assert row is not None
    assert (row.stage, row.version, row.department_code) == ("handling", 4, "dept-a")
    assert "受理立案派遣一次办结" in acceptor.text()


def test_an_urgent_case_is_refused_the_one_act_and_says_to_go_step_by_step(lean: None, browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{number}")
    acceptor.send("desk_act", condition_seq="1", department="dept-a", status=409)
    assert "请逐步办理" in acceptor.text()
    row = load(number)
    assert row is not None
    assert row.stage == "reported"


def test_who_denounces_stays_closed_but_to_the_centres_leader(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/cases/new")
    given = {**REPORT, "source": "public", "reporter_name": "周晓雨", "reporter_phone": "13912345678"}
    acceptor.send("report", **given, denounces="yes")
    number = acceptor.url.rpartition("/")[2]
    assert "举报人信息保密" in acceptor.text()
    assert "周" not in acceptor.page
    assert "reveal" not in acceptor.forms()
    leader = browser("centre_leader-1")
    leader.get(f"/cases/{number}")
    leader.send("reveal", reason="依法核查", status=200)
    assert "周晓雨 13912345678" in leader.text()


def test_a_citizen_reads_his_own_case_without_names_of_staff(browser: Open) -> None:
    _person("citizen-1", "reporter")
    forget_people()
    person = Person.objects.get(username="citizen-1")
    actor = actor_of_person(Person.objects.get(username="acceptor-1").id, clock.now())
    assert actor is not None
    place = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
    report = Report(
        "hotline", "component:0101", "井盖响", place, "周晓雨", "13912345678", stated_entry="register_report"
    )
    number = report_case(report=report, by=actor, at=clock.now()).number
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET reporter_id = %s WHERE number = %s", [person.id, number])
    acceptor = browser("acceptor-2")
    acceptor.get(f"/cases/{number}")
    acceptor.send("send_verification", assignee="collector-1", note="先去看看")
    citizen = Browser("citizen-1")
    text = citizen.get(f"/cases/{number}") and citizen.text()
    assert "核实中" in text
    for hidden in ("acceptor-1", "acceptor-2", "collector-1", "先去看看"):
        assert hidden not in text
