"""Owns months of history moved out of the database: a file for each, sealed by its SM3, that can still be read.

A month's partition is written as PostgreSQL's text COPY in the order of its key, then replaced by an empty one, so that
what is written for that month later still has its place. The file is a row of gzip members, each of some thousand
rows; ``months_away`` names the file, its SM3, and where each member begins, so that one case is found without reading
the rest. Only these tables may be moved, and only by the owner.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from wangge.groundwork.copied_rows import copied_lines, fields_of

ORDER = {
    "cases_step": ("case_id", "seq"),
    "outbox": ("id",),
    "organizations_audit_record": ("at", "id"),
}
"""Table → the key its file lies in order of; a member is found by the first of them."""
ROWS_PER_MEMBER = 4000
_LOCK_SECONDS = 3
_NULL = "\\N"
"""COPY's own: an empty text and none are two things when the month comes back."""


class MonthRefused(Exception):
    """A month cannot be moved or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Away:
    """One month that lies in a file: its columns in order, and (first key, offset) of each member."""

    table: str
    month: date
    file: str
    rows: int
    sm3: str
    columns: tuple[str, ...]
    members: tuple[tuple[str, int], ...]
    moved_at: datetime

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return settings.ENVIRONMENT.months_directory / self.file


def away(table: str) -> dict[date, Away]:
    """The months of a table that lie in files, by month; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, file, rows, sm3, columns, members::text, moved_at FROM months_away WHERE of_table = %s"
            " ORDER BY month",
            [table],
        )
        return {
            month: Away(
                table, month, file, rows, sm3, tuple(columns), tuple((key, at) for key, at in json.loads(members)), at_
            )
            for month, file, rows, sm3, columns, members, at_ in cursor.fetchall()
        }  # fmt: skip


def month_away(table: str, month: date) -> Away | None:
    """The file of one month, where there is one."""
    return away(table).get(month)


def move_away(*, table: str, month: date, at: datetime) -> Away:
    """Write a month into its file and leave an empty partition; whole or not at all. As owner.

    Nobody can write into the month meanwhile; who waits for a lock longer than a moment goes first.
    """
    if table not in ORDER:
        raise MonthRefused(f"{table} 不能移出。")
    if month in away(table):
        raise MonthRefused(f"{table} 的 {month:%Y-%m} 已经移出：要再移，请先用 wangge months back 移回。")
    part = f"{table}_{month:%Y_%m}"
    directory: Path = settings.ENVIRONMENT.months_directory
    directory.mkdir(parents=True, exist_ok=True, mode=0o750)
    # A month that came back and goes again is another file: backups keep what they have under a name.
    path = directory / f"{table}-{month:%Y-%m}-{at:%Y%m%dT%H%M%S}.copy.gz"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'; SET LOCAL TimeZone = 'UTC'")
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{part}"])
        if not cursor.fetchone()[0]:
            raise MonthRefused(f"没有 {table} 的 {month:%Y-%m}。")
        cursor.execute(f'LOCK TABLE "{part}" IN SHARE MODE')
        columns = _columns(part)
        found = _write(path, part, table, columns)
        made = Away(table, month, path.name, found[0], found[1], columns, found[2], at)
        cursor.execute(f'ALTER TABLE {table} DETACH PARTITION "{part}"; DROP TABLE "{part}"')
        cursor.execute("SELECT ensure_months_of(%s::regclass, %s, %s)", [table, month, month])
        cursor.execute(
            "INSERT INTO months_away (of_table, month, file, rows, sm3, columns, members, moved_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)",
            [table, month, made.file, made.rows, made.sm3, list(columns), json.dumps(made.members), at],
        )
    return made


def _columns(part: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            [f"public.{part}"],
        )
        return tuple(name for (name,) in cursor.fetchall())


def _write(path: Path, part: str, table: str, columns: Sequence[str]) -> tuple[int, str, tuple[tuple[str, int], ...]]:
    """(rows, SM3 of the file, members)."""
    listed = ", ".join(f'"{name}"' for name in columns)
    order = ", ".join(ORDER[table])
    key = columns.index(ORDER[table][0])
    digest, members, rows = hashlib.new("sm3"), list[tuple[str, int]](), 0
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        held: list[bytes] = []

        def put() -> None:
            members.append((fields_of(held[0])[key].decode(), file.tell()))
            data = gzip.compress(b"\n".join(held) + b"\n", 6, mtime=0)
            digest.update(data)
            file.write(data)

        for line in copied_lines(f'SELECT {listed} FROM "{part}" ORDER BY {order}', null=_NULL):
            # a case is never cut: what one asks for lies in one member
            if len(held) >= ROWS_PER_MEMBER and fields_of(held[-1])[key] != fields_of(line)[key]:
                put()
                held = []
            held.append(line)
            rows += 1
        if held:
            put()
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return rows, digest.hexdigest(), tuple(members)


def rows_away(month: Away, *, first: str = "", beyond: str = "") -> Iterator[dict[str, bytes]]:
    """The rows of a file in their order, of keys in [first, beyond): column → text as COPY writes it, NULL empty.

    Raises ``MonthRefused`` when the file is gone or is not the one that was written.
    """
    _refuse_changed(month.path, month.sm3, month.table, month.month)
    key = ORDER[month.table][0]
    starts = [number for number, (begins, _at) in enumerate(month.members) if first and begins <= first]
    with month.path.open("rb") as file:
        for number in range(starts[-1] if starts else 0, len(month.members)):
            if beyond and month.members[number][0] >= beyond:
                return
            for line in _member(file, month, number):
                row = dict(zip(month.columns, _values(line), strict=True))
                if (not first or row[key].decode() >= first) and (not beyond or row[key].decode() < beyond):
                    yield row


def rows_of_key(month: Away, key: str) -> list[dict[str, bytes]]:
    """The rows of one key (a case), in order."""
    found = []
    for row in rows_away(month, first=key):
        if row[ORDER[month.table][0]].decode() != key:
            break
        found.append(row)
    return found


def _values(line: bytes) -> list[bytes]:
    if b"\\N" not in line:
        return fields_of(line)
    return [b"" if raw == b"\\N" else fields_of(raw)[0] for raw in line.split(b"\t")]


def _member(file: IO[bytes], month: Away, number: int) -> list[bytes]:
    begins = month.members[number][1]
    ends = month.members[number + 1][1] if number + 1 < len(month.members) else month.path.stat().st_size
    file.seek(begins)
    return gzip.decompress(file.read(ends - begins)).rstrip(b"\n").split(b"\n")


def changed(month: Away) -> bool:
    """Whether the file is gone or another one than was written."""
    try:
        _refuse_changed(month.path, month.sm3, month.table, month.month)
    except MonthRefused:
        return True
    return False


def _refuse_changed(path: Path, sm3: str, table: str, month: date) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise MonthRefused(f"{table} 的 {month:%Y-%m} 在文件 {path} 中，文件不见了：请从备份取回。") from None
    if _sm3_of(str(path), status.st_mtime_ns, status.st_size) != sm3:
        raise MonthRefused(f"{path} 与移出时不同（SM3 不符）：请从备份取回。")


@lru_cache(maxsize=256)
def _sm3_of(path: str, _changed_at: int, _size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new("sm3")).hexdigest()


def bring_back(*, table: str, month: date) -> int:
    """Put a month's rows back into the database; the file stays. As owner; the number of rows."""
    found = month_away(table, month)
    if found is None:
        raise MonthRefused(f"{table} 的 {month:%Y-%m} 没有移出。")
    _refuse_changed(found.path, found.sm3, table, month)
    listed = ", ".join(f'"{name}"' for name in found.columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        with (
            found.path.open("rb") as file,
            cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy,
        ):
            for number in range(len(found.members)):
                copy.write(b"\n".join(_member(file, found, number)) + b"\n")
        cursor.execute("DELETE FROM months_away WHERE of_table = %s AND month = %s", [table, month])
    return found.rows
