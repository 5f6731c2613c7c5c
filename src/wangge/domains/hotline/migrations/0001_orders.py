"""Orders with their words and the citizen apart from them, the events of an order, and the messages taken in."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_TABLES = """
CREATE TABLE hotline_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL,
    order_no text NOT NULL,
    kind text NOT NULL,
    urgent boolean NOT NULL DEFAULT false,
    state text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    received_at timestamptz NOT NULL,
    due_at timestamptz,
    contact_by timestamptz,
    return_by timestamptz,
    contacted_at timestamptz,
    section text NOT NULL DEFAULT '',
    case_id uuid,
    case_number text,
    answer text NOT NULL DEFAULT '',
    drafted_by_id bigint,
    CONSTRAINT order_number_once_per_channel UNIQUE (channel, order_no),
    CONSTRAINT order_number_form CHECK (order_no ~ '^[A-Za-z0-9._/-]{1,60}$'),
    CONSTRAINT order_kind_known CHECK (kind IN ('consultation', 'help', 'complaint', 'denunciation', 'suggestion')),
    CONSTRAINT order_names_channel CHECK (channel <> ''),
    CONSTRAINT order_version_counts CHECK (version > 0),
    CONSTRAINT order_case_whole CHECK ((case_id IS NULL) = (case_number IS NULL)),
    CONSTRAINT order_with_case_has_one CHECK (state <> 'with_case' OR case_id IS NOT NULL),
    CONSTRAINT order_with_section_has_one CHECK (state <> 'with_section' OR section <> ''),
    CONSTRAINT order_approved_has_answer CHECK (state NOT IN ('drafted', 'approved') OR answer <> '')
);
CREATE INDEX hotline_order_by_due ON hotline_order (state, due_at);
CREATE INDEX hotline_order_of_case ON hotline_order (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE hotline_matter (
    order_id bigint PRIMARY KEY REFERENCES hotline_order (id),
    title text NOT NULL,
    content text NOT NULL,
    address text NOT NULL DEFAULT '',
    lon double precision,
    lat double precision,
    system text NOT NULL DEFAULT '',
    citizen_name text NOT NULL DEFAULT '',
    citizen_phone text NOT NULL DEFAULT '',
    CONSTRAINT order_place_whole CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE TABLE hotline_event (
    order_id bigint NOT NULL REFERENCES hotline_order (id),
    seq integer NOT NULL,
    act text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    at timestamptz NOT NULL,
    person_id bigint,
    person_name text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT hotline_event_pkey PRIMARY KEY (order_id, seq),
    CONSTRAINT event_counts_from_one CHECK (seq > 0),
    CONSTRAINT event_first_receives CHECK ((seq = 1) = (from_state = 'new'))
);
CREATE TABLE hotline_message (
    channel text NOT NULL,
    message_id text NOT NULL,
    digest bytea NOT NULL,
    kind text NOT NULL,
    order_no text NOT NULL,
    at timestamptz NOT NULL,
    answer jsonb NOT NULL,
    CONSTRAINT hotline_message_pkey PRIMARY KEY (channel, message_id),
    CONSTRAINT message_id_form CHECK (message_id ~ '^[!-~]{1,100}$')
);
CREATE INDEX hotline_message_by_day ON hotline_message (channel, at);

CREATE FUNCTION keep_hotline_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'order_stays: an order is never removed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'order_stays';
    END IF;
    IF NEW.version <> OLD.version + 1 OR (NEW.id, NEW.channel, NEW.order_no, NEW.received_at)
       IS DISTINCT FROM (OLD.id, OLD.channel, OLD.order_no, OLD.received_at) THEN
        RAISE EXCEPTION 'order_moves_by_events: an order changes with a further event only'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'order_moves_by_events';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER order_stays BEFORE UPDATE OR DELETE ON hotline_order
    FOR EACH ROW EXECUTE FUNCTION keep_hotline_order();
CREATE FUNCTION order_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM hotline_event e
                   WHERE e.order_id = NEW.id AND e.seq = NEW.version AND e.to_state = NEW.state) THEN
        RAISE EXCEPTION 'order_has_its_event: no event says how the order came to %', NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'order_has_its_event';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER order_has_its_event AFTER INSERT OR UPDATE ON hotline_order
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_has_its_event();
"""
_DROP = """
DROP TABLE hotline_message, hotline_event, hotline_matter, hotline_order;
DROP FUNCTION keep_hotline_order;
DROP FUNCTION order_has_its_event;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organizations", "0003_public_doors")]
    operations = [
        migrations.RunSQL(_TABLES, reverse_sql=_DROP),
        ready_for_history(),
        keep_append_only("hotline_event"),
        keep_append_only("hotline_message"),
    ]
