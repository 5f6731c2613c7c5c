"""Erasure of a person: every case and letter under his telephone number loses his words; what was counted stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from wangge.domains.citizens.operations.following import erase_citizens
from wangge.domains.citizens.operations.letters import erase_letter
from wangge.domains.organizations.logic import Actor

_CASES = """
SELECT c.number FROM cases_case c WHERE c.id IN (
    SELECT case_id FROM cases_private_texts
     WHERE seq = 1 AND texts ? 'reporter_phone' AND texts #>> '{reporter_phone,1}' = %(phone)s
)
ORDER BY c.number
"""
_FOLLOWED = "SELECT id FROM citizens_follower WHERE phone = %(phone)s AND erased_at IS NULL ORDER BY id"
_LETTERS = "SELECT id FROM citizens_letter WHERE phone = %(phone)s AND erased_at IS NULL ORDER BY id"
_FORGET = (
    "UPDATE citizens_follower SET wish = 'none', name = '', phone = '', email = '', openid = '', erased_at = %s"
    " WHERE id = %s"
)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure reached."""

    cases: tuple[str, ...]
    letters: int
    followers: int


def erase_person(*, phone: str, because: str, by: Actor, at: datetime) -> Erased:
    """Erase one who reported, followed or wrote under this number, whole or not at all.

    A case that he only follows keeps the words of who reported it. Who may order it is the surface's.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cases, followers, letters = (_found(cursor, asked, phone) for asked in (_CASES, _FOLLOWED, _LETTERS))
        for number in cases:
            erase_citizens(number=number, because=because, by=by, at=at)
        for follower in followers:
            cursor.execute(_FORGET, [at, follower])
        for letter in letters:
            erase_letter(number=letter, because=because, by=by, at=at)
    return Erased(tuple(cases), len(letters), len(followers))


def _found(cursor: CursorWrapper, asked: str, phone: str) -> list[Any]:
    cursor.execute(asked, {"phone": phone})
    return [value for (value,) in cursor.fetchall()]
