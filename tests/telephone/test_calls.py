"""Calls reach their seat masked, become cases with their recordings, and a missed one waits until somebody works it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.cases.conftest import START
from tests.telephone.conftest import CALLER, FAULTS, SECRET, Ring, send, signed
from tests.web.conftest import Browser
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.telephone.logic.calls import Moments, format_of, number_of, state_of
from wangge.domains.telephone.operations.working import clear_old_calls, erase_calls
from wangge.domains.telephone.queries.calls import call_of_exchange, recent_calls
from wangge.groundwork import clock
from wangge.groundwork.outbox.watching import Seen
from wangge.surfaces.exchange.hotline.simulator.network import Network
from wangge.surfaces.exchange.telephone.simulator import Exchange, calls_of_day, tone
from wangge.surfaces.web.command.pulse import rang_at

pytestmark = pytest.mark.django_db
Actors = Callable[[str], Actor]
REPORT: dict[str, Any] = {
    "source": "public", "category": "component:0101", "description": "井盖响", "address": "建设路 1 号",
    "location_lon": "113.134", "location_lat": "27.827",
}  # fmt: skip


def seated(username: str = "acceptor-1", extension: str = "8001") -> Browser:
    seat = Browser(username)
    seat.get("/calls")
    seat.send("seat", extension=extension)
    return seat


def found(call_id: str = "c-1") -> Any:
    call = call_of_exchange(call_id)
    assert call is not None
    return call


def reveals() -> list[tuple[str, list[str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT object_key, detail->>'fields' FROM organizations_audit_record WHERE object_kind = 'call'"
        )
        return [(key, json.loads(fields)) for key, fields in cursor.fetchall()]


def number_in(page: Browser) -> str:
    return page.url.rpartition("/")[2]


# ---- the seat --------------------------------------------------------------------------------------------------


def test_a_call_shows_at_its_seat_masked_with_what_came_before_and_becomes_a_case(ring: Ring, actor: Actors) -> None:
    seat, other = seated(), seated("acceptor-2", "8002")
    place = {"lon": 113.134, "lat": 27.827, "address": "老地方"}
    earlier = report_case(
        report=Report("public", "component:0101", "井盖缺失", place, "李", CALLER, stated_entry="register_report"),
        by=actor("acceptor-1"), at=START,
    ).number  # fmt: skip
    secret = report_case(
        report=Report("public", "", "举报偷倒", place, "李", CALLER, stated_entry="register_report", denounces=True),
        by=actor("acceptor-1"), at=START,
    ).number  # fmt: skip
    ring(only=("ringing",))
    page = seat.get("/calls/now")
    assert "138****5678" in page
    assert CALLER not in page
    assert earlier.rpartition("-")[2] in page
    assert secret.rpartition("-")[2] not in seat.text()
    assert "call-now" not in other.get("/calls/now")
    seat.get(re.findall(r'href="([^"]*\?call=\d+)"', page)[0])
    assert "138****5678" in seat.page
    assert CALLER not in seat.page
    seat.send("report", **REPORT)
    number = number_in(seat)
    assert found().case_number == number
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.texts #>> '{reporter_phone,1}' FROM cases_private_texts t JOIN cases_case c ON c.id = t.case_id"
            " WHERE c.number = %s",
            [number],
        )
        assert cursor.fetchone() == (CALLER,)
    assert "通话与录音" in seat.page
    seat.get(f"/calls?case={number}")
    assert "138****5678" in seat.page


def test_only_the_seat_hears_that_it_rings_and_not_who(ring: Ring) -> None:
    seated()
    ring(only=("ringing",))
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM outbox WHERE topic = 'telephone'")
        facts = [Seen(1, "telephone", row[0]) for row in cursor.fetchall()]
    assert len(facts) == 1
    mine, others = (Person.objects.get(username=name).id for name in ("acceptor-1", "acceptor-2"))
    assert (rang_at(facts, mine), rang_at(facts, others), rang_at(facts, None)) == (True, False, False)
    assert CALLER not in facts[0].payload


def test_a_page_asks_for_calls_only_while_its_person_sits_somewhere(ring: Ring) -> None:
    ring(only=("ringing",))
    assert 'id="calls"' not in Browser("acceptor-1").get("/work")
    seat = seated()
    assert 'id="calls"' in seat.get("/work")
    seat.get("/calls")
    seat.send("seat", extension=None)
    assert 'id="calls"' not in seat.get("/work")


def test_who_answers_is_at_whose_seat_the_call_is(ring: Ring) -> None:
    seated()
    other = seated("acceptor-2", "8002")
    ring(only=("ringing",))
    told = {"event_id": "e", "type": "answered", "call_id": "c-1", "at": clock.now().isoformat(), "extension": "8002"}
    assert signed("POST", "events", json.dumps(told).encode())[0] == 201
    assert "通话中" in other.get("/calls/now")
    assert found().extension == "8002"


# ---- the recording ---------------------------------------------------------------------------------------------


def test_a_recording_is_played_by_right_and_on_record_only(ring: Ring) -> None:
    seat, other = seated(), Browser("acceptor-2")
    ring()
    with clock.held_at(clock.now() + timedelta(minutes=1)):
        call = found()
        content = tone(2, hertz=300 + int(hashlib.sha256(b"c-1").hexdigest()[:3], 16) % 500)
        assert call.recording == hashlib.sha256(content).hexdigest()
        assert "播放录音" not in other.get(f"/calls/{call.id}")
        assert other.client.post(f"/calls/{call.id}/listen", {"reason": "想听"}).status_code == 404
        assert seat.client.get(f"/calls/{call.id}/recording").status_code == 404
        seat.get(f"/calls/{call.id}")
        seat.send("listen", status=422, reason="")
        seat.send("listen", status=200, reason="核对地点")
        address = re.findall(r'<source src="([^"]+)" type="audio/wav"', seat.page)[0]
        answer = seat.client.get(address)
        assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
        assert other.client.get(address).status_code == 404
        for asked, part in (("bytes=0-9", content[:10]), ("bytes=-5", content[-5:]), ("bytes=44-", content[44:])):
            answer = seat.client.get(address, headers={"Range": asked})
            assert (answer.status_code, answer["Content-Length"]) == (206, str(len(part)))
            assert b"".join(answer.streaming_content) == part  # type: ignore[attr-defined]
        assert seat.client.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
        assert seat.client.get(address, headers={"Range": "bytes=0-1,4-5"}).status_code == 200
    assert reveals() == [("c-1", ["recording"])]


def test_of_a_denunciation_number_and_recording_are_a_leaders_alone(ring: Ring) -> None:
    seat = seated()
    ring()
    call = found()
    seat.get(f"/cases/new?call={call.id}")
    seat.send("report", **REPORT, denounces="yes")
    assert found().case_number == number_in(seat)
    seat.get(f"/calls/{call.id}")
    assert "保密" in seat.page
    assert "listen" not in seat.forms()
    assert "reveal" not in seat.forms()
    for what in ("listen", "reveal"):
        assert seat.client.post(f"/calls/{call.id}/{what}", {"reason": "核对"}).status_code == 404
    leader = Browser("centre_leader-1")
    leader.get(f"/calls/{call.id}")
    leader.send("reveal", status=200, reason="处理举报")
    assert CALLER in leader.page


def test_what_was_not_announced_or_is_no_recording_is_not_kept(ring: Ring) -> None:
    ring(only=("ringing", "answered", "ended"))
    data = tone(1, hertz=400)
    content = hashlib.sha256(data).hexdigest()
    assert signed("PUT", f"recordings/{content}", data)[0] == 404

    def announce(data: bytes, number: int) -> str:
        told = {
            "event_id": f"r-{number}", "type": "recording", "call_id": f"c-{number}", "at": clock.now().isoformat(),
            "recording": {"sha256": hashlib.sha256(data).hexdigest(), "byte_count": len(data)},
        }  # fmt: skip
        assert signed("POST", "events", json.dumps(told).encode())[0] == 201
        return f"recordings/{hashlib.sha256(data).hexdigest()}"

    path = announce(data, 1)
    assert signed("PUT", path, data[:-2])[0] == 422
    assert signed("PUT", path, data, secret="x" * 32)[0] == 401
    assert signed("PUT", path, data, age=4000)[0] == 401
    assert [signed("PUT", path, data)[0] for _time in range(2)] == [201, 201]
    assert signed("PUT", announce(b"<html>" * 9, 2), b"<html>" * 9)[0] == 422
    assert (found("c-1").is_playable, found("c-2").is_playable) == (True, False)


# ---- missed calls ----------------------------------------------------------------------------------------------


def test_a_missed_call_waits_until_it_is_called_back_or_dismissed_for_a_reason(ring: Ring) -> None:
    seat = seated()
    for number in (1, 2):
        ring(f"c-{number}", talks=None)
    assert seat.get("/calls").count("▲") == 2
    seat.get(f"/calls/{found('c-1').id}")
    seat.send("reveal", status=200)  # the reason is filled in: calling back
    assert CALLER in seat.page
    seat.send("called_back", text="已说明")
    seat.get(f"/calls/{found('c-2').id}")
    seat.send("dismissed", status=422, text=" ")
    seat.send("dismissed", text="重复来电")
    assert "没有来电" in seat.get("/calls")
    assert reveals() == [("c-1", ["caller"])]
    answer = seat.client.post(f"/calls/{found('c-2').id}/acts/called_back", {"text": ""})
    assert answer.status_code == 422
    assert "重复来电" in seat.get("/calls?all=1")


def test_a_missed_caller_who_got_through_later_is_marked(ring: Ring) -> None:
    seat = seated()
    ring("c-1", talks=None)
    ring("c-2")
    assert "之后已接通" in seat.get("/calls")


def test_a_call_is_added_to_a_case_by_hand_once(ring: Ring, actor: Actors) -> None:
    seat = seated()
    ring()
    place = {"lon": 113.134, "lat": 27.827, "address": "老地方"}
    numbers = [
        report_case(
            report=Report("public", "", "井盖响", place, stated_entry="register_report"),
            by=actor("acceptor-1"),
            at=START,
        ).number
        for _time in range(2)
    ]
    seat.get(f"/calls/{found().id}")
    seat.send("bind", status=422, text="430202-20240313-99999")
    seat.send("bind", text=numbers[0])
    assert seat.client.post(f"/calls/{found().id}/acts/bind", {"text": numbers[1]}).status_code == 422
    assert found().case_number == numbers[0]


# ---- the line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["1"])
def test_a_line_with_faults_leaves_each_call_once_and_whole(ring: Ring, at_nine: datetime, seed: str) -> None:
    seated()
    exchange = Exchange(SECRET, send, clock.now, Network(seed=seed, faults=FAULTS))
    exchange.outbox = calls_of_day(count=12, seed=seed, first_at=at_nine, extensions=("8001",))
    missed = {each.key.split(".")[0] for each in exchange.outbox if each.key.endswith("missed")}
    for minute in range(300):
        with clock.held_at(at_nine + timedelta(minutes=minute)):
            exchange.round()
        if exchange.is_quiet:
            break
    assert exchange.is_quiet
    assert exchange.refused == []
    calls = recent_calls()
    assert len(calls) == 12
    assert {each.call_id for each in calls if each.state == "missed"} == missed
    assert all(each.is_playable for each in calls if each.state == "ended")
    assert {each.extension for each in calls} == {"8001"}


def test_an_event_id_stands_for_one_event_and_the_same_again_does_nothing(ring: Ring) -> None:
    ring(only=("ringing",))
    told = {"event_id": "c-1.ringing", "type": "missed", "call_id": "c-1", "at": clock.now().isoformat()}
    assert signed("POST", "events", json.dumps(told).encode())[0] == 409
    ring(only=("ringing",))
    assert len(recent_calls()) == 1


EVENT = {"event_id": "e-1", "type": "ringing", "call_id": "c-9", "at": "2024-03-13T01:00:00Z", "caller": CALLER}


@pytest.mark.parametrize(
    ("changed", "how", "status"),
    [
        ({}, {"secret": "x" * 32}, 401),
        ({}, {"age": 4000}, 401),
        ({}, {"age": -4000}, 401),
        ({"at": "2024-03-13T01:00:00"}, {}, 422),
        ({"at": "2034-03-13T01:00:00Z"}, {}, 422),
        ({"type": "burned"}, {}, 422),
        ({"extension": "'; DROP"}, {}, 422),
        ({"type": "recording"}, {}, 422),
        ({"call_id": "a\0b"}, {}, 400),
        ({"more": 1}, {}, 422),
    ],
)
def test_what_cannot_be_taken_gets_a_clear_answer(
    ring: Ring, changed: dict[str, Any], how: dict[str, Any], status: int
) -> None:
    assert signed("POST", "events", json.dumps({**EVENT, **changed}).encode(), **how)[0] == status
    assert recent_calls() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"x" * (3 * 1024 * 1024)])
def test_a_body_that_is_none_gets_a_clear_answer(ring: Ring, body: bytes) -> None:
    assert signed("POST", "events", body)[0] in (400, 413)


@pytest.mark.parametrize("caller", ["👍🏽", "<script>", "'; DROP TABLE", "anonymous", ""])
def test_a_number_that_is_none_is_a_withheld_one(ring: Ring, caller: str) -> None:
    seat = seated()
    ring(only=("ringing",), caller=caller)
    assert "未显示号码" in seat.get("/calls/now")


def test_without_a_secret_the_door_is_shut(ring: Ring, settings: Any) -> None:
    settings.TELEPHONE_SECRET = ""
    assert signed("POST", "events", json.dumps(EVENT).encode(), secret="")[0] == 401
    assert signed("PUT", f"recordings/{'0' * 64}", b"RIFF", secret="")[0] == 401
    assert "话务系统未接入" in Browser("acceptor-1").get("/calls")


# ---- what is kept ----------------------------------------------------------------------------------------------


def test_numbers_and_recordings_go_after_their_time_and_with_an_erasure(ring: Ring, actor: Actors) -> None:
    seat = seated()
    ring("c-1")
    ring("c-2")
    seat.get(f"/cases/new?call={found('c-1').id}")
    seat.send("report", **REPORT)
    gone = erase_calls(cases=[number_in(seat)], at=clock.now())
    assert (gone.calls, gone.recordings) == (("c-1",), [(found("c-1").recording, "wav")])
    assert (found("c-1").caller, found("c-1").is_playable, found("c-2").caller) == ("", False, CALLER)
    ring("c-1", only=("ringing",))  # told again: it stays cleared
    assert found("c-1").caller == ""
    assert clear_old_calls(at=clock.now() + timedelta(days=179)) == []
    assert clear_old_calls(at=clock.now() + timedelta(days=181)) == [(found("c-2").recording, "wav")]


def test_a_callers_calls_are_erased_by_his_number_and_no_others(ring: Ring) -> None:
    ring("c-1")
    ring("c-2", caller="13900000000")
    ring("c-3", caller="")
    assert erase_calls(phone=CALLER, at=clock.now()).calls == ("c-1",)
    assert (found("c-1").caller, found("c-2").caller) == ("", "13900000000")
    assert erase_calls(phone="", at=clock.now()).calls == ()
    assert erase_calls(calls=["c-2"], at=clock.now()).calls == ("c-2",)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("DELETE FROM telephone_call", "call_stays"),
        ("UPDATE telephone_call SET recording = repeat('0', 64)", "call_keeps"),
        ("UPDATE telephone_call SET settled = 'dismissed', settled_at = now()", "call_dismissed_for_a_reason"),
        ("UPDATE telephone_call SET settled = 'called_back'", "call_settled_whole"),
        ("UPDATE telephone_call SET cleared_at = now()", "call_cleared_whole"),
        ("UPDATE telephone_call SET caller = 'a'", "call_number_form"),
    ],
)
def test_the_database_refuses(ring: Ring, statement: str, constraint: str) -> None:
    ring()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


NOON = datetime.fromisoformat("2024-03-13T12:00:00+08:00")


@pytest.mark.parametrize(
    ("moments", "state"),
    [
        (Moments(rang_at=NOON), "ringing"),
        (Moments(answered_at=NOON), "talking"),
        (Moments(answered_at=NOON, ended_at=NOON, missed_at=NOON), "ended"),
        (Moments(rang_at=NOON, ended_at=NOON), "missed"),
        (Moments(missed_at=NOON, settled="dismissed"), "dismissed"),
        (Moments(missed_at=NOON, answered_at=NOON, settled="called_back"), "talking"),
    ],
)
def test_how_a_call_stands_follows_from_its_moments(moments: Moments, state: str) -> None:
    assert state_of(moments) == state


def test_numbers_are_compared_as_they_are_dialled() -> None:
    assert {number_of(text) for text in ("138 1234-5678", "+86 13812345678", "008613812345678")} == {CALLER}
    assert number_of("0731 2888 0000") == "073128880000"
    assert [format_of(data) for data in (b"OggS", b"ID3x", b"\xff\xfb", b"%PDF", b"")] == ["ogg", "mp3", "mp3", "", ""]
