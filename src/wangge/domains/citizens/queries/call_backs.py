"""The list of call-backs as far as a person sees the cases: who waits longest first; one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

MOST = 100


@dataclass(frozen=True, slots=True)
class CallBack:
    """One case to call back about, and why."""

    row: CaseRow
    rule: str
    chosen_at: datetime


def call_backs(*, by: Actor, offset: int = 0) -> list[CallBack]:
    """Open call-backs; one more than a page where there is another."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            SELECT.replace("SELECT ", "SELECT b.rule, b.chosen_at, ", 1)
            + " JOIN citizens_call_back b ON b.case_id = c.id"
            f" WHERE b.done_at IS NULL AND c.stage IN ('closed', 'archived') AND {sight}"
            f" ORDER BY b.chosen_at, c.id LIMIT {MOST + 1} OFFSET %s",
            [*values, offset],
        )
        return [CallBack(row_of(row[2:]), row[0], row[1]) for row in cursor.fetchall()]
