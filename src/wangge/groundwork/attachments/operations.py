"""Owns every change of photos: taking one in, marking those in use, dropping what nobody used."""

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from wangge.groundwork.attachments.photo_copies import Copies, make_copies
from wangge.groundwork.attachments.photo_reading import PhotoFacts, read_photo
from wangge.groundwork.attachments.photo_store import Part, keep, name_of, remove
from wangge.groundwork.attachments.photo_structure import PhotoFormat
from wangge.groundwork.attachments.queries import PHOTO_COLUMNS, PhotoView, photos_of, view_of
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.groundwork.prepared import prepared_cursor

UNUSED_DAYS = 30
_DROPPED_AT_ONCE = 500


def receive_photo(*, data: bytes, by: int, at: datetime) -> PhotoView:
    """Take in a photo of person `by`; the same content again is the same photo. Raises PhotoRefused.

    The original is stored as it came, for the record; others see copies without its notes. Files are
    written before the row: a row always has its files.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    known = _send_again(sha256, by, at)
    if known is not None:
        return known
    facts = read_photo(data, at=at)
    copies = make_copies(data, facts.format)
    _keep_all(sha256, data, facts, copies)
    received = _insert(sha256, len(data), facts, copies, by=by, at=at)
    # Whoever dropped this content a moment ago removed its files under the row's lock: store them again.
    _keep_all(sha256, data, facts, copies)
    return received


def use_photos(*, ids: Sequence[str], by: int) -> dict[str, PhotoView]:
    """Mark photos that person `by` has sent as used, in the caller's transaction and in one statement.

    They are locked in the order of their ids, so that two who name them in different orders never wait in a circle.

    Answers them by id. Raises PhotoGone (naming the contents to send again) or PhotoUnknown.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            WITH named AS (
                SELECT {PHOTO_COLUMNS} FROM attachments_photo p
                JOIN attachments_photo_upload u ON u.photo_id = p.id AND u.uploader_id = %s
                WHERE p.id = ANY(%s) AND p.dropped_at IS NULL
                ORDER BY p.id FOR NO KEY UPDATE OF p
            ), marked AS (
                UPDATE attachments_photo SET used = TRUE WHERE id IN (SELECT id FROM named WHERE NOT used)
            )
            SELECT * FROM named
            """,
            [by, wanted],
        )
        found = {row[0]: view_of(row) for row in cursor.fetchall()}
    missing = tuple(photo_id for photo_id in wanted if photo_id not in found)
    if missing:
        _refuse_missing(missing, by)
    return found


def mark_used(*, ids: Sequence[str]) -> None:
    """Mark photos as used without asking who sent them: for loaders of history that name them in bulk."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE attachments_photo SET used = TRUE WHERE id = ANY(%s) AND NOT used", [list(ids)])


def drop_unused(*, at: datetime) -> int:
    """Drop photos that nobody used within UNUSED_DAYS; their rows stay as a note. Answers how many."""
    dropped = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE attachments_photo SET dropped_at = %s WHERE id IN (
                    SELECT id FROM attachments_photo
                    WHERE NOT used AND dropped_at IS NULL AND received_at < %s
                    ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED
                ) RETURNING sha256, format
                """,
                [at, at - timedelta(days=UNUSED_DAYS), _DROPPED_AT_ONCE],
            )
            rows = cursor.fetchall()
            # Under the rows' locks: who sends the same content meanwhile waits, and stores it again.
            for sha256, form in rows:
                _remove_all(sha256, form)
        dropped += len(rows)
        if len(rows) < _DROPPED_AT_ONCE:
            return dropped


def photo_id_of(sha256: str) -> str:
    """The public id of a content: 128 bits of its hash."""
    return b32encode(bytes.fromhex(sha256)[:16]).decode().rstrip("=").lower()


def _send_again(sha256: str, by: int, at: datetime) -> PhotoView | None:
    """The photo of a content that lies here already, with its time renewed and its further sender noted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH p AS (
                UPDATE attachments_photo SET received_at = greatest(received_at, %s)
                WHERE sha256 = %s AND dropped_at IS NULL RETURNING *
            ), sent AS (
                INSERT INTO attachments_photo_upload (photo_id, uploader_id, received_at)
                SELECT id, %s, %s FROM p
                ON CONFLICT ON CONSTRAINT photo_upload_once_a_person DO NOTHING
            )
            SELECT {PHOTO_COLUMNS} FROM p
            """,
            [at, sha256, by, at],
        )
        row = cursor.fetchone()
    return view_of(row) if row else None


def _insert(sha256: str, byte_count: int, facts: PhotoFacts, copies: Copies, *, by: int, at: datetime) -> PhotoView:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH p AS (
                INSERT INTO attachments_photo (id, sha256, format, byte_count, width, height,
                                               taken_at, lon, lat, fingerprint, warnings, received_at, used)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, FALSE)
                ON CONFLICT ON CONSTRAINT photo_content_once
                DO UPDATE SET received_at = excluded.received_at, dropped_at = NULL
                RETURNING *
            ), sent AS (
                INSERT INTO attachments_photo_upload (photo_id, uploader_id, received_at)
                SELECT id, %s, %s FROM p
                ON CONFLICT ON CONSTRAINT photo_upload_once_a_person DO NOTHING
            )
            SELECT {PHOTO_COLUMNS} FROM p
            """,
            [
                photo_id_of(sha256),
                sha256,
                facts.format.value,
                byte_count,
                facts.width,
                facts.height,
                facts.taken_at,
                facts.lon,
                facts.lat,
                copies.fingerprint,
                [warning.value for warning in facts.warnings],
                at,
                by,
                at,
            ],
        )
        return view_of(cursor.fetchone())


def _refuse_missing(missing: tuple[str, ...], by: int) -> None:
    dropped = photos_of(ids=missing, uploader_id=by)
    if dropped:
        raise PhotoGone(tuple(photo.sha256 for photo in dropped.values()))
    raise PhotoUnknown(missing)


def _keep_all(sha256: str, data: bytes, facts: PhotoFacts, copies: Copies) -> None:
    keep(name_of(Part.ORIGINAL, sha256, facts.format.extension), data)
    keep(name_of(Part.SHOWN, sha256), copies.shown)
    keep(name_of(Part.THUMBNAIL, sha256), copies.thumbnail)


def _remove_all(sha256: str, form: str) -> None:
    extension = PhotoFormat(form).extension
    remove(name_of(Part.ORIGINAL, sha256, extension))
    remove(name_of(Part.SHOWN, sha256))
    remove(name_of(Part.THUMBNAIL, sha256))
