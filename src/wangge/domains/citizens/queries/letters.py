"""Questions to letters; whoever reads them says who he is, and what he may not read is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.domains.citizens.letter_tables import kinds_read_by
from wangge.domains.citizens.logic.codes import hash_of
from wangge.domains.organizations.logic import Actor

MOST = 100
TOLD_ACTS = ("receive", "forward", "answer")
_COLUMNS = (
    "id, kind, state, version, at, due_at, words, address, lon, lat, photos, wish, name, phone, email, authority,"
    " receipt_due_at, receipt_no, answer"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it stands."""

    id: int
    kind: str
    state: str
    version: int
    at: datetime
    due_at: datetime | None
    words: str
    address: str
    lon: float | None
    lat: float | None
    photos: list[str]
    wish: str
    name: str
    phone: str
    email: str
    authority: str
    receipt_due_at: datetime | None
    receipt_no: str
    answer: str


@dataclass(frozen=True, slots=True)
class LetterEvent:
    """One act on a letter."""

    act: str
    at: datetime
    person_name: str
    detail: str


def letters_for(*, by: Actor, answered: bool = False, offset: int = 0) -> list[Letter]:
    """The letters this person reads, what is due first before the rest; one statement."""
    return _letters(
        f"kind = ANY(%s) AND (state = 'answered') = %s ORDER BY due_at NULLS LAST, id LIMIT {MOST + 1} OFFSET %s",
        kinds_read_by(by), answered, offset,
    )  # fmt: skip


def letter_for(*, by: Actor, number: int, lock: bool = False) -> Letter | None:
    """One letter, if this person reads its kind; behind the wall it looks like none."""
    found = _letters("id = %s AND kind = ANY(%s)" + (" FOR NO KEY UPDATE" if lock else ""), number, kinds_read_by(by))
    return found[0] if found else None


def letter_of_code(code: str) -> Letter | None:
    """The letter a citizen follows by his code."""
    return letter_of_hash(hash_of(code))


def letter_of_hash(code_hash: bytes) -> Letter | None:
    """The same by what is kept of the code."""
    found = _letters("code_hash = %s", code_hash)
    return found[0] if found else None


def kept_digest(code_hash: bytes) -> bytes | None:
    """The digest of what was sent when this code was given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM citizens_letter WHERE code_hash = %s", [code_hash])
        row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def events_of(number: int) -> list[LetterEvent]:
    """Everything that was done with a letter; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT act, at, person_name, detail FROM citizens_letter_event WHERE letter_id = %s ORDER BY seq", [number]
        )
        return [LetterEvent(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """How who wrote a letter wishes to be answered, and where; for whoever sends answers, never shown."""

    id: int
    wish: str
    phone: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class LetterNews:
    """One act on a letter its writer may be told of."""

    letter_id: int
    seq: int
    act: str
    at: datetime
    wish: str


def news_of_letters(*, since: datetime) -> list[LetterNews]:
    """What was done since with letters whose writers wish to be answered; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, e.seq, e.act, e.at, l.wish FROM citizens_letter_event e"
            " JOIN citizens_letter l ON l.id = e.letter_id"
            " WHERE e.at > %s AND l.wish <> 'none' AND e.act = ANY(%s) ORDER BY e.at, l.id, e.seq",
            [since, list(TOLD_ACTS)],
        )
        return [LetterNews(*row) for row in cursor.fetchall()]


def letter_writers(numbers: Sequence[int]) -> list[LetterWriter]:
    """The writers of these letters; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, wish, phone, email, language FROM citizens_letter WHERE id = ANY(%s)", [list(numbers)]
        )
        return [LetterWriter(*row) for row in cursor.fetchall()]


def _letters(condition: str, *values: Any) -> list[Letter]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM citizens_letter WHERE {condition}", values)
        return [Letter(*row) for row in cursor.fetchall()]
