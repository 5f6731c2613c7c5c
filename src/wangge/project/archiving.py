"""Backup and restore of a whole city: its database by pg_dump, its photos and its own rows as files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from wangge.groundwork import clock
from wangge.groundwork.postgres_programs import binary
from wangge.project import archive
from wangge.project.archive import ArchiveRefused, Manifest
from wangge.project.checks import own_migrations
from wangge.project.database import connection_of
from wangge.project.environment import Environment, Role
from wangge.project.erasures import bring_erasures
from wangge.project.opening import open_database
from wangge.project.words import _

# Rows of these are there in a city that nobody has used.
_INFRASTRUCTURE = ("django_", "auth_", "procrastinate_", "axes_", "otp_")
_WRITTEN_BY_MIGRATE = frozenset({"cases_recurrence_reach", "outbox_delivery"})
_START_ANEW = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


def back_up(environment: Environment, directory: Path) -> Manifest:
    """Write a backup into a new or empty directory; a running city may go on working."""
    if directory.exists() and any(directory.iterdir()):
        raise ArchiveRefused(f"{directory} 不是空目录：请给一个新的目录。")
    directory.mkdir(parents=True, exist_ok=True)
    parameters = connection_of(environment, Role.OWNER)
    with psycopg.connect(**parameters) as link, _progress() as progress:
        server, migrations = _server_version(link), applied_migrations(link)
        tables = _count(
            link, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        task = progress.add_task(_("数据库"), total=tables)
        _dump(parameters, directory / "database", lambda: progress.advance(task))
        # Photos after the database: whatever its rows name was stored before them.
        for name, source in _directories(environment).items():
            if source.is_dir():
                task = progress.add_task(name, total=archive.bytes_under(source))
                archive.copy_tree(source, directory / name, _advancing(progress, task), hold_back=False)
        bring_erasures(environment.var, directory)
        task = progress.add_task(_("校验"), total=archive.bytes_under(directory))
        files = archive.describe(directory, _advancing(progress, task))
    manifest = Manifest(
        form=archive.FORM,
        product=version("wangge"),
        postgres=server,
        made_at=clock.now().isoformat(timespec="seconds"),
        photos_elsewhere=environment.photos_s3_bucket,
        migrations=migrations,
        files=files,
    )
    manifest.write(directory)
    return manifest


def restore(environment: Environment, directory: Path, *, force: bool) -> Manifest:
    """Put a backup in the place of this city, whole or not at all; ``force`` gives up what the city holds."""
    manifest = archive.read_manifest(directory)
    refuse_newer(manifest.migrations, manifest.product)
    parameters = connection_of(environment, Role.OWNER)
    with psycopg.connect(**parameters, autocommit=True) as link:
        _refuse_company(link)
        if not force and (held := _first_table_with_rows(link) or _first_own_row(environment)):
            raise ArchiveRefused(f"这座城市不是空的（{held} 有数据）：确要替换请加 --force。")
    with _progress() as progress:
        task = progress.add_task(_("校验"), total=sum(size for _digest, size in manifest.files.values()))
        changed = list(archive.changed_files(directory, manifest, _advancing(progress, task)))
        if changed:
            raise ArchiveRefused(f"备份已损坏，{len(changed)} 个文件与清单不符：{'、'.join(changed[:3])}")
        _load(parameters, directory / "database", progress)
        bring_erasures(directory, environment.var)
        for name, target in _directories(environment).items():
            source = directory / name
            if name == "overlay" and environment.overlay is not None:
                continue  # a directory the city keeps by itself is not ours to replace
            if name == "overlay":
                shutil.rmtree(target, ignore_errors=True)
            if not source.is_dir():
                continue
            task = progress.add_task(name, total=archive.bytes_under(source))
            archive.copy_tree(source, target, _advancing(progress, task), hold_back=name == "photos")
    return manifest


def starts_anew(environment: Environment) -> bool:
    """Whether this city holds nothing that a restore would give up."""
    with open_database(environment), psycopg.connect(**connection_of(environment, Role.OWNER)) as link:
        return not (_first_table_with_rows(link) or _first_own_row(environment))


def _directories(environment: Environment) -> dict[str, Path]:
    """What lies beside the database, by its name in the backup."""
    found = {"overlay": environment.overlay or environment.var / "overlay", "months": environment.months_directory}
    if not environment.photos_s3_bucket:
        found["photos"] = environment.var / "photos"
    return found


def _dump(parameters: dict[str, Any], target: Path, advance: Any) -> None:
    words = ["--format=directory", "--jobs=2", "--compress=gzip:1", "--no-owner", "--no-privileges", "--verbose"]
    order = [str(binary("pg_dump")), *words, f"--file={target}"]
    with _running(order, parameters, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said: list[str] = []
        for line in process.stderr:
            if "dumping contents of table" in line:
                advance()
            else:
                said = [*said[-20:], line]
    if process.returncode != 0:
        raise ArchiveRefused(f"pg_dump 失败：{''.join(said[-5:]).strip()}")


def _load(parameters: dict[str, Any], source: Path, progress: Progress) -> None:
    """Replace everything in one transaction: when anything fails, what was there stays."""
    listed = subprocess.run(  # noqa: S603 - our own binary
        [str(binary("pg_restore")), "--list", str(source)], capture_output=True, text=True, check=True
    ).stdout
    task = progress.add_task(_("数据库"), total=listed.count(" TABLE DATA "))
    script = [str(binary("pg_restore")), "--no-owner", "--no-privileges", "--file=-", str(source)]
    order = [str(binary("psql")), "-X", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-c", _START_ANEW, "-f", "-"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        subprocess.Popen(script, stdout=subprocess.PIPE) as writer,  # noqa: S603 - our own binary
        _running(order, parameters, stdin=writer.stdout, **streams) as loader,
    ):
        assert writer.stdout is not None
        assert loader.stdout is not None
        assert loader.stderr is not None
        writer.stdout.close()
        for line in loader.stdout:
            if line.startswith("COPY "):
                progress.advance(task)
        said = list(loader.stderr)
    if loader.returncode != 0 or writer.returncode != 0:
        raise ArchiveRefused(f"恢复失败，原有数据未动：{''.join(said[-5:]).strip()}")


@contextmanager
def _running(order: list[str], parameters: dict[str, Any], **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """A program of PostgreSQL that is told its connection by the environment, never by its arguments."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    told = {names[key]: str(value) for key, value in parameters.items() if key in names}
    told |= {f"PG{key.upper()}": str(value) for key, value in parameters.items() if key not in names}
    told |= {"PGOPTIONS": "-c client_min_messages=warning", "LC_ALL": "C"}
    with subprocess.Popen(order, text=True, env={**os.environ, **told}, **streams) as process:  # noqa: S603
        yield process


def refuse_newer(applied: list[str], product: str) -> None:
    """Raise where a backup knows migrations that this version does not."""
    known = {f"{app}.{name}" for app, name in own_migrations()}
    ours = {name.partition(".")[0] for name in known}
    foreign = [name for name in applied if name.partition(".")[0] in ours and name not in known]
    if foreign:
        raise ArchiveRefused(f"备份来自更新的版本（{product}，{foreign[0]}）：请先升级再恢复。")


def _refuse_company(link: psycopg.Connection[Any]) -> None:
    others = _count(
        link,
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL",
    )
    if others:
        raise ArchiveRefused("还有程序连着数据库：请先停止 wangge serve 再恢复。")


def _first_table_with_rows(link: psycopg.Connection[Any]) -> str | None:
    rows = link.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
    ).fetchall()
    names = [name for (name,) in rows if not name.startswith(_INFRASTRUCTURE) and name not in _WRITTEN_BY_MIGRATE]
    return next((name for name in names if link.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()), None)


def _first_own_row(environment: Environment) -> str | None:
    own = environment.var / "overlay"
    return str(own) if own.is_dir() and archive.files_under(own) else None


def applied_migrations(link: psycopg.Connection[Any]) -> list[str]:
    """``app.name`` of every migration done, in order."""
    return [f"{app}.{name}" for app, name in link.execute("SELECT app, name FROM django_migrations ORDER BY id")]


def _server_version(link: psycopg.Connection[Any]) -> str:
    return link.info.parameter_status("server_version") or ""


def _count(link: psycopg.Connection[Any], question: str) -> int:
    row = link.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0


def _advancing(progress: Progress, task: Any) -> archive.Advance:
    return lambda done: progress.advance(task, done)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
