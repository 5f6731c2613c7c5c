"""Appropriation control looks when the transaction ends: a payment stands beside the request that it settles."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0002_invariants")]
    operations = [
        migrations.RemoveConstraint(model_name="allotmenttotal", name="allotment_not_overspent"),
        migrations.RunSQL(
            _SQL,
            reverse_sql="DROP TRIGGER allotment_not_overspent ON budgeting_allotment_total;"
            " DROP FUNCTION budgeting_not_overspent();",
        ),
    ]
