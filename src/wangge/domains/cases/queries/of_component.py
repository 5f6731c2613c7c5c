"""Owns the question which cases a component has had, as far as the asker sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

MOST = 50


@dataclass(frozen=True, slots=True)
class AtComponent:
    """A case bound to a component."""

    number: str
    stage: str
    department_code: str
    reported_at: datetime
    closed_at: datetime | None


def cases_of_component(*, code: str, by: Actor) -> tuple[list[AtComponent], int]:
    """The newest cases bound to a component, and how many there are; one statement."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, c.stage, c.department_code, c.reported_at, c.closed_at, count(*) OVER ()"
            " FROM cases_matter m JOIN cases_case c ON c.id = m.case_id"
            f" WHERE m.component = %s AND m.component <> '' AND {sight} ORDER BY c.reported_at DESC LIMIT {MOST}",
            [code, *values],
        )
        rows = cursor.fetchall()
    return [AtComponent(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
