"""A day of 1,000 orders over a line that loses, doubles, delays and reorders: it comes out at zero difference."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.hotline.conftest import CHANNEL, SECRET, Partner
from wangge.domains.hotline.operations.acting import act_on
from wangge.domains.hotline.operations.sending import SendFailed, hear_outgoing, send_due
from wangge.domains.hotline.queries.orders import OrderFilter, OrderRow, orders
from wangge.domains.hotline.queries.reconciling import differences_of, reconciliations
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Faults, Network
from wangge.surfaces.exchange.hotline.simulator.orders import orders_of_day
from wangge.surfaces.exchange.hotline.simulator.other_side import Dropped, OtherSide

pytestmark = pytest.mark.django_db
Partners = Callable[..., Partner]
Actors = Callable[[str], Actor]
MORNING = datetime(2024, 3, 13, 0, 0, tzinfo=UTC)  # 08:00 in the city
DAY = MORNING.astimezone(CITY_ZONE).date()
TICK = timedelta(minutes=2)
PLACES = ((113.134, 27.827), (113.105, 27.805))
OUTBOX = "SELECT 0, id, topic, key, payload, recorded_at, month FROM outbox WHERE id > %s ORDER BY id"


def post(client: Client) -> Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]:
    def send(end: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        answer = client.post(
            f"/api/v1/hotline/{end}", body, content_type="application/json", headers=dict(headers)
        )  # fmt: skip
        return answer.status_code, answer.content

    return send


class City:
    """Our side: the desk works, the outbox is handed over, what is due is sent; the clock is the test's."""

    def __init__(self, other: OtherSide, actor: Actors, seed: str) -> None:
        self.other, self.dice = other, random.Random(seed)
        self.seat, self.head = actor("acceptor-1"), actor("section_head-1")
        self.heard = 0

    def tick(self, *, works: bool = True) -> int:
        """Some minutes of the day; how many orders wait for the desk."""
        at = clock.now()
        open_orders = orders(filter=OrderFilter(channel=CHANNEL), limit=2000) if works else []
        for row in open_orders:
            self._work(row, at)
        with connection.cursor() as cursor:
            cursor.execute(OUTBOX, [self.heard])
            facts = [OutboxFact(*each) for each in cursor.fetchall()]
        if facts:
            hear_outgoing(facts, at)
            self.heard = facts[-1].id
        send_due(channel=CHANNEL, send=self._send, at=at, most=2000)
        return len(open_orders)

    def _send(self, _channel: str, _kind: str, body: bytes) -> None:
        try:
            self.other.take(body)
        except Dropped as dropped:
            raise SendFailed("no receipt") from dropped

    def _work(self, row: OrderRow, at: datetime) -> None:
        chance = self.dice.random()
        if row.question_at is not None or row.extension_until is not None or row.state in ("approved", "return_asked"):
            return
        if row.state == "drafted":
            self._act(row, "approve_answer", at, by=self.head)
        elif row.kind == "consultation" and row.state == "received" and not row.redone:
            self._act(row, "answer_on_spot", at, text="可以在平台办理")
        elif not row.redone and row.version <= 2 and chance < 0.12:
            name = ("ask_question", "ask_extension", "return_order")[int(chance * 25)]
            if name == "return_order" and row.state == "with_case":
                name = "ask_question"
            asked = {"note": "请协助"}
            if name == "ask_extension":
                asked["until"] = (DAY + timedelta(days=30)).isoformat()
            act_on(order_id=row.id, act=name, args=asked, by=self.seat, at=at)
        elif row.contacted_at is None and row.case_id is None:
            self._act(row, "first_contact", at, note="已联系")
        else:
            self._act(row, "draft_answer", at, text="已处理")

    def _act(self, row: OrderRow, name: str, at: datetime, *, by: Actor | None = None, **args: str) -> None:
        act_on(order_id=row.id, act=name, args=args, by=by or self.seat, at=at)


def other_side(seed: str, faults: Faults) -> OtherSide:
    return OtherSide(
        CHANNEL, SECRET, seed, post(Client(raise_request_exception=False)), clock.now,
        Network(seed=f"{seed}/there", faults=faults), Network(seed=f"{seed}/back", faults=faults),
    )  # fmt: skip


def work_through(other: OtherSide, city: City) -> int:
    """Until both sides are quiet; the ticks it took."""
    for number in range(1, 800):
        with clock.held_at(MORNING + TICK * number):
            waiting = other.round()
            on_desk = city.tick()
            if not waiting and not on_desk and other.is_quiet:
                return number
    raise AssertionError("the day never came to its end")


def table(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("seed", ["20240313"])
def test_a_day_of_a_thousand_orders_reconciles_to_zero(partner: Partners, actor: Actors, seed: str) -> None:
    partner()
    other = other_side(seed, Faults())
    other.hand_over(orders_of_day(count=1000, seed=seed, first_at=MORNING, places=PLACES, prefix="D"))
    city = City(other, actor, seed)
    ticks = work_through(other, city)
    with clock.held_at(MORNING + TICK * ticks):
        found = other.reconcile(DAY)
    assert found == {"day": DAY.isoformat(), "theirs": 1000, "ours": 1000, "differences": []}, f"seed {seed}"
    assert other.refused == [], f"seed {seed}"
    for network in (other.there, other.back):
        assert min(network.suffered.values()) > 50, network.suffered
    assert table("hotline_order") == 1000
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM hotline_order WHERE state NOT IN ('closed', 'returned')")
        assert cursor.fetchone() == (0,), "every order came to its end"
        cursor.execute("SELECT count(*), count(DISTINCT external_no) FROM cases_case")
        cases = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM hotline_order WHERE case_id IS NOT NULL")
        assert cases == (cursor.fetchone()[0],) * 2, "one case for each order that has one"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    (kept,) = reconciliations()
    assert (kept.day, kept.theirs, kept.ours, kept.differences) == (DAY, 1000, 1000, 0)


def test_each_difference_of_a_day_is_listed_and_kept(partner: Partners, actor: Actors) -> None:
    partner()
    other = other_side("s", NO_FAULTS)
    other.hand_over(orders_of_day(count=5, seed="s", first_at=MORNING, places=(), prefix="D"))
    with clock.held_at(MORNING):
        assert other.round() == 0
        partner().order(order_no="OURS-1", sent_at=MORNING.isoformat())
        partner().order(2, order_no="LATE-1", sent_at=(MORNING - timedelta(days=1)).isoformat())
        statement = other.statement(DAY)
        first, second, third, *_others = statement["orders"]
        first["answers"], first["grade"] = 1, "满意"
        second["returns"] = 2
        third["kind"] = "denunciation" if third["kind"] != "denunciation" else "help"
        statement["orders"] += [{"order_no": "THEIRS-1", "kind": "help"}, {"order_no": "LATE-1", "kind": "complaint"}]
        answer = partner_post(statement)
    expected = [
        ("D00001", "answers", "1", "0"), ("D00001", "grade", "满意", ""), ("D00002", "returns", "2", "0"),
        ("D00003", "kind", third["kind"], ""), ("LATE-1", "day", "2024-03-13", "2024-03-12"),
        ("OURS-1", "missing_there", "0", "1"), ("THEIRS-1", "missing_here", "1", "0"),
    ]  # fmt: skip
    told = [(each["order_no"], each["what"], each["theirs"], each["ours"]) for each in answer["differences"]]
    assert [each if each[1] != "kind" else (*each[:3], "") for each in told] == expected
    assert (answer["theirs"], answer["ours"]) == (7, 6)
    (kept,) = reconciliations()
    assert (kept.theirs, kept.ours, kept.differences) == (7, 6, 7)
    assert [(each.order_no, each.what) for each in differences_of(kept.id)] == [each[:2] for each in expected]


def partner_post(statement: Any) -> dict[str, Any]:
    answer = sign_and_post(statement)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def sign_and_post(statement: Any, *, secret: str = SECRET) -> Any:
    body, timestamp = json.dumps(statement).encode(), str(int(clock.now().timestamp()))
    headers = {"X-Wangge-Timestamp": timestamp, "X-Wangge-Signature": signature_of(secret, timestamp, body)}
    client = Client(raise_request_exception=False)
    path = f"/api/v1/hotline/{CHANNEL}/statements"
    return client.post(path, body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "statement",
    [
        {"day": "2024-03-13", "orders": [{"order_no": "A", "kind": "help"}] * 2},
        {"day": "someday", "orders": []},
        {"orders": []},
        {"day": "2024-03-13", "orders": [{"order_no": "A", "kind": "riot"}]},
        {"day": "2024-03-13", "orders": [{"order_no": "A", "kind": "help", "answers": -1}]},
    ],
)
def test_a_statement_that_cannot_be_read_is_told_and_not_kept(partner: Partners, statement: Any) -> None:
    partner()
    assert sign_and_post(statement).status_code == 422
    assert sign_and_post(statement, secret="f" * 32).status_code == 401
    assert reconciliations() == []


def test_a_statement_is_compared_in_a_set_number_of_statements(
    partner: Partners, django_assert_num_queries: Any
) -> None:
    partner()
    for count in (1, 3000):
        lines = [{"order_no": f"N-{number}", "kind": "help"} for number in range(count)]
        with django_assert_num_queries(5):
            found = partner_post({"day": "2024-03-13", "orders": lines})
        assert len(found["differences"]) == count


def test_the_receipt_of_an_earlier_round_says_nothing_of_this_one(partner: Partners, actor: Actors) -> None:
    partner().order(kind="consultation")
    other = other_side("s", NO_FAULTS)
    city = City(other, actor, "s")

    def row() -> OrderRow:
        (found,) = orders(filter=OrderFilter(channel=CHANNEL), limit=1)
        return found

    city._act(row(), "answer_on_spot", clock.now(), text="第一次")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(city, "_send", lambda *_given: (_ for _ in ()).throw(SendFailed("no receipt")))
        city.tick(works=False)
    redo = {"message_id": "v-1", "type": "revisit", "order_no": "DH-00001", "grade": "不满意", "redo": True}
    assert partner().send(redo).status_code == 200
    city._act(row(), "first_contact", clock.now(), note="已联系")
    city._act(row(), "draft_answer", clock.now(), text="第二次")
    city._act(row(), "approve_answer", clock.now(), by=city.head)
    late = clock.now() + timedelta(hours=1)
    assert send_due(channel=CHANNEL, send=lambda *_given: None, at=late) == (1, 0)
    assert row().state == "approved", "the second answer is still on its way"
    with clock.held_at(late):
        city.heard = 0
        city._send = lambda *_given: None  # type: ignore[method-assign]
        city.tick(works=False)
    assert orders(filter=OrderFilter(state="sent"), limit=1)[0].answer == "第二次"


def test_a_line_suffers_its_faults_alike_under_one_seed() -> None:
    def passed(seed: str) -> list[int]:
        network = Network(seed=seed, faults=Faults(0.2, 0.2, 0.2, 0.2))
        came: list[int] = []
        for number in range(200):
            network.pass_on(partial(came.append, number), at=MORNING)
        network.release(at=MORNING + timedelta(hours=1))
        assert network.is_empty
        assert set(came) < set(range(200))
        assert len(came) > len(set(came))
        assert came != sorted(came)
        return came

    assert passed("a") == passed("a") != passed("b")
