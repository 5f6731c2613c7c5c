"""What anyone may read of cases once a public door is open: citizens' reports, without what names people.

Published are reports whose source is ``public``; denunciations 举报 and private ones 不公开 never, nor what was erased:
whether it was one of them is erased with it. Of their words telephone numbers, identity
numbers and e-mail addresses are blanked; names of reporters, staff and notes are not in these rows at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

AT_ONCE = 1000
_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)|[\w.+-]+@[\w-]+\.[\w.-]+\w"
)
_COLUMNS = """
c.number, c.stage, c.category, c.department_code, c.reported_at, c.closed_at, c.handling_due_at, m.description,
m.address, m.lon, m.lat, l.at, CASE WHEN starts_with(c.external_no, 'open311:') THEN f.payload END
"""
_FROM = """
  FROM cases_case c JOIN cases_matter m ON m.case_id = c.id
  JOIN cases_step l ON l.month = c.month AND l.case_id = c.id AND l.seq = c.version
  LEFT JOIN cases_step f ON f.month = c.month AND f.case_id = c.id AND f.seq = 1
                        AND starts_with(c.external_no, 'open311:')
"""
PUBLISHED = """
c.source = 'public' AND c.parent_id IS NULL AND NOT EXISTS (
    SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.seq = 1
       AND (t.erased_at IS NOT NULL OR jsonb_exists_any(t.texts, ARRAY['denounces', 'private'])))
"""


@dataclass(frozen=True, slots=True)
class PublishedCase:
    """One case as anyone may read it."""

    number: str
    stage: str
    category: str
    department_code: str
    reported_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    description: str
    address: str
    lon: float | None
    lat: float | None
    changed_at: datetime
    media_url: str


@dataclass(frozen=True, slots=True)
class PublishedStep:
    """One change of stage of a published case."""

    number: str
    seq: int
    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed by; moments are half-open [since, before) of the report."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    stages: tuple[str, ...] | None = None
    since: datetime | None = None
    before: datetime | None = None


def blanked(text: str) -> str:
    """The text with what names people by number or address blanked."""
    return _PERSONAL.sub("***", text)


def published_cases(*, wanted: Wanted, limit: int, offset: int = 0) -> list[PublishedCase]:
    """The newest first; one statement."""
    where, values = _where(wanted)
    with connection.cursor() as cursor:
        # the rows of the page are chosen on the narrow table first; only they are joined with words and steps
        cursor.execute(
            f"SELECT {_COLUMNS} FROM (SELECT c.* FROM cases_case c WHERE {where}"
            f" ORDER BY c.reported_at DESC, c.id DESC LIMIT %s OFFSET %s) c {_FROM.replace('FROM cases_case c', '')}"
            " ORDER BY c.reported_at DESC, c.id DESC",
            [*values, limit, offset],
        )
        return [_case(row) for row in cursor.fetchall()]


def published_case(*, number: str) -> PublishedCase | None:
    """The published case of this number; one statement."""
    if "\0" in number:
        return None
    found = published_cases(wanted=Wanted(numbers=(number,)), limit=1)
    return found[0] if found else None


def number_of_token(*, token: str) -> str | None:
    """The number of the case a token was given for: our own external number, or the number itself."""
    if "\0" in token:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.number FROM cases_case c WHERE (c.source = 'public' AND c.external_no = %s OR c.number = %s)"
            f" AND {PUBLISHED}",
            [f"open311:{token}", token],
        )
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def published_between(*, since: datetime, before: datetime) -> Iterator[PublishedCase]:
    """Every published case reported in [since, before), the oldest first, streamed."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} {_FROM} WHERE c.reported_at >= %s AND c.reported_at < %s AND {PUBLISHED}"
            " ORDER BY c.reported_at, c.id",
            [since, before],
        )
        while rows := cursor.fetchmany(AT_ONCE):
            yield from (_case(row) for row in rows)


def published_steps(*, numbers: Sequence[str], since: datetime, before: datetime, limit: int) -> list[PublishedStep]:
    """Changes of stage of published cases in [since, before), the newest first; one statement."""
    values: list[Any] = []
    narrowed = "TRUE"
    if numbers:
        narrowed, values = "c.number = ANY(%s)", [list(numbers)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, s.seq, s.to_stage, s.at FROM cases_case c"
            " JOIN cases_step s ON s.month = c.month AND s.case_id = c.id"
            f" WHERE {narrowed} AND {PUBLISHED} AND s.at >= %s AND s.at < %s AND s.to_stage <> s.from_stage"
            " ORDER BY s.at DESC, c.number DESC, s.seq DESC LIMIT %s",
            [*values, since, before, limit],
        )
        return [PublishedStep(*row) for row in cursor.fetchall()]


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    terms: list[str] = [PUBLISHED]
    values: list[Any] = []
    if wanted.numbers:
        terms.append("c.number = ANY(%s)")
        values.append(list(wanted.numbers))
    if wanted.categories:
        terms.append("c.category = ANY(%s)")
        values.append(list(wanted.categories))
    if wanted.stages is not None:
        terms.append("c.stage = ANY(%s)")
        values.append(list(wanted.stages))
    for term, moment in (("c.reported_at >= %s", wanted.since), ("c.reported_at < %s", wanted.before)):
        if moment is not None:
            terms.append(term)
            values.append(moment)
    return " AND ".join(terms), values


def _case(row: Sequence[Any]) -> PublishedCase:
    number, stage, category, unit, reported_at, closed_at, due_at, description, address, lon, lat, at, payload = row
    told = orjson.loads(payload).get("foreign", {}) if payload else {}
    return PublishedCase(
        number, stage, category, unit, reported_at, closed_at, due_at, blanked(description), blanked(address), lon, lat,
        at, str(told.get("media_url", "")),
    )  # fmt: skip
