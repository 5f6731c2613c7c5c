"""Owns what was taken in from the public surface standing alone: each package once, with what it led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class OutsideCode:
    """A code given outside whose case or letter moved since it was told of last."""

    package_id: str
    code_hash: bytes
    refused: str
    told: str
    mark: str


_MOVED = """
SELECT id, code_hash, refused, told, mark FROM (
    SELECT p.id, p.code_hash, p.refused, p.told, p.told_mark, p.taken_at,
           CASE WHEN l.stage = 'merged' THEN p.taken_at::text || random()
                ELSE concat_ws('/', c.id, c.version, l.id, l.version, t.id, t.version, p.refused <> '') END AS mark
      FROM citizens_package p
      LEFT JOIN citizens_follower f ON f.code_hash = p.code_hash
      LEFT JOIN cases_case c ON c.id = f.case_id
      LEFT JOIN cases_case l ON l.id = c.lead_id AND c.stage = 'merged'
      LEFT JOIN citizens_letter t ON t.code_hash = p.code_hash
     WHERE p.kind <> 'act' AND p.taken_at > %s
) found WHERE mark <> told_mark ORDER BY taken_at, id
"""


def moved_codes(*, at: datetime) -> list[OutsideCode]:
    """Every code brought not too long ago whose case or letter is another than when it was told; one statement.

    A lead that was merged itself is looked at each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [at - TOLD_FOR])
        return [OutsideCode(row[0], bytes(row[1]), *row[2:]) for row in cursor.fetchall()]


def note_told(told: Sequence[tuple[str, str, str]]) -> None:
    """Note what was told back: (digest, mark, package id); one statement."""
    columns = [list(column) for column in zip(*told, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE citizens_package p SET told = n.told, told_mark = n.mark"
            " FROM unnest(%s::text[], %s::text[], %s::text[]) AS n (told, mark, id) WHERE p.id = n.id",
            columns,
        )


def next_serial() -> int:
    """A number greater than every one before, by which the other side knows newer from older."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('citizens_spool_serial')")
        return int(cursor.fetchone()[0])
