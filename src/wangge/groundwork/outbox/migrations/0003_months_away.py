"""Which months of history lie in files: beside the outbox, the lowest of the tables that may be moved."""

from django.db import migrations

TABLE = """
CREATE TABLE months_away (
    of_table text NOT NULL,
    month date NOT NULL,
    file text NOT NULL,
    rows bigint NOT NULL,
    sm3 text NOT NULL,
    columns text[] NOT NULL,
    members jsonb NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT month_away_once PRIMARY KEY (of_table, month),
    CONSTRAINT month_away_is_first CHECK (extract(day FROM month) = 1),
    CONSTRAINT month_away_sealed CHECK (sm3 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT month_away_rows CHECK (rows >= 0)
)
"""


class Migration(migrations.Migration):

    dependencies = [("outbox", "0002_outbox")]
    operations = [migrations.RunSQL(TABLE, reverse_sql="DROP TABLE months_away")]
