"""What a second look 复核 at a drawn act of a seat found."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_TABLE = """
CREATE TABLE desks_second_look (
    case_id uuid NOT NULL,
    rule text NOT NULL,
    cycle smallint NOT NULL,
    finding text NOT NULL,
    note text NOT NULL,
    looked_by bigint NOT NULL REFERENCES organizations_person (id),
    looked_at timestamptz NOT NULL,
    CONSTRAINT second_look_once PRIMARY KEY (case_id, rule, cycle),
    CONSTRAINT second_look_finding_known CHECK (finding IN ('right', 'wrong')),
    CONSTRAINT second_look_wrong_says_why CHECK (finding = 'right' OR note ~ '\\S'),
    CONSTRAINT second_look_note_is_short CHECK (length(note) <= 500)
);
"""


class Migration(migrations.Migration):
    dependencies = [("desks", "0003_columns")]
    operations = [
        ready_for_history(),
        migrations.RunSQL(_TABLE, reverse_sql="DROP TABLE desks_second_look"),
        keep_append_only("desks_second_look"),
    ]
