"""Sums without the months where a row for each would hardly be fewer than the postings; every look once over a set.

The sums are emptied and made again from the postings: nothing is lost with them.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_EMPTIED = """
DROP TRIGGER refuse_by_hand ON budgeting_balance;
DROP TRIGGER refuse_truncate_by_hand ON budgeting_balance;
TRUNCATE budgeting_balance;
"""


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0005_uploads")]
    operations = [
        migrations.RunSQL(_EMPTIED, reverse_sql=migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="ledgerbalance", name="balance_once"),
        migrations.RemoveField(model_name="ledgerbalance", name="period"),
        migrations.AlterField(
            model_name="ledgerbalance",
            name="dimension",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="budgeting.dimension"),
        ),
        migrations.AlterField(
            model_name="ledgerbalance",
            name="unit",
            field=models.ForeignKey(db_column="unit_code", db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="budgeting.budgetunit"),
        ),
        migrations.AddConstraint(
            model_name="ledgerbalance",
            constraint=models.UniqueConstraint(fields=("year", "account", "unit", "phase", "dimension"), name="balance_once"),
        ),
        migrations.RunSQL(_SQL, reverse_sql=migrations.RunSQL.noop),
    ]
