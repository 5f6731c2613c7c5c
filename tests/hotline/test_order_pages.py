"""An order on its pages: contact, draft, approval by another, a case by hand, who called, lists by two clocks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.hotline.conftest import PLACE, Partner
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.rows import load
from wangge.domains.hotline.logic.reconciling import DayOrder
from wangge.domains.hotline.operations.reconciling import reconcile
from wangge.domains.hotline.queries.orders import OrderFilter, OrderRow, events_of, order_numbered, orders
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
Partners = Callable[..., Partner]
POINT = {"location_lon": "113.134", "location_lat": "27.827"}


@pytest.fixture
def person(partner: Partners, settings: Any) -> Callable[[str], Client]:
    """A browser somebody signed in with."""
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
        client.get("/account")
        return client

    return sign_in


def text(answer: Any) -> str:
    return str(answer.content.decode())


def row(number: int = 1) -> OrderRow:
    found = order_numbered("hotline_12345", f"DH-{number:05}")
    assert found is not None
    return found


def act(client: Client, name: str, **given: str) -> Any:
    return client.post(f"/hotline/{row().id}/acts/{name}", {"version": str(row().version), **given})


def test_an_order_is_contacted_drafted_sent_back_and_approved_by_another(
    partner: Partners, person: Callable[[str], Client]
) -> None:
    partner().order(kind="suggestion")
    seat, head = person("acceptor-1"), person("section_head-1")
    early = act(seat, "draft_answer", text="已安排")
    assert early.status_code == 422
    assert "请先联系诉求人" in text(early)
    assert act(seat, "pass_to_section", section="不存在").status_code == 422
    assert act(seat, "pass_to_section", section="法制").status_code == 302
    assert act(seat, "first_contact", note="已电话联系").status_code == 302
    assert act(seat, "draft_answer", text=" ").status_code == 422
    assert act(seat, "draft_answer", text="已安排 <b>养护</b>").status_code == 302
    assert act(seat, "approve_answer").status_code == 422
    assert act(head, "send_back_draft", note="请写明时间").status_code == 302
    assert row().state == "with_section"
    assert act(seat, "draft_answer", text="本周内养护").status_code == 302
    assert act(head, "approve_answer").status_code == 302
    assert (row().state, row().answer) == ("approved", "本周内养护")
    page = text(head.get(f"/hotline/{row().id}"))
    assert "&lt;b&gt;养护&lt;/b&gt;" in page
    assert [each.seq for each in events_of(row().id)] == list(range(1, row().version + 1))


def test_a_question_is_answered_on_the_spot_and_nothing_else_is(
    partner: Partners, person: Callable[[str], Client]
) -> None:
    partner().order(kind="consultation")
    partner().order(2, kind="suggestion")
    seat = person("acceptor-1")
    other = row(2)
    answer = seat.post(f"/hotline/{other.id}/acts/answer_on_spot", {"version": "1", "text": "可以"})
    assert "只有咨询类工单可以当场答复" in text(answer)
    assert act(seat, "answer_on_spot", text="可以在平台办理").status_code == 302
    assert row().state == "approved"


def test_a_desk_makes_a_case_of_an_order_by_hand(partner: Partners, person: Callable[[str], Client]) -> None:
    partner().order(kind="denunciation")
    seat = person("acceptor-1")
    assert act(seat, "make_case").status_code == 302
    assert row().state == "with_case"
    assert row().case_number is not None
    assert str(row().case_number) in text(seat.get(f"/hotline/{row().id}"))


def test_an_order_goes_back_once_its_case_was_not_taken_up(
    partner: Partners, person: Callable[[str], Client], actor: Callable[[str], Actor]
) -> None:
    partner().order()
    seat, number = person("acceptor-1"), str(row().case_number)
    working = act(seat, "return_order", note="不是本中心的事")
    assert "案卷不予受理后才能退单" in text(working)
    assert "退单期限" not in text(seat.get(f"/hotline/{row().id}"))
    refusal = Order(number, "decline_report", {"reason": "公交不归本中心"}, {}, None)
    move_case(order=refusal, by=actor("acceptor-1"), at=clock.now())
    assert "退单期限" in text(seat.get(f"/hotline/{row().id}"))
    assert act(seat, "return_order", note="不是本中心的事").status_code == 302
    assert row().state == "return_asked"


def place_of(number: str) -> dict[str, Any]:
    found = load(number)
    assert found is not None
    return {"lon": found.lon, "lat": found.lat, "address": found.address}


@pytest.mark.parametrize(
    ("sent", "typed", "kept"),
    [
        (None, {**POINT, "address": "路口东侧"}, (113.134, 27.827, "路口东侧")),
        (None, {"address": "路口东侧"}, (None, None, "路口东侧")),
        ({"address": "建设路"}, POINT, (113.134, 27.827, "")),
        ({"address": "建设路"}, {}, (None, None, "建设路")),
        (PLACE, {"address": "路口东侧"}, (PLACE["lon"], PLACE["lat"], "路口东侧")),
    ],
    ids=["none, a point", "none, words", "words, a point", "words, nothing", "a point, other words"],
)  # fmt: skip
def test_a_desk_says_where_it_is_when_it_makes_a_case_of_an_order(
    partner: Partners, person: Callable[[str], Client], sent: dict[str, Any] | None, typed: dict[str, str],
    kept: tuple[float | None, float | None, str],
) -> None:  # fmt: skip
    partner().order(kind="denunciation", **({"location": sent} if sent else {"location": None}))
    seat = person("acceptor-1")
    if not sent:
        refused = act(seat, "make_case")
        assert refused.status_code == 422
        assert "请填写地点" in text(refused)
    page = text(seat.get(f"/hotline/{row().id}"))
    assert 'name="location_lon"' in page
    assert f'name="address" value="{sent["address"] if sent else ""}"' in re.sub(r' (type|list|id)="[^"]*"', "", page)
    assert act(seat, "make_case", **typed).status_code == 302
    assert row().case_number is not None
    assert tuple(place_of(str(row().case_number)).values()) == kept


def test_half_a_point_is_refused_with_what_was_typed(partner: Partners, person: Callable[[str], Client]) -> None:
    partner().order(kind="denunciation", location=None)
    refused = act(person("acceptor-1"), "make_case", location_lon="113.1", address="路口东侧")
    assert refused.status_code == 422
    assert "经度与纬度须同时给出" in text(refused)
    assert "路口东侧" in text(refused)


def test_an_order_changed_meanwhile_is_not_overwritten(partner: Partners, person: Callable[[str], Client]) -> None:
    partner().order(kind="suggestion")
    seat = person("acceptor-1")
    act(seat, "first_contact", note="已联系")
    late = seat.post(f"/hotline/{row().id}/acts/first_contact", {"version": "1", "note": "又联系"})
    assert late.status_code == 422
    assert "已被他人更新" in text(late)


def test_who_called_is_masked_and_shown_for_a_reason_on_record(
    partner: Partners, person: Callable[[str], Client]
) -> None:
    partner().order(kind="suggestion")
    seat = person("acceptor-1")
    page = text(seat.get(f"/hotline/{row().id}"))
    assert "13812345678" not in page
    assert "138****5678" in page
    assert seat.post(f"/hotline/{row().id}/reveal", {"reason": ""}).status_code == 422
    shown = seat.post(f"/hotline/{row().id}/reveal", {"reason": "联系诉求人"})
    assert "13812345678" in text(shown)
    assert shown["Cache-Control"] == "no-store"
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_key FROM organizations_audit_record WHERE kind = 'reveal'")
        assert cursor.fetchall() == [("hotline_12345/DH-00001",)]


def test_a_denouncer_stays_closed_to_the_desk(partner: Partners, person: Callable[[str], Client]) -> None:
    partner().order(kind="denunciation")
    seat, leader = person("acceptor-1"), person("centre_leader-1")
    page = text(seat.get(f"/hotline/{row().id}"))
    assert "保密" in page
    assert "5678" not in page
    refused = seat.post(f"/hotline/{row().id}/reveal", {"reason": "联系诉求人"})
    assert refused.status_code == 422
    assert "13812345678" not in text(refused)
    assert "13812345678" in text(leader.post(f"/hotline/{row().id}/reveal", {"reason": "核查举报"}))


def test_the_list_is_led_by_the_earlier_of_two_clocks(
    partner: Partners, person: Callable[[str], Client], django_assert_num_queries: Any
) -> None:
    for number, due in ((1, "2026-12-20T10:00:00+08:00"), (2, "2026-12-10T10:00:00+08:00"), (3, None)):
        partner().order(number, kind="suggestion", **({"due_at": due} if due else {}))
    partner("act_now").order(9, kind="help")
    with django_assert_num_queries(1):
        found = orders(filter=OrderFilter(), limit=10)
    moments = [min(filter(None, (each.due_at, each.case_due_at))) for each in found]
    assert moments == sorted(moments)
    page = text(person("acceptor-1").get("/hotline?channel=act_now"))
    assert "DH-00009" in page
    assert "DH-00001" not in page
    assert person("acceptor-1").get("/hotline?channel=%00&state='&from=-1").status_code == 200


def test_an_empty_list_says_where_orders_come_from(person: Callable[[str], Client]) -> None:
    assert "没有待办的工单" in text(person("acceptor-1").get("/hotline"))


def test_an_order_without_one_is_not_found(person: Callable[[str], Client]) -> None:
    seat = person("acceptor-1")
    assert seat.get("/hotline/7").status_code == 404
    assert seat.post("/hotline/7/acts/first_contact", {"note": "a"}).status_code == 404
    assert seat.post("/hotline/7/reveal", {"reason": "abc"}).status_code == 404


def test_dead_letters_are_listed_and_sent_again_by_who_may(partner: Partners, person: Callable[[str], Client]) -> None:
    partner().order()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hotline_outgoing (message_id, order_id, channel, kind, body, queued_at, next_at, dead_at,"
            " attempts, last_error)"
            " VALUES ('x', %s, 'hotline_12345', 'answer', '{}', now(), now(), now(), 10, '<b>503')",
            [row().id],
        )
    seat, leader = person("acceptor-1"), person("duty_leader-1")
    assert "未送达 1" in text(seat.get("/hotline"))
    page = text(leader.get("/hotline/dead"))
    assert "&lt;b&gt;503" in page
    assert "重新发送" in page
    assert "重新发送" not in text(seat.get("/hotline/dead"))
    assert seat.post("/hotline/dead/again", {"message": "x"}).status_code == 403
    assert "已重新排入发送" in text(leader.post("/hotline/dead/again", {"message": "x"}, follow=True))
    assert "不在未送达之列" in text(leader.post("/hotline/dead/again", {"message": "\0"}, follow=True))
    assert "没有未送达的报文" in text(leader.get("/hotline/dead"))


def test_a_list_goes_on_after_the_last_order_shown_whatever_came_meanwhile(
    partner: Partners, person: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge.surfaces.web.office.hotline_views.ROWS", 2)
    for number, day in ((1, 3), (2, 1), (3, 2), (4, 4), (5, 5)):
        partner().order(number, kind="suggestion", due_at=f"2099-01-0{day}T00:00:00+08:00")
    partner().order(6, kind="suggestion", due_at="2099-01-05T00:00:00+08:00")
    seat = person("acceptor-1")
    address, shown = "/hotline", []
    for page in range(4):
        answer = text(seat.get(address))
        shown.append(re.findall(r">(DH-\d+)<", answer))
        if page == 0:
            partner().order(7, kind="suggestion", due_at="2098-12-31T00:00:00+08:00")  # before what was shown
        following = re.search(r'rel="next" href="([^"]+)"', answer)
        if following is None:
            break
        address = f"/hotline{html.unescape(following[1])}"
    assert shown == [["DH-00002", "DH-00003"], ["DH-00001", "DH-00004"], ["DH-00005", "DH-00006"]]


@pytest.mark.parametrize("after", ["x", "~", "~x", "2024-13-01~1", "2024-03-13T00:00:00~1", "~" + "9" * 30, "\0~1"])
def test_a_place_that_is_none_begins_the_list_anew(
    partner: Partners, person: Callable[[str], Client], after: str
) -> None:
    partner().order()
    assert "DH-00001" in text(person("acceptor-1").get("/hotline", {"after": after}))


def test_days_reconciled_are_listed_with_each_difference(partner: Partners, person: Callable[[str], Client]) -> None:
    seat = person("acceptor-1")
    assert "还没有对过账" in text(seat.get("/hotline/days"))
    partner().order(1, kind="help", sent_at="2024-03-12T10:00:00+08:00")
    there = [DayOrder("DH-00001", date(2024, 3, 12), "complaint"), DayOrder("T-1", date(2024, 3, 12), "help")]
    for day, theirs in ((date(2024, 3, 12), there), (date(2024, 3, 11), [])):
        reconcile(channel="hotline_12345", day=day, theirs=theirs, at=clock.now())
    page = text(seat.get("/hotline/days"))
    assert "2024-03-12 的差异" in page
    assert "T-1" in page
    assert "本系统缺单" in page
    assert "<td>投诉</td><td>求助</td>" in page
    assert '"/hotline/days"' in text(seat.get("/hotline"))
    for asked in ("x", "999999", "\0"):
        assert "2024-03-12 的差异" in text(seat.get("/hotline/days", {"of": asked}))
    assert person("collector-1").get("/hotline/days").status_code == 403
