"""Photos in the store: one content once, sealed originals, use, and what nobody used goes."""

import hashlib
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from tests.attachments import pictures
from wangge.groundwork.attachments.models import Photo, PhotoUpload
from wangge.groundwork.attachments.operations import drop_unused, mark_used, photo_id_of, receive_photo, use_photos
from wangge.groundwork.attachments.photo_store import Part, name_of
from wangge.groundwork.attachments.queries import open_copy, photos, photos_of
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown

NOW = datetime(2024, 4, 12, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=31)
COLLECTOR, OTHER = 7, 8

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_directory(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]


def stored(part: Part, sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name_of(part, sha256)


def test_a_photo_is_named_by_its_content_and_its_facts_are_kept() -> None:
    data = pictures.located_jpeg()
    photo = receive_photo(data=data, by=COLLECTOR, at=NOW)
    assert photo.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.id == photo_id_of(photo.sha256)
    assert [photo.lon, photo.lat] == pytest.approx([113.134, 27.827])
    assert photo.taken_at == datetime(2024, 4, 12, 2, 30, tzinfo=UTC)
    assert photos(ids=[photo.id]) == {photo.id: photo}


def test_the_original_is_sealed_as_it_came() -> None:
    data = pictures.located_jpeg()
    photo = receive_photo(data=data, by=COLLECTOR, at=NOW)
    original = stored(Part.ORIGINAL, photo.sha256)
    assert original.read_bytes() == data
    assert not original.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IRWXO)


def test_others_see_a_copy_without_notes() -> None:
    photo = receive_photo(data=pictures.located_jpeg(), by=COLLECTOR, at=NOW)
    for thumbnail in (False, True):
        copy = open_copy(photo_id=photo.id, thumbnail=thumbnail)
        assert copy is not None
        with copy:
            assert b"Exif" not in copy.read()
    assert open_copy(photo_id="a" * 26) is None


def test_the_same_content_twice_is_the_same_photo() -> None:
    data = pictures.jpeg()
    first = receive_photo(data=data, by=COLLECTOR, at=NOW)
    second = receive_photo(data=data, by=COLLECTOR, at=NOW + timedelta(hours=1))
    assert second.id == first.id
    assert Photo.objects.count() == PhotoUpload.objects.count() == 1


def test_two_people_may_send_the_same_content_and_each_may_name_it() -> None:
    data = pictures.jpeg()
    photo = receive_photo(data=data, by=COLLECTOR, at=NOW)
    with pytest.raises(PhotoUnknown):
        use_photos(ids=[photo.id], by=OTHER)
    receive_photo(data=data, by=OTHER, at=NOW)
    assert set(use_photos(ids=[photo.id], by=OTHER)) == {photo.id}
    assert set(use_photos(ids=[photo.id], by=COLLECTOR)) == {photo.id}


def test_using_photos_is_one_statement(django_assert_num_queries: object) -> None:
    ids = [receive_photo(data=pictures.jpeg(colour=(i * 40, 0, 0)), by=COLLECTOR, at=NOW).id for i in range(5)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert set(use_photos(ids=[*ids, ids[0]], by=COLLECTOR)) == set(ids)
    assert all(photo.used for photo in photos(ids=ids).values())
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(photos_of(ids=ids, uploader_id=COLLECTOR)) == 5
    assert photos_of(ids=ids, uploader_id=OTHER) == {}


def test_unused_photos_go_after_thirty_days_and_are_asked_for_by_content() -> None:
    used = receive_photo(data=pictures.jpeg(colour=(1, 2, 3)), by=COLLECTOR, at=NOW)
    unused = receive_photo(data=pictures.jpeg(colour=(200, 2, 3)), by=COLLECTOR, at=NOW)
    use_photos(ids=[used.id], by=COLLECTOR)
    assert drop_unused(at=NOW + timedelta(days=29)) == 0
    assert drop_unused(at=LATER) == 1
    assert not stored(Part.ORIGINAL, unused.sha256).exists()
    assert stored(Part.ORIGINAL, used.sha256).exists()
    assert open_copy(photo_id=unused.id) is None
    with pytest.raises(PhotoGone) as gone:
        use_photos(ids=[used.id, unused.id], by=COLLECTOR)
    assert gone.value.sha256s == (unused.sha256,)
    assert unused.sha256 in str(gone.value)


def test_photos_of_loaded_history_stay() -> None:
    photo = receive_photo(data=pictures.jpeg(), by=COLLECTOR, at=NOW)
    mark_used(ids=[photo.id])
    assert drop_unused(at=LATER) == 0


def test_a_dropped_photo_comes_back_when_sent_again() -> None:
    data = pictures.jpeg()
    photo = receive_photo(data=data, by=COLLECTOR, at=NOW)
    drop_unused(at=LATER)
    again = receive_photo(data=data, by=COLLECTOR, at=LATER)
    assert again.id == photo.id
    assert again.dropped_at is None
    assert stored(Part.ORIGINAL, photo.sha256).exists()
    assert set(use_photos(ids=[photo.id], by=COLLECTOR)) == {photo.id}


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("photo_id_form", {"id": "X" * 26}),
        ("photo_sha256_form", {"sha256": "g" * 64}),
        ("photo_format_known", {"format": "GIF"}),
        ("photo_has_pixels", {"width": 0}),
        ("photo_position_whole_and_on_earth", {"lon": 113.0}),
        ("photo_position_whole_and_on_earth", {"lon": 213.0, "lat": 27.0}),
        ("photo_dropped_only_unused", {"used": True, "dropped_at": NOW}),
        ("photo_dropped_after_received", {"dropped_at": NOW - timedelta(days=1)}),
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(constraint: str, change: dict[str, object]) -> None:
    row: dict[str, object] = {
        "id": "a" * 26,
        "sha256": "0" * 64,
        "format": "JPEG",
        "byte_count": 10,
        "width": 1,
        "height": 1,
        "fingerprint": 0,
        "received_at": NOW,
        **change,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Photo.objects.create(**row)


def test_the_database_keeps_one_row_a_content_and_one_upload_a_person() -> None:
    photo = receive_photo(data=pictures.jpeg(), by=COLLECTOR, at=NOW)
    row = Photo.objects.get()
    row.id = "b" * 26
    with pytest.raises(IntegrityError, match="photo_content_once"), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError, match="photo_upload_once_a_person"), transaction.atomic():
        PhotoUpload.objects.create(photo_id=photo.id, uploader_id=COLLECTOR, received_at=NOW)
