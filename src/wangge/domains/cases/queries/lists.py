"""Lists of cases: filters, search and key-set paging over what a person may see, in one statement.

Page N costs the same as page 1: the cursor is the last row's moment and id. Two characters and more are found by
the two-character pieces kept beside the case; a case number by its beginning.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.operations.writing import grams_of
from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

MOST = 200
_BURNING = "ORDER BY c.burns_at ASC NULLS LAST, c.id ASC"
NUMBER = re.compile(r"[0-9]{6}-[0-9]{0,8}(-[0-9]*)*")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed by; moments are half-open [since, before) of the report."""

    stages: tuple[str, ...] = ()
    district: str = ""
    department: str = ""
    category: str = ""
    source: str = ""
    since: datetime | None = None
    before: datetime | None = None
    overdue: bool | None = None
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north
    words: str = ""
    assignee_id: int | None = None
    reporter_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the cursor of the next, None on the last."""

    rows: list[CaseRow]
    next: str | None


def cases(*, by: Actor, at: datetime, filter: Filter, limit: int = 50, cursor: str = "") -> Page:
    """The newest reports first. Raises BadInput for a cursor that is none of ours."""
    where, values = _where(by, at, filter)
    if cursor:
        where.append("(c.reported_at, c.id) < (%s, %s)")
        moment, case_id = read_cursor(cursor)
        if moment is None:
            raise BadInput("cursor", _("翻页标记无效。请从第一页重新查询。"))
        values += [moment, case_id]
    newest = "ORDER BY c.reported_at DESC, c.id DESC LIMIT %s"
    found = _rows(f"{SELECT} WHERE {' AND '.join(where)} {newest}", values, limit)
    return _page(found, limit, lambda row: write_cursor(row.reported_at, row.id))


def queue(
    *, by: Actor, at: datetime, stages: tuple[str, ...], filter: Filter, limit: int = 50, cursor: str = ""
) -> Page:
    """What burns next: open cases of some stages by the earliest of their running deadlines, paused ones last."""
    where, values = _where(by, at, filter)
    wanted = [stage for stage in stages if stage in OPEN_STAGES]
    if not wanted:
        return Page([], None)
    parts = _after(cursor)
    if filter.words or filter.bbox is not None:
        after = " OR ".join(f"({term})" for term, _values in parts)
        where += ["c.stage = ANY(%s)", f"({after})"]
        statement = f"{SELECT} WHERE {' AND '.join(where)} {_BURNING} LIMIT %s"
        values += [wanted, *(value for _term, given in parts for value in given)]
    else:
        # The few that are shown are chosen on the narrow row first, from the beginning of each stage's own index,
        # however much waits there; only they are joined with what they are about.
        plain = f"SELECT c.id, c.burns_at FROM cases_case c WHERE {' AND '.join(where)}"
        stretches = [(stage, term, given) for stage in wanted for term, given in parts]
        chosen = " UNION ALL ".join(
            f"({plain} AND c.stage = %s AND {term} {_BURNING} LIMIT %s)" for _stage, term, _given in stretches
        )
        values = [value for stage, _term, given in stretches for value in (*values, stage, *given, limit + 1)]
        statement = f"{SELECT} WHERE c.id IN (SELECT c.id FROM ({chosen}) c {_BURNING} LIMIT %s) {_BURNING}"
    found = _rows(statement, values, limit)
    return _page(found, limit, lambda row: write_cursor(row.burns_at, row.id))


def _after(cursor: str) -> list[tuple[str, list[Any]]]:
    """What comes after a cursor, as conditions with their values, each a stretch of the index of a stage."""
    if not cursor:
        return [("TRUE", [])]
    moment, case_id = read_cursor(cursor)
    if moment is None:
        return [("c.burns_at IS NULL AND c.id > %s", [case_id])]
    return [("(c.burns_at, c.id) > (%s, %s)", [moment, case_id]), ("c.burns_at IS NULL", [])]


def counts_by_stage(*, by: Actor, at: datetime) -> dict[str, tuple[int, int]]:
    """Open stage → (cases this person sees, of them past their deadline)."""
    where, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.stage, count(*), count(*) FILTER (WHERE c.burns_at < %s) FROM cases_case c"
            f" WHERE c.stage = ANY(%s) AND {where} GROUP BY c.stage",
            [at, list(OPEN_STAGES), *values],
        )
        return {stage: (number, late) for stage, number, late in cursor.fetchall()}


def _rows(statement: str, values: list[Any], limit: int) -> list[CaseRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, limit + 1])
        return [row_of(row) for row in cursor.fetchall()]


def _page(rows: list[CaseRow], limit: int, cursor_of: Any) -> Page:
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], cursor_of(rows[limit - 1]))


def _where(by: Actor, at: datetime, wanted: Filter) -> tuple[list[str], list[Any]]:
    sight, values = condition_for(by)
    where = [sight]
    plain = (("c.district_code", wanted.district), ("c.category", wanted.category), ("c.source", wanted.source))
    for column, value in plain:
        if value:
            where.append(f"{column} = %s")
            values.append(value)
    for column, person in (("c.assignee_id", wanted.assignee_id), ("c.reporter_id", wanted.reporter_id)):
        if person is not None:
            where.append(f"{column} = %s")
            values.append(person)
    if wanted.department:
        where.append("(c.department_code = %s OR c.inner_department_code = %s)")
        values += [wanted.department, wanted.department]
    if wanted.stages:
        where.append("c.stage = ANY(%s)")
        values.append(list(wanted.stages))
    for term, moment in (("c.reported_at >= %s", wanted.since), ("c.reported_at < %s", wanted.before)):
        if moment is not None:
            where.append(term)
            values.append(moment)
    if wanted.overdue is not None:
        late = "(c.stage = ANY(%s) AND c.burns_at < %s)"
        where.append(late if wanted.overdue else f"NOT COALESCE({late}, FALSE)")
        values += [list(OPEN_STAGES), at]
    if wanted.bbox is not None:
        west, south, east, north = wanted.bbox
        where.append("m.lon BETWEEN %s AND %s AND m.lat BETWEEN %s AND %s")
        values += [west, east, south, north]
    _add_words(wanted.words.strip(), where, values)
    return where, values


def _add_words(words: str, where: list[str], values: list[Any]) -> None:
    """Search: a number by its beginning; words by every two-character piece they have; one character by its place."""
    if not words:
        return
    if NUMBER.fullmatch(words):
        where.append("c.number >= %s AND c.number < %s")
        values += [words, words + "~"]
        return
    grams = grams_of(words)
    if grams:
        where.append("m.grams @> %s::text[]")
        values.append(grams)
    for word in words.split():
        if len(word) != 2:
            where.append("(m.description || ' ' || m.address) ILIKE %s")
            values.append(f"%{_escaped(word)}%")


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def write_cursor(moment: datetime | None, case_id: UUID) -> str:
    """Where a page ended, as text for the next question."""
    return base64.urlsafe_b64encode(orjson.dumps([moment, str(case_id)])).decode().rstrip("=")


def read_cursor(cursor: str) -> list[Any]:
    """The moment (or None) and id of a cursor; BadInput when it is none."""
    try:
        moment, case_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [None if moment is None else datetime.fromisoformat(moment).astimezone(UTC), UUID(case_id)]
    except (ValueError, TypeError, AttributeError, OverflowError) as wrong:
        raise BadInput("cursor", _("翻页标记无效。请从第一页重新查询。")) from wrong
