"""What was filed and closed today is counted by ranges of pages: cases lie in the order of their reports, so each range
spans a few days, and such an index costs a write next to nothing."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_pieces_as_numbers")]
    operations = [
        migrations.AddIndex(
            "case",
            django.contrib.postgres.indexes.BrinIndex(
                fields=["filed_at", "closed_at"], name="case_filed_and_closed", pages_per_range=32, autosummarize=True
            ),
        ),
    ]
