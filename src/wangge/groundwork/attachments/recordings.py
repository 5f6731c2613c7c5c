"""Owns where the bytes of recorded calls lie: beside the photos, under names made of their content's hash."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File

from wangge.groundwork.attachments.photo_store import keep_file, open_stored, remove

MOST_BYTES = 100 * 1024 * 1024
_PIECE = 256 * 1024


@dataclass(slots=True)
class Spooled:
    """A body on its way in, on the disk beyond a megabyte: its bytes counted and hashed as they come."""

    file: IO[bytes]
    byte_count: int
    sha256: str
    beginning: bytes


def spooled(read: Callable[[int], bytes], *, most: int, also: Callable[[bytes], object]) -> Spooled | None:
    """Read a body to its end; None where it is longer than ``most``. ``also`` hears each piece, as a signature does."""
    file, digest, count, beginning = tempfile.SpooledTemporaryFile(max_size=1024 * 1024), hashlib.sha256(), 0, b""  # noqa: SIM115
    while piece := read(min(_PIECE, most + 1 - count)):
        count += len(piece)
        if count > most:
            file.close()
            return None
        beginning = beginning or piece[:64]
        digest.update(piece)
        also(piece)
        file.write(piece)
    file.seek(0)
    return Spooled(file, count, digest.hexdigest(), beginning)


def keep_recording(sha256: str, form: str, file: IO[bytes]) -> None:
    """Store a recording; the same content again stays as it is."""
    keep_file(_name(sha256, form), file)


def open_recording(sha256: str, form: str) -> File:  # type: ignore[type-arg]
    """A recording for reading; raises FileNotFoundError."""
    return open_stored(_name(sha256, form))


def remove_recording(sha256: str, form: str) -> None:
    """Remove a recording; harmless when it is gone."""
    remove(_name(sha256, form))


def _name(sha256: str, form: str) -> str:
    return f"recordings/{sha256[:2]}/{sha256}.{form}"
