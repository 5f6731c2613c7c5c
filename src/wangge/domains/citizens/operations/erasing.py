"""Erasure of a person: every case and letter under his telephone number loses his words; what was counted stays.

An erasure says what it reached by keys that are never given anew, so that a restore can do it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from wangge.domains.citizens.operations.following import erase_citizens
from wangge.domains.citizens.operations.letters import erase_letter
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

_CASES = """
SELECT c.number, c.id::text FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_private_texts
     WHERE seq = 1 AND texts ? 'reporter_phone' AND texts #>> '{reporter_phone,1}' = %(phone)s
)
ORDER BY c.number
"""
_FOLLOWED = (
    "SELECT id, encode(code_hash, 'hex') FROM citizens_follower"
    " WHERE phone = %(phone)s AND erased_at IS NULL ORDER BY id"
)
_LETTERS = (
    "SELECT id, encode(code_hash, 'hex') FROM citizens_letter WHERE phone = %(phone)s AND erased_at IS NULL ORDER BY id"
)
_FORGET = (
    "UPDATE citizens_follower SET wish = 'none', name = '', phone = '', email = '', openid = '', erased_at = %s"
    " WHERE id = %s"
)


_CASE = "SELECT id::text FROM cases_case WHERE number = %s"
_LETTER = "SELECT encode(code_hash, 'hex') FROM citizens_letter WHERE id = %s"
# Words that came after the erasure were not meant by it; whether it is there, the words it took say by their moment.
_CASE_BACK = """
SELECT c.number FROM cases_case c
 WHERE c.id = %(key)s::uuid
   AND (EXISTS (SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.erased_at IS NULL)
        OR EXISTS (SELECT FROM cases_matter m WHERE m.case_id = c.id AND (m.description <> '' OR m.address <> '')))
   AND NOT EXISTS (SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.erased_at >= %(at)s)
"""
_FOLLOWER_BACK = "SELECT id FROM citizens_follower WHERE code_hash = decode(%(key)s, 'hex') AND erased_at IS NULL"
_LETTER_BACK = "SELECT id FROM citizens_letter WHERE code_hash = decode(%(key)s, 'hex') AND erased_at IS NULL"
_BACK = {"case": _CASE_BACK, "follower": _FOLLOWER_BACK, "letter": _LETTER_BACK}


@dataclass(frozen=True, slots=True)
class Erasure:
    """One record that was erased; ``key``: a case's id, the hash of a follower's or letter's code."""

    kind: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure reached."""

    cases: tuple[str, ...]
    letters: int
    followers: int
    erasures: tuple[Erasure, ...]


def erase_person(*, phone: str, because: str, by: Actor, at: datetime) -> Erased:
    """Erase one who reported, followed or wrote under this number, whole or not at all.

    A case that he only follows keeps the words of who reported it. Who may order it is the surface's.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cases, followers, letters = (_found(cursor, asked, phone) for asked in (_CASES, _FOLLOWED, _LETTERS))
        for number, _key in cases:
            erase_citizens(number=number, because=because, by=by, at=at)
        for follower, _key in followers:
            _forget(cursor, follower, because, by, at)
        for letter, _key in letters:
            erase_letter(number=letter, because=because, by=by, at=at)
    by_kind = {"case": cases, "follower": followers, "letter": letters}
    erasures = tuple(Erasure(kind, key, at) for kind, rows in by_kind.items() for _row, key in rows)
    return Erased(tuple(number for number, _key in cases), len(letters), len(followers), erasures)


def erasure_of_case(*, number: str, at: datetime) -> Erasure:
    """The erasure of a case that is there, as a restore must know it."""
    return Erasure("case", _key_of(_CASE, number), at)


def erasure_of_letter(*, number: int, at: datetime) -> Erasure:
    """The erasure of a letter that is there, as a restore must know it."""
    return Erasure("letter", _key_of(_LETTER, number), at)


def erase_again(*, erasures: Iterable[Erasure], by: Actor, at: datetime) -> int:
    """After the database went back to an earlier moment: erase what came back; how many records had words again."""
    again = 0
    for erasure in erasures:
        because = _("恢复数据后再次清除；初次清除于 %(at)s。") % {"at": erasure.at.isoformat(timespec="seconds")}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BACK[erasure.kind], {"key": erasure.key, "at": erasure.at})
            row = cursor.fetchone()
            if row is None:
                continue
            if erasure.kind == "case":
                erase_citizens(number=row[0], because=because, by=by, at=at)
            elif erasure.kind == "letter":
                erase_letter(number=row[0], because=because, by=by, at=at)
            else:
                _forget(cursor, row[0], because, by, at)
            again += 1
    return again


def _forget(cursor: CursorWrapper, follower: int, because: str, by: Actor, at: datetime) -> None:
    cursor.execute(_FORGET, [at, follower])
    record(
        by=by, at=at, kind=AuditKind.ERASURE, object_kind="follower", object_key=str(follower),
        detail={"because": because},
    )  # fmt: skip


def _key_of(asked: str, number: str | int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(asked, [number])
        return str(cursor.fetchone()[0])


def _found(cursor: CursorWrapper, asked: str, phone: str) -> list[tuple[Any, str]]:
    cursor.execute(asked, {"phone": phone})
    return [(row, key) for row, key in cursor.fetchall()]
