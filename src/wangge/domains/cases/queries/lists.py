"""Lists of cases: filters, search and key-set paging over what a person may see, in one statement.

Page N costs the same as page 1: the cursor is the last row's moment and id. A case number is found by its beginning.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.queries import words
from wangge.domains.cases.queries.conditions import Condition, Filter, about_case, about_matter
from wangge.domains.cases.queries.words import NEWEST
from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import may_see
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.prepared import prepared_cursor

MOST = 200
_BURNING = "ORDER BY c.burns_at ASC NULLS LAST, c.id ASC"
NUMBER = re.compile(r"[0-9]{6}-[0-9]{0,8}(-[0-9]*)*")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the cursor of the next, None on the last."""

    rows: list[CaseRow]
    next: str | None


def cases(*, by: Actor, at: datetime, filter: Filter, limit: int = 50, cursor: str = "") -> Page:
    """The newest reports first. Raises BadInput for a cursor that is none of ours."""
    case, matter = about_case(by, at, filter), about_matter(filter)
    asked = filter.words.strip()
    if NUMBER.fullmatch(asked):
        case, asked = case.also("c.number >= %s AND c.number < %s", asked, asked + "~"), ""
    if cursor:
        moment, case_id = read_cursor(cursor)
        if moment is None:
            raise BadInput("cursor", _("翻页标记无效。请从第一页重新查询。"))
        case = case.also("(c.reported_at, c.id) < (%s, %s)", moment, case_id)
    if asked and words.has_pieces(asked):
        which = words.newest_with(asked, case=case, matter=matter, limit=limit + 1)
    elif filter.overdue and not filter.asks_matter:
        newest = f"SELECT c.id FROM cases_open c WHERE {case.sql} {NEWEST} LIMIT %s"
        which = Condition(f"c.id IN ({newest})", (*case.values, limit + 1))
    elif filter.stages and not filter.asks_matter:
        which = _newest_of_stages(filter.stages, case, limit + 1)
    else:
        which = case & matter & words.in_text(asked)
    found = _rows(f"{SELECT} WHERE {which.sql} {NEWEST} LIMIT %s", [*which.values, limit + 1])
    return _page(found, limit, lambda row: write_cursor(row.reported_at, row.id))


def _newest_of_stages(stages: Sequence[str], case: Condition, most: int) -> Condition:
    """Each stage gives its newest from its own index, however few it has among all cases."""
    one = f"(SELECT c.id, c.reported_at FROM cases_case c WHERE {case.sql} AND c.stage = %s {NEWEST} LIMIT %s)"
    values = [value for stage in stages for value in (*case.values, stage, most)]
    parts = " UNION ALL ".join(one for _stage in stages)
    return Condition(f"c.id IN (SELECT c.id FROM ({parts}) c {NEWEST} LIMIT %s)", (*values, most))


def queue(
    *, by: Actor, at: datetime, stages: tuple[str, ...], filter: Filter, limit: int = 50, cursor: str = ""
) -> Page:
    """What burns next: open cases of some stages by the earliest of their running deadlines, paused ones last."""
    case, matter = about_case(by, at, filter), about_matter(filter)
    asked = filter.words.strip()
    if NUMBER.fullmatch(asked):
        case = case.also("c.number >= %s AND c.number < %s", asked, asked + "~")
    else:
        matter &= words.in_text(asked)
    wanted = [stage for stage in stages if stage in OPEN_STAGES]
    if not wanted:
        return Page([], None)
    parts = _after(cursor)
    if filter.asks_matter:
        after = Condition(
            " OR ".join(f"({part.sql})" for part in parts), tuple(v for part in parts for v in part.values)
        )
        which = (case & matter).also("c.stage = ANY(%s)", wanted).also(f"({after.sql})", *after.values)
    else:
        # The few that are shown are chosen on the narrow row first, from the beginning of each stage's own index,
        # however much waits there; only they are joined with what they are about.
        each = [case.also("c.stage = %s", stage) & part for stage in wanted for part in parts]
        first = f"{_BURNING} LIMIT {limit + 1:d}"
        chosen = " UNION ALL ".join(
            f"(SELECT c.id, c.burns_at FROM cases_case c WHERE {part.sql} {first})" for part in each
        )
        which = Condition(
            f"c.id IN (SELECT c.id FROM ({chosen}) c {first})", tuple(value for part in each for value in part.values)
        )
    # Planning what lies behind each page of a seat takes longer than reading it. How many rows are wanted stands in the
    # statement, or its kept plan would be one for a tenth of all cases; words and areas are planned for what they are.
    cursor_of_kind = connection.cursor if filter.asks_matter or asked else prepared_cursor
    with cursor_of_kind() as db:
        db.execute(f"{SELECT} WHERE {which.sql} {_BURNING} LIMIT {limit + 1:d}", which.values)
        found = [row_of(row) for row in db.fetchall()]
    return _page(found, limit, lambda row: write_cursor(row.burns_at, row.id))


def numbered(*, numbers: Sequence[str], by: Actor) -> list[CaseRow]:
    """The cases of these numbers that ``by`` may read, in the order given; one statement."""
    found = {row.number: row for row in _rows(f"{SELECT} WHERE c.number = ANY(%s)", [list(numbers)])}
    return [found[number] for number in numbers if number in found and may_see(by, found[number])]


def _after(cursor: str) -> list[Condition]:
    """What comes after a cursor, each a stretch of the index of a stage."""
    if not cursor:
        return [Condition()]
    moment, case_id = read_cursor(cursor)
    if moment is None:
        return [Condition("c.burns_at IS NULL AND c.id > %s", (case_id,))]
    return [Condition("(c.burns_at, c.id) > (%s, %s)", (moment, case_id)), Condition("c.burns_at IS NULL")]


def _rows(statement: str, values: list[Any]) -> list[CaseRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row_of(row) for row in cursor.fetchall()]


def _page(rows: list[CaseRow], limit: int, cursor_of: Callable[[CaseRow], str]) -> Page:
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], cursor_of(rows[limit - 1]))


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
