"""Writes vouchers with their postings in bulk, and interns dimensions; every other writer ends here.

Rows go in by COPY with numbers reserved beforehand. Triggers refuse what does not balance, is closed or overspends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection

from wangge.domains.budgeting.logic.entries import EntryLine
from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, Dims
from wangge.domains.budgeting.refusals import LedgerRefused, refusal_of
from wangge.domains.organizations.logic import Actor

VOUCHER_COLUMNS = (
    "id", "unit_code", "year", "period", "dated_on", "event", "phase", "number", "summary", "handler",
    "reverses_id", "imported_id", "by_id", "by_name", "at",
)  # fmt: skip
POSTING_COLUMNS = ("voucher_id", "system", "account", "side", "amount_fen", "dimension_id", "allotment_id")

_LINES_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class PostingDraft:
    """A line with its dimension's row and, where it spends one, its allotment."""

    line: EntryLine
    dimension_id: int
    allotment_id: int | None = None


@dataclass(frozen=True, slots=True)
class VoucherDraft:
    """A voucher before it is written."""

    unit: str
    year: int
    period: int
    dated_on: date
    event: str
    number: str
    postings: tuple[PostingDraft, ...]
    phase: str = "current"
    summary: str = ""
    handler: str = ""
    reverses_id: int | None = None


def write_vouchers(
    drafts: Sequence[VoucherDraft], *, by: Actor, at: datetime, import_id: int | None = None
) -> list[int]:
    """Write vouchers with their postings; answers their numbers. Raises ``LedgerRefused``."""
    ids = reserve_ids("budgeting_voucher", len(drafts))
    with refused_plainly():
        copy_rows(
            "budgeting_voucher",
            VOUCHER_COLUMNS,
            (
                (number, d.unit, d.year, d.period, d.dated_on, d.event, d.phase, d.number, d.summary, d.handler,
                 d.reverses_id, import_id, by.person_id, by.display_name, at)
                for number, d in zip(ids, drafts, strict=True)
            ),
        )  # fmt: skip
        copy_rows(
            "budgeting_posting",
            POSTING_COLUMNS,
            (
                (number, p.line.system, p.line.account, p.line.side, p.line.amount_fen, p.dimension_id, p.allotment_id)
                for number, draft in zip(ids, drafts, strict=True)
                for p in draft.postings
            ),
        )
    return ids


def dimension_ids(wanted: Iterable[Dims]) -> dict[Dims, int]:
    """Every combination's row, made where it is new; in one order, so that nobody waits in a circle."""
    keys = sorted({dims.key for dims in wanted})
    if not keys:
        return {}
    columns = ", ".join(DIMENSION_COLUMNS)
    arrays = [list(column) for column in zip(*keys, strict=True)]
    unnested = ", ".join(["%s::text[]"] * len(DIMENSION_COLUMNS))
    matches = " AND ".join(f"d.{name} = w.{name}" for name in DIMENSION_COLUMNS)
    selected = ", ".join(f"d.{name}" for name in DIMENSION_COLUMNS)
    with refused_plainly(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO budgeting_dimension ({columns}) SELECT * FROM unnest({unnested}) AS w({columns})"
            " ON CONFLICT DO NOTHING",
            arrays,
        )
        cursor.execute(
            f"SELECT d.id, {selected} FROM unnest({unnested}) AS w({columns}) JOIN budgeting_dimension d ON {matches}",
            arrays,
        )
        return {dims_of_key(tuple(key)): number for number, *key in cursor.fetchall()}


def dims_of_key(key: tuple[str, ...]) -> Dims:
    """The dimensions of a row in the order of ``DIMENSION_COLUMNS``."""
    return Dims(**dict(zip(DIMENSION_COLUMNS, key, strict=True)))


def lock_allotments(allotment_ids: Iterable[int]) -> None:
    """Lock the sums of these allotments in one order, before anything of them is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT budgeting_lock_allotments(%s)", [sorted(set(allotment_ids))])


def reserve_ids(table: str, count: int) -> list[int]:
    """Numbers of rows that nobody else gets."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) s,"
            " generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows by COPY, with the database's errors under Django's names."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Rows by COPY from lines as it reads them: of numbers and codes alone, whose texts need no escapes."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        rest = iter(lines)
        while some := "".join(islice(rest, _LINES_AT_ONCE)):
            copy.write(some)


@contextmanager
def refused_plainly() -> Iterator[None]:
    """A constraint that refuses becomes ``LedgerRefused`` with words for the user."""
    try:
        yield
    except IntegrityError as error:
        raise refusal_of(error) from error


def check_deferred() -> None:
    """Look at once at what the database would only look at when the transaction ends."""
    with refused_plainly(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


__all__ = [
    "POSTING_COLUMNS",
    "VOUCHER_COLUMNS",
    "LedgerRefused",
    "PostingDraft",
    "VoucherDraft",
    "check_deferred",
    "copy_lines",
    "copy_rows",
    "dimension_ids",
    "dims_of_key",
    "lock_allotments",
    "refused_plainly",
    "reserve_ids",
    "write_vouchers",
]
