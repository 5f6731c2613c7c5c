"""Extensions asked and questions back; the hotline's own day of an order; what the daily reconciliation found."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only

_TABLES = """
ALTER TABLE hotline_order ADD COLUMN extension_until date, ADD COLUMN question_at timestamptz,
    ADD COLUMN handed_on date;
ALTER TABLE hotline_order DISABLE TRIGGER USER;
UPDATE hotline_order SET handed_on = (received_at AT TIME ZONE 'Asia/Shanghai')::date;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE hotline_order ENABLE TRIGGER USER;
ALTER TABLE hotline_order ALTER COLUMN handed_on SET NOT NULL;
CREATE INDEX hotline_order_by_day ON hotline_order (channel, handed_on);
CREATE INDEX hotline_outgoing_of_order ON hotline_outgoing (order_id);
ALTER TABLE hotline_outgoing DROP CONSTRAINT outgoing_kind_known,
    ADD CONSTRAINT outgoing_kind_known CHECK (kind IN ('answer', 'return', 'extension', 'question'));

CREATE TABLE hotline_reconciliation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    person_id bigint,
    theirs integer NOT NULL,
    ours integer NOT NULL,
    differences integer NOT NULL,
    CONSTRAINT reconciliation_counts CHECK (theirs >= 0 AND ours >= 0 AND differences >= 0),
    CONSTRAINT reconciliation_zero_means_equal CHECK (differences > 0 OR theirs = ours)
);
CREATE INDEX hotline_reconciliation_by_day ON hotline_reconciliation (channel, day DESC, id DESC);
CREATE TABLE hotline_difference (
    reconciliation_id bigint NOT NULL REFERENCES hotline_reconciliation (id),
    order_no text NOT NULL,
    what text NOT NULL,
    theirs text NOT NULL,
    ours text NOT NULL,
    CONSTRAINT hotline_difference_pkey PRIMARY KEY (reconciliation_id, order_no, what),
    CONSTRAINT difference_known CHECK (what IN (
        'missing_here', 'missing_there', 'day', 'kind', 'answers', 'returns', 'redone', 'grade')),
    CONSTRAINT difference_differs CHECK (theirs <> ours)
);
"""
_ORDER_STAYS = """
CREATE OR REPLACE FUNCTION keep_hotline_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'order_stays: an order is never removed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'order_stays';
    END IF;
    IF NEW.version <> OLD.version + 1 OR (NEW.id, NEW.channel, NEW.order_no, NEW.received_at, NEW.handed_on)
       IS DISTINCT FROM (OLD.id, OLD.channel, OLD.order_no, OLD.received_at, OLD.handed_on) THEN
        RAISE EXCEPTION 'order_moves_by_events: an order changes with a further event only'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'order_moves_by_events';
    END IF;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotline", "0002_answers")]
    operations = [
        migrations.RunSQL(_TABLES),
        migrations.RunSQL(_ORDER_STAYS),
        keep_append_only("hotline_reconciliation"),
        keep_append_only("hotline_difference"),
    ]
