"""A letter is answered in its writer's own channel, and an SMS says whether it arrived."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from tests.citizens.conftest import Citizen, citizen
from tests.citizens.test_letters import letter_of, letters, written
from tests.ground.city import free_port
from tests.replies.conftest import SMS_SECRET, Reported, hear
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.following import answer_by_wechat
from wangge.domains.citizens.operations.letters import answer_letter, erase_letter
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.replies.operations.queueing import queue_letters
from wangge.domains.replies.queries import not_arrived, standing
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import TABLE
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.replies.simulator import OtherSides, send_receipts
from wangge.surfaces.jobs import rounds

__all__ = ["citizen", "letters"]
pytestmark = pytest.mark.django_db(transaction=True)
Come = Callable[..., Citizen]
PHONE = "13800001111"


def counts(channel: str = "sms") -> dict[str, Any]:
    return next(each for each in standing() if each["channel"] == channel)


def test_a_letter_is_answered_by_sms_and_by_mail_without_its_words(
    letters: Come, sides: OtherSides, actor: Callable[[str], Actor]
) -> None:
    by_sms = letter_of(written(letters, "own_people", wish="sms", reporter_phone=PHONE))
    by_mail = letter_of(written(letters, "market", wish="email", reporter_email="a@example.org"))
    written(letters, "suggestion")  # who wishes nothing hears nothing
    assert rounds.send_replies() == 3  # received, received, forwarded
    for found, who in ((by_sms, "chief-1"), (by_mail, "acceptor-1")):
        answer_letter(number=found.id, answer="张某已停职", by=actor(who), at=clock.now())
    assert rounds.send_replies() == 2
    assert rounds.send_replies() == 0
    texts = [each["text"] for each in sides.sms.values()]
    assert [text.partition("：")[2][:3] for text in texts] == ["已收到", "已答复"]
    assert {each["phone"] for each in sides.sms.values()} == {PHONE}
    bodies = [str(each.body) for each in mail.outbox]
    assert [body.partition("：")[2][:3] for body in bodies] == ["已收到", "已转交", "已答复"]
    assert "张某" not in "".join([*texts, *bodies])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        assert cursor.fetchone() == (0,)


def test_an_erased_letter_is_answered_no_more(letters: Come, sides: OtherSides) -> None:
    found = letter_of(written(letters, "suggestion", wish="sms", reporter_phone=PHONE))
    assert queue_letters(at=clock.now()) == 1
    assert queue_letters(at=clock.now()) == 0
    erase_letter(number=found.id, because="本人申请", by=TERMINAL, at=clock.now())
    assert rounds.send_replies() == 0
    assert not sides.sms
    assert counts()["put_aside"] == 1


def test_a_letter_at_night_rings_in_the_morning(letters: Come, sides: OtherSides, city: datetime) -> None:
    with clock.held_at(city + timedelta(hours=14)):
        written(letters, "suggestion", wish="sms", reporter_phone=PHONE)
        assert rounds.send_replies() == 0
    with clock.held_at(city + timedelta(hours=24)):
        assert rounds.send_replies() == 1


def receipt(body: Any, *, age: int = 0, secret: str = SMS_SECRET) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(clock.now().timestamp()) - age)
    headers = {"X-Wangge-Timestamp": timestamp, "X-Wangge-Signature": signature_of(secret, timestamp, data)}
    client = Client(raise_request_exception=False)
    return client.post("/api/v1/sms/receipts", data, content_type="application/json", headers=headers).status_code


def test_an_sms_says_whether_it_arrived(sides: OtherSides, reported: Reported) -> None:
    sides.unreachable.add("13900000000")
    for phone in (PHONE, "13900000000"):
        reported(wish="sms", phone=phone)
    hear()
    assert rounds.send_replies() == 2
    told = [body for _id, body in sides.receipts]
    assert [receipt(body) for body in (*told, *told)] == [200] * 4
    (line,) = not_arrived()
    assert (line["message_id"], line["why"]) == (told[1]["message_id"], "空号")
    assert receipt({**told[0], "state": "undelivered"}) == 200  # the first word counts
    assert {name: counts()[name] for name in ("sent", "delivered", "undelivered")} == {
        "sent": 2, "delivered": 1, "undelivered": 1,
    }  # fmt: skip


def page_of(address: str, username: str) -> str:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
    return str(client.get(address).content.decode())


def test_whoever_has_the_case_or_letter_reads_there_that_an_sms_did_not_arrive(
    letters: Come, sides: OtherSides, reported: Reported
) -> None:
    sides.unreachable.add("13900000000")
    (well, _code), (lost, _code) = (reported(wish="sms", phone=phone) for phone in (PHONE, "13900000000"))
    letter = letter_of(written(letters, "market", wish="sms", reporter_phone="13900000000"))
    forget_people()
    addresses = (f"/cases/{well}", f"/cases/{lost}", f"/letters/{letter.id}")
    hear()
    assert rounds.send_replies() == 4
    assert not any("没有送达" in page_of(each, "acceptor-1") for each in addresses)
    for _id, body in sides.receipts:
        receipt(body)
    said = [
        re.findall("短信答复没有送达（[^）]+），请改以电话答复。原因：空号。", page_of(each, "acceptor-1"))
        for each in addresses
    ]
    assert [len(each) for each in said] == [0, 1, 1]


def test_who_took_his_wish_back_is_no_failure(sides: OtherSides, reported: Reported) -> None:
    number, code = reported(wish="sms", phone=PHONE)
    hear()
    assert answer_by_wechat(code=typed_code(code), openid="oOfficial_0001")
    rounds.send_replies()
    assert (counts()["put_aside"], counts()["last_error"]) == (1, "")
    assert "没有送达" not in page_of(f"/cases/{number}", "acceptor-1")


def test_a_receipt_before_our_own_proves_that_the_sms_went(sides: OtherSides, reported: Reported) -> None:
    reported(wish="sms", phone=PHONE)
    hear()
    sides.next_answers = [(503, {})]
    assert rounds.send_replies() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT message_id FROM replies_outgoing")
        (message_id,) = cursor.fetchone()
    assert receipt({"message_id": message_id, "state": "delivered"}) == 200
    with clock.held_at(clock.now() + timedelta(minutes=5)):
        assert rounds.send_replies() == 0
    assert counts()["sent"] == 1


def test_what_is_no_receipt_gets_a_clear_answer(sides: OtherSides, settings: Any) -> None:
    told = {"message_id": "reply-1", "state": "delivered"}
    assert receipt(told) == 404
    assert receipt(told, age=4000) == 401
    assert receipt(told, secret="x" * 32) == 401
    assert receipt({**told, "state": "perhaps"}) == 422
    assert receipt({**told, "message_id": "👍"}) == 422
    assert receipt(b"{") == 400
    settings.REPLIES = settings.REPLIES.model_copy(update={"sms_address": "", "sms_secret": ""})
    assert receipt(told, secret="") == 401


def test_a_receipt_nobody_takes_is_sent_again(sides: OtherSides, reported: Reported) -> None:
    reported(wish="sms", phone=PHONE)
    hear()
    assert rounds.send_replies() == 1
    assert send_receipts(sides, f"http://127.0.0.1:{free_port()}", now=clock.now) == 0
    assert len(sides.receipts) == 1
