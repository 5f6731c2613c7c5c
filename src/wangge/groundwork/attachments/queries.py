"""Owns the questions about photos: what they say of themselves, and the copies that others may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import connection

from wangge.groundwork.attachments.photo_store import Part, name_of, open_stored
from wangge.groundwork.attachments.refusals import PhotoWarning

PHOTO_COLUMNS = (
    "p.id, p.sha256, p.width, p.height, p.taken_at, p.lon, p.lat, p.fingerprint, p.warnings, p.received_at,"
    " p.used, p.dropped_at"
)


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo as the rest of the product knows it; positions in degrees of WGS-84, moments in UTC."""

    id: str
    sha256: str
    width: int
    height: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    fingerprint: int
    warnings: tuple[PhotoWarning, ...]
    received_at: datetime
    used: bool
    dropped_at: datetime | None


def photos(*, ids: Sequence[str]) -> dict[str, PhotoView]:
    """The photos with these ids, by id, in one statement; who may see them is the case's question."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {PHOTO_COLUMNS} FROM attachments_photo p WHERE p.id = ANY(%s)",
            [list(ids)],
        )
        return {row[0]: view_of(row) for row in cursor.fetchall()}


def photos_of(*, ids: Sequence[str], uploader_id: int) -> dict[str, PhotoView]:
    """Those of the photos that this person has sent, by id, in one statement, dropped ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {PHOTO_COLUMNS} FROM attachments_photo p JOIN attachments_photo_upload u"
            " ON u.photo_id = p.id AND u.uploader_id = %s WHERE p.id = ANY(%s)",
            [uploader_id, list(ids)],
        )
        return {row[0]: view_of(row) for row in cursor.fetchall()}


def photos_by_id(*, ids: Sequence[str]) -> dict[str, PhotoView]:
    """Photos by id whoever sent them, in one statement; whether the asker may see them is the caller's question."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PHOTO_COLUMNS} FROM attachments_photo p WHERE p.id = ANY(%s)", [list(ids)])
        return {row[0]: view_of(row) for row in cursor.fetchall()}


def open_copy(*, photo_id: str, thumbnail: bool = False) -> IO[bytes] | None:
    """The JPEG copy without notes, for reading; None when there is no such photo or it was dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sha256 FROM attachments_photo WHERE id = %s AND dropped_at IS NULL", [photo_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return open_copy_of_content(sha256=row[0], thumbnail=thumbnail)


def open_copy_of_content(*, sha256: str, thumbnail: bool = False) -> IO[bytes] | None:
    """The same for a caller that knows the content's hash already: no statement."""
    try:
        return open_stored(name_of(Part.THUMBNAIL if thumbnail else Part.SHOWN, sha256)).file
    except FileNotFoundError:
        return None


def view_of(row: Sequence[Any]) -> PhotoView:
    """A photo from a row of PHOTO_COLUMNS."""
    values: tuple[Any, ...] = (*row[:8], tuple(map(PhotoWarning, row[8])), *row[9:])
    return PhotoView(*values)
