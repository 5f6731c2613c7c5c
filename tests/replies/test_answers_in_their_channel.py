"""A citizen's report comes back by the channel he chose: once, outside quiet hours, and not after an erasure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.core import mail
from django.db import connection

from tests.citizens.test_following import to_closed
from tests.replies.conftest import REPLIES, Reported, hear
from wangge.domains.citizens.operations.following import Contact, Sent, erase_citizens, join_case
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.queries import city_tables
from wangge.domains.replies.logic.quiet import not_before, quiet_hours_of
from wangge.domains.replies.operations import sending
from wangge.domains.replies.operations.queueing import hear_replies
from wangge.domains.replies.operations.sending import SendFailed, clear_replies, send_due
from wangge.domains.replies.queries import standing
from wangge.domains.replies.wording import reply_of
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import next_facts
from wangge.surfaces.exchange.replies.by_wechat import data_of
from wangge.surfaces.exchange.replies.channels import channels
from wangge.surfaces.exchange.replies.simulator import OtherSides
from wangge.surfaces.jobs import rounds

pytestmark = pytest.mark.django_db(transaction=True)
Find = Callable[[str], Actor]
PHONE, OPENID = "13812345678", "oAbc_0123456789"


def rows(columns: str = "channel, sent_at IS NOT NULL, dead_at IS NOT NULL, attempts") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM replies_outgoing ORDER BY id")
        return list(cursor.fetchall())


def test_a_report_goes_to_closing_and_its_answer_comes_back_by_each_channel(
    sides: OtherSides, reported: Reported, actor: Find
) -> None:
    by_sms, _code = reported(wish="sms", phone=PHONE)
    by_mail, _code = reported(wish="email", email="a@example.org", language="en")
    by_wechat, _code = reported(wish="wechat", openid=OPENID)
    reported()  # who wishes nothing hears nothing
    for number in (by_sms, by_mail, by_wechat):
        to_closed(actor, number)
    hear()
    assert rounds.send_replies() == 9
    texts = [each["text"] for each in sides.sms.values()]
    assert [text.split("：")[1][:3] for text in texts] == ["已收到", "已立案", "已办结"]
    assert all(each["phone"] == PHONE for each in sides.sms.values())
    assert all(by_sms in text and "https://city.example.org/public/status" in text for text in texts)
    assert [each["data"]["phrase2"]["value"] for each in sides.wechat] == ["已收到", "已立案", "已办结"]
    assert {each["touser"] for each in sides.wechat} == {OPENID}
    assert sides.tokens == 1
    assert [message.to for message in mail.outbox] == [["a@example.org"]] * 3
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 3
    assert by_mail in str(mail.outbox[0].body)
    assert "建设路" not in "".join([*texts, *(str(message.body) for message in mail.outbox)])
    assert rounds.send_replies() == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_state_of_every_answer_fits_into_wechats_field(language: str, settings: Any) -> None:
    settings.REPLIES = settings.REPLIES.model_copy(
        update={"wechat_fields": ("number=character_string1", "state=phrase2", "at=time3")}
    )
    tables = city_tables()
    verbs = {row.verb for row in tables.moves} | {""}
    stages = {row.stage for row in tables.stages}
    for verb, stage in [(verb, "filed") for verb in verbs] + [("", stage) for stage in stages]:
        told = reply_of(
            message_id="1", number="430202-20240313-00001", verb=verb, stage=stage, at=clock.now(), language=language,
            link="",
        )  # fmt: skip
        data = data_of(told)
        sides = OtherSides(tokens=1)
        message = orjson.dumps({"touser": OPENID, "data": data})
        _status, answer = sides.answer("POST", "/cgi-bin/message/subscribe/send?access_token=token-1", {}, message)
        assert answer["errcode"] == 0, (verb, stage, data)


def test_a_fact_heard_twice_is_one_answer_and_the_work_for_many_is_the_same(
    sides: OtherSides, reported: Reported, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        reported(wish="sms", phone=f"1381234567{number}")
    hear()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_delivery SET after_transaction = 0, after_id = 0 WHERE consumer = 'replies'")
    with next_facts(consumer=REPLIES.name, most=100, at=clock.now()) as facts, django_assert_num_queries(3):
        hear_replies(facts, clock.now())
    assert len(rows()) == 3


def test_everybody_who_joined_is_answered(sides: OtherSides, reported: Reported, city: datetime) -> None:
    number, _code = reported(wish="sms", phone=PHONE)
    sent = Sent("other", b"e" * 32, b"secret", "203.0.113.99")
    join_case(number=number, contact=Contact(wish="email", email="b@example.org"), sent=sent, at=clock.now())
    hear()
    assert [row[0] for row in rows()] == ["sms", "email"]


def test_at_night_no_telephone_rings_and_mail_goes_out(sides: OtherSides, reported: Reported, city: datetime) -> None:
    night = city + timedelta(hours=14)  # 23:10
    with clock.held_at(night):
        reported(wish="sms", phone=PHONE)
        reported(wish="email", email="a@example.org")
        hear()
        assert rounds.send_replies() == 1
        assert not sides.sms
    with clock.held_at(night + timedelta(hours=8)):
        assert rounds.send_replies() == 0
    with clock.held_at(night + timedelta(hours=8, minutes=51)):
        assert rounds.send_replies() == 1
        assert len(sides.sms) == 1


def test_an_answer_put_off_into_the_night_waits_for_the_morning(sides: OtherSides, reported: Reported) -> None:
    reported(wish="sms", phone=PHONE)
    hear()
    with clock.held_at(clock.now() + timedelta(hours=14)):
        assert rounds.send_replies() == 0


def test_an_erasure_reaches_what_still_waits(sides: OtherSides, reported: Reported, city: datetime) -> None:
    number, _code = reported(wish="sms", phone=PHONE)
    hear()
    with connection.cursor() as cursor:
        cursor.execute("SELECT replies_outgoing::text FROM replies_outgoing")
        assert PHONE not in str(cursor.fetchall())
    erase_citizens(number=number, because="本人申请", by=TERMINAL, at=clock.now())
    assert rounds.send_replies() == 0
    assert not sides.sms
    assert [row[2] for row in rows()] == [True]


def test_a_gateway_that_fails_is_tried_again_and_knows_the_answer_by_its_id(
    sides: OtherSides, reported: Reported, city: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(wish="sms", phone=PHONE)
    hear()
    sides.next_answers.append((500, {}))
    assert rounds.send_replies() == 0
    assert rows("attempts, last_error") == [(1, "HTTP 500")]
    with clock.held_at(city + timedelta(minutes=1)):
        # the worker dies after the gateway took it and before that is written down
        monkeypatch.setattr(sending, "_write", lambda *_given: (_ for _ in ()).throw(RuntimeError("killed")))
        assert rounds.send_replies() == 0
    monkeypatch.undo()
    with clock.held_at(city + timedelta(minutes=1) + sending.LEASE):
        assert rounds.send_replies() == 1
    assert (len(sides.sms), sides.doubled) == (1, 1)


def test_what_can_never_arrive_is_put_aside_at_once(sides: OtherSides, reported: Reported) -> None:
    reported(wish="wechat", openid=OPENID)
    sides.refuses.add(OPENID)
    hear()
    assert rounds.send_replies() == 0
    assert standing() == [
        {
            "channel": "wechat", "waiting": 0, "sent": 0, "put_aside": 1, "delivered": 0, "undelivered": 0,
            "last_error": "errcode 43101 user refuse to accept the msg",
        }
    ]  # fmt: skip
    assert rows("dead_at IS NOT NULL, last_error") == [(True, "errcode 43101 user refuse to accept the msg")]


def test_an_access_token_that_went_is_fetched_anew(sides: OtherSides, reported: Reported) -> None:
    reported(wish="wechat", openid=OPENID)
    hear()
    assert rounds.send_replies() == 1
    sides.tokens += 1  # WeChat gave the app another token meanwhile
    reported(wish="wechat", openid=OPENID)
    hear()
    assert rounds.send_replies() == 1
    assert sides.tokens == 3


def test_nobody_there_leaves_the_rest_for_the_next_round(sides: OtherSides, reported: Reported, city: datetime) -> None:
    for number in range(3):
        reported(wish="sms", phone=f"1381234567{number}")
    hear()

    def away(_where: str, _reply: object) -> None:
        raise SendFailed("nobody there", is_down=True)

    assert send_due(channel="sms", send=away, at=clock.now()) == (0, 1)
    assert rounds.send_replies() == 2


def test_a_channel_without_settings_sends_nothing(reported: Reported) -> None:
    reported(wish="sms", phone=PHONE)
    hear()
    assert channels() == {}
    assert rounds.send_replies() == 0
    assert [row[1:3] for row in rows()] == [(False, False)]


def test_old_answers_go_and_those_that_wait_stay(sides: OtherSides, reported: Reported, city: datetime) -> None:
    reported(wish="sms", phone=PHONE)
    reported(wish="email", email="a@example.org")
    hear()
    send_due(channel="sms", send=channels()["sms"], at=clock.now())
    clear_replies(at=city + timedelta(days=31))
    assert [row[0] for row in rows()] == ["email"]


@pytest.mark.parametrize(
    ("now", "allowed"),
    [("23:00", "08:00"), ("07:59", "08:00"), ("08:00", "08:00"), ("12:30", "14:00"), ("21:29", "21:29")],
)
def test_quiet_hours_span_midnight_and_may_be_several(now: str, allowed: str) -> None:
    quiet = quiet_hours_of("21:30-08:00 12:00-14:00")
    moment = datetime.fromisoformat(f"2024-03-13T{now}").replace(tzinfo=CITY_ZONE)
    assert f"{not_before(moment, quiet):%H:%M}" == allowed
    assert not_before(moment, quiet) >= moment
    assert not_before(moment, quiet_hours_of("none")) == moment
