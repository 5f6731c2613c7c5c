"""The form of a backup: a directory with the database, the photos, the city's own rows, and a manifest of hashes.

The manifest is written last, so that a directory without one is a backup that was broken off.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
FORM = 1
_PIECE = 1 << 20

Advance = Callable[[int], None]
"""Told how many bytes have been dealt with."""


class ArchiveRefused(Exception):
    """The backup cannot be written or restored; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: versions, applied migrations (``app.name``), and every file by SHA-256 and bytes."""

    form: int
    product: str
    postgres: str
    made_at: str
    photos_elsewhere: str
    migrations: list[str]
    files: dict[str, list[Any]]

    def write(self, directory: Path) -> None:
        """Write it whole; the backup counts from now on."""
        draft = directory / f".{MANIFEST}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(directory / MANIFEST)


def read_manifest(directory: Path) -> Manifest:
    """Read and judge its form; raises ``ArchiveRefused``."""
    try:
        found = Manifest(**json.loads((directory / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ArchiveRefused(f"{directory} 中没有 {MANIFEST}：不是备份，或备份没有做完。") from None
    except (ValueError, TypeError):
        raise ArchiveRefused(f"{directory / MANIFEST} 读不懂：备份已损坏。") from None
    if found.form != FORM:
        raise ArchiveRefused(f"备份的格式是第 {found.form} 版，本版本只认第 {FORM} 版：请用相应版本恢复。")
    return found


def files_under(directory: Path) -> list[Path]:
    """Every whole file, in order; drafts (a leading dot) are left out."""
    return sorted(path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))


def describe(directory: Path, advance: Advance) -> dict[str, list[Any]]:
    """SHA-256 and size of everything in the backup."""
    return {
        path.relative_to(directory).as_posix(): [_hash_of(path, advance), path.stat().st_size]
        for path in files_under(directory)
    }


def changed_files(directory: Path, manifest: Manifest, advance: Advance) -> Iterator[str]:
    """The names of files that are missing or not what the manifest says."""
    for name, (digest, size) in manifest.files.items():
        path = directory / name
        if not path.is_file() or path.stat().st_size != size or _hash_of(path, advance) != digest:
            yield name


def copy_tree(source: Path, target: Path, advance: Advance, *, hold_back: bool) -> int:
    """Copy whole files to the same names; with ``hold_back`` what is there already stays. How many were copied."""
    copied = 0
    for path in files_under(source):
        place = target / path.relative_to(source)
        if not (hold_back and place.exists()):
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}.restoring")
            shutil.copy2(path, draft)
            draft.replace(place)
            copied += 1
        advance(path.stat().st_size)
    return copied


def bytes_under(directory: Path) -> int:
    """The size of all whole files."""
    return sum(path.stat().st_size for path in files_under(directory)) if directory.is_dir() else 0


def _hash_of(path: Path, advance: Advance) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()
