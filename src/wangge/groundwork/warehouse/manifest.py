"""The manifest: which files a snapshot of the warehouse consists of, each with its SM3, chained to the one before.

A file counts only when a manifest names it; a manifest is put in place whole by one rename. So a refresh that dies
anywhere leaves nothing behind but files nobody reads.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CHUNK = 1 << 20


class WarehouseRefused(Exception):
    """The warehouse cannot be used as it lies there; the text says which file and what to do."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """One Parquet file: its name under ``facts``, the table and month it belongs to, its size and SM3 in hex."""

    name: str
    table: str
    month: str  # 2024-03, or empty for tables without months
    rows: int
    bytes: int
    sm3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One snapshot: its files in order, the SM3 of the manifest before, and what its maker wants to remember."""

    number: int
    previous: str
    made_at: str
    files: tuple[FactFile, ...]
    told: Mapping[str, Any] = field(default_factory=dict)
    sm3: str = ""

    @property
    def id(self) -> str:
        """The name of the snapshot: its number and the beginning of its hash."""
        return f"{self.number:06d}-{self.sm3[:12]}"

    def of_table(self, table: str) -> tuple[FactFile, ...]:
        return tuple(file for file in self.files if file.table == table)

    def rows_of(self, table: str) -> int:
        return sum(file.rows for file in self.of_table(table))


EMPTY = Manifest(0, "", "", ())


def facts_directory(root: Path) -> Path:
    return root / "facts"


def read_latest(root: Path) -> Manifest:
    """The newest manifest, or :data:`EMPTY`."""
    paths = manifest_paths(root)
    return read_path(paths[-1]) if paths else EMPTY


def read_manifest(root: Path, snapshot: str) -> Manifest:
    """The manifest of a snapshot by its id or number; :class:`WarehouseRefused` when there is none or it changed."""
    number, _, begins = snapshot.partition("-")
    path = root / "manifests" / f"{int(number):06d}.json" if number.isdigit() else None
    if path is None or not path.is_file():
        raise WarehouseRefused(f"数据仓库中没有快照 {snapshot}：请用 wangge warehouse status 查看。")
    found = read_path(path)
    if not found.sm3.startswith(begins):
        raise WarehouseRefused(f"快照清单 {path.name} 已被改动：SM3 与结果所记的 {snapshot} 不符。")
    return found


def write_manifest(root: Path, manifest: Manifest) -> Manifest:
    """Put a manifest in place, whole or not at all; answers it with its hash."""
    directory = root / "manifests"
    directory.mkdir(parents=True, exist_ok=True)
    content = {
        "number": manifest.number,
        "previous": manifest.previous,
        "made_at": manifest.made_at,
        "told": dict(manifest.told),
        "files": [[f.name, f.table, f.month, f.rows, f.bytes, f.sm3] for f in manifest.files],
    }
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    draft = directory / f".{manifest.number:06d}.{os.getpid()}"
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(directory / f"{manifest.number:06d}.json")
    sync_directory(directory)
    return read_path(directory / f"{manifest.number:06d}.json")


def chain_breaks(root: Path) -> Iterator[str]:
    """The names of manifests that do not follow the one before them."""
    before = ""
    for number, path in enumerate(manifest_paths(root), start=1):
        found = read_path(path)
        if found.number != number or found.previous != before:
            yield path.name
        before = found.sm3


def sm3_of(path: Path) -> str:
    """The SM3 of a file in hex."""
    digest = hashlib.new("sm3")
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def sync_directory(directory: Path) -> None:
    """Make renames in a directory last."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_paths(root: Path) -> list[Path]:
    """Every manifest, in order."""
    return sorted((root / "manifests").glob("[0-9]*.json"))


def read_path(path: Path) -> Manifest:
    """The manifest in a file."""
    data = path.read_bytes()
    try:
        content = json.loads(data)
        files = tuple(FactFile(*row) for row in content["files"])
        return Manifest(
            content["number"], content["previous"], content["made_at"], files, content["told"],
            hashlib.new("sm3", data).hexdigest(),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as broken:
        raise WarehouseRefused(f"快照清单 {path.name} 无法读取：{broken!r}。") from None
