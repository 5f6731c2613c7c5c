"""Calls with the events they are made of, and who sits at which extension."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_TABLES = """
CREATE TABLE telephone_call (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call_id text NOT NULL,
    caller text NOT NULL DEFAULT '',
    extension text NOT NULL DEFAULT '',
    person_id bigint,
    first_at timestamptz NOT NULL,
    rang_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    missed_at timestamptz,
    settled text NOT NULL DEFAULT '',
    settled_at timestamptz,
    settled_by_id bigint,
    settled_by_name text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    case_id uuid,
    case_number text,
    recording text NOT NULL DEFAULT '',
    recording_bytes integer,
    recording_seconds integer,
    recording_format text NOT NULL DEFAULT '',
    recorded_at timestamptz,
    cleared_at timestamptz,
    CONSTRAINT call_once UNIQUE (call_id),
    CONSTRAINT call_id_form CHECK (call_id ~ '^[!-~]{1,100}$'),
    CONSTRAINT call_number_form CHECK (caller ~ '^([+]?[0-9*#]{1,30})?$'),
    CONSTRAINT call_extension_form CHECK (extension ~ '^[0-9A-Za-z_-]{0,20}$'),
    CONSTRAINT call_settled_known CHECK (settled IN ('', 'called_back', 'dismissed')),
    CONSTRAINT call_settled_whole CHECK ((settled = '') = (settled_at IS NULL)),
    CONSTRAINT call_dismissed_for_a_reason CHECK (settled <> 'dismissed' OR reason <> ''),
    CONSTRAINT call_case_whole CHECK ((case_id IS NULL) = (case_number IS NULL)),
    CONSTRAINT call_recording_form CHECK (recording ~ '^([0-9a-f]{64})?$'),
    CONSTRAINT call_recording_whole CHECK ((recording = '') = (recording_bytes IS NULL)),
    CONSTRAINT call_cleared_whole CHECK (cleared_at IS NULL OR caller = '')
);
CREATE INDEX telephone_call_by_age ON telephone_call (first_at);
CREATE INDEX telephone_call_missed ON telephone_call (first_at)
    WHERE answered_at IS NULL AND settled = '' AND COALESCE(missed_at, ended_at) IS NOT NULL;
CREATE INDEX telephone_call_of_seat ON telephone_call (person_id, first_at);
CREATE INDEX telephone_call_of_number ON telephone_call (caller) WHERE caller <> '';
CREATE INDEX telephone_call_of_case ON telephone_call (case_number) WHERE case_number IS NOT NULL;
CREATE INDEX telephone_call_of_recording ON telephone_call (recording) WHERE recording <> '';
CREATE TABLE telephone_event (
    event_id text NOT NULL,
    digest bytea NOT NULL,
    kind text NOT NULL,
    call_id text NOT NULL,
    happened_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT telephone_event_pkey PRIMARY KEY (event_id),
    CONSTRAINT event_id_form CHECK (event_id ~ '^[!-~]{1,100}$'),
    CONSTRAINT event_kind_known CHECK (kind IN ('ringing', 'answered', 'ended', 'missed', 'recording'))
);
CREATE TABLE telephone_seat (
    extension text PRIMARY KEY,
    person_id bigint NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT seat_one_extension UNIQUE (person_id),
    CONSTRAINT seat_extension_form CHECK (extension ~ '^[0-9A-Za-z_-]{1,20}$')
);

CREATE FUNCTION keep_telephone_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'call_stays: a call is never removed' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'call_stays';
    END IF;
    IF (OLD.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id)
       OR (OLD.recording <> '' AND NEW.recording <> OLD.recording)
       OR (OLD.settled <> '' AND NEW.settled <> OLD.settled)
       OR (OLD.cleared_at IS NOT NULL AND (NEW.caller <> '' OR NEW.cleared_at IS NULL))
       OR NEW.call_id <> OLD.call_id THEN
        RAISE EXCEPTION 'call_keeps: case, recording and settlement of a call are given once'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'call_keeps';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER call_stays BEFORE UPDATE OR DELETE ON telephone_call
    FOR EACH ROW EXECUTE FUNCTION keep_telephone_call();
"""
_DROP = """
DROP TABLE telephone_seat, telephone_event, telephone_call;
DROP FUNCTION keep_telephone_call;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organizations", "0003_public_doors")]
    operations = [
        migrations.RunSQL(_TABLES, reverse_sql=_DROP),
        ready_for_history(),
        keep_append_only("telephone_event"),
    ]
