"""The connection is cut while a transaction commits: nobody can know how it ended, and asking again settles it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from tests.api.conftest import PLACE, Speak, speak
from tests.cases.conftest import BEGAN, small_city
from tests.faults.wire import Wire, over_a_wire
from tests.volume.conftest import breaks_found
from tests.web.conftest import Browser, at_nine
from wangge.domains.organizations.logic import TERMINAL, token_digest
from wangge.domains.organizations.models import AccessToken, Person, PublicDoor
from wangge.domains.organizations.operations.public_doors import open_door
from wangge.groundwork import clock

__all__ = ["at_nine", "small_city", "speak"]
pytestmark = pytest.mark.django_db(transaction=True)
CUTS = pytest.mark.parametrize("cut", ["before", "after"])
CATEGORY = {"category": "component:0101"}


@pytest.fixture
def wire(transactional_db: None) -> Iterator[Wire]:
    with over_a_wire() as wire:
        yield wire


def counted(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@CUTS
def test_a_report_whose_commit_is_cut_is_one_case(speak: Speak, wire: Wire, cut: str) -> None:
    collector = speak("collector-1")
    body = collector.report_body()
    with wire.cut_at_commit(cut):
        first = collector.post("/cases", body, key="report")
    again = collector.post("/cases", body, key="report")
    assert first.status_code in (201, 503)
    assert again.status_code == 201
    if first.status_code == 201:
        assert first.content == again.content
    assert (counted("cases_case"), counted("cases_step"), counted("outbox")) == (1, 1, 1)
    assert breaks_found() == []


@CUTS
def test_a_move_whose_commit_is_cut_is_one_step(speak: Speak, wire: Wire, cut: str) -> None:
    case, desk = speak("collector-1").report(), speak("acceptor-1")
    path = f"/cases/{case['number']}/moves/accept"
    with wire.cut_at_commit(cut):
        first = desk.post(path, CATEGORY, key="move", version=1)
    again = desk.post(path, CATEGORY, key="move", version=1)
    assert first.status_code in (200, 503)
    assert again.status_code == 200
    assert json.loads(again.content)["version"] == counted("cases_step") == counted("outbox") == 2
    assert desk.post(f"/cases/{case['number']}/moves/decline_report", {"reason": "x"}, version=2).status_code == 409
    assert breaks_found() == []


@CUTS
def test_an_open311_request_whose_commit_is_cut_is_one_case(speak: Speak, wire: Wire, cut: str) -> None:
    now = clock.now()
    open_door(by=TERMINAL, at=now, door=PublicDoor.OPEN311, decided_by="局", decision="开", secrecy_review="通过")
    person = Person.objects.get(username="acceptor-1")
    AccessToken.objects.create(person=person, digest=token_digest("open"), scope="open311", created_at=BEGAN)
    form = {
        "api_key": "open", "service_code": "event-0110", "lat": "27.827", "long": "113.134",
        "description": "垃圾未清运",
    }  # fmt: skip

    def post() -> Any:
        return Client(raise_request_exception=False).post(
            "/open311/v2/requests.json", urlencode(form), content_type="application/x-www-form-urlencoded",
            headers={"Idempotency-Key": "burst-1"},
        )  # fmt: skip

    with wire.cut_at_commit(cut):
        first = post()
    again = post()
    assert first.status_code in (200, 503)
    assert again.status_code == 200
    assert counted("cases_case") == 1


@CUTS
def test_a_page_whose_commit_is_cut_moves_the_case_once(at_nine: None, speak: Speak, wire: Wire, cut: str) -> None:
    number = speak("collector-1").report()["number"]
    desk = Browser("acceptor-1")
    desk.client.raise_request_exception = False
    desk.get(f"/cases/{number}")
    shown = desk.page
    with wire.cut_at_commit(cut):
        desk.send("accept", 503, category="component:0101")
    assert "数据库暂时不可用" in desk.text()
    desk.page = shown  # he goes back and presses the same button again
    desk.send("accept", category="component:0101")
    assert "accept" not in desk.forms()
    assert counted("cases_step") == counted("outbox") == 2


def test_after_many_cuts_the_pool_still_serves(speak: Speak, wire: Wire) -> None:
    collector = speak("collector-1")
    photo = collector.photo()
    body = {
        "source": "collector", "category": "component:0101", "description": "井盖缺失", "location": PLACE,
        "evidence": {"photo_before": [photo]},
    }  # fmt: skip
    for turn in range(12):
        with wire.cut_at_commit("after" if turn % 2 else "before"):
            collector.post("/cases", body, key=f"turn-{turn}")
        assert collector.post("/cases", body, key=f"turn-{turn}").status_code == 201
    assert counted("cases_case") == 12
