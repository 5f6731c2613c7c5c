"""Owns what was taken in from the public surface standing alone: each package once, with what it led to."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

ONE_CODE = "package_opens_one_code"
TOLD_FOR = timedelta(days=120)


def begin_package(*, id: str, kind: str, code_hash: bytes, at: datetime) -> bool:
    """Note the package in the caller's transaction; False when it was taken in before. Another process that takes
    the same one in waits until this one is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_package (id, kind, code_hash, taken_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (id) DO NOTHING RETURNING id",
            [id, kind, code_hash, at],
        )
        return cursor.fetchone() is not None


def refuse_package(*, id: str, kind: str, code_hash: bytes, at: datetime, why: str) -> None:
    """Note that the package could not be made anything of, and why."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_package (id, kind, code_hash, taken_at, refused) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO NOTHING",
            [id, kind, code_hash, at, why[:500] or "?"],
        )


def outside_codes(*, at: datetime) -> list[tuple[str, bytes, str, str]]:
    """(id, hash of the code, why refused, what was told last) of every package that brought a code not too long ago;
    one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code_hash, refused, told FROM citizens_package WHERE kind <> 'act' AND taken_at > %s"
            " ORDER BY taken_at, id",
            [at - TOLD_FOR],
        )
        return [(row[0], bytes(row[1]), row[2], row[3]) for row in cursor.fetchall()]


def note_told(told: list[tuple[str, str]]) -> None:
    """Note what was told back: (digest, package id)."""
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE citizens_package SET told = %s WHERE id = %s", told)


def next_serial() -> int:
    """A number greater than every one before, by which the other side knows newer from older."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('citizens_spool_serial')")
        return int(cursor.fetchone()[0])
