"""An order of the hotline with two clocks: signed in, contacted, a case behind it, answered by two, done again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests.browser.conftest import NOW, SignIn
from tests.browser.test_journeys import act
from tests.browser.walking import Picture, attach, choose, hire, open_verb, send, send_to, stands
from wangge.domains.hotline.operations.sending import hear_outgoing, send_due
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.surfaces.exchange.hotline.posting import post
from wangge.surfaces.exchange.hotline.simulator import other_side
from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Network
from wangge.surfaces.exchange.hotline.simulator.other_side import OtherSide
from wangge.surfaces.exchange.hotline.simulator.serving import listening, poster

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CHANNEL, SECRET = "hotline_12345", "0123456789abcdef0123456789abcdef"
ORDER: dict[str, Any] = {
    "message_id": "m-1", "type": "order", "order_no": "DH-00001", "kind": "complaint", "title": "路面破损",
    "content": "路口有坑，夜里看不见", "location": {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"},
    "citizen": {"name": "欧阳明", "phone": "13812345678"}, "sent_at": NOW.isoformat(),
}  # fmt: skip
OUTBOX = "SELECT 0, id, topic, key, payload, recorded_at, month FROM outbox WHERE id > %s ORDER BY id"


@dataclass
class Hotline:
    """The hotline's office across the line, and the jobs that carry to it."""

    other: OtherSide
    heard: int = 0

    def hands_over(self) -> None:
        """What it has to say arrives, signed; nothing of it is refused."""
        assert self.other.round() == 0
        assert self.other.refused == []

    def gets(self) -> int:
        """What is due is sent to it; how many messages."""
        with connection.cursor() as cursor:
            cursor.execute(OUTBOX, [self.heard])
            facts = [OutboxFact(*each) for each in cursor.fetchall()]
        self.heard = facts[-1].id
        hear_outgoing(facts, NOW)
        sent, failed = send_due(channel=CHANNEL, send=post, at=NOW)
        assert failed == 0
        return sent


@pytest.fixture
def hotline(served_city: str, settings: Any) -> Iterator[Hotline]:
    settings.TOTP_COMPULSORY = False
    hire("section_head-1", "section_head")
    line = {which: Network(seed=which, faults=NO_FAULTS) for which in ("there", "back")}
    other = OtherSide(CHANNEL, SECRET, "s", poster(served_city), lambda: NOW, line["there"], line["back"])
    with listening(other, port=0, lock=threading.Lock()) as port:
        settings.HOTLINE_SECRETS = {CHANNEL: SECRET}
        settings.HOTLINE_ADDRESSES = {CHANNEL: f"http://127.0.0.1:{port}/in"}
        yield Hotline(other)


def do(page: Page, act: str, **given: str) -> None:
    """One act on the order's page; the page says that it was done."""
    page.reload()
    form = page.locator(f"form#{act}")
    for name, text in given.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("button").last.click()
    expect(page.locator(".notice").first).to_contain_text("已办理")


def state_is(page: Page, state: str) -> None:
    page.reload()
    expect(page.locator(".work-head .corner")).to_have_text(state)


def to_its_unit(seat: Page, enter: SignIn, picture: Picture) -> str:
    """The case of the order: verified by the collector on duty there, accepted, filed, dispatched; its number."""
    seat.wait_for_url("**/cases/*")
    number = seat.url.rpartition("/")[2]
    seat.goto(f"/cases/{number}")  # whole, with its keys
    act(seat, "核实中")
    collector = enter("collector-2", width=390, height=844)
    collector.goto(f"/cases/{number}")
    box = open_verb(collector, "reply_verification")
    box.get_by_text("属实", exact=True).click()
    attach(box, "photo_site", picture())
    send(box)
    seat.goto(f"/cases/{number}")
    box = open_verb(seat, "accept")
    choose(box, "小类", "ssjg")
    send(box)
    leader = enter("duty_leader-1")
    leader.goto(f"/cases/{number}")
    leader.get_by_text("破损面积").click()
    leader.keyboard.press("Control+Enter")
    stands(leader, "待派遣")
    send_to(enter("dispatcher-1"), number, "dispatch", "gpsgs")
    return number


def test_an_order_is_contacted_answered_by_two_sent_done_again_and_closed(
    enter: SignIn, hotline: Hotline, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline.other.hand_over([ORDER])
    hotline.hands_over()

    # It has a case of its own, which is looked at on the spot and goes to its unit.
    seat = enter("acceptor-1")
    seat.goto("/hotline")
    line = seat.get_by_role("row", name="DH-00001")
    expect(line).to_contain_text("热线时限")
    line.get_by_role("link").first.click()
    order_page = seat.url
    clocks = seat.locator("dl.facts").first
    expect(clocks).not_to_contain_text("13812345678")
    clocks.get_by_role("link").click()
    number = to_its_unit(seat, enter, picture)

    # From then on two clocks run, and the earlier one leads the list.
    seat.goto("/hotline")
    expect(line).to_contain_text("案卷时限")
    seat.goto(order_page)
    for told in ("热线时限", "案卷时限", "联系诉求人", number):
        expect(clocks).to_contain_text(told)

    # The citizen is called; the answer is written by one and approved by another.
    do(seat, "first_contact", note="已电话联系，约定今日到场")
    do(seat, "draft_answer", text="已派人修补，今日完成。")
    expect(seat.locator("form#approve_answer")).to_have_count(0)
    head = enter("section_head-1")
    head.goto(order_page)
    do(head, "approve_answer")
    monkeypatch.setattr(other_side, "_GRADES", ("不满意",))
    assert hotline.gets() == 1
    state_is(seat, "已答复")

    # The citizen is not content: it comes back to be done again, counted, and is answered a second time.
    hotline.hands_over()
    state_is(seat, "案卷办理中")
    expect(seat.locator("dl.facts").first).to_contain_text("发回重办")
    expect(seat.locator("dl.facts").first).to_contain_text("1 次")
    seat.goto("/hotline")
    expect(seat.get_by_role("row", name="DH-00001")).to_be_visible()
    seat.goto(order_page)
    do(seat, "first_contact", note="再次联系，说明修补范围")
    do(seat, "draft_answer", text="坑槽已重新修补并压实。")
    head.goto(order_page)
    do(head, "approve_answer")
    monkeypatch.setattr(other_side, "_GRADES", ("满意",))
    assert hotline.gets() == 1
    hotline.hands_over()
    state_is(seat, "已回访")
    expect(seat.locator("table").last).to_contain_text("坑槽已重新修补并压实。")
    day = NOW.astimezone(CITY_ZONE).date()
    assert hotline.other.statement(day)["orders"][0] | {"kind": ""} == {
        "order_no": "DH-00001", "kind": "", "answers": 2, "returns": 0, "redone": 1, "grade": "满意",
    }  # fmt: skip
    assert hotline.other.reconcile(day)["differences"] == []
