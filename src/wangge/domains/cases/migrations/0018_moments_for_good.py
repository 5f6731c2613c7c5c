"""What was filed and closed today is found by its moment itself.

Ranges of pages told it only while cases lay in the order of their reports: each step writes its row anew where there is
room, and after some days of work nearly every range had a row of today. The hall then read the whole table.
"""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("cases", "0017_newest_of_the_open")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                condition=models.Q(("filed_at__isnull", False)), fields=["filed_at"], name="case_filed_at"
            ),
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="case_closed_at"
            ),
        ),
        RemoveIndexConcurrently("case", "case_filed_and_closed"),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS case_filed",
            reverse_sql="CREATE INDEX CONCURRENTLY case_filed ON cases_case"
            " USING brin (filed_at) WITH (pages_per_range = 16, autosummarize = on)",
        ),
    ]
