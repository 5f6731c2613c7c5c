"""Owns the folder of continuous backup: base backups, every piece of the database's log since, photos, the city's rows.

::

    base/20261129T181500.123456Z/  a base backup: base.tar.gz, pg_wal.tar.gz, …, base.json (written last)
    log/0000000100…04.gz      the pieces of the log (WAL), compressed, each there whole or not at all
    photos/, months/          as under var, only ever added to
    erasures.jsonl            what was erased, only ever added to
    overlay/20261129T…Z/      the city's own rows as they were from that moment on
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from wangge.groundwork.processes import write_whole

BASE, LOG, PHOTOS, OVERLAY, MONTHS = "base", "log", "photos", "overlay", "months"
MANIFEST = "base.json"
FORM = 1
_NAME_OF_PIECE = 24
_STAMP = "%Y%m%dT%H%M%S.%fZ"

KEEP_PIECE = """\
#!/bin/sh
# Called by PostgreSQL for each full piece of its log: kept compressed, whole or not at all, never over another one.
set -eu
kept={folder}/"$2".gz
if [ -e "$kept" ]; then
    gzip -dc "$kept" | cmp -s - "$1"
    exit
fi
draft={folder}/."$2".$$
trap 'rm -f "$draft"' EXIT
gzip -1 -c "$1" > "$draft"
sync "$draft"
mv "$draft" "$kept"
sync {folder}
"""

FETCH_PIECE = """\
#!/bin/sh
# Called by PostgreSQL while it recovers: a piece of the log from the folder, else from the replaced cluster's own.
set -eu
if [ -f {folder}/"$1".gz ]; then
    gzip -dc {folder}/"$1".gz > "$2"
elif [ -n {left} ] && [ -f {left}/"$1" ]; then
    cp {left}/"$1" "$2"
else
    exit 1
fi
"""


class FolderRefused(Exception):
    """The folder of continuous backup does not hold what is asked of it; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """One base backup; moments are the database server's own, in ISO 8601 with zone."""

    form: int
    product: str
    postgres: str
    began_at: str
    finished_at: str
    first_piece: str
    """The piece of the log it needs first."""
    photos_elsewhere: str
    migrations: list[str]

    @property
    def whole_at(self) -> datetime:
        """From this moment on it can be restored to."""
        return datetime.fromisoformat(self.finished_at)


def stamp_of(moment: datetime) -> str:
    """A moment as the name of a folder."""
    return moment.astimezone(UTC).strftime(_STAMP)


def moment_of(stamp: str) -> datetime:
    """The moment a folder is named after."""
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def make_folder(folder: Path, *, user_id: int | None, group_id: int | None) -> None:
    """Have the folder; the database server's account must be able to write pieces of the log into it."""
    for name in (BASE, LOG, PHOTOS, OVERLAY):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o750)
    if user_id is not None and group_id is not None:
        os.chown(folder / LOG, user_id, group_id)


def keeping_script(folder: Path) -> str:
    """What ``archive_command`` runs."""
    return KEEP_PIECE.format(folder=shlex.quote(str(folder / LOG)))


def fetching_script(folder: Path, left: Path | None) -> str:
    """What ``restore_command`` runs; ``left``: the log of the cluster that is being replaced, if it is still there."""
    return FETCH_PIECE.format(folder=shlex.quote(str(folder / LOG)), left=shlex.quote(str(left or "")))


def pieces_in(folder: Path) -> Iterator[str]:
    """The names of the whole pieces of the log."""
    for path in (folder / LOG).glob("*.gz"):
        name = path.name.removesuffix(".gz")
        if len(name) == _NAME_OF_PIECE:
            yield name


def write_base(directory: Path, base: Base) -> None:
    """Write its manifest; it counts from now on."""
    write_whole(directory / MANIFEST, json.dumps(asdict(base), ensure_ascii=False, indent=1))


def bases_in(folder: Path) -> list[tuple[Path, Base]]:
    """Every whole base backup, oldest first."""
    return sorted(_whole_bases(folder), key=lambda found: found[1].whole_at)


def _whole_bases(folder: Path) -> Iterator[tuple[Path, Base]]:
    for path in folder.glob(f"{BASE}/*/{MANIFEST}"):
        try:
            base = Base(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            continue  # not ours, or of another version: it cannot be used
        if base.form == FORM:
            yield path.parent, base


def base_for(folder: Path, moment: datetime | None) -> tuple[Path, Base]:
    """The latest base backup that was whole at this moment (None: the latest); raises ``FolderRefused``."""
    known = bases_in(folder)
    if not known:
        raise FolderRefused(f"{folder} 中没有基础备份：请先运行 wangge backup --base。")
    fitting = [found for found in known if moment is None or found[1].whole_at <= moment]
    if not fitting:
        raise FolderRefused(f"最早的基础备份完成于 {known[0][1].finished_at}，不能恢复到更早的时刻。")
    return fitting[-1]


def overlay_at(folder: Path, moment: datetime | None) -> Path | None:
    """The city's own rows as they were at this moment; None when none were kept."""
    kept = sorted(path for path in (folder / OVERLAY).glob("*") if path.is_dir() and not path.name.startswith("."))
    fitting = [path for path in kept if moment is None or moment_of(path.name) <= moment]
    return fitting[-1] if fitting else None


def forget_before(folder: Path, keep: int, cleaner: Path) -> list[str]:
    """Remove all but the newest ``keep`` base backups, and the log that none of those needs; the names removed."""
    known = bases_in(folder)
    gone = known[:-keep]
    if not gone:
        return []
    for directory, _base in gone:
        (directory / MANIFEST).unlink()
        for path in directory.iterdir():
            path.unlink()
        directory.rmdir()
    oldest = known[-keep][1].first_piece
    subprocess.run([str(cleaner), "-x", ".gz", str(folder / LOG), oldest], check=True, capture_output=True)  # noqa: S603
    return [directory.name for directory, _base in gone]
