"""Every door × every fault: a clear answer and never an error of ours; a line that loses, doubles, delays and reorders
leaves each report once.

What only some doors have is tested beside them: messages under a line with faults of the hotline's whole day
(tests/hotline/test_a_day_with_the_hotline.py), of positions (tests/api/test_positions.py), of photos in pieces
(tests/api/test_photos_in_pieces.py), of calls (tests/telephone/test_calls.py), of partners (tests/partners/).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.api.conftest import Speaker
from tests.attachments.pictures import jpeg, located_jpeg
from tests.citizens.conftest import Citizen, city, open_up
from tests.exchange.test_spool import SECRET as SPOOL_SECRET
from tests.exchange.test_spool import lay
from tests.exchange.test_spool import report as package
from tests.hotline.conftest import CHANNEL, SECRET, Partner, actor, order_body, small_city
from tests.replies.conftest import SMS_SECRET, TOKEN, sides
from tests.replies.test_letters_and_receipts import receipt
from tests.replies.test_wechat_callbacks import call, message
from tests.telephone.conftest import SECRET as CALL_SECRET
from tests.telephone.conftest import signed
from wangge.domains.organizations.logic import token_digest
from wangge.domains.organizations.models import AccessToken, Person, PublicDoor
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.orders import import_orders
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.network import Faults, Network
from wangge.surfaces.exchange.spool.receiving import Outcome, take_in

__all__ = ["actor", "city", "sides", "small_city"]
pytestmark = pytest.mark.django_db
HERE = (113.134, 27.827)
FAR = (-66.866, -27.827)  # the other side of the world
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
AT = "2024-03-13T01:00:00Z"


@dataclass(frozen=True)
class Told:
    """What is handed in at a door."""

    words: str = "路面破损"
    place: tuple[float, float] | None = HERE
    photo: bytes | None = None
    key: str = "key-1"


@dataclass
class At:
    """Where the doors stand: the city's moment and a folder."""

    moment: datetime
    folder: Path


def field(at: At, told: Told) -> int:
    collector = Speaker("app-field")
    file = SimpleUploadedFile("a.jpg", told.photo or jpeg(), "image/jpeg")
    answer = collector.client.post("/api/v1/photos", {"file": file}, headers=collector.headers)
    if answer.status_code != 201:
        return answer.status_code
    place = {"lon": told.place[0], "lat": told.place[1]} if told.place else {"address": "建设路"}
    body = {
        "source": "collector", "category": "component:0101", "description": told.words, "location": place,
        "evidence": {"photo_before": [answer.json()["id"]]},
    }  # fmt: skip
    return int(collector.post("/cases", body, key=told.key).status_code)


def batch(at: At, told: Told) -> int:
    collector = Speaker("app-field")
    place = {"lon": told.place[0], "lat": told.place[1]} if told.place else {"address": "建设路"}
    report = {
        "source": "collector", "category": "component:0101", "description": told.words, "location": place,
        "evidence": {"photo_before": [collector.photo(told.photo)]},
    }  # fmt: skip
    answer = collector.post("/reports", {"items": [{"key": told.key, "report": report}]}, key=None)
    return int(answer.json()["items"][0]["status"]) if answer.status_code == 200 else answer.status_code


def open311(at: At, told: Told) -> int:
    place = (
        {"lon": "", "lat": ""} if told.place is None else dict(zip(("lon", "lat"), map(str, told.place), strict=True))
    )
    form = {
        "api_key": "app-open311", "service_code": "component-0101", "lat": place["lat"], "long": place["lon"],
        "description": told.words, "address_string": "" if told.place else "建设路",
    }  # fmt: skip
    answer = Client(raise_request_exception=False).post(
        "/open311/v2/requests.json", form, headers={"Idempotency-Key": told.key}
    )
    return answer.status_code


def hotline(at: At, told: Told) -> int:
    place = {"lon": told.place[0], "lat": told.place[1]} if told.place else None
    body = order_body(message_id=told.key, order_no=told.key, title="", content=told.words, location=place)
    return int(Partner().send(body).status_code)


def hotline_csv(at: At, told: Told) -> int:
    path = at.folder / "orders.csv"
    lon, lat = told.place or ("", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("工单编号", "诉求类型", "内容", "经度", "纬度"), (told.key, "求助", told.words, lon, lat)]
        )
    return 422 if import_orders(path=path, channel=CHANNEL, at=clock.now()).refused else 200


def public(at: At, told: Told) -> int:
    person = Citizen()
    person.get("/public/report")
    person.press(**({"photo_before": SimpleUploadedFile("a.jpg", told.photo, "image/jpeg")} if told.photo else {}))
    if person.status != 200:
        return person.status
    lon, lat = told.place or ("", "")
    person.press(location_lon=str(lon), location_lat=str(lat), address="建设路 1 号")
    if person.status != 200:
        return person.status
    if person.heading == "是什么问题":
        person.press(description=told.words, category="component:0101")
    if person.heading == "附近有人报过":
        person.press()
    person.press(reporter_name=told.words[:20])
    return person.status


def letter(at: At, told: Told) -> int:
    person = Citizen()
    person.get("/public/letters")
    photo = {"photo_before": SimpleUploadedFile("a.jpg", told.photo, "image/jpeg")} if told.photo else {}
    person.press(form="letter", kind="suggestion", description=told.words, **photo)
    return person.status


def spool(at: At, told: Told) -> int:
    place = dict(zip(("lon", "lat"), told.place, strict=True)) if told.place else {"lon": None, "lat": None}
    made = package(at.moment, int(told.key.rpartition("-")[2]), description=told.words, **place)
    lay(at.folder, replace(made, blobs=(told.photo or jpeg(),)))
    (outcome,) = take_in(at.folder, secret=SPOOL_SECRET, at=at.moment)
    return {Outcome.TAKEN: 201, Outcome.BEFORE: 200, Outcome.REFUSED: 422}[outcome]


def osmand(at: At, told: Told) -> int:
    lon, lat = told.place or ("", "")
    asked = urlencode({"id": "app-tracker", "lat": lat, "lon": lon, "timestamp": "1710291600", "event": told.words})
    return Client(raise_request_exception=False).get(f"/api/v1/positions/osmand?{asked}").status_code


def wechat(at: At, told: Told) -> int:
    return int(call(message(told.words.replace("\0", ""))).status_code)


def telephone(at: At, told: Told) -> int:
    body = {"event_id": told.key, "type": "ringing", "call_id": told.key, "at": AT, "caller": told.words[:40]}
    return signed("POST", "events", json.dumps(body).encode())[0]


def sms_receipt(at: At, told: Told) -> int:
    return receipt({"message_id": told.key, "state": "undelivered", "why": told.words})


def public_form(at: At, told: Told) -> int:
    """The last press of the public form, as often as it comes."""
    form = {
        "step": "contact", "go": "next", "key": told.key, "description": told.words, "category": "component:0101",
        "location_lon": str(HERE[0]), "location_lat": str(HERE[1]), "address": "建设路 1 号", "looked": "1",
    }  # fmt: skip
    return Client(REMOTE_ADDR=f"203.0.113.{told.key[-1]}").post("/public/report", form).status_code


def spool_file(at: At, told: Told) -> int:
    """A package, copied as often as it comes."""
    number = int(told.key.rpartition("-")[2])
    lay(at.folder, replace(package(at.moment, number, description=told.words), blobs=()))
    (outcome,) = take_in(at.folder, secret=SPOOL_SECRET, at=at.moment)
    return {Outcome.TAKEN: 201, Outcome.BEFORE: 200}[outcome]


WITH_WORDS = (
    field,
    batch,
    open311,
    hotline,
    hotline_csv,
    public,
    letter,
    spool,
    osmand,
    wechat,
    telephone,
    sms_receipt,
)
WITH_PLACE = (field, batch, open311, hotline, hotline_csv, public, spool, osmand)
WITH_PHOTO = (field, public, letter, spool)
WITH_CASES = (field, batch, open311, hotline, public, spool)


@pytest.fixture
def at(city: datetime, sides: object, settings: Any, tmp_path: Path) -> At:
    """Every door open, every secret set."""
    settings.HOTLINE_SECRETS, settings.TELEPHONE_SECRET = {CHANNEL: SECRET}, CALL_SECRET
    open_up(PublicDoor.OPEN311, PublicDoor.LETTERS, at=city)
    for name, username, scope in (
        ("app-field", "collector-1", "full"), ("app-open311", "acceptor-1", "open311"),
        ("app-tracker", "collector-1", "positions"),
    ):  # fmt: skip
        person = Person.objects.get(username=username)
        AccessToken.objects.create(digest=token_digest(name), person=person, scope=scope, created_at=clock.now())
    return At(city, tmp_path)


def descriptions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT description FROM cases_matter")
        return [str(row[0]) for row in cursor.fetchall()]


Door = Callable[[At, Told], int]
TAKEN = frozenset({200, 201})
WORDS = ("👩‍👩‍👧‍👦🕳️𠮷", "'; DROP TABLE cases_case; --", "<script>alert(1)</script>", "%s {{ 7*7 }} \u202e")


def named(door: object) -> str:
    return getattr(door, "__name__", "")


@pytest.mark.parametrize("door", WITH_WORDS, ids=named)
def test_any_words_are_kept_as_they_are(at: At, door: Door) -> None:
    expected = {404} if door is sms_receipt else TAKEN  # no such message: nobody sent one
    for number, words in enumerate(WORDS):
        assert door(at, Told(words=words, key=f"key-{number}")) in expected, words
    if door in WITH_CASES or door is hotline_csv:
        assert set(descriptions()) == set(WORDS)


@pytest.mark.parametrize("door", WITH_WORDS, ids=named)
def test_what_no_text_can_hold_is_left_out_or_refused(at: At, door: Door) -> None:
    status = door(at, Told(words="井\0盖"))
    assert status in {*TAKEN, 400, 422}
    if status in TAKEN and door in WITH_CASES:
        assert descriptions() == ["井盖"]


@pytest.mark.parametrize(
    ("place", "refused"),
    [(None, False), (FAR, False), ((999.0, 99.0), True), ((0.0, 0.0), False)],
    ids=["no place", "other side of the world", "not on earth", "null island"],
)
@pytest.mark.parametrize("door", WITH_PLACE, ids=named)
def test_a_place_that_is_none_gets_a_clear_answer(
    at: At, door: Door, place: tuple[float, float] | None, refused: bool
) -> None:
    status = door(at, Told(place=place))
    if door is osmand:  # a position is kept or not; what cannot be read is told
        assert (status in TAKEN) == (place is not None)
        return
    if door is public:
        refused = place is not None  # beyond the border the page names who can help, and makes no case
    assert status in ({400, 422} if refused else TAKEN)
    # Without a place a person decides of an order; what the surface outside sent from beyond the border is handed on.
    no_case = refused or (door in (hotline, hotline_csv) and place is None) or (door is spool and place is not None)
    assert len(descriptions()) == (not no_case)


@pytest.mark.parametrize(
    ("photo", "refused"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(50 * 1024 * 1024), True), (HEIC, True), (jpeg(), False),
        (located_jpeg(lon=FAR[0], lat=FAR[1]), False), (located_jpeg()[:900], True),
    ],
    ids=["50 MB", "HEIC", "no GPS", "GPS on the other side", "cut short"],
)  # fmt: skip
@pytest.mark.parametrize("door", WITH_PHOTO, ids=named)
def test_a_picture_that_cannot_be_taken_is_told(at: At, door: Door, photo: bytes, refused: bool) -> None:
    status = door(at, Told(photo=photo))
    assert (status in {413, 422}) == refused
    assert refused or status in TAKEN
    assert not (refused and descriptions())


# ---- who may speak ---------------------------------------------------------------------------------------------


def hotline_signed(body: bytes, age: int, secret: str) -> int:
    return int(Partner(secret=secret).send(body, age=age).status_code)


def statement_signed(body: bytes, age: int, secret: str) -> int:
    timestamp = str(int(clock.now().timestamp()) - age)
    headers = {"X-Wangge-Timestamp": timestamp, "X-Wangge-Signature": signature_of(secret, timestamp, body)}
    path = f"/api/v1/hotline/{CHANNEL}/statements"
    return Client().post(path, body, content_type="application/json", headers=headers).status_code


def telephone_signed(body: bytes, age: int, secret: str) -> int:
    return signed("POST", "events", body, age=age, secret=secret)[0]


def recording_signed(body: bytes, age: int, secret: str) -> int:
    return signed("PUT", f"recordings/{'0' * 64}", body, age=age, secret=secret)[0]


def receipt_signed(body: bytes, age: int, secret: str) -> int:
    return receipt(body, age=age, secret=secret)


def wechat_signed(body: bytes, age: int, secret: str) -> int:
    return int(call(body.decode(), age=age, token=secret).status_code)


@pytest.mark.parametrize(
    ("door", "secret"),
    [
        (hotline_signed, SECRET), (statement_signed, SECRET), (telephone_signed, CALL_SECRET),
        (recording_signed, CALL_SECRET), (receipt_signed, SMS_SECRET), (wechat_signed, TOKEN),
    ],
    ids=named,
)  # fmt: skip
def test_a_bad_signature_and_an_old_moment_are_refused(
    at: At, door: Callable[[bytes, int, str], int], secret: str
) -> None:
    assert door(b"{}", 0, secret) not in (401, 403), "the right secret now is let in, whatever it says"
    assert {door(b"{}", 0, "x" * 32), door(b"{}", 0, ""), door(b"{}", 3600, secret), door(b"{}", -3600, secret)} <= {
        401, 403,
    }  # fmt: skip


# ---- the line --------------------------------------------------------------------------------------------------

REPORTS = 6


@pytest.mark.parametrize("door", [field, batch, open311, hotline, public_form, spool_file], ids=named)
def test_over_a_line_with_faults_each_report_is_there_once(at: At, door: Door) -> None:
    line = Network(seed="20240313", faults=Faults(0.2, 0.2, 0.2, 0.2, timedelta(minutes=2)))
    waiting = [Told(words=f"第 {number} 件", key=f"key-{number}") for number in range(REPORTS)]
    photos: dict[str, bytes] = {each.key: jpeg(colour=(9, 9, len(each.words))) for each in waiting}
    for turn in range(200):
        moment = at.moment + timedelta(minutes=turn)
        line.release(at=moment)
        for told in line.reordered(waiting):
            sent = replace(told, photo=photos[told.key])
            status = line.pass_on(lambda sent=sent: door(at, sent), at=moment)  # type: ignore[misc]
            if status in TAKEN:
                waiting.remove(told)
        if not waiting and line.is_empty:
            break
    assert not waiting
    assert sorted(descriptions()) == [f"第 {number} 件" for number in range(REPORTS)]
