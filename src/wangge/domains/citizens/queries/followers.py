"""Who follows which case: by the code he shows, and for those who send answers by the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.domains.cases.rows import CaseRow, load_by_id
from wangge.domains.citizens.logic.codes import hash_of
from wangge.domains.organizations.logic import Actor, Holding

_COLUMNS = "id, case_id, at, joined, wish, name, phone, email, openid, language"
MOST_STEPS_TO_LEAD = 8


@dataclass(frozen=True, slots=True)
class Follower:
    """One citizen who follows a case, with the wish how to be answered; ``joined``: beside the first reporter."""

    id: int
    case_id: UUID
    at: datetime
    joined: bool
    wish: str
    name: str
    phone: str
    email: str
    openid: str
    language: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A follower and the case that is worked on for him: of a merged case the lead."""

    follower: Follower
    row: CaseRow


def followed_by(code: str) -> Followed | None:
    """The case behind a code; two statements, one more for each merging."""
    return followed_by_hash(hash_of(code))


def followed_by_hash(code_hash: bytes) -> Followed | None:
    """The same by what is kept of the code."""
    found = _followers("code_hash = %s", code_hash)
    if not found:
        return None
    row = _worked_on(found[0].case_id)
    return None if row is None else Followed(found[0], row)


def followers_of(case_id: UUID) -> list[Follower]:
    """Everybody who follows a case and those merged into it, the first reporter first; one statement.

    For whoever sends answers: contacts are here, so nothing of this is shown.
    """
    return _followers("case_id = %s OR case_id IN (SELECT id FROM cases_case WHERE lead_id = %s)", case_id, case_id)


def followers_with_wish(case_ids: Iterable[str]) -> dict[str, list[Follower]]:
    """By case, everybody who follows it or one merged into it and wishes to be answered; one statement."""
    found: dict[str, list[Follower]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT told.id::text, f.* FROM unnest(%s::uuid[]) AS told (id) CROSS JOIN LATERAL ("
            f" SELECT {_COLUMNS} FROM citizens_follower WHERE wish <> 'none' AND (case_id = told.id"
            "  OR case_id IN (SELECT id FROM cases_case WHERE lead_id = told.id))) f ORDER BY f.id",
            [list(case_ids)],
        )
        for case_id, *row in cursor.fetchall():
            found[case_id].append(Follower(*row))
    return found


def followers_numbered(numbers: Sequence[int]) -> list[Follower]:
    """These followers; one statement."""
    return _followers("id = ANY(%s)", list(numbers))


def followers_count(case_id: UUID) -> int:
    """How many citizens follow a case, its merged ones included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM citizens_follower"
            " WHERE case_id = %s OR case_id IN (SELECT id FROM cases_case WHERE lead_id = %s)",
            [case_id, case_id],
        )
        return int(cursor.fetchone()[0])


def digest_of_hash(code_hash: bytes) -> tuple[UUID, bytes] | None:
    """The case a code was given for and the digest of what was sent then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, digest FROM citizens_follower WHERE code_hash = %s", [code_hash])
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def citizen_of(followed: Followed) -> Actor:
    """The actor a code makes: the reporter of this one case, and nobody anywhere else."""
    return Actor(None, "citizen", "诉求人", (Holding("reporter"),), own_case=followed.row.number)


def _followers(condition: str, *values: Any) -> list[Follower]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM citizens_follower WHERE {condition} ORDER BY id", values)
        return [Follower(*row) for row in cursor.fetchall()]


def _worked_on(case_id: UUID) -> CaseRow | None:
    row = load_by_id(case_id)
    for _step in range(MOST_STEPS_TO_LEAD):
        if row is None or row.stage != "merged" or row.lead_id is None:
            return row
        row = load_by_id(row.lead_id)
    return row
