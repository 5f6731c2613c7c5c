"""Questions to the desks: who has which case in hand, a person's views, columns and texts, the latest handovers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db import connection

from wangge.groundwork.prepared import prepared_cursor


@dataclass(frozen=True, slots=True)
class InHand:
    """A case somebody has in hand, since when."""

    case_id: UUID
    person_id: int
    since: datetime


def in_hand(*, case_ids: Sequence[UUID], at: datetime) -> Mapping[UUID, InHand]:
    """Those of the cases that somebody has in hand at the moment. One statement; none for no case."""
    if not case_ids:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT case_id, person_id, since FROM desks_in_hand WHERE case_id = ANY(%s) AND until > %s",
            (list(case_ids), at),
        )
        return {row[0]: InHand(*row) for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class View:
    """A list under a name of its person's own: the page and the filters as they stand in its address."""

    view_id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class KeptList:
    """What a person keeps of a list: his views of it by name, and the columns he chose (none: the usual)."""

    views: tuple[View, ...]
    columns: tuple[str, ...]


def kept_of(*, person_id: int | None, page: str) -> KeptList:
    """What a person keeps of a page. One statement."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT id, name, query FROM desks_view WHERE person_id = %(person)s AND page = %(page)s UNION ALL"
            " SELECT NULL, '', columns FROM desks_columns WHERE person_id = %(person)s AND page = %(page)s ORDER BY 2",
            {"person": person_id, "page": page},
        )
        rows = cursor.fetchall()
    return KeptList(
        tuple(View(*row) for row in rows if row[0] is not None),
        tuple(name for key, _none, columns in rows if key is None for name in columns.split(",")),
    )


@dataclass(frozen=True, slots=True)
class StandardText:
    """Words for notes: of the city for a post and a stage, or one's own; empty post and stage: every one."""

    text_id: int
    is_of_city: bool
    post: str
    stage: str
    words: str


def texts_offered_to(
    *, person_id: int | None, posts: Collection[str], stage: str | None = None
) -> tuple[StandardText, ...]:
    """One's own and the city's for one's posts; for a stage those that fit it, the closest first. One statement."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT id, is_of_city, post, stage, words FROM desks_standard_text"
            " WHERE (NOT is_of_city AND keeper_id = %s OR is_of_city AND (post = '' OR post = ANY(%s)))"
            " AND (%s::text IS NULL OR stage IN ('', %s)) ORDER BY is_of_city, stage = '', stage, post = '', id",
            (person_id, list(posts), stage, stage),
        )
        return tuple(StandardText(*row) for row in cursor.fetchall())


def texts_of_city() -> tuple[StandardText, ...]:
    """All of the city's, whatever the post: for who words them. One statement."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT id, is_of_city, post, stage, words FROM desks_standard_text WHERE is_of_city"
            " ORDER BY stage = '', stage, post = '', post, id"
        )
        return tuple(StandardText(*row) for row in cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Handover:
    """The handover of a shift; ``signed_by`` None while nobody has taken over."""

    number: int
    shift: str
    written_at: datetime
    written_by: int
    standing: Mapping[str, int]
    promised: str
    unusual: str
    signed_at: datetime | None
    signed_by: int | None
    remark: str


def latest_handovers(*, limit: int, before: int | None = None) -> tuple[Handover, ...]:
    """The newest first, those before a number. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.id, h.shift, h.written_at, h.written_by, h.standing::text, h.promised, h.unusual,"
            " t.signed_at, t.signed_by, COALESCE(t.remark, '')"
            " FROM desks_handover h LEFT JOIN desks_taken_over t ON t.handover_id = h.id"
            " WHERE %(before)s::bigint IS NULL OR h.id < %(before)s ORDER BY h.id DESC LIMIT %(limit)s",
            {"before": before, "limit": limit},
        )
        rows = cursor.fetchall()
    return tuple(Handover(*(*row[:4], orjson.loads(row[4]), *row[5:])) for row in rows)
