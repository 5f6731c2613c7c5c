"""Answers about letters beside those about cases, and what the gateway says of an SMS it took."""

from django.db import migrations

_TABLES = """
ALTER TABLE replies_outgoing
    ALTER COLUMN follower_id DROP NOT NULL,
    ADD COLUMN letter_id bigint REFERENCES citizens_letter (id),
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN undelivered_at timestamptz,
    ADD COLUMN undelivered_why text NOT NULL DEFAULT '',
    ADD CONSTRAINT reply_to_one CHECK ((follower_id IS NULL) <> (letter_id IS NULL)),
    ADD CONSTRAINT reply_receipt_of_a_sent_one CHECK (delivered_at IS NULL OR undelivered_at IS NULL);
"""
_BACK = """
DELETE FROM replies_outgoing WHERE letter_id IS NOT NULL;
ALTER TABLE replies_outgoing
    DROP COLUMN letter_id, DROP COLUMN delivered_at, DROP COLUMN undelivered_at, DROP COLUMN undelivered_why,
    ALTER COLUMN follower_id SET NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("replies", "0001_outgoing"), ("citizens", "0002_letters")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql=_BACK)]
