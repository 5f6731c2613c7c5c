"""What goes out to the hotline: each message with its attempts; the rounds and grades of an order."""

from django.db import migrations

_TABLES = """
ALTER TABLE hotline_order ADD COLUMN redone integer NOT NULL DEFAULT 0,
    ADD COLUMN grade text NOT NULL DEFAULT '',
    ADD CONSTRAINT order_redone_not_negative CHECK (redone >= 0);
CREATE TABLE hotline_outgoing (
    message_id text PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES hotline_order (id),
    channel text NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    queued_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    sent_at timestamptz,
    dead_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    CONSTRAINT outgoing_kind_known CHECK (kind IN ('answer', 'return')),
    CONSTRAINT outgoing_attempts_count CHECK (attempts >= 0),
    CONSTRAINT outgoing_sent_or_dead CHECK (sent_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX hotline_outgoing_next ON hotline_outgoing (next_at) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX hotline_outgoing_dead ON hotline_outgoing (dead_at) WHERE dead_at IS NOT NULL;
CREATE FUNCTION keep_hotline_outgoing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.sent_at IS NOT NULL
       OR (NEW.message_id, NEW.order_id, NEW.channel, NEW.kind, NEW.body, NEW.queued_at)
          IS DISTINCT FROM (OLD.message_id, OLD.order_id, OLD.channel, OLD.kind, OLD.body, OLD.queued_at) THEN
        RAISE EXCEPTION 'outgoing_stays: what goes out stays as it was written' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'outgoing_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER outgoing_stays BEFORE UPDATE OR DELETE ON hotline_outgoing
    FOR EACH ROW EXECUTE FUNCTION keep_hotline_outgoing();
"""
_DROP = """
DROP TABLE hotline_outgoing;
DROP FUNCTION keep_hotline_outgoing;
ALTER TABLE hotline_order DROP COLUMN redone, DROP COLUMN grade;
"""


class Migration(migrations.Migration):
    dependencies = [("hotline", "0001_orders"), ("outbox", "0002_outbox")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql=_DROP)]
