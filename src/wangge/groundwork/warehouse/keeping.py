"""Keeping the files: adding them under a lock, clearing what an ended refresh left, refusing files that changed."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wangge.groundwork.warehouse.manifest import (
    FactFile,
    Manifest,
    WarehouseRefused,
    facts_directory,
    manifest_paths,
    read_latest,
    read_path,
    sm3_of,
    sync_directory,
    write_manifest,
)

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_GROUP = 61_440
"""Small groups of sorted rows: a reader that wants some kinds of rows skips the others unread."""


@dataclass(slots=True)
class Refresh:
    """A refresh under way: the snapshot it goes on from, and the files added so far."""

    root: Path
    before: Manifest
    added: list[FactFile] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.before.number + 1

    def add(self, table: str, month: str, rows: pa.Table) -> None:
        """Write one file of facts; it counts once :meth:`finish` has named it."""
        if not rows.num_rows:
            return
        parts = [table, *([month] if month else []), f"{self.number:06d}", f"{len(self.added):03d}"]
        # Only here: readers of a manifest need no Arrow.
        import pyarrow.parquet as pq

        path = facts_directory(self.root) / ("-".join(parts) + ".parquet")
        pq.write_table(rows, path, compression="zstd", row_group_size=ROWS_PER_GROUP)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        self.added.append(FactFile(path.name, table, month, rows.num_rows, path.stat().st_size, sm3_of(path)))

    def finish(self, *, made_at: str, told: Mapping[str, Any]) -> Manifest:
        """Make the added files part of the warehouse."""
        sync_directory(facts_directory(self.root))
        files = (*self.before.files, *self.added)
        return write_manifest(self.root, Manifest(self.number, self.before.sm3, made_at, files, told))


@contextmanager
def refreshing(root: Path) -> Iterator[Refresh]:
    """Begin a refresh alone: what an earlier one left unfinished is cleared first."""
    facts_directory(root).mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WarehouseRefused("数据仓库正在刷新：请等它结束再试。") from None
        before = read_latest(root)
        clear_leftovers(root, before)
        yield Refresh(root, before)


def set_aside_after(root: Path, moment: datetime) -> int:
    """Put the snapshots made after a moment out of the way, their files with them; answers how many snapshots.

    For a database that was put back to this moment. Snapshots are in order, so the later ones are the last ones.
    """
    later = [path for path in manifest_paths(root) if datetime.fromisoformat(read_path(path).made_at) > moment]
    if not later:
        return 0
    aside = root / f"set-aside-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir(parents=True, exist_ok=True)
    for path in later:
        path.rename(aside / path.name)
    return len(later)


def clear_leftovers(root: Path, manifest: Manifest) -> int:
    """Remove files that no manifest names; answers how many. Only under the refresh's lock."""
    named = {file.name for file in manifest.files}
    left = [path for path in facts_directory(root).iterdir() if path.name not in named]
    left += (root / "manifests").glob(".*") if (root / "manifests").is_dir() else []
    for path in left:
        path.unlink()
    return len(left)


def changed_files(root: Path, files: Iterable[FactFile], *, thoroughly: bool = False) -> list[str]:
    """The names of files that are gone or not what the manifest says.

    Hashing takes a second per 200 MB, so a file once found right is believed while its inode, size and times of
    change (which no copying tool can set) stay; ``thoroughly`` hashes each.
    """
    seals = _read_seals(root)
    wrong, fresh, directory = [], False, str(facts_directory(root))
    for file in files:
        try:
            stat = os.stat(f"{directory}/{file.name}")  # there are hundreds, and this stands before every question
        except OSError:
            wrong.append(file.name)
            continue
        seal = [file.sm3, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]
        if not thoroughly and seals.get(file.name) == seal:
            continue
        if stat.st_size != file.bytes or sm3_of(facts_directory(root) / file.name) != file.sm3:
            wrong.append(file.name)
            seals.pop(file.name, None)
            continue
        seals[file.name], fresh = seal, True
    if fresh:
        _write_seals(root, seals)
    return wrong


def sound_paths(root: Path, manifest: Manifest, table: str) -> list[str]:
    """The paths of a table's files; :class:`WarehouseRefused` names each that changed."""
    files = manifest.of_table(table)
    wrong = changed_files(root, files)
    if wrong:
        raise WarehouseRefused(
            f"数据仓库的文件已被改动或丢失：{'、'.join(wrong)}。请从备份恢复该文件，或重建数据仓库。"
        )
    directory = str(facts_directory(root))
    return [f"{directory}/{file.name}" for file in files]


def read_whole(path: str, columns: list[str] | None = None) -> pa.Table:
    """One file's rows; ``pyarrow.parquet.read_table`` would bring in all of pandas, a third of a second."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read(columns)


def _read_seals(root: Path) -> dict[str, list[Any]]:
    path = root / "checked.json"
    try:
        stat = path.stat()
        mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        known = _seals.get(path)
        if known is None or known[0] != mark:
            known = _seals[path] = mark, dict(json.loads(path.read_bytes()))
        return dict(known[1])
    except (OSError, ValueError):
        return {}


_seals: dict[Path, tuple[tuple[int, int, int], dict[str, list[Any]]]] = {}
"""What was read of them last, while the file is the same: each is put in place whole by a rename."""


def _write_seals(root: Path, seals: Mapping[str, list[Any]]) -> None:
    """What is remembered only spares time, so a reader without the right to write goes on without it."""
    draft = root / f".checked.{os.getpid()}"
    with suppress(OSError):
        draft.write_text(json.dumps(seals))
        draft.replace(root / "checked.json")
