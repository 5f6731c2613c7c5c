"""Partners are told of steps over real connections: signed, in order, at least once, each at its own pace."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson
import pytest
from django.db import connection

from tests.outbox.neighbours import wait_for_neighbours
from tests.partners.conftest import KEY, Hands, Told, later, serve
from wangge.domains.notices.models import InboxNotice
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.partners.models import Message, Partner, Stopped
from wangge.domains.partners.operations import making
from wangge.domains.partners.operations.partners import (
    NewPartner,
    add_partner,
    drop_oldest,
    replace_secret,
    replay,
    resume_partner,
    stop_partner,
)
from wangge.domains.partners.operations.sending import SendFailed, clear_sent
from wangge.domains.partners.queries import consumer_of, due_partners, partners
from wangge.domains.partners.refusals import PartnerRefused
from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import waiting
from wangge.surfaces.exchange.webhooks.posting import check_address, post
from wangge.surfaces.exchange.webhooks.receiver import listening
from wangge.surfaces.jobs.postmen import Postmen

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Told]


def seqs(told: Told) -> list[tuple[str, int]]:
    return [(event["case"], event["seq"]) for event in told.receiver.events.values()]


def test_a_partner_hears_every_step_once_in_its_order_and_no_words_of_people(told: Add, hands: Hands) -> None:
    side = told()
    number = hands.report()
    hands.to_handling(number)
    served = serve(side.partner)
    assert (served.sent, served.events, served.failed) == (1, 4, False)
    assert seqs(side) == [(number, seq) for seq in (1, 2, 3, 4)]
    types = [event["type"] for event in side.receiver.events.values()]
    assert types == ["case.report", "case.accept", "case.file_case", "case.dispatch"]
    bodies = b"".join(bytes(each.body) for each in Message.objects.all()).decode()
    assert "井盖" not in bodies
    assert "建设路" not in bodies
    assert serve(side.partner).sent == 0


def test_walls_and_stages_hold(told: Add, hands: Hands) -> None:
    mine = told("甲单位", wall="department", code="dept-a")
    other = told("乙单位", wall="department", code="dept-b")
    at_handling = told("处置", stages=("handling",))
    number = hands.report()
    hands.to_handling(number)
    for side in (mine, other, at_handling):
        serve(side.partner)
    assert seqs(mine) == [(number, 4)]
    assert seqs(other) == []
    assert seqs(at_handling) == [(number, 4)]


def test_a_batch_is_as_large_as_the_partner_wants(told: Add, hands: Hands) -> None:
    side = told(batch=3)
    hands.to_handling(hands.report())
    assert serve(side.partner).sent == 2
    assert [each.events for each in Message.objects.order_by("id")] == [3, 1]


def test_a_failure_rests_ever_longer_and_the_same_message_goes_again(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    side.statuses += [500, 302]
    assert serve(side.partner).failed
    side.partner.refresh_from_db()
    assert (side.partner.attempts, side.partner.last_error) == (1, "HTTP 500")
    assert due_partners(at=clock.now()) == []
    assert serve(side.partner, at=later(1)).failed  # a redirection is not followed
    assert due_partners(at=later(1)) == []
    assert serve(side.partner, at=later(3)).sent == 1
    side.partner.refresh_from_db()
    assert (side.partner.attempts, side.partner.failing_since, side.partner.last_error) == (0, None, "")
    assert [(each.attempts, each.last_error) for each in Message.objects.all()] == [(3, "")]


def test_after_three_days_of_failure_the_office_is_told_and_nothing_is_lost(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    side.statuses += [503] * 2
    serve(side.partner)
    serve(side.partner, at=later(73 * 60))
    side.partner.refresh_from_db()
    assert side.partner.stopped_because == Stopped.DEAD
    assert sorted(each.inbox for each in InboxNotice.objects.filter(topic="webhook_stopped")) == [
        "post:security_administrator", "post:system_administrator",
    ]  # fmt: skip
    hands.report()
    assert serve(side.partner, at=later(80 * 60)).sent == 0
    resume_partner(partner_id=side.partner.pk, by=TERMINAL, at=later(80 * 60))
    serve(side.partner)
    assert len(side.receiver.events) == 2


def test_a_partner_that_is_gone_is_stopped_at_once(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    side.statuses.append(410)
    serve(side.partner)
    side.partner.refresh_from_db()
    assert side.partner.stopped_because == Stopped.GONE


def test_a_message_that_stands_in_the_way_is_dropped_by_a_person_and_replayed(told: Add, hands: Hands) -> None:
    side = told(batch=1)
    begun = clock.now() - timedelta(minutes=1)
    hands.step(hands.report(), "acceptor-1", "accept", clock.now(), category="component:0101")
    side.statuses.append(422)
    serve(side.partner)
    with pytest.raises(PartnerRefused, match="重放的起点"):
        replay(partner_id=side.partner.pk, to=later(1), by=TERMINAL, at=clock.now())
    drop_oldest(partner_id=side.partner.pk, by=TERMINAL, at=clock.now())
    resume_partner(partner_id=side.partner.pk, by=TERMINAL, at=clock.now())
    assert serve(side.partner).sent == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(recorded_at) FROM outbox")
        begun = min(begun, cursor.fetchone()[0])
    replay(partner_id=side.partner.pk, to=begun, by=TERMINAL, at=clock.now())
    assert serve(side.partner).sent == 2
    assert side.receiver.doubled == 1  # told before under the same id, so known again
    assert sorted(seq for _case, seq in seqs(side)) == [1, 2]


def test_a_partner_that_lags_is_not_sent_forward_by_a_replay(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    wait_for_neighbours()
    with pytest.raises(PartnerRefused, match="没有已推送的内容"):
        replay(partner_id=side.partner.pk, to=clock.now() - timedelta(days=3000), by=TERMINAL, at=clock.now())
    assert serve(side.partner).events == 1


def test_a_stopped_partner_hears_after_its_resumption_what_happened_meanwhile(told: Add, hands: Hands) -> None:
    side = told()
    stop_partner(partner_id=side.partner.pk, by=TERMINAL, at=clock.now())
    hands.report()
    assert serve(side.partner).sent == 0
    assert due_partners(at=clock.now()) == []
    resume_partner(partner_id=side.partner.pk, by=TERMINAL, at=clock.now())
    assert serve(side.partner).events == 1


def test_for_a_day_both_secrets_hold(told: Add, hands: Hands) -> None:
    side = told()
    new = replace_secret(partner_id=side.partner.pk, by=TERMINAL, at=clock.now(), installation_key=KEY)
    hands.report()
    assert serve(side.partner).sent == 1  # the receiver still has the old one
    hands.report()
    assert serve(side.partner, at=later(24 * 60 + 1)).failed
    side.receiver.secret = new
    with clock.held_at(later(24 * 60 + 2)):
        assert serve(side.partner).sent == 1


def test_a_message_altered_on_its_way_or_old_is_refused_by_the_receiver(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    kept: list[tuple[dict[str, str], bytes]] = []
    serve(side.partner, send=lambda _address, headers, body: kept.append((dict(headers), body)))
    headers, body = kept[0]
    assert side.receiver.take(headers, body + b" ") == HTTPStatus.UNAUTHORIZED
    assert side.receiver.take({**headers, "webhook-id": "msg_other"}, body) == HTTPStatus.UNAUTHORIZED
    with clock.held_at(later(6)):
        assert side.receiver.take(headers, body) == HTTPStatus.UNAUTHORIZED
    assert side.receiver.take(headers, body) == HTTPStatus.NO_CONTENT


def test_what_is_not_taken_stays_in_the_outbox_and_is_not_copied_without_end(
    told: Add, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_TO_GO", 2)
    monkeypatch.setattr(making, "FACTS_AT_ONCE", 1)
    side = told()
    for _time in range(5):
        hands.report()
    wait_for_neighbours()
    for turn in range(5):
        side.statuses.append(500)
        serve(side.partner, at=later(turn * 120))
    assert Message.objects.count() == 2
    assert waiting(consumer=consumer_of(side.partner.pk)) == 3
    side.statuses.clear()
    serve(side.partner, at=later(1000))
    assert len(side.receiver.events) == 5


def test_a_line_that_loses_doubles_delays_and_reorders_loses_nothing(told: Add, hands: Hands) -> None:
    side = told(batch=1)
    numbers = [hands.report() for _time in range(12)]
    dice, held = random.Random(7), list[tuple[dict[str, str], bytes]]()

    def line(_address: str, headers: Mapping[str, str], body: bytes) -> None:
        fate = dice.random()
        if fate < 0.2:
            raise SendFailed("lost on the way")
        if fate < 0.35:
            held.append((dict(headers), body))
            raise SendFailed("late")
        side.receiver.take(headers, body)
        if fate < 0.5:
            side.receiver.take(headers, body)
        if fate < 0.65:
            raise SendFailed("the answer was lost")

    turn = 0
    while serve(side.partner, send=line, at=clock.now()).failed:
        resume_partner(partner_id=side.partner.pk, by=TERMINAL, at=clock.now())
        turn += 1
        if turn % 2:
            for late in dice.sample(held, len(held)):
                side.receiver.take(*late)
            held.clear()
    assert sorted(case for case, _seq in seqs(side)) == sorted(numbers)
    assert side.receiver.doubled > 0
    assert side.receiver.refused == 0
    assert not Message.objects.filter(sent_at__isnull=True).exists()


def test_two_postmen_at_once_do_not_serve_the_same_partner(told: Add, hands: Hands) -> None:
    side = told(batch=1)
    for _time in range(3):
        hands.report()
    inside, go_on = threading.Event(), threading.Event()
    sent: list[str] = []

    def slow(_address: str, headers: Mapping[str, str], _body: bytes) -> None:
        sent.append(headers["webhook-id"])
        inside.set()
        assert go_on.wait(60)

    wait_for_neighbours()

    def serve_and_close() -> None:
        serve(side.partner, send=slow)
        connection.close()

    first = threading.Thread(target=serve_and_close)
    first.start()
    assert inside.wait(60)
    assert due_partners(at=clock.now()) == []
    assert serve(side.partner, send=slow).sent == 0
    go_on.set()
    first.join()
    assert len(sent) == len(set(sent)) == 3


def test_a_partner_that_never_answers_delays_no_other(told: Add, hands: Hands) -> None:
    release = threading.Event()

    def stuck(_headers: Mapping[str, str], _body: bytes) -> HTTPStatus:
        release.wait(60)
        return HTTPStatus.NO_CONTENT

    with listening(stuck) as port:
        slow, _secret = add_partner(
            new=NewPartner("慢", f"http://127.0.0.1:{port}/"), by=TERMINAL, at=clock.now(), installation_key=KEY,
            check_address=check_address,
        )  # fmt: skip
        heard = threading.Event()
        told("快", heard=heard)
        hands.report()
        wait_for_neighbours()
        postmen = Postmen()
        postmen.start()
        try:
            assert heard.wait(60)
            assert not Message.objects.filter(partner=slow, sent_at__isnull=False).exists()
        finally:
            release.set()
            postmen.stop()
            postmen.join()


def test_the_partner_list_and_who_is_due_cost_the_same_however_many_there_are(
    told: Add, hands: Hands, django_assert_num_queries: Callable[..., Any]
) -> None:
    sides = [told(f"伙伴{number}") for number in range(4)]
    hands.report()
    wait_for_neighbours()
    with django_assert_num_queries(2):
        assert due_partners(at=clock.now()) == [side.partner.pk for side in sides]
    with django_assert_num_queries(2):
        assert len(partners()) == 4


def test_old_messages_go_and_those_still_to_go_stay(told: Add, hands: Hands) -> None:
    side = told(batch=1)
    hands.report()
    serve(side.partner)
    hands.report()
    side.statuses.append(500)
    serve(side.partner)
    assert clear_sent(at=later(31 * 1440)) == 1
    assert Message.objects.filter(sent_at__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "名称"),
        ({"address": "https://169.254.169.254/latest"}, "公网"),
        ({"address": "http://8.8.8.8/x"}, "https"),
        ({"address": "https://no-such-host.invalid/x"}, "域名"),
        ({"wall": "district"}, "代码"),
        ({"wall": "district", "code": "999999"}, "代码"),
        ({"wall": "street"}, "范围"),
        ({"stages": ("nowhere",)}, "环节"),
        ({"batch": 0}, "事件数"),
        ({"name": "伙伴"}, "同名"),
    ],
)
def test_a_wrong_partner_is_refused_with_what_to_do(told: Add, changed: dict[str, Any], words: str) -> None:
    told()
    given: dict[str, Any] = {"name": "另一个", "address": "http://127.0.0.1:9000/x", **changed}
    with pytest.raises(PartnerRefused, match=words):
        add_partner(
            new=NewPartner(**given), by=TERMINAL, at=clock.now(), installation_key=KEY, check_address=check_address
        )


def test_a_long_or_endless_answer_is_cut_off(loopback: None) -> None:
    with listening(lambda _headers, _body: HTTPStatus.BAD_REQUEST) as port, pytest.raises(SendFailed, match="HTTP 400"):
        post(f"http://127.0.0.1:{port}/x", {}, b"{}")
    with pytest.raises(SendFailed, match="ConnectionRefusedError"):
        post(f"http://127.0.0.1:{port}/x", {}, b"{}")


def test_a_body_is_json_and_its_moments_are_utc(told: Add, hands: Hands) -> None:
    side = told()
    hands.report()
    serve(side.partner)
    body = orjson.loads(bytes(Message.objects.get().body))
    assert body["type"] == "case.steps"
    assert body["timestamp"].endswith("Z")
    assert Partner.objects.get().salt is not None
