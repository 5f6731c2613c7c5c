"""Photos in pieces: resumed by offset, broken pieces refused with what to do, "sent" only when the hash agrees."""

from __future__ import annotations

import hashlib
import json
import random
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.api.conftest import Speak, Speaker
from tests.attachments import pictures
from tests.cases.photographs import jpeg
from wangge.groundwork import clock
from wangge.groundwork.attachments.models import Photo
from wangge.groundwork.attachments.pieces import PIECE_MOST, drop_stale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_directory(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def announced(speaker: Speaker, data: bytes, *, algorithm: str = "sha256", **changed: Any) -> Any:
    body = {"byte_count": len(data), algorithm: hashlib.new(algorithm, data).hexdigest(), **changed}
    return speaker.post("/photos/uploads", body, key=None)


def begun(speaker: Speaker, data: bytes, **options: Any) -> str:
    answer = announced(speaker, data, **options)
    assert answer.status_code == 201, answer.content
    return str(json.loads(answer.content)["id"])


def piece(speaker: Speaker, upload: str, offset: int, data: bytes, **headers: str) -> Any:
    return speaker.client.patch(
        f"/api/v1/photos/uploads/{upload}", data, content_type="application/octet-stream",
        headers={**speaker.headers, "Upload-Offset": str(offset), **headers},
    )  # fmt: skip


def read(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.content))


def reason(answer: Any) -> tuple[int, str, Any]:
    told = read(answer)
    return answer.status_code, told["type"].rpartition(":")[2], told.get("received")


def own_hash(data: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(data).digest()).decode()}:"


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_photo_in_pieces_is_sent_when_its_hash_agrees_and_can_be_reported_with(speak: Speak, algorithm: str) -> None:
    collector, data = speak("collector-1"), pictures.located_jpeg()
    upload = begun(collector, data, algorithm=algorithm)
    middle = len(data) // 2
    first = read(piece(collector, upload, 0, data[:middle], **{"Content-Digest": own_hash(data[:middle])}))
    assert (first["received"], first["state"], first["photo"]) == (middle, "receiving", None)
    assert read(collector.get(f"/photos/uploads/{upload}")) == first
    assert Photo.objects.count() == 0
    last = read(piece(collector, upload, middle, data[middle:]))
    assert (last["received"], last["state"]) == (len(data), "sent")
    assert last["photo"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert last["photo"]["location"] == {"lon": pytest.approx(113.134), "lat": pytest.approx(27.827)}
    assert collector.report(evidence={"photo_before": [last["photo"]["id"]]})["photos"][0]["id"] == last["photo"]["id"]


def test_a_photo_announced_again_goes_on_where_it_was(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = begun(collector, data)
    piece(collector, upload, 0, data[:100])
    again = announced(collector, data)
    assert (again.status_code, read(again)["id"], read(again)["received"]) == (200, upload, 100)
    piece(collector, upload, 100, data[100:])
    done = announced(collector, data)
    assert (done.status_code, read(done)["state"]) == (200, "sent")


def test_a_piece_that_came_before_is_told_where_to_go_on(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = begun(collector, data)
    piece(collector, upload, 0, data[:100])
    assert reason(piece(collector, upload, 0, data[:100])) == (409, "offset_differs", 100)
    assert reason(piece(collector, upload, 200, data[200:])) == (409, "offset_differs", 100)
    piece(collector, upload, 100, data[100:])
    assert reason(piece(collector, upload, 100, data[100:])) == (409, "offset_differs", len(data))


def test_a_broken_piece_is_refused_and_the_same_place_is_asked_again(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = begun(collector, data)
    broken = b"x" + data[1:100]
    refused = piece(collector, upload, 0, broken, **{"Content-Digest": own_hash(data[:100])})
    assert reason(refused) == (422, "piece_broken", 0)
    assert read(piece(collector, upload, 0, data[:100], **{"Content-Digest": own_hash(data[:100])}))["received"] == 100


def test_a_content_that_is_not_the_announced_one_is_never_sent(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = begun(collector, data)
    other = data[:-1] + bytes([data[-1] ^ 1])
    assert reason(piece(collector, upload, 0, other)) == (422, "content_differs", 0)
    assert read(collector.get(f"/photos/uploads/{upload}"))["received"] == 0
    assert Photo.objects.count() == 0
    assert read(piece(collector, upload, 0, data))["state"] == "sent"


def test_what_is_no_photo_is_told_with_the_last_piece(speak: Speak) -> None:
    collector, data = speak("collector-1"), b"MZ" + b"\0" * 500
    upload = begun(collector, data)
    assert reason(piece(collector, upload, 0, data))[:2] == (422, "photo_type")
    assert read(collector.get(f"/photos/uploads/{upload}"))["state"] == "receiving"


def test_a_network_that_drops_doubles_and_breaks_brings_each_photo_whole(speak: Speak) -> None:
    collector, seed = speak("collector-1"), 20240313
    dice = random.Random(seed)
    for data in [jpeg() for _ in range(5)]:
        upload, offset = read(announced(collector, data))["id"], 0
        for _attempt in range(500):
            part = data[offset : offset + dice.randint(1, 200)]
            arriving = bytes([part[0] ^ 0xFF]) + part[1:] if dice.random() < 0.2 else part
            answers = [
                piece(collector, upload, offset, arriving, **{"Content-Digest": own_hash(part)})
                for _copy in range(dice.choice([0, 1, 1, 2]))
            ]
            if not answers or dice.random() < 0.2:  # the way there or back was lost: the telephone asks
                told = read(collector.get(f"/photos/uploads/{upload}"))
            else:
                told = read(answers[-1])
            offset = told["received"]
            if offset == len(data):
                break
        final = read(collector.get(f"/photos/uploads/{upload}"))
        assert final["photo"]["sha256"] == hashlib.sha256(data).hexdigest(), f"seed {seed}"


def test_another_person_sees_nothing_of_an_upload_and_a_known_hash_gives_no_photo(speak: Speak) -> None:
    one, other, data = speak("collector-1"), speak("collector-2"), jpeg()
    upload = begun(one, data)
    assert reason(other.get(f"/photos/uploads/{upload}"))[:2] == (404, "not_found")
    assert reason(piece(other, upload, 0, data))[:2] == (404, "not_found")
    piece(one, upload, 0, data)
    told = read(announced(other, data))
    assert (told["state"], told["received"], told["photo"]) == ("receiving", 0, None)


def test_a_photo_sent_whole_before_has_arrived_when_it_is_announced(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    photo = collector.photo(data)
    told = read(announced(collector, data))
    assert (told["state"], told["photo"]["id"]) == ("sent", photo)


def test_another_length_for_the_same_hash_begins_where_it_still_fits(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = read(announced(collector, data, byte_count=len(data) + 7))["id"]
    piece(collector, upload, 0, data)
    assert read(announced(collector, data))["received"] == 0
    assert read(piece(collector, upload, 0, data))["state"] == "sent"


@pytest.mark.parametrize(
    "body",
    [
        {"byte_count": 10},
        {"byte_count": 10, "sha256": "a" * 64, "sm3": "a" * 64},
        {"byte_count": 0, "sha256": "a" * 64},
        {"byte_count": 50 * 1024 * 1024, "sha256": "a" * 64},
        {"byte_count": 10, "sha256": "g" * 64},
    ],
)
def test_a_photo_that_cannot_be_announced_is_told(speak: Speak, body: Any) -> None:
    assert reason(speak("collector-1").post("/photos/uploads", body, key=None))[:2] == (422, "bad_input")


def test_a_piece_has_a_length_and_a_place(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    upload = begun(collector, data, byte_count=3 * PIECE_MOST)
    assert reason(piece(collector, upload, 0, b"")) == (422, "piece_length", 0)
    assert reason(piece(collector, upload, 0, b"x" * (PIECE_MOST + 1))) == (422, "piece_length", 0)
    assert reason(piece(collector, upload, 0, b"x" * (2 * PIECE_MOST + 1)))[:2] == (413, "too_large")
    for given in ("", "-1", "x", "1" * 10, "１"):
        assert reason(piece(collector, upload, 0, b"x", **{"Upload-Offset": given}))[:2] == (400, "offset_malformed")
    for given in ("md5=:x:", "sha-256=:" + "!" * 43 + "=:", "sha-256=abc"):
        assert reason(piece(collector, upload, 0, b"x", **{"Content-Digest": given}))[:2] == (400, "digest_malformed")


def test_what_nobody_went_on_with_goes_after_a_week_and_the_photos_stay(speak: Speak) -> None:
    collector, data = speak("collector-1"), jpeg()
    piece(collector, begun(collector, data), 0, data)
    piece(collector, begun(collector, jpeg()), 0, b"half")
    assert drop_stale(at=clock.now() + timedelta(days=6)) == 0
    assert drop_stale(at=clock.now() + timedelta(days=8)) == 2
    assert Photo.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attachments_piece")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("incoming_size", "UPDATE attachments_incoming SET byte_count = 0"),
        ("incoming_algorithm_known", "UPDATE attachments_incoming SET algorithm = 'md5'"),
        ("incoming_digest_form", "UPDATE attachments_incoming SET digest = 'x'"),
        ("incoming_runs_forward", "UPDATE attachments_incoming SET touched_at = begun_at - interval '1 s'"),
        ("piece_has_bytes", "INSERT INTO attachments_piece SELECT id, 5, '' FROM attachments_incoming"),
        ("piece_begins_within", "INSERT INTO attachments_piece SELECT id, -1, 'x' FROM attachments_incoming"),
    ],
)
def test_the_database_refuses(speak: Speak, name: str, order: str) -> None:
    begun(speak("collector-1"), jpeg())
    with pytest.raises(DatabaseError, match=name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(order)
