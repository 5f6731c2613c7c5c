"""The table of facts: partitioned by month, append-only, each row with the transaction that wrote it.

The id comes from a plain sequence, not an identity column: a table that has one cannot be attached as a partition.
"""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, partition_by_month, ready_for_history

_TABLE = """
CREATE SEQUENCE outbox_id_seq;
CREATE TABLE outbox (
    month date NOT NULL,
    id bigint NOT NULL DEFAULT nextval('outbox_id_seq'),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    topic text NOT NULL,
    key text NOT NULL,
    payload text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (month, id),
    CONSTRAINT outbox_topic_form CHECK (topic ~ '^[a-z][a-z0-9_.:-]*$'),
    CONSTRAINT outbox_month_is_of_moment CHECK (month = date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date)
) PARTITION BY RANGE (month);
ALTER SEQUENCE outbox_id_seq OWNED BY outbox.id;
CREATE INDEX outbox_in_order ON outbox (transaction, id);
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [
        migrations.RunSQL(_TABLE, reverse_sql="DROP TABLE outbox;"),
        ready_for_history(),
        keep_append_only("outbox"),
        partition_by_month("outbox", "2024-01", "2024-12"),
        migrations.RunSQL(
            "SELECT ensure_months_of('outbox', current_date, (current_date + interval '3 months')::date)",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
