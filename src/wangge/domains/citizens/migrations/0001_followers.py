"""Who follows a case by a code, with the contact he left; and what was sent, for the limits."""

from django.db import migrations

_TABLES = """
CREATE TABLE citizens_follower (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code_hash bytea NOT NULL,
    case_id uuid NOT NULL REFERENCES cases_case (id),
    digest bytea NOT NULL,
    at timestamptz NOT NULL,
    joined boolean NOT NULL,
    wish text NOT NULL DEFAULT 'none',
    name text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    openid text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'zh-hans',
    erased_at timestamptz,
    CONSTRAINT follower_code_once UNIQUE (code_hash),
    CONSTRAINT follower_code_is_a_hash CHECK (octet_length(code_hash) = 32),
    CONSTRAINT follower_wish_known CHECK (wish IN ('none', 'sms', 'email', 'wechat')),
    CONSTRAINT follower_wish_can_be_met CHECK (
        (wish <> 'sms' OR phone <> '') AND (wish <> 'email' OR email <> '') AND (wish <> 'wechat' OR openid <> '')),
    CONSTRAINT follower_erased_is_nobody CHECK (
        erased_at IS NULL OR (name = '' AND phone = '' AND email = '' AND openid = '' AND wish = 'none'))
);
CREATE INDEX citizens_follower_of_case ON citizens_follower (case_id);
CREATE UNIQUE INDEX follower_first_once_a_case ON citizens_follower (case_id) WHERE NOT joined;
CREATE TABLE citizens_sending (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    address_mark bytea,
    phone_mark bytea,
    area text NOT NULL DEFAULT '',
    CONSTRAINT sending_kind_known CHECK (kind IN ('report', 'letter', 'wrong_code'))
);
CREATE INDEX citizens_sending_by_moment ON citizens_sending (at);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0011_place_and_time"), ("organizations", "0004_positions_tokens")]
    operations = [migrations.RunSQL(_TABLES, "DROP TABLE citizens_sending, citizens_follower")]
