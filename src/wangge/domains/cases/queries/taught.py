"""The city's own cases as examples: words, class, owner of the newest of each class; never what is closed to staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.domains.cases.queries.similar import NOT_A_MATTER
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

# Denunciations and private reports teach nothing, nor do erased words.
_OPEN_TO_STAFF = """
m.description <> '' AND NOT EXISTS (SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.seq = 1
   AND (t.erased_at IS NOT NULL OR jsonb_exists_any(t.texts, ARRAY['denounces', 'private'])))
"""
_EXAMPLES = f"""
SELECT number, description, category, department_code FROM (
    SELECT c.number, c.reported_at, c.category, c.department_code, m.description,
           row_number() OVER (PARTITION BY c.category ORDER BY c.reported_at DESC, c.id DESC) AS place
      FROM cases_case c JOIN cases_matter m ON m.case_id = c.id
     WHERE c.filed_at IS NOT NULL AND c.parent_id IS NULL AND c.stage <> ALL(%s) AND {_OPEN_TO_STAFF}) e
 ORDER BY place, reported_at DESC LIMIT %s
"""
_NEWEST = f"""
SELECT c.number, m.description FROM cases_case c JOIN cases_matter m ON m.case_id = c.id
 WHERE c.reported_at > %s AND c.parent_id IS NULL AND c.stage <> ALL(%s) AND {_OPEN_TO_STAFF}
 ORDER BY c.reported_at DESC, c.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One case a person has filed: what was said, what it was, whose it was."""

    number: str
    words: str
    category: str
    owner: str


def examples(*, most: int) -> list[Example]:
    """The newest cases of every class in turn, until there are ``most``; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, [NOT_A_MATTER, most])
        return [Example(*row) for row in cursor.fetchall()]


def told_since(since: datetime, *, most: int) -> list[tuple[str, str]]:
    """(number, words) of the newest cases reported after a moment; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [since, NOT_A_MATTER, most])
        return [(str(row[0]), str(row[1])) for row in cursor.fetchall()]


def seen_among(numbers: Sequence[str], *, by: Actor) -> dict[str, dict[str, Any]]:
    """Those of the numbers whose cases a person sees, with class, stage and moment; one statement."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, c.category, c.stage, c.reported_at, m.description FROM cases_case c"
            " JOIN cases_matter m ON m.case_id = c.id"
            f" WHERE c.number = ANY(%s) AND c.stage <> ALL(%s) AND {sight}",
            [list(numbers), NOT_A_MATTER, *values],
        )
        names = ("category", "stage", "reported_at", "description")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}
