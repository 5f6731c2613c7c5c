"""The few answers that did not arrive are found by their case or letter: its page says so."""

from django.db import migrations

_INDEXES = """
CREATE INDEX replies_outgoing_lost ON replies_outgoing (case_number)
    WHERE undelivered_at IS NOT NULL OR dead_at IS NOT NULL;
CREATE INDEX replies_outgoing_lost_letter ON replies_outgoing (letter_id)
    WHERE letter_id IS NOT NULL AND (undelivered_at IS NOT NULL OR dead_at IS NOT NULL);
"""
_BACK = "DROP INDEX replies_outgoing_lost, replies_outgoing_lost_letter;"


class Migration(migrations.Migration):
    dependencies = [("replies", "0002_letters_and_receipts")]
    operations = [migrations.RunSQL(_INDEXES, reverse_sql=_BACK)]
