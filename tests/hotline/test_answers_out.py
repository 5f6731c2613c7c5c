"""Answers go out at least once and are counted once; what fails rests ever longer; returns, call-backs and redoing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection

from tests.hotline.conftest import CHANNEL, SECRET, Partner
from wangge.domains.hotline.operations.acting import act_on
from wangge.domains.hotline.operations.sending import SendFailed, hear_outgoing, send_again, send_due
from wangge.domains.hotline.queries.orders import OrderRow, dead_letters, events_of, order_numbered
from wangge.domains.hotline.refusals import ActRefused, HotlineRefused
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.groundwork.retrying import rest_after
from wangge.surfaces.exchange.hotline.posting import post
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.jobs import rounds

pytestmark = pytest.mark.django_db
Partners = Callable[..., Partner]
Actors = Callable[[str], Actor]


def row(number: int = 1) -> OrderRow:
    found = order_numbered(CHANNEL, f"DH-{number:05}")
    assert found is not None
    return found


def hand_over(at: datetime | None = None) -> None:
    """What the delivery of the outbox does, within the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 0, id, topic, key, payload, recorded_at, month FROM outbox ORDER BY id")
        hear_outgoing([OutboxFact(*each) for each in cursor.fetchall()], at or clock.now())


def act(actor: Actors, who: str, name: str, number: int = 1, **args: str) -> None:
    act_on(order_id=row(number).id, act=name, args=args, by=actor(who), at=clock.now())


def answer(actor: Actors, number: int = 1, text: str = "已修复") -> None:
    act(actor, "acceptor-1", "first_contact", number, note="已联系")
    act(actor, "acceptor-1", "draft_answer", number, text=text)
    act(actor, "section_head-1", "approve_answer", number)
    hand_over()


def outgoing() -> list[tuple[str, int, bool, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id, attempts, sent_at IS NOT NULL, dead_at IS NOT NULL FROM hotline_outgoing ORDER BY 1"
        )
        return list(cursor.fetchall())


class Side:
    """The hotline's side: what it got, and how often it says no first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.got = failures, list[dict[str, Any]]()

    def __call__(self, _channel: str, _kind: str, body: bytes) -> None:
        if self.failures:
            self.failures -= 1
            raise SendFailed("HTTP 503")
        self.got.append(json.loads(body))


def test_an_approved_answer_goes_out_and_the_receipt_is_an_event(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    side = Side()
    assert send_due(channel=CHANNEL, send=side, at=clock.now()) == (1, 0)
    assert send_due(channel=CHANNEL, send=side, at=clock.now()) == (0, 0)
    assert [(each["order_no"], each["text"], each["type"]) for each in side.got] == [("DH-00001", "已修复", "answer")]
    assert row().state == "sent"
    assert events_of(row().id)[-1].act == "answer_sent"


def test_a_fact_told_twice_goes_out_once(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    hand_over()
    assert len(outgoing()) == 1


def test_what_fails_rests_ever_longer_and_the_same_id_is_sent_again(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    side, at = Side(failures=2), clock.now()
    assert send_due(channel=CHANNEL, send=side, at=at) == (0, 1)
    assert send_due(channel=CHANNEL, send=side, at=at + timedelta(seconds=29)) == (0, 0)
    assert send_due(channel=CHANNEL, send=side, at=at + timedelta(seconds=30)) == (0, 1)
    assert send_due(channel=CHANNEL, send=side, at=at + timedelta(seconds=80)) == (0, 0)
    assert send_due(channel=CHANNEL, send=side, at=at + timedelta(seconds=90)) == (1, 0)
    assert row().state == "sent"
    assert [rest_after(n).total_seconds() for n in (0, 1, 2, 3, 8, 99)] == [0, 30, 60, 120, 3600, 3600]


def test_a_worker_that_died_while_sending_lets_go(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    at = clock.now()

    def die(_channel: str, _kind: str, _body: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(channel=CHANNEL, send=die, at=at)
    side = Side()
    assert send_due(channel=CHANNEL, send=side, at=at) == (0, 0)
    assert send_due(channel=CHANNEL, send=side, at=at + timedelta(minutes=2)) == (1, 0)


def test_a_message_that_always_fails_is_a_dead_letter_a_person_sends_again(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    at = clock.now()
    for turn in range(12):
        send_due(channel=CHANNEL, send=Side(failures=1), at=at + timedelta(hours=2 * turn))
    (letter,) = dead_letters()
    assert (letter.order_no, letter.attempts, letter.last_error) == ("DH-00001", 10, "HTTP 503")
    assert row().state == "approved"
    late = at + timedelta(days=2)
    send_again(message_id=letter.message_id, by=actor("duty_leader-1"), at=late)
    with pytest.raises(HotlineRefused):
        send_again(message_id=letter.message_id, by=actor("duty_leader-1"), at=late)
    assert send_due(channel=CHANNEL, send=Side(), at=late) == (1, 0)
    assert (row().state, dead_letters()) == ("sent", [])


def test_a_channel_that_is_down_holds_up_no_other(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    partner("act_now").order(kind="suggestion")
    answer(actor)
    assert send_due(channel="act_now", send=Side(), at=clock.now()) == (0, 0)
    assert send_due(channel=CHANNEL, send=Side(failures=1), at=clock.now()) == (0, 1)


def test_where_nobody_is_there_one_is_tried_and_the_rest_wait_unspent(partner: Partners, actor: Actors) -> None:
    for number in (1, 2, 3):
        partner().order(number, kind="suggestion")
        answer(actor, number)

    def down(_channel: str, _kind: str, _body: bytes) -> None:
        raise SendFailed("no route", is_down=True)

    assert send_due(channel=CHANNEL, send=down, at=clock.now()) == (0, 1)
    assert sorted(attempts for _id, attempts, _sent, _dead in outgoing()) == [0, 0, 1]
    assert send_due(channel=CHANNEL, send=Side(), at=clock.now()) == (2, 0)


def test_a_wrong_order_is_returned_within_its_limit_and_the_hotline_decides(partner: Partners, actor: Actors) -> None:
    for number in (1, 2):
        partner().order(number, kind="suggestion")
        act(actor, "acceptor-1", "return_order", number, note="不属本单位")
    hand_over()
    side = Side()
    send_due(channel=CHANNEL, send=side, at=clock.now())
    assert {(each["type"], each["text"]) for each in side.got} == {("return", "不属本单位")}
    assert row().state == "return_asked"
    for number, accepted in ((1, True), (2, False)):
        said = {"message_id": f"r-{number}", "type": "return_result", "order_no": f"DH-{number:05}"}
        assert partner().send({**said, "accepted": accepted}).status_code == 200
    assert (row(1).state, row(2).state) == ("returned", "received")


def test_an_order_is_not_returned_after_its_limit(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    late = clock.now() + timedelta(days=20)
    with pytest.raises(ActRefused, match="退单期限已过"):
        act_on(order_id=row().id, act="return_order", args={"note": "x"}, by=actor("acceptor-1"), at=late)


def revisit(partner: Partner, message_id: str, grade: str, **more: Any) -> Any:
    return partner.send({"message_id": message_id, "type": "revisit", "order_no": "DH-00001", "grade": grade, **more})


def test_the_hotlines_call_back_closes_and_a_redo_is_counted_with_a_new_limit(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion", due_at="2026-11-30T10:00:00+08:00")
    answer(actor)
    send_due(channel=CHANNEL, send=Side(), at=clock.now())
    first_due = row().due_at
    assert revisit(partner(), "v-1", "不满意", redo=True).json()["state"] == "received"
    assert revisit(partner(), "v-1", "不满意", redo=True).status_code == 200  # doubled: counted once
    assert (row().redone, row().grade) == (1, "不满意")
    assert row().due_at != first_due
    act(actor, "acceptor-1", "draft_answer", text="重新修复")
    act(actor, "section_head-1", "approve_answer")
    hand_over()
    side = Side()
    send_due(channel=CHANNEL, send=side, at=clock.now())
    assert [(each["text"], each["round"]) for each in side.got] == [("重新修复", 2)]
    assert revisit(partner(), "v-2", "满意").json()["state"] == "closed"
    assert (row().redone, row().grade) == (1, "满意")


def test_a_call_back_before_our_receipt_proves_that_the_answer_arrived(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    assert revisit(partner(), "v-1", "满意").status_code == 200
    assert send_due(channel=CHANNEL, send=Side(), at=clock.now()) == (1, 0)
    assert row().state == "closed"


def test_words_about_nothing_and_too_early_are_told(partner: Partners) -> None:
    assert revisit(partner(), "v-1", "满意").status_code == 404
    partner().order(kind="suggestion")
    early = revisit(partner(), "v-2", "满意")
    assert early.status_code == 409
    assert revisit(partner(), "v-3", "😀").status_code == 422
    assert revisit(partner(), "v-4", "").status_code == 422
    said = {"message_id": "r-9", "type": "return_result", "order_no": "DH-00001"}
    assert partner().send(said).status_code == 422


@pytest.fixture
def listening() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int]]]:
    """A small server that keeps what it gets: (address, what came, the next statuses)."""
    came: list[tuple[dict[str, str], bytes]] = []
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/in", came, statuses
    server.shutdown()
    server.server_close()


def test_a_message_is_posted_signed_and_a_refusal_is_a_failure(listening: Any, settings: Any) -> None:
    address, came, statuses = listening
    settings.HOTLINE_SECRETS = {CHANNEL: SECRET}
    settings.HOTLINE_ADDRESSES = {CHANNEL: address, "act_now": "http://127.0.0.1:9/none"}
    post(CHANNEL, "answer", b'{"a": 1}')
    headers, body = came[0]
    assert headers["X-Wangge-Signature"] == signature_of(SECRET, headers["X-Wangge-Timestamp"], body)
    statuses.append(500)
    with pytest.raises(SendFailed, match="HTTP 500"):
        post(CHANNEL, "answer", b"{}")
    with pytest.raises(SendFailed):
        post("act_now", "answer", b"{}")


# ---- extension and question back -------------------------------------------------------------------------------


def test_an_extension_is_asked_once_and_the_hotline_sets_the_new_limit(partner: Partners, actor: Actors) -> None:
    partner().order(kind="complaint", location=None)
    due = row().due_at
    assert due is not None
    until = (clock.today() + timedelta(days=40)).isoformat()
    act(actor, "acceptor-1", "ask_extension", note="需开挖", until=until)
    with pytest.raises(ActRefused, match="热线办尚未答复"):
        act(actor, "acceptor-1", "ask_extension", note="再申请", until=until)
    hand_over()
    bodies: list[dict[str, Any]] = []
    assert send_due(
        channel=CHANNEL, send=lambda _channel, _kind, body: bodies.append(json.loads(body)), at=clock.now()
    ) == (1, 0)
    assert (bodies[0]["type"], bodies[0]["text"], bodies[0]["until"]) == ("extension", "需开挖", until)
    new_limit = due + timedelta(days=20)
    said = {"type": "extension_result", "order_no": "DH-00001", "accepted": True}
    assert partner().send({**said, "message_id": "e-1"}).status_code == 422
    granted = {**said, "message_id": "e-2", "due_at": new_limit.isoformat()}
    assert [partner().send(granted).status_code for _time in range(2)] == [200, 200]
    assert (row().due_at, row().extension_until) == (new_limit, None)
    assert partner().send({**granted, "message_id": "e-3"}).status_code == 409


def test_a_refused_extension_leaves_the_limit_and_may_be_asked_anew(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    due, until = row().due_at, (clock.today() + timedelta(days=40)).isoformat()
    act(actor, "acceptor-1", "ask_extension", note="需协调", until=until)
    no = {"message_id": "e-1", "type": "extension_result", "order_no": "DH-00001", "accepted": False}
    assert partner().send(no).status_code == 200
    assert (row().due_at, row().extension_until) == (due, None)
    act(actor, "acceptor-1", "ask_extension", note="再申请", until=until)
    assert [event.act for event in events_of(row().id)][-2:] == ["extension_refused", "ask_extension"]


def test_an_extension_is_asked_in_time_and_for_a_day_to_come(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    for until in ("", "soon", clock.today().isoformat(), "9999-12-31"):
        with pytest.raises(HotlineRefused):
            act(actor, "acceptor-1", "ask_extension", note="需协调", until=until)
    due = row().due_at
    assert due is not None
    with pytest.raises(ActRefused, match="来不及申请延期"):
        act_on(
            order_id=row().id, act="ask_extension", at=due - timedelta(hours=1), by=actor("acceptor-1"),
            args={"note": "需协调", "until": (due + timedelta(days=5)).date().isoformat()},
        )  # fmt: skip


def test_a_question_back_waits_for_its_answer_while_the_limit_runs_on(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    due = row().due_at
    act(actor, "acceptor-1", "ask_question", note="请补充具体路段")
    with pytest.raises(ActRefused, match="热线尚未回复"):
        act(actor, "acceptor-1", "ask_question", note="再问")
    told = {"message_id": "q-1", "type": "question_answer", "order_no": "DH-00001"}
    assert partner().send(told).status_code == 422
    assert partner().send({**told, "content": "建设路与人民路口"}).status_code == 200
    assert (row().question_at, row().due_at) == (None, due)
    assert events_of(row().id)[-1].detail == {"text": "建设路与人民路口"}
    assert partner().send({**told, "message_id": "q-2", "content": "x"}).status_code == 409


# ---- several channels ------------------------------------------------------------------------------------------


def test_a_slow_channel_holds_up_no_other(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOTLINE_ADDRESSES = {CHANNEL: "http://127.0.0.1:9/a", "act_now": "http://127.0.0.1:9/b"}
    together = threading.Barrier(2)
    asked: list[str] = []

    def both_at_once(*, channel: str, **_given: Any) -> tuple[int, int]:
        asked.append(channel)
        if asked.count(channel) > 1:
            return 0, 0
        together.wait(timeout=120)  # only who is served beside the other gets past
        if channel == "act_now":
            raise RuntimeError("this channel is broken")
        return 3, 1

    monkeypatch.setattr(rounds, "send_due", both_at_once)
    assert rounds.send_to_hotline() == 3
    assert sorted(asked) == ["act_now", CHANNEL, CHANNEL]


def test_when_the_time_is_over_the_rest_of_a_batch_is_due_as_before(partner: Partners, actor: Actors) -> None:
    for number in (1, 2, 3):
        partner().order(number, kind="consultation")
        act(actor, "acceptor-1", "answer_on_spot", number, text="可以办理")
    hand_over()
    turns = iter([True, False])
    assert send_due(channel=CHANNEL, send=lambda *_given: None, at=clock.now(), goes_on=lambda: next(turns)) == (1, 0)
    assert send_due(channel=CHANNEL, send=lambda *_given: None, at=clock.now()) == (2, 0)


# ---- appeals and suspensions -----------------------------------------------------------------------------------


def sent_kinds() -> list[str]:
    hand_over()
    side = Side()
    send_due(channel=CHANNEL, send=side, at=clock.now())
    return [str(each["type"]) for each in side.got]


def test_a_grade_is_appealed_once_and_the_hotline_decides(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    with pytest.raises(ActRefused, match="没有回访评价"):
        act(actor, "section_head-1", "ask_appeal", note="已按要求办结")
    answer(actor)
    send_due(channel=CHANNEL, send=Side(), at=clock.now())
    revisit(partner(), "v-1", "不满意", redo=True)
    act(actor, "section_head-1", "ask_appeal", note="已按要求办结")
    with pytest.raises(ActRefused, match="已申诉过"):
        act(actor, "section_head-1", "ask_appeal", note="再申诉")
    assert sent_kinds() == ["appeal"]
    said = {"message_id": "a-1", "type": "appeal_result", "order_no": "DH-00001", "accepted": True}
    assert [partner().send(said).status_code for _time in range(2)] == [200, 200]
    assert (row().state, row().appeal, row().grade, row().redone) == ("closed", "upheld", "不满意", 1)
    assert partner().send({**said, "message_id": "a-2"}).status_code == 409


def test_a_refused_appeal_leaves_the_order_to_be_done_again_and_a_new_grade_may_be_appealed(
    partner: Partners, actor: Actors
) -> None:
    partner().order(kind="suggestion")
    answer(actor)
    send_due(channel=CHANNEL, send=Side(), at=clock.now())
    revisit(partner(), "v-1", "不满意", redo=True)
    act(actor, "section_head-1", "ask_appeal", note="已按要求办结")
    no = {"message_id": "a-1", "type": "appeal_result", "order_no": "DH-00001", "accepted": False}
    assert partner().send(no).status_code == 200
    assert (row().state, row().appeal) == ("received", "refused")
    act(actor, "acceptor-1", "draft_answer", text="重新办理")
    act(actor, "section_head-1", "approve_answer")
    hand_over()
    send_due(channel=CHANNEL, send=Side(), at=clock.now())
    revisit(partner(), "v-2", "不满意")
    assert row().appeal == ""
    act(actor, "section_head-1", "ask_appeal", note="再次申诉")


def test_a_hard_order_is_suspended_with_the_hotlines_consent_and_taken_up_again(
    partner: Partners, actor: Actors
) -> None:
    partner().order(kind="suggestion")
    until = (clock.today() + timedelta(days=60)).isoformat()
    act(actor, "section_head-1", "ask_suspension", note="待立项", until=until)
    assert sent_kinds() == ["suspension"]
    limit = clock.now() + timedelta(days=61)
    said = {"message_id": "s-1", "type": "suspension_result", "order_no": "DH-00001", "accepted": True}
    assert partner().send(said).status_code == 422
    granted = {**said, "message_id": "s-2", "due_at": limit.isoformat()}
    assert [partner().send(granted).status_code for _time in range(2)] == [200, 200]
    assert (row().state, row().due_at, row().suspension_until) == ("suspended", limit, None)
    with pytest.raises(ActRefused):
        act(actor, "acceptor-1", "draft_answer", text="x")
    act(actor, "duty_leader-1", "resume_order")
    assert (row().state, row().due_at) == ("received", limit)


def test_a_refused_suspension_changes_nothing(partner: Partners, actor: Actors) -> None:
    partner().order(kind="suggestion")
    due, until = row().due_at, (clock.today() + timedelta(days=60)).isoformat()
    act(actor, "section_head-1", "ask_suspension", note="待立项", until=until)
    no = {"message_id": "s-1", "type": "suspension_result", "order_no": "DH-00001", "accepted": False}
    assert partner().send(no).status_code == 200
    assert (row().state, row().due_at, row().suspension_until) == ("received", due, None)
