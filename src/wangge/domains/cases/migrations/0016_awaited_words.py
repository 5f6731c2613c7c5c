"""Cases that wait for somebody's word, and those a unit closed of late, are found without reading all: looked at all day.

Built while the city works: each index without stopping writers, that of the steps month by month. A build that was broken
off is begun again.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

# A state changes with every step, so that its row is written anew in any case; an entry is made for the few that wait.
# Cases lie in the order in which they came, near enough for ranges of pages; an entry for each would cost every step.
_OF_CASES = {
    "case_with_request": """(id) WHERE state LIKE '%"request":[%'""",
    "case_under_supervision": """(id) WHERE state LIKE '%"supervision":[%'""",
    "case_closed_of_unit": "(department_code, closed_at) WHERE stage IN ('closed', 'archived')",
    "case_filed": "USING brin (filed_at) WITH (pages_per_range = 16, autosummarize = on)",
}
_OF_STEPS = "(case_id, seq, month) WHERE verb = 'urge'"
_MONTHS = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'cases_step'::regclass ORDER BY 1"


def _index_steps(_apps: Any, editor: Any) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS step_that_urges")
        cursor.execute(f"CREATE INDEX step_that_urges ON ONLY cases_step {_OF_STEPS}")
        cursor.execute(_MONTHS)
        for (table,) in cursor.fetchall():
            name = f"{table}_urges"
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            cursor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} {_OF_STEPS}")
            cursor.execute(f"ALTER INDEX step_that_urges ATTACH PARTITION {name}")


def _drop_index_of_steps(_apps: Any, editor: Any) -> None:
    editor.execute("DROP INDEX step_that_urges")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0015_reporters_telephone")]
    operations = [
        *(
            migrations.RunSQL(
                [
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY {name} ON cases_case {columns}",
                ],
                reverse_sql=f"DROP INDEX {name}",
            )
            for name, columns in _OF_CASES.items()
        ),
        migrations.RunPython(_index_steps, _drop_index_of_steps),
    ]
