"""Letters that are no cases: to whom they went, what was answered, and every act on them for good."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only

_TABLES = """
CREATE TABLE citizens_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_hash bytea NOT NULL,
    digest bytea NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    at timestamptz NOT NULL,
    due_at timestamptz,
    words text NOT NULL,
    address text NOT NULL DEFAULT '',
    lon double precision,
    lat double precision,
    photos text[] NOT NULL DEFAULT '{}',
    wish text NOT NULL DEFAULT 'none',
    name text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'zh-hans',
    authority text NOT NULL DEFAULT '',
    receipt_due_at timestamptz,
    receipt_no text NOT NULL DEFAULT '',
    answer text NOT NULL DEFAULT '',
    erased_at timestamptz,
    CONSTRAINT letter_code_once UNIQUE (code_hash),
    CONSTRAINT letter_code_is_a_hash CHECK (octet_length(code_hash) = 32),
    CONSTRAINT letter_state_known CHECK (state IN ('received', 'forwarded', 'receipted', 'answered')),
    CONSTRAINT letter_version_counts CHECK (version > 0),
    CONSTRAINT letter_place_whole CHECK ((lon IS NULL) = (lat IS NULL)),
    CONSTRAINT letter_says_something CHECK (words <> '' OR erased_at IS NOT NULL),
    CONSTRAINT letter_forwarded_to_somebody CHECK (state NOT IN ('forwarded', 'receipted') OR authority <> ''),
    CONSTRAINT letter_receipted_has_number CHECK (state <> 'receipted' OR receipt_no <> ''),
    CONSTRAINT letter_answered_has_answer CHECK (state <> 'answered' OR answer <> ''),
    CONSTRAINT letter_wish_can_be_met CHECK ((wish <> 'sms' OR phone <> '') AND (wish <> 'email' OR email <> '')),
    CONSTRAINT letter_erased_is_nobody CHECK (
        erased_at IS NULL
        OR (words = '' AND address = '' AND name = '' AND phone = '' AND email = '' AND wish = 'none'))
);
CREATE INDEX citizens_letter_by_due ON citizens_letter (kind, due_at) WHERE state <> 'answered';
CREATE TABLE citizens_letter_event (
    letter_id bigint NOT NULL REFERENCES citizens_letter (id),
    seq integer NOT NULL,
    act text NOT NULL,
    at timestamptz NOT NULL,
    person_id bigint,
    person_name text NOT NULL,
    detail text NOT NULL DEFAULT '',
    CONSTRAINT letter_event_pkey PRIMARY KEY (letter_id, seq),
    CONSTRAINT letter_act_known CHECK (act IN ('receive', 'forward', 'receipt', 'answer', 'erase')),
    CONSTRAINT letter_first_is_received CHECK ((seq = 1) = (act = 'receive'))
);
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_followers")]
    operations = [
        migrations.RunSQL(_TABLES, "DROP TABLE citizens_letter_event, citizens_letter"),
        keep_append_only("citizens_letter_event"),
    ]
