"""Owns the check of stored photos: whether the sealed originals still are what their hashes say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from wangge.groundwork.attachments.operations import photo_id_of
from wangge.groundwork.attachments.photo_store import Part, name_of, open_stored
from wangge.groundwork.attachments.photo_structure import PhotoFormat

AT_ONCE = 200
_NEXT = (
    "SELECT id, sha256, format FROM attachments_photo WHERE used AND dropped_at IS NULL AND id > %s"
    " ORDER BY id LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """Some photos, and of them those whose original is gone or is another one."""

    photos: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def check_originals() -> Iterator[Checked]:
    """Read every original in use and hold it against the hash it was taken in by; pieces as they are read."""
    after = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [after, AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        found = {
            photo_id: _digest(name_of(Part.ORIGINAL, sha256, PhotoFormat(form).extension))
            for photo_id, sha256, form in rows
        }
        kept = {photo_id: sha256 for photo_id, sha256, _form in rows}
        yield Checked(
            len(rows),
            tuple(each for each, digest in found.items() if digest is None),
            # The id is made of the hash: who changed both the file and its row is found by it.
            tuple(
                each
                for each, digest in found.items()
                if digest is not None and (digest != kept[each] or photo_id_of(digest) != each)
            ),
        )
        after = rows[-1][0]


def _digest(name: str) -> str | None:
    try:
        with open_stored(name) as file:
            digest = hashlib.sha256()
            for piece in file.chunks():
                digest.update(piece)
            return digest.hexdigest()
    except FileNotFoundError:
        return None


def count_originals() -> int:
    """How many photos are in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attachments_photo WHERE used AND dropped_at IS NULL")
        return int(cursor.fetchone()[0])
