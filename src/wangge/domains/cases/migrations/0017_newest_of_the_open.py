"""The newest of the open cases that are late are found without sorting all that are open."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    # The moment of a report and the id never change: a step goes on writing its open case in place (HOT).
    atomic = False
    dependencies = [("cases", "0016_awaited_words")]
    operations = [
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS open_newest",
                "CREATE INDEX CONCURRENTLY open_newest ON cases_open (reported_at DESC, id DESC)",
            ],
            reverse_sql="DROP INDEX open_newest",
        ),
    ]
