"""Records 台账 as they hold now, their history, and what of a bound is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.db import connection


@dataclass(frozen=True, slots=True)
class RecordLine:
    """The newest version of a record."""

    unit: str
    year: int
    kind: str
    key: str
    version: int
    dated_on: date | None
    amount_fen: int | None
    quantity: int | None
    data: Mapping[str, Any]
    withdrawn: bool
    digest: bytes
    mapping: str
    by_name: str


_COLUMNS = """r.unit_code, r.year, r.kind, r.key, r.version, r.dated_on, r.amount_fen, r.quantity, r.data::text,
       r.withdrawn, r.digest, COALESCE(i.mapping, ''), r.by_name"""

_NEWEST = f"""
SELECT DISTINCT ON (r.unit_code, r.year, r.kind, r.key) {_COLUMNS}
FROM unnest(%s::text[], %s::int[]) AS w(unit, year)
JOIN budgeting_record r ON r.unit_code = w.unit AND r.year = w.year AND r.kind = ANY(%s)
LEFT JOIN budgeting_import i ON i.id = r.imported_id
ORDER BY r.unit_code, r.year, r.kind, r.key, r.version DESC
"""

_ONE = f"""
SELECT {_COLUMNS} FROM budgeting_record r LEFT JOIN budgeting_import i ON i.id = r.imported_id
WHERE r.kind = %(kind)s AND r.unit_code = %(unit)s AND r.key = %(key)s
  AND (%(year)s::int IS NULL OR r.year = %(year)s)
ORDER BY r.year DESC, r.version DESC LIMIT 1
"""

_USED = """
SELECT COALESCE(sum({column}), 0)::bigint FROM (
    SELECT DISTINCT ON (year, key) {column}, withdrawn, key FROM budgeting_record
    WHERE kind = %s AND unit_code = %s AND data ->> %s = %s ORDER BY year, key, version DESC
) r WHERE NOT withdrawn AND key <> %s
"""

_HISTORY = f"""
SELECT {_COLUMNS} FROM budgeting_record r LEFT JOIN budgeting_import i ON i.id = r.imported_id
WHERE r.kind = %s AND r.unit_code = %s AND r.year = %s AND r.key = %s ORDER BY r.version
"""


def newest(*, kind: str, pairs: Sequence[tuple[str, int]]) -> dict[tuple[str, int, str], RecordLine]:
    """(unit, year, key) → the newest version of each record of one kind, withdrawn ones too; one statement."""
    return {(line.unit, line.year, line.key): line for line in _lines([kind], pairs)}


def records(*, kinds: Sequence[str], units: Sequence[str], year: int) -> tuple[RecordLine, ...]:
    """The records of these kinds that hold, of these units and year; one statement."""
    return tuple(line for line in _lines(kinds, [(unit, year) for unit in units]) if not line.withdrawn)


def records_of_years(*, kinds: Sequence[str], unit: str, years: Sequence[int]) -> tuple[RecordLine, ...]:
    """The records of these kinds that hold, of one unit and several years; one statement."""
    return tuple(line for line in _lines(kinds, [(unit, year) for year in years]) if not line.withdrawn)


def _lines(kinds: Sequence[str], pairs: Sequence[tuple[str, int]]) -> list[RecordLine]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [[p[0] for p in pairs], [p[1] for p in pairs], list(kinds)])
        return [_line(row) for row in cursor.fetchall()]


def newest_of(*, kind: str, unit: str, year: int | None, key: str) -> RecordLine | None:
    """One record in its newest version; of any year when none is given."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"kind": kind, "unit": unit, "year": year, "key": key})
        row = cursor.fetchone()
    return None if row is None else _line(row)


def history_of(*, kind: str, unit: str, year: int, key: str) -> tuple[RecordLine, ...]:
    """Every version of a record, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [kind, unit, year, key])
        return tuple(_line(row) for row in cursor.fetchall())


def bound_used(*, kind: str, unit: str, field: str, target: str, column: str, beside: str) -> int:
    """What all records of a kind that point to ``target`` take together, leaving out the one named ``beside``."""
    with connection.cursor() as cursor:
        cursor.execute(_USED.format(column=column), [kind, unit, field, target, beside])
        return int(cursor.fetchone()[0])


def _line(row: Sequence[Any]) -> RecordLine:
    unit, year, kind, key, version, day, fen, quantity, data, withdrawn, digest, mapping, by_name = row
    return RecordLine(
        unit, year, kind, key, version, day, fen, quantity, orjson.loads(data), withdrawn, bytes(digest), mapping,
        by_name,
    )  # fmt: skip
