"""Packages taken in from the public surface that stands alone: each once, and what was told back of each."""

from django.db import migrations

_TABLE = """
CREATE TABLE citizens_package (
    id text PRIMARY KEY,
    kind text NOT NULL,
    code_hash bytea NOT NULL,
    taken_at timestamptz NOT NULL,
    refused text NOT NULL DEFAULT '',
    told text NOT NULL DEFAULT '',
    CONSTRAINT package_kind_known CHECK (kind IN ('report', 'letter', 'act')),
    CONSTRAINT package_id_form CHECK (id ~ '^[0-9a-z-]{8,80}$'),
    CONSTRAINT package_code_is_a_hash CHECK (octet_length(code_hash) = 32)
);
CREATE UNIQUE INDEX package_opens_one_code ON citizens_package (code_hash) WHERE kind <> 'act' AND refused = '';
CREATE SEQUENCE citizens_spool_serial;
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0003_call_backs")]
    operations = [migrations.RunSQL(_TABLE, "DROP TABLE citizens_package; DROP SEQUENCE citizens_spool_serial")]
