"""How many cases there are, by stage."""

from __future__ import annotations

from django.db import connection

from wangge.standards.library import load_tables


def cases_by_stage() -> dict[str, int]:
    """Stage → number of cases, for every stage that has any, in the order of the table of stages; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, count(*) FROM cases_case GROUP BY stage")
        found = dict(cursor.fetchall())
    return {row.stage: found[row.stage] for row in load_tables().stages if row.stage in found}
