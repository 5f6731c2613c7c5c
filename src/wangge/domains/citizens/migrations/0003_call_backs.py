"""Closed cases chosen for a call-back, with the rule and the lot that chose them."""

from django.db import migrations

_TABLE = """
CREATE TABLE citizens_call_back (
    case_id uuid NOT NULL REFERENCES cases_case (id),
    cycle integer NOT NULL,
    rule text NOT NULL,
    lot integer NOT NULL,
    percent integer NOT NULL,
    chosen_at timestamptz NOT NULL,
    done_at timestamptz,
    CONSTRAINT call_back_once_a_cycle PRIMARY KEY (case_id, cycle),
    CONSTRAINT call_back_lot_hits CHECK (lot >= 0 AND lot < percent AND percent <= 100)
);
CREATE INDEX citizens_call_back_open ON citizens_call_back (chosen_at) WHERE done_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0002_letters")]
    operations = [migrations.RunSQL(_TABLE, "DROP TABLE citizens_call_back")]
