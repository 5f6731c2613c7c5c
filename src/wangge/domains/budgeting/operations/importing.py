"""What every import of facts shares: its source, its row in the database, the years it opens, its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.facts import Difference, RefusedRow
from wangge.domains.budgeting.models import BudgetUnit, BudgetYear, BudgetYearStep, YearAct
from wangge.domains.budgeting.operations.writing import check_deferred
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

SHOWN_KEYS = 50


@dataclass(frozen=True, slots=True)
class ImportSource:
    """The file an import comes from."""

    kind: str
    mapping: str
    file_name: str
    file_digest: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do: difference, refused rows, proof; ``import_id`` None: nothing new."""

    kind: str
    dry_run: bool
    rows: int
    difference: Difference
    refused: tuple[RefusedRow, ...]
    proof: Mapping[str, Any]
    import_id: int | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def proven(self) -> bool:
        """Whether file and ledger agree to the last fen."""
        return all(line["off_fen"] == 0 for line in self.proof.get("lines", ()))


class _OnlyTried(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def tried(*, dry_run: bool) -> Iterator[None]:
    """A transaction whose deferred constraints are looked at inside; a dry run takes it back then."""
    try:
        with transaction.atomic():
            yield
            check_deferred()
            if dry_run:
                raise _OnlyTried
    except _OnlyTried:
        pass


def unit_kinds() -> dict[str, str]:
    """Code → kind of every budget unit."""
    return dict(BudgetUnit.objects.values_list("code", "kind"))


def year_states(pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, int]]:
    """(unit, year) → (state, closed through) of these years."""
    units = {unit for unit, _year in pairs}
    rows = BudgetYear.objects.filter(unit__in=units).values_list("unit_id", "year", "state", "closed_through")
    return {(unit, year): (state, closed) for unit, year, state, closed in rows}


def open_years(pairs: Iterable[tuple[str, int]], *, by: Actor, at: datetime) -> None:
    """Open the years that have not begun; those that have stay as they are."""
    wanted = sorted(set(pairs))
    there = year_states(wanted)
    for unit, year in wanted:
        if (unit, year) not in there:
            BudgetYearStep.objects.create(
                unit_id=unit, year=year, act=YearAct.OPEN, by_id=by.person_id, by_name=by.display_name, at=at
            )


def lock_years(pairs: Iterable[tuple[str, int]]) -> None:
    """One import or entry of a unit's year at a time: who comes second sees what the first wrote."""
    with connection.cursor() as cursor:
        for unit, year in sorted(set(pairs)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('budgeting ' || %s), %s)", [unit, year])


def record_import(
    source: ImportSource, *, rows: int, difference: Difference, refused: int, proof: Mapping[str, Any],
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    """The import's own row, written with its facts; answers its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO budgeting_import (kind, mapping, file_name, file_digest, rows, new_rows, changed_rows,"
            " same_rows, refused_rows, proof, by_id, by_name, at)"
            " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s) RETURNING id",
            [source.kind, source.mapping, source.file_name, source.file_digest, rows, difference.new,
             difference.changed, difference.same, refused, orjson.dumps(dict(proof)).decode(), by.person_id,
             by.display_name, at],
        )  # fmt: skip
        number: int = cursor.fetchone()[0]
    record(
        by=by, at=at, kind=AuditKind.IMPORT, object_kind="ledger", object_key=str(number),
        detail={"kind": source.kind, "file": source.file_name, "rows": rows, "new": difference.new,
                "changed": difference.changed, "refused": refused},
    )  # fmt: skip
    return number


def unknown_unit(code: str) -> str:
    """Why a row of a unit nobody knows is refused."""
    return _("没有代码为“%(code)s”的预算单位，请先导入单位名录。") % {"code": code}


def not_open(state: str | None, period: int) -> str:
    """Why a row of a closed period is refused."""
    words = {"adjusting": _("年终调整期"), "approved": _("已批复"), "auditing": _("审计调整中")}
    if state in words:
        return _("该年度%(state)s，不再记入本年业务。") % {"state": words[state]}
    return _("第 %(period)d 期已结账，请记入下一个开放期间。") % {"period": period}


def period_open(found: tuple[str, int] | None, period: int) -> bool:
    """Whether the ordinary business of a period may still be booked; a year nobody opened is opened."""
    return found is None or (found[0] == "open" and period > found[1])
