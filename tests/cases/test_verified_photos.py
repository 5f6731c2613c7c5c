"""A photo that was swapped, changed or lost on the disk is named with the cases it stands in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.cases.conftest import START
from tests.cases.photographs import jpeg
from tests.cases.test_loop import Find, filed_report
from wangge.domains.cases.breaks import BreakKind
from wangge.domains.cases.verifying import verify_photos

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(actor: Find) -> str:
    return filed_report(actor, START)


def original(number: str) -> Path:
    """The sealed file of the case's one photo."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.sha256 FROM attachments_photo p JOIN cases_case c ON c.photos LIKE '%%' || p.id || '%%'"
            " WHERE c.number = %s",
            [number],
        )
        (digest,) = cursor.fetchone()
    (found,) = (Path(settings.MEDIA_ROOT) / "originals").rglob(f"{digest}.*")
    return found


def found() -> list[tuple[BreakKind, str]]:
    return [(each.kind, each.number) for piece in verify_photos() for each in piece.breaks]


def swap(path: Path, data: bytes) -> None:
    os.chmod(path, 0o640)
    path.write_bytes(data)


def test_photos_as_they_were_taken_in_are_no_break(number: str) -> None:
    assert sum(piece.photos for piece in verify_photos()) == 1
    assert found() == []


def test_a_swapped_photo_is_named_with_its_case(number: str) -> None:
    swap(original(number), jpeg())
    assert found() == [(BreakKind.CHANGED_PHOTO, number)]


def test_one_changed_byte_is_enough(number: str) -> None:
    path = original(number)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    swap(path, bytes(data))
    assert found() == [(BreakKind.CHANGED_PHOTO, number)]


def test_who_swaps_the_row_along_with_the_file_is_found_by_the_id(number: str) -> None:
    path, data = original(number), jpeg()

    digest = hashlib.sha256(data).hexdigest()
    new = path.parents[2] / digest[:2] / digest[2:4] / f"{digest}{path.suffix}"
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_bytes(data)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE attachments_photo SET sha256 = %s WHERE sha256 = %s", [digest, path.stem])
    assert found() == [(BreakKind.CHANGED_PHOTO, number)]


def test_a_lost_photo_is_named(number: str) -> None:
    original(number).unlink()
    assert found() == [(BreakKind.MISSING_PHOTO, number)]
