"""Owns photos that come in pieces: what of each is there, and the word "sent" once the content is the announced one.

A photo is announced by its length and hash. Pieces follow each other by offset, so a lost answer is found out by asking
how far we are. The photo exists only when the hash of all pieces is the announced one; until then nothing refers to it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.queries import PhotoView, photos
from wangge.groundwork.attachments.refusals import PhotoRefused

PIECE_MOST = 1024 * 1024
KEPT_DAYS = 7


class Algorithm(StrEnum):
    """How the content is announced."""

    SHA256 = "sha256"
    SM3 = "sm3"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A photo on its way; with ``photo`` it has arrived."""

    id: str
    byte_count: int
    received: int
    algorithm: Algorithm
    digest: str
    photo: PhotoView | None


class PieceRefused(Exception):
    """A piece that is not taken; ``received`` is where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__()
        self.received = received


class NoSuchIncoming(PieceRefused):
    """Nobody announced this, or another person did: the two look the same."""

    def __init__(self) -> None:
        super().__init__(0)


class OffsetDiffers(PieceRefused):
    """The piece does not begin where the last one ended."""


class PieceTooLong(PieceRefused):
    """The piece is empty, too large, or reaches beyond the announced length."""


class PieceBroken(PieceRefused):
    """The piece is not what its own hash says."""


class ContentDiffers(PieceRefused):
    """All pieces are there and are not the announced content; they are gone."""


def announce(
    *, by: int, byte_count: int, algorithm: Algorithm, digest: str, at: datetime
) -> tuple[Incoming, bool]:  # fmt: skip
    """(where the photo stands, whether it was new to us). The same content of the same person goes on where it was."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO attachments_incoming AS i"
            " (id, uploader_id, byte_count, algorithm, digest, begun_at, touched_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT incoming_content_once_a_person"
            " DO UPDATE SET touched_at = greatest(i.touched_at, excluded.touched_at),"
            " byte_count = CASE WHEN i.photo_id IS NULL THEN excluded.byte_count ELSE i.byte_count END"
            " RETURNING id",
            [(new_id := uuid4().hex), by, byte_count, algorithm.value, digest, at, at],
        )
        found_id = str(cursor.fetchone()[0])
        # Whoever announced another length was wrong once: what reaches its end or beyond goes.
        cursor.execute(
            "DELETE FROM attachments_piece WHERE incoming_id = %s AND at_byte + octet_length(bytes) >= %s",
            [found_id, byte_count],
        )
        if found_id == new_id and algorithm is Algorithm.SHA256:
            _take_known(found_id, by, digest, cursor)
        found = _load(found_id, by)
    assert found is not None
    return found, found_id == new_id


def incoming_of(*, incoming_id: str, by: int) -> Incoming:
    """How far a photo is. Raises NoSuchIncoming."""
    found = _load(incoming_id, by)
    if found is None:
        raise NoSuchIncoming
    return found


def take_piece(
    *, incoming_id: str, by: int, offset: int, data: bytes, sha256: bytes | None, at: datetime
) -> Incoming:  # fmt: skip
    """Keep one piece; with the last one the photo is taken in, if its content is the announced one.

    ``sha256``: the piece's own, where the sender gives it. Raises PieceRefused, and PhotoRefused for a content that is
    no photo; after ContentDiffers and PhotoRefused the photo is to be sent again from its first byte.
    """
    refused: Exception | None = None
    with transaction.atomic():
        found = _load(incoming_id, by, lock=True)
        if found is None:
            raise NoSuchIncoming
        if offset != found.received or found.photo is not None:
            raise OffsetDiffers(found.received)
        if not 0 < len(data) <= min(PIECE_MOST, found.byte_count - found.received):
            raise PieceTooLong(found.received)
        if sha256 is not None and hashlib.sha256(data).digest() != sha256:
            raise PieceBroken(found.received)
        _keep(found.id, offset, data, at)
        if found.received + len(data) == found.byte_count:
            refused = _conclude(found, by, at)
    if refused is not None:
        raise refused
    return incoming_of(incoming_id=incoming_id, by=by)


def drop_stale(*, at: datetime) -> int:
    """Forget what nobody went on with, and what arrived long ago; the number of announcements dropped."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM attachments_incoming WHERE touched_at < %s", [at - timedelta(days=KEPT_DAYS)])
        return int(cursor.rowcount)


def _take_known(incoming_id: str, by: int, sha256: str, cursor: Any) -> None:
    """A photo this person has sent before, in whatever way, has arrived; what others sent must be sent again."""
    cursor.execute(
        "UPDATE attachments_incoming SET photo_id = p.id FROM attachments_photo p JOIN attachments_photo_upload u"
        " ON u.photo_id = p.id AND u.uploader_id = %s WHERE p.sha256 = %s AND p.dropped_at IS NULL"
        " AND attachments_incoming.id = %s",
        [by, sha256, incoming_id],
    )


def _load(incoming_id: str, by: int, *, lock: bool = False) -> Incoming | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id, i.byte_count, i.algorithm, i.digest, i.photo_id,"
            " COALESCE((SELECT sum(octet_length(bytes)) FROM attachments_piece WHERE incoming_id = i.id), 0)"
            " FROM attachments_incoming i WHERE i.id = %s AND i.uploader_id = %s"
            + (" FOR NO KEY UPDATE OF i" if lock else ""),
            [incoming_id, by],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    photo = photos(ids=[row[4]]).get(row[4]) if row[4] is not None else None
    return Incoming(row[0], row[1], row[1] if photo else int(row[5]), Algorithm(row[2]), row[3], photo)


def _keep(incoming_id: str, offset: int, data: bytes, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH touched AS (UPDATE attachments_incoming SET touched_at = greatest(touched_at, %s) WHERE id = %s)"
            " INSERT INTO attachments_piece (incoming_id, at_byte, bytes) VALUES (%s, %s, %s)",
            [at, incoming_id, incoming_id, offset, data],
        )


def _conclude(found: Incoming, by: int, at: datetime) -> Exception | None:
    """Take the photo in; or why not. Either way its pieces are needed no longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(bytes, ''::bytea ORDER BY at_byte) FROM attachments_piece WHERE incoming_id = %s",
            [found.id],
        )
        data = bytes(cursor.fetchone()[0])
        cursor.execute("DELETE FROM attachments_piece WHERE incoming_id = %s", [found.id])
        if hashlib.new(found.algorithm.value, data).hexdigest() != found.digest:
            return ContentDiffers(0)
        try:
            kept = receive_photo(data=data, by=by, at=at)
        except PhotoRefused as refused:
            return refused
        cursor.execute("UPDATE attachments_incoming SET photo_id = %s WHERE id = %s", [kept.id, found.id])
    return None
