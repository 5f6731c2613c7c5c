"""What WeChat calls back is signed, fresh and taken once; a query code binds an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.db import connection
from django.test import Client

from tests.citizens.conftest import Citizen, citizen
from tests.citizens.test_letters import letters, written
from tests.replies.conftest import TOKEN, Reported
from wangge.domains.citizens.logic.codes import grouped
from wangge.groundwork import clock
from wangge.surfaces.exchange.replies.simulator import OtherSides
from wangge.surfaces.exchange.replies.wechat_signing import wechat_signature

__all__ = ["citizen", "letters"]
pytestmark = pytest.mark.django_db
OPENID = "oAbc_0123456789"


def call(body: str = "", *, age: int = 0, token: str = TOKEN, **asked: str) -> Any:
    timestamp, nonce = str(int(clock.now().timestamp()) - age), "nonce-1"
    query = {"signature": wechat_signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, **asked}
    client = Client(raise_request_exception=False)
    if body:
        return client.post("/api/wechat", body.encode(), content_type="text/xml", query_params=query)
    return client.get("/api/wechat", query_params=query)


def message(content: str, number: int = 1, **changed: str) -> str:
    parts = {
        "ToUserName": "gh_city", "FromUserName": OPENID, "CreateTime": "1710291600", "MsgType": "text",
        "Content": content, "MsgId": str(number), **changed,
    }  # fmt: skip
    return "<xml>" + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items()) + "</xml>"


def wishes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wish, openid FROM citizens_follower ORDER BY id")
        return list(cursor.fetchall())


def test_the_signature_is_sha1_of_the_three_words_sorted() -> None:
    import hashlib

    assert wechat_signature("b", "10", "a") == hashlib.sha1(b"10ab").hexdigest()


def test_the_proof_at_registration_is_given_to_wechat_alone(sides: OtherSides, city: datetime) -> None:
    assert call(echostr="12345").content == b"12345"
    assert call(echostr="12345", token="another").status_code == 403
    assert call(echostr="12345", age=301).status_code == 403
    assert call(echostr="12345", timestamp="soon").status_code == 403
    assert Client().put("/api/wechat").status_code == 405


def test_without_a_token_the_door_is_shut(city: datetime) -> None:
    assert call(echostr="1").status_code == 403


def test_a_query_code_binds_the_account_and_unsubscribing_ends_it(sides: OtherSides, reported: Reported) -> None:
    _number, code = reported(wish="sms", phone="13812345678")
    assert "已绑定" in call(message(grouped(code).lower())).content.decode()
    assert wishes() == [("wechat", OPENID)]
    left = message("", MsgType="event", Event="unsubscribe", MsgId="")
    assert call(left).content == b"success"
    assert wishes() == [("none", "")]
    assert "已绑定" in call(message(code, 2)).content.decode()
    assert call(left).content == b"success"  # the same event once more changes nothing
    assert wishes() == [("wechat", OPENID)]


def test_the_code_of_a_letter_is_no_wrong_code(letters: Callable[..., Citizen], sides: OtherSides) -> None:
    code = written(letters, "suggestion")
    for number in range(30):
        assert "这是来信的查询码" in call(message(code, number)).content.decode()


def test_a_wrong_code_binds_nothing_and_too_many_are_not_looked_up(sides: OtherSides, reported: Reported) -> None:
    _number, code = reported()
    for number in range(20):
        assert "没有这个查询码" in call(message("0000000000000000", number)).content.decode()
    assert "次数过多" in call(message(code, 30)).content.decode()
    assert wishes() == [("none", "")]
    with clock.held_at(clock.now() + timedelta(hours=2)):
        assert "已绑定" in call(message(code, 31)).content.decode()


@pytest.mark.parametrize(
    "body",
    [
        "no xml", "<xml>", "<xml></xml>", "<a/>", message("x", FromUserName="<script>"), message("x", CreateTime="-1"),
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><FromUserName>&e;</FromUserName></xml>',
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(sides: OtherSides, city: datetime, body: str) -> None:
    assert call(body).status_code == 400


def test_words_that_are_no_code_get_an_answer_and_a_large_body_none(sides: OtherSides, city: datetime) -> None:
    for number, text in enumerate(("😀", "'; DROP TABLE x; --", "<script>", "𠀀" * 50)):
        assert "查询码" in call(message(text, number)).content.decode()
    assert call(message("x" * 30_000)).status_code == 413
