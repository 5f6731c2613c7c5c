"""Continuous backup of a city and its way back to a moment: base backups, the log, photos and the city's own rows.

Only for the embedded cluster: whoever keeps a PostgreSQL server of his own has that server's means.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from wangge.groundwork import log_archive, point_in_time
from wangge.groundwork.embedded_postgres import APPLICATION
from wangge.groundwork.log_archive import Base, FolderRefused
from wangge.groundwork.postgres_programs import ClusterFailed, binary
from wangge.groundwork.warehouse.keeping import set_aside_after
from wangge.project import archive
from wangge.project.archiving import applied_migrations, refuse_newer, starts_anew
from wangge.project.environment import Environment
from wangge.project.erasures import bring_erasures
from wangge.project.opening import cluster_of

PHOTO_PARTS = ("originals", "copies", "thumbnails")
_OVERLAP = timedelta(minutes=5)
"""A photo's file is older than its row; whoever copies by rows looks back a little."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a way back: the base backup it began with, and where what was replaced lies now."""

    base: str
    replaced: Path | None


def folder_of(environment: Environment) -> Path:
    """The folder of continuous backup; raises ``FolderRefused`` where there is none to be used."""
    if not environment.embedded:
        raise FolderRefused("数据库不是自带的：连续备份请用该服务器自己的手段（见 docs/operations.md）。")
    if environment.backup_folder is None:
        raise FolderRefused("没有设置连续备份目录：请设置 WANGGE_BACKUPS。")
    return environment.backup_folder


def take_base(environment: Environment, *, keep: int) -> tuple[Path, list[str]]:
    """A base backup of the running city, with its photos and rows; the directory, and the older ones removed."""
    folder, cluster = folder_of(environment), cluster_of(environment)
    if cluster.running_process() is None:  # pragma: no cover - the command has it running
        raise ClusterFailed("数据库没有运行。")
    with psycopg.connect(**cluster.connection(APPLICATION), autocommit=True) as link:
        migrations = applied_migrations(link)
        _refuse_unarchived(link)
    copy_beside(environment, whole=True)
    draft = folder / log_archive.BASE / ".unfinished"
    shutil.rmtree(draft, ignore_errors=True)
    taken = point_in_time.take_base(cluster, draft)
    directory = draft.with_name(log_archive.stamp_of(taken.finished_at))
    draft.rename(directory)
    log_archive.write_base(
        directory,
        Base(
            form=log_archive.FORM,
            product=version("wangge"),
            postgres=taken.server,
            began_at=taken.began_at.isoformat(),
            finished_at=taken.finished_at.isoformat(),
            first_piece=taken.first_piece,
            photos_elsewhere=environment.photos_s3_bucket,
            migrations=migrations,
        ),
    )
    return directory, log_archive.forget_before(folder, keep, binary("pg_archivecleanup"))


def _refuse_unarchived(link: psycopg.Connection[Any]) -> None:
    row = link.execute("SHOW archive_mode").fetchone()
    if row is None or row[0] != "on":
        raise FolderRefused("数据库启动时还没有 WANGGE_BACKUPS：请重新启动 wangge serve，使日志开始归档。")


def copy_beside(environment: Environment, *, whole: bool) -> int:
    """Copy what lies beside the database and is not in the folder yet; the number of files copied.

    ``whole``: compare every file; else only photos received since the last time.
    """
    folder = folder_of(environment)
    copied = _copy_overlay(environment, folder)
    bring_erasures(environment.var, folder)
    if environment.months_directory.is_dir():
        copied += archive.copy_tree(
            environment.months_directory, folder / log_archive.MONTHS, lambda _done: None, hold_back=True
        )  # fmt: skip
    if environment.photos_s3_bucket:
        return copied
    source, target = environment.var / "photos", folder / log_archive.PHOTOS
    now = datetime.now(UTC)
    mark = folder / ".photos-until"
    if whole or not mark.exists():
        copied += archive.copy_tree(source, target, lambda _done: None, hold_back=True) if source.is_dir() else 0
    else:
        since = datetime.fromisoformat(mark.read_text()) - _OVERLAP
        copied += sum(_copy_photo(source, target, sha256) for sha256 in _received_since(environment, since))
    draft = folder / ".photos-until.draft"
    draft.write_text(now.isoformat())
    draft.replace(mark)
    return copied


def _received_since(environment: Environment, since: datetime) -> list[str]:
    with psycopg.connect(**cluster_of(environment).connection(APPLICATION)) as link:
        asked = (
            "SELECT sha256 FROM attachments_photo p WHERE received_at >= %(since)s OR EXISTS"
            " (SELECT FROM attachments_photo_upload u WHERE u.photo_id = p.id AND u.received_at >= %(since)s)"
        )
        return [sha256 for (sha256,) in link.execute(asked, {"since": since})]


def _copy_photo(source: Path, target: Path, sha256: str) -> int:
    copied = 0
    for part in PHOTO_PARTS:
        for path in (source / part / sha256[:2] / sha256[2:4]).glob(f"{sha256}.*"):
            place = target / path.relative_to(source)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                draft = place.with_name(f".{place.name}")
                shutil.copy2(path, draft)
                draft.replace(place)
                copied += 1
    return copied


def _copy_overlay(environment: Environment, folder: Path) -> int:
    """The city's rows as they are now, when they differ from the last copy."""
    source = environment.city_overlay
    if source is None or not source.is_dir():
        return 0
    now = archive.describe(source, lambda _done: None)
    last = log_archive.overlay_at(folder, None)
    if last is not None and archive.describe(last, lambda _done: None) == now:
        return 0
    draft = folder / log_archive.OVERLAY / ".unfinished"
    shutil.rmtree(draft, ignore_errors=True)
    copied = archive.copy_tree(source, draft, lambda _done: None, hold_back=False)
    draft.mkdir(parents=True, exist_ok=True)
    draft.replace(draft.with_name(log_archive.stamp_of(datetime.now(UTC))))
    return copied


def restore_to(environment: Environment, *, folder: Path, moment: datetime | None, force: bool) -> Restored:
    """Put the city back to a moment; None: as far as the folder reaches. What it held stays beside it."""
    base_directory, base = log_archive.base_for(folder, moment)
    refuse_newer(base.migrations, base.product)
    if not environment.embedded:
        raise FolderRefused("数据库不是自带的：请在该数据库服务器上恢复。")
    cluster = cluster_of(environment)
    if cluster.data.exists() and not force and not starts_anew(environment):
        raise FolderRefused("这座城市不是空的：确要替换请加 --force；换下的数据另存，不删除。")
    replaced = point_in_time.recover(
        cluster, folder=folder, base=base_directory, whole_at=base.whole_at, moment=moment
    )  # fmt: skip
    bring_erasures(folder, environment.var)
    photos = folder / log_archive.PHOTOS
    if photos.is_dir() and not environment.photos_s3_bucket:
        archive.copy_tree(photos, environment.var / "photos", lambda _done: None, hold_back=True)
    months = folder / log_archive.MONTHS
    if months.is_dir():
        archive.copy_tree(months, environment.months_directory, lambda _done: None, hold_back=True)
    rows = log_archive.overlay_at(folder, moment)
    if environment.overlay is None and rows is not None:
        shutil.rmtree(environment.var / "overlay", ignore_errors=True)
        archive.copy_tree(rows, environment.var / "overlay", lambda _done: None, hold_back=False)
    if moment is not None:
        # Facts of acts that no longer happened must not be counted; older snapshots stay as they are.
        set_aside_after(environment.warehouse_root, moment)
    return Restored(base_directory.name, replaced)


def missing_photos(environment: Environment, link: psycopg.Connection[Any]) -> list[str]:
    """Contents that a row names and no file holds, at most a hundred."""
    source = environment.var / "photos" / "originals"
    found: list[str] = []
    for (sha256,) in link.execute("SELECT sha256 FROM attachments_photo WHERE dropped_at IS NULL AND used"):
        if not any((source / sha256[:2] / sha256[2:4]).glob(f"{sha256}.*")):
            found.append(sha256)
            if len(found) == 100:
                break
    return found
