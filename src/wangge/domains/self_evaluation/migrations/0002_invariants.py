"""What the self-evaluation holds by itself: append-only, the order of its steps, closed targets, scores in bounds."""

from pathlib import Path

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_SQL = Path(__file__).with_name("0002_invariants.sql").read_text(encoding="utf-8")
_HISTORY = ("form", "target_set", "line", "step", "reading", "statement", "result", "monitoring")


class Migration(migrations.Migration):
    dependencies = [("self_evaluation", "0001_initial")]
    operations = [
        ready_for_history(),
        migrations.RunSQL(_SQL, reverse_sql=migrations.RunSQL.noop),
        *(keep_append_only(f"self_evaluation_{table}") for table in _HISTORY),
    ]
