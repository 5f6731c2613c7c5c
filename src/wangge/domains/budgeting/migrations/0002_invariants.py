"""What the ledger holds by itself: balance, append-only, no overspending, closed years, derived sums.

Functions run as the owner, because the sums are tables that the application may only read. Work is done once
per statement over all its rows; only the last look at a voucher is a deferred trigger.
"""

from pathlib import Path

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_SQL = Path(__file__).with_name("0002_invariants.sql").read_text(encoding="utf-8")
_HISTORY = (
    "budgeting_year_step",
    "budgeting_import",
    "budgeting_dimension",
    "budgeting_allotment",
    "budgeting_allotment_change",
    "budgeting_voucher",
    "budgeting_posting",
    "budgeting_payment",
    "budgeting_payment_step",
    "budgeting_record",
)


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0001_initial")]
    operations = [
        ready_for_history(),
        migrations.RunSQL(_SQL, reverse_sql=migrations.RunSQL.noop),
        *(keep_append_only(table) for table in _HISTORY),
    ]
