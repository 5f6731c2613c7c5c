"""The table of the audit log: partitioned by month, append-only, every kind of record known by name.

The id comes from a plain sequence, not an identity column: a table that has one cannot be attached as a partition.
"""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, partition_by_month, ready_for_history

_TABLE = """
CREATE SEQUENCE organizations_audit_record_id_seq;
CREATE TABLE organizations_audit_record (
    month date NOT NULL,
    id bigint NOT NULL DEFAULT nextval('organizations_audit_record_id_seq'),
    at timestamptz NOT NULL,
    person_id bigint,
    person_name text NOT NULL DEFAULT '',
    token_id bigint,
    kind text NOT NULL,
    object_kind text NOT NULL DEFAULT '',
    object_key text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}',
    address text NOT NULL DEFAULT '',
    CONSTRAINT audit_record_pkey PRIMARY KEY (month, id),
    CONSTRAINT audit_kind_known CHECK (kind IN (
        'sign_in', 'sign_in_failed', 'sign_out', 'locked_out', 'password', 'second_factor', 'report', 'move',
        'view', 'reveal', 'refused', 'export', 'import', 'setting', 'access', 'erasure')),
    CONSTRAINT audit_month_is_of_moment CHECK (month = date_trunc('month', at AT TIME ZONE 'UTC')::date),
    CONSTRAINT audit_detail_is_object CHECK (jsonb_typeof(detail) = 'object'),
    CONSTRAINT audit_reveal_has_reason CHECK (kind <> 'reveal' OR length(detail ->> 'reason') > 0),
    CONSTRAINT audit_object_has_kind CHECK (object_key = '' OR object_kind <> '')
) PARTITION BY RANGE (month);
ALTER SEQUENCE organizations_audit_record_id_seq OWNED BY organizations_audit_record.id;
CREATE INDEX audit_by_person ON organizations_audit_record (person_id, at);
CREATE INDEX audit_by_object ON organizations_audit_record (object_key, at);
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [
        migrations.RunSQL(_TABLE, reverse_sql="DROP TABLE organizations_audit_record;"),
        ready_for_history(),
        keep_append_only("organizations_audit_record"),
        partition_by_month("organizations_audit_record", "2024-01", "2024-12"),
        migrations.RunSQL(
            "SELECT ensure_months_of('organizations_audit_record', current_date,"
            " (current_date + interval '3 months')::date)",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
