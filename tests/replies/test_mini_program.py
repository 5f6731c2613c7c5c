"""A mini-program signs in by WeChat's word, follows a report by its code, and is told what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.citizens.conftest import Citizen, citizen
from tests.citizens.test_following import to_closed
from tests.citizens.test_letters import letters, written
from tests.replies.conftest import Reported, hear
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door
from wangge.groundwork import clock
from wangge.surfaces.exchange.replies.simulator import OtherSides
from wangge.surfaces.jobs import rounds

__all__ = ["citizen", "letters"]
pytestmark = pytest.mark.django_db(transaction=True)


def ask(what: str, **body: Any) -> Any:
    client = Client(raise_request_exception=False)
    return client.post(f"/api/v1/wechat/{what}", body, content_type="application/json")


def test_a_report_goes_to_closing_and_is_answered_in_the_mini_program(
    sides: OtherSides, reported: Reported, actor: Callable[[str], Actor]
) -> None:
    number, code = reported()
    session = ask("sessions", code="login-wang").json()
    assert session["template"] == "template-1"
    assert "oMini" not in session["session"]
    answer = ask("followings", session=session["session"], query_code=code.lower())
    assert (answer.status_code, answer.json()) == (200, {"following": True})
    to_closed(actor, number)
    hear()
    assert rounds.send_replies() == 3
    assert {each["touser"] for each in sides.wechat} == {"oMini_000000wang"}
    assert [each["data"]["phrase2"]["value"] for each in sides.wechat] == ["已收到", "已立案", "已办结"]


def test_a_code_is_good_once_and_a_session_for_some_days(sides: OtherSides, reported: Reported) -> None:
    _number, code = reported()
    session = ask("sessions", code="login-wang").json()["session"]
    assert ask("sessions", code="login-wang").status_code == 422
    assert ask("sessions", code="made-up").status_code == 422
    assert ask("followings", session=session[:-1] + "x", query_code=code).status_code == 401
    assert ask("followings", session="", query_code=code).status_code == 401


def test_the_code_of_a_letter_is_told_where_it_is_answered(letters: Callable[..., Citizen], sides: OtherSides) -> None:
    code = written(letters, "suggestion")
    session = ask("sessions", code="login-wang").json()["session"]
    answers = [ask("followings", session=session, query_code=code) for _time in range(30)]
    assert {each.status_code for each in answers} == {409}
    assert "在网页上查询" in answers[0].json()["detail"]


def test_wrong_query_codes_are_counted(sides: OtherSides, reported: Reported) -> None:
    _number, code = reported()
    session = ask("sessions", code="login-wang").json()["session"]
    statuses = [ask("followings", session=session, query_code="7" * 16).status_code for _time in range(40)]
    assert set(statuses) == {404, 429}
    assert ask("followings", session=session, query_code=code).status_code == 429


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": "👍"}, {"code": "x" * 999}, {"code": 7}, {"code": "login-a", "more": 1}]
)
def test_what_is_no_sign_in_gets_a_clear_answer(sides: OtherSides, city: datetime, body: dict[str, Any]) -> None:
    assert ask("sessions", **body).status_code == 422
    assert ask("followings", **body).status_code == 422


def test_wechat_away_is_told_and_a_closed_door_is_not_there(sides: OtherSides, city: datetime, settings: Any) -> None:
    sides.next_answers = [(500, {}), (200, {"errcode": -1})]
    assert [ask("sessions", code="login-a").status_code for _time in range(3)] == [503, 503, 201]
    close_door(by=TERMINAL, at=clock.now(), door=PublicDoor.STATUS, decided_by="局", decision="关")
    assert ask("sessions", code="login-b").status_code == 404
    with clock.held_at(clock.now() + timedelta(days=1)):
        settings.REPLIES = settings.REPLIES.model_copy(update={"wechat_app": ""})
        assert ask("followings", session="", query_code="").status_code == 404
