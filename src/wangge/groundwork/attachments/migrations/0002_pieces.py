"""Photos on their way in pieces: who sends which content, and the pieces that have come."""

from django.db import migrations

_TABLES = """
CREATE TABLE attachments_incoming (
    id text PRIMARY KEY,
    uploader_id bigint NOT NULL,
    byte_count integer NOT NULL,
    algorithm text NOT NULL,
    digest text NOT NULL,
    begun_at timestamptz NOT NULL,
    touched_at timestamptz NOT NULL,
    photo_id text REFERENCES attachments_photo (id),
    CONSTRAINT incoming_content_once_a_person UNIQUE (uploader_id, algorithm, digest),
    CONSTRAINT incoming_id_form CHECK (id ~ '^[0-9a-f]{32}$'),
    CONSTRAINT incoming_size CHECK (byte_count BETWEEN 1 AND 20971520),
    CONSTRAINT incoming_algorithm_known CHECK (algorithm IN ('sha256', 'sm3')),
    CONSTRAINT incoming_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT incoming_runs_forward CHECK (touched_at >= begun_at)
);
CREATE INDEX attachments_incoming_by_touch ON attachments_incoming (touched_at);
-- Pieces live for minutes and the telephone has them still: they need no log. A server that fell has none of them
-- and says so by an offset of 0.
CREATE UNLOGGED TABLE attachments_piece (
    incoming_id text NOT NULL REFERENCES attachments_incoming (id) ON DELETE CASCADE,
    at_byte integer NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT attachments_piece_pkey PRIMARY KEY (incoming_id, at_byte),
    CONSTRAINT piece_begins_within CHECK (at_byte BETWEEN 0 AND 20971519),
    CONSTRAINT piece_has_bytes CHECK (octet_length(bytes) BETWEEN 1 AND 1048576)
);
-- A photo is packed already.
ALTER TABLE attachments_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):
    dependencies = [("attachments", "0001_photos")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql="DROP TABLE attachments_piece, attachments_incoming;")]
