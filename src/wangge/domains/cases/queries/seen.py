"""Which of many cases a person may open: the wall laid on a set of numbers in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

_SEEN = (
    "SELECT {columns} FROM cases_case c WHERE c.number = ANY(%s)"
    " AND ({sight} OR %s = ANY(c.past_people) OR c.past_departments && %s::varchar[])"
)


@dataclass(frozen=True, slots=True)
class SeenCase:
    """Where a case lies, whose it is, and its photos as (kind, id) in the order they were shown."""

    number: str
    grid_code: str
    department_code: str
    inner_department_code: str
    photos: tuple[tuple[str, str], ...]


def numbers_seen(*, by: Actor, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers whose cases lie before the wall of ``by``, as :func:`sight.may_see` has it."""
    return frozenset(row[0] for row in _rows("c.number", by, numbers))


def cases_seen(*, by: Actor, numbers: Iterable[str]) -> dict[str, SeenCase]:
    """The same cases with grid, units and photos, by number."""
    columns = "c.number, c.grid_code, c.department_code, c.inner_department_code, c.photos"
    return {
        number: SeenCase(number, grid, unit, inner, tuple((kind, photo) for kind, photo, _seq in orjson.loads(photos)))
        for number, grid, unit, inner, photos in _rows(columns, by, numbers)
    }


def _rows(columns: str, by: Actor, numbers: Iterable[str]) -> list[tuple[Any, ...]]:
    asked = list(dict.fromkeys(numbers))
    if not asked:
        return []
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        statement = _SEEN.format(columns=columns, sight=sight)
        cursor.execute(statement, [asked, *values, by.person_id or 0, sorted(by.department_codes)])
        return list(cursor.fetchall())
