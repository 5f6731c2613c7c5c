"""The bulk writer: many cases with their whole history at once, by COPY; simulations and imports write so.

What is written is history: no fact goes to the outbox (nobody is to be told of it today), and the audit log gets one
line per batch. A batch is one transaction: its numbers, cases, matters, steps, words and audit line stand or fall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from wangge.domains.cases.operations.bulk_rows import COPIES, BatchRows, DraftedCase
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork.binary_copy import copy_in

NO_DISTRICT = "000000"
_TAKE_NUMBERS = (
    "INSERT INTO cases_number_counter (district_code, day, last)"
    " SELECT * FROM unnest(%s::text[], %s::date[], %s::int[]) ORDER BY 1, 2"
    " ON CONFLICT (district_code, day) DO UPDATE SET last = cases_number_counter.last + excluded.last"
    " RETURNING district_code, day, last"
)
_FOR_BULK = (
    # A batch lost with the machine is written again; nobody waits for this one's answer.
    "SET LOCAL synchronous_commit = off;"
    # While the index of search pieces is being filled: what its waiting list may hold, and the memory to sort it.
    " SET LOCAL gin_pending_list_limit = '64MB'; SET LOCAL work_mem = '64MB'"
)


@dataclass(frozen=True, slots=True)
class Written:
    """How much a batch wrote."""

    cases: int
    steps: int


def take_numbers(reports: Sequence[tuple[str, date]]) -> list[str]:
    """The next case numbers for reports given as (district code or empty, civil day), in the order given.

    One statement; the counters' rows stay locked until the caller's transaction ends.
    """
    keys = [(district or NO_DISTRICT, day) for district, day in reports]
    wanted = Counter(keys)
    with connection.cursor() as cursor:
        columns = [d for d, _ in wanted], [day for _, day in wanted], list(wanted.values())
        cursor.execute(_TAKE_NUMBERS, columns)
        following = {(district, day): last - wanted[district, day] for district, day, last in cursor.fetchall()}
    numbers = []
    for key in keys:
        following[key] += 1
        numbers.append(f"{key[0]}-{key[1]:%Y%m%d}-{following[key]:05d}")
    return numbers


def write_drafted(
    *, cases: Iterable[DraftedCase], by: Actor, at: datetime, detail: Mapping[str, Any] | None = None
) -> Written:
    """Write drafted cases, their steps and one audit line, in one transaction (the caller's, when one is open).

    Raises ``django.db.IntegrityError`` where a number or an external number is taken: then nothing is written.
    """
    rows = BatchRows()
    for case in cases:
        rows.add(case)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_FOR_BULK)
        for table, columns in COPIES.items():
            copy_in(table, columns, rows.take(table))
        record(
            by=by,
            at=at,
            kind=AuditKind.IMPORT,
            object_kind="cases",
            detail={**(detail or {}), "cases": rows.cases, "steps": rows.steps},
        )
    return Written(rows.cases, rows.steps)


def ensure_months(first: date, last: date) -> None:
    """Make the partitions of steps between two months; as the owner of the tables alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_months_of('cases_step', %s, %s)", [first, last])


def no_case_yet() -> bool:
    """Whether the database holds no case at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT FROM cases_case) AND NOT EXISTS (SELECT FROM cases_step)")
        return bool(cursor.fetchone()[0])


@contextmanager
def filling() -> Iterator[None]:
    """While much is written, search pieces wait in a list and go into their index many at a time; at the end the list
    is emptied. As the owner of the tables.

    Searches go on and read the list too, so they are slower, never wrong. Where the process dies the list stays in
    use, until the next filling or :func:`pieces_at_once`.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX matter_grams SET (fastupdate = on)")
    try:
        yield
    finally:
        pieces_at_once()


def pieces_at_once() -> None:
    """From now on search pieces go into their index with each report, and none waits."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX matter_grams SET (fastupdate = off)")
        cursor.execute("SELECT gin_clean_pending_list('matter_grams')")


def settle_after_bulk(*, tables: Sequence[str] = ("cases_case",)) -> None:
    """Let the planner know at once what a load changed in these tables, as autovacuum would some minutes later. As the
    owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
