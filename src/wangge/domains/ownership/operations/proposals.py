"""Owns the record of proposals: what lay before whoever dispatched, and what he chose; it is never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from wangge.domains.ownership.logic.choosing import Choice
from wangge.groundwork.prepared import prepared_cursor

_INSERT = (
    "INSERT INTO ownership_proposal"
    " (month, case_id, seq, made_at, person_id, rule_id, category, proposed, chosen, shown)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def keep_proposal(
    *, month: date, case_id: UUID, seq: int, at: datetime, person_id: int | None, category: str, choice: Choice,
    chosen: str, shown: bool,
) -> None:  # fmt: skip
    """Append what was proposed for a step and what was chosen; in the step's transaction, one statement."""
    values: list[Any] = [month, case_id, seq, at, person_id, choice.rule.id, category, choice.department, chosen, shown]
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, values)
