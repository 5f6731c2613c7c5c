"""Owns where the bytes of photos lie: a directory or any S3, under names made of their content's hash.

`originals/` holds what was sent, sealed: written once, read-only, shown to nobody. `copies/` and
`thumbnails/` hold what others see. In a directory a file appears whole or not at all.
"""

import os
import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

_READ_ONLY = 0o440


class Part(StrEnum):
    """Which of a photo's files."""

    ORIGINAL = "originals"
    SHOWN = "copies"
    THUMBNAIL = "thumbnails"


def name_of(part: Part, sha256: str, extension: str = "jpg") -> str:
    """The stored name: two levels of folders keep each below a few thousand files."""
    return f"{part.value}/{sha256[:2]}/{sha256[2:4]}/{sha256}.{extension}"


def keep(name: str, data: bytes) -> None:
    """Store bytes under a name made of their hash; what is there already is the same and stays."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        _keep_in_directory(Path(storage.path(name)), data)
    elif not storage.exists(name):
        storage.save(name, ContentFile(data))


def keep_file(name: str, file: IO[bytes]) -> None:
    """Store what a file holds under a name made of its hash, without holding it in memory."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        _draft_and_place(Path(storage.path(name)), lambda target: shutil.copyfileobj(file, target))
    elif not storage.exists(name):
        storage.save(name, File(file))


def open_stored(name: str) -> File:  # type: ignore[type-arg]
    """The stored file for reading; raises FileNotFoundError."""
    return _storage().open(name, "rb")


def remove(name: str) -> None:
    """Remove a stored file; harmless when it is gone."""
    _storage().delete(name)


def _storage() -> Storage:
    return storages["default"]


def _keep_in_directory(path: Path, data: bytes) -> None:
    _draft_and_place(path, lambda target: target.write(data))


def _draft_and_place(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
