"""A report through each door goes to closing, and its answer comes back by the same door."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.api.conftest import PLACE, speak
from tests.citizens.conftest import Citizen, citizen, city, open_up, picture
from tests.citizens.test_following import behind, to_closed
from tests.exchange.test_spool import SECRET as SPOOL_SECRET
from tests.exchange.test_spool import behind as behind_package
from tests.exchange.test_spool import hash_number, lay, report
from tests.hotline.conftest import CHANNEL, Partner, actor, partner, small_city
from tests.hotline.test_answers_out import hand_over
from tests.replies.conftest import REPLIES, reported, sides
from tests.replies.test_wechat_callbacks import OPENID, call, message
from tests.telephone.conftest import CALLER, SECRET, Ring
from tests.telephone.conftest import ring as ring  # noqa: PLC0414 - a fixture
from tests.telephone.test_calls import REPORT, found, seated
from tests.web.conftest import at_nine
from wangge.domains.cases.rows import load
from wangge.domains.hotline.operations.acting import act_on
from wangge.domains.hotline.operations.sending import send_due
from wangge.domains.hotline.queries.orders import order_numbered
from wangge.domains.notices.queries import notices_for
from wangge.domains.organizations.logic import Actor, TokenScope, token_digest
from wangge.domains.organizations.models import AccessToken, Person, PublicDoor
from wangge.domains.replies.operations.sending import send_due as send_answers_due
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.project.subscriptions import CONSUMERS
from wangge.surfaces.exchange.hotline.orders import import_orders
from wangge.surfaces.exchange.replies.channels import channels
from wangge.surfaces.exchange.replies.simulator import OtherSides
from wangge.surfaces.exchange.spool.receiving import take_in
from wangge.surfaces.exchange.spool.telling import tell_back
from wangge.surfaces.outer.store import Store

__all__ = [
    "actor", "at_nine", "citizen", "city", "partner", "reported", "ring", "sides", "small_city", "speak",
]  # fmt: skip
pytestmark = pytest.mark.django_db
Actors = Callable[[str], Actor]


def told_to(name: str) -> None:
    """What the delivery of the outbox does, within the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 0, id, topic, key, payload, recorded_at, month FROM outbox ORDER BY id")
        facts = [OutboxFact(*row) for row in cursor.fetchall()]
    next(each for each in CONSUMERS if each.name == name).hear(facts, clock.now())


def send_answers() -> None:
    told_to(REPLIES.name)
    for channel, send in channels().items():  # not by the jobs' threads: they would not see the test's transaction
        send_answers_due(channel=channel, send=send, at=clock.now())


def texts_sent(sides: OtherSides) -> list[str]:
    send_answers()
    return [each["text"] for each in sides.sms.values()]


def test_a_collectors_report_comes_back_in_his_messages(city: datetime, speak: Any, actor: Actors) -> None:
    number = speak("collector-1").report()["number"]
    verbs = ("accept", "file_case", "dispatch")
    for who, verb, body in zip(
        ("acceptor-1", "duty_leader-1", "dispatcher-1"), verbs,
        ({"category": "component:0101"}, {"category": "component:0101", "condition_seq": 2}, {"department": "dept-a"}),
        strict=True,
    ):  # fmt: skip
        move(speak(who), number, verb, body)
    move(speak("dept-a"), number, "report_handled", {"evidence": {"photo_after": [speak("dept-a").photo()]}})
    move(speak("dispatcher-1"), number, "forward_result", {})
    move(speak("acceptor-1"), number, "send_inspection", {"assignee": "collector-2"})
    site = {"photo_site": [speak("collector-2").photo()], "location": PLACE}
    move(speak("collector-2"), number, "pass_inspection", {"evidence": site})
    move(speak("duty_leader-1"), number, "close_case", {})
    told_to("notices")
    assert any(number in each.text and "已结案" in each.text for each in notices_for(actor=actor("collector-1")))
    assert speak("collector-1").get(f"/cases/{number}").json()["stage"] == "closed"


def move(speaker: Any, number: str, verb: str, body: dict[str, Any]) -> None:
    version = speaker.get(f"/cases/{number}").json()["version"]
    answer = speaker.post(f"/cases/{number}/moves/{verb}", body, version=version)
    assert answer.status_code == 200, answer.content


def by_json(channel: str) -> Callable[..., str]:
    def hand_in(partner: Callable[..., Partner], _tmp_path: Path) -> str:
        assert partner(channel).order(kind="help").status_code == 201
        return "DH-00001"

    return hand_in


def by_csv(_partner: Callable[..., Partner], tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    path.write_text(
        "工单编号,诉求类型,内容,地址,经度,纬度\nCSV-1,求助,路面破损,某路,113.134,27.827\n", encoding="utf-8"
    )
    assert import_orders(path=path, channel=CHANNEL, at=clock.now()).cases == 1
    return "CSV-1"


@pytest.mark.parametrize(
    ("channel", "hand_in"),
    [(CHANNEL, by_json(CHANNEL)), (CHANNEL, by_csv), ("act_now", by_json("act_now"))],
    ids=["hotline by JSON", "hotline by CSV", "马上就办"],
)
def test_an_order_comes_back_to_its_channel(
    city: datetime, partner: Callable[..., Partner], actor: Actors, tmp_path: Path, channel: str,
    hand_in: Callable[..., str],
) -> None:  # fmt: skip
    partner(channel)
    order_no = hand_in(partner, tmp_path)
    row = order_numbered(channel, order_no)
    assert row is not None
    assert row.case_number is not None
    to_closed(actor, row.case_number)
    for who, act, args in (
        ("acceptor-1", "first_contact", {"note": "已联系"}), ("acceptor-1", "draft_answer", {"text": "已修复"}),
        ("section_head-1", "approve_answer", {}),
    ):  # fmt: skip
        act_on(order_id=row.id, act=act, args=args, by=actor(who), at=clock.now())
    hand_over()
    got: list[tuple[str, str, str]] = []
    send_due(
        channel=channel, at=clock.now(),
        send=lambda where, _kind, body: got.append((where, json.loads(body)["order_no"], json.loads(body)["text"])),
    )  # fmt: skip
    assert got == [(channel, order_no, "已修复")]
    after = order_numbered(channel, order_no)
    assert after is not None
    assert (after.state, after.case_stage) == ("sent", "closed")


def test_a_citizens_report_comes_back_by_his_code_and_by_sms(
    citizen: Callable[..., Citizen], actor: Actors, sides: OtherSides
) -> None:
    person = citizen()
    person.to_contact(photo_before=picture())
    person.press(wish="sms", reporter_phone="13800001111")
    code = person.code
    to_closed(actor, behind(code).number)
    person.follows(code)
    assert "已办结" in person.text()
    assert [text.split("：")[1][:3] for text in texts_sent(sides)] == ["已收到", "已立案", "已办结"]


def test_a_request_of_open311_comes_back_by_its_number(city: datetime, actor: Actors) -> None:
    open_up(PublicDoor.OPEN311, at=clock.now())
    person = Person.objects.get(username="acceptor-1")
    AccessToken.objects.create(
        digest=token_digest("app"), person=person, scope=TokenScope.OPEN311.value, created_at=clock.now()
    )
    form = {"api_key": "app", "service_code": "component-0101", "lat": "27.827", "long": "113.134", "description": "坏"}
    made = Client().post("/open311/v2/requests.json", form).json()
    number = made[0]["service_request_id"]
    to_closed(actor, number)
    told = Client().get(f"/open311/v2/requests/{number}.json").json()
    assert (told[0]["status"], told[0]["status_notes"]) == ("closed", "已结案")
    updates = Client().get("/open311/v2/servicerequestupdates.json", {"service_request_id": number}).json()
    assert updates[0]["status"] == "closed"


def test_a_report_bound_to_wechat_comes_back_there(
    city: datetime, sides: OtherSides, citizen: Callable[..., Citizen], actor: Actors
) -> None:
    code = citizen().reports()
    assert "已绑定" in call(message(code)).content.decode()
    to_closed(actor, behind(code).number)
    send_answers()
    assert [each["data"]["phrase2"]["value"] for each in sides.wechat] == ["已收到", "已立案", "已办结"]
    assert {each["touser"] for each in sides.wechat} == {OPENID}


def test_a_report_of_the_surface_outside_comes_back_there(city: datetime, actor: Actors, tmp_path: Path) -> None:
    lay(tmp_path / "to-house", report(city, 1))
    take_in(tmp_path / "to-house", secret=SPOOL_SECRET, at=city)
    to_closed(actor, behind_package(1).number)
    tell_back(tmp_path / "to-public", secret=SPOOL_SECRET, at=city)
    store = Store(tmp_path, SPOOL_SECRET)
    store.take_statuses()
    told = store.status(hash_number(1))
    assert told is not None
    assert (told["stage"], told["number"]) == ("closed", behind_package(1).number)
    assert told["after"]


def test_a_call_comes_back_by_sms_and_the_code_the_seat_tells(
    city: datetime, ring: Ring, sides: OtherSides, actor: Actors, citizen: Callable[..., Citizen]
) -> None:
    seat = seated()
    ring()
    seat.get(f"/cases/new?call={found().id}")
    seat.send("report", **REPORT, inform="sms")
    number = seat.url.rpartition("/")[2]
    code = re.findall(r"查询码：([0-9A-Z-]{19})", seat.page)[0]
    to_closed(actor, number)
    assert texts_sent(sides)[-1].split("：")[1][:3] == "已办结"
    assert {each["phone"] for each in sides.sms.values()} == {CALLER}
    person = citizen()
    person.follows(code)
    assert "已办结" in person.text()
    row = load(number)
    assert row is not None
    assert SECRET not in row.description
