"""Answers on their way to citizens, without their contacts; and the callbacks of WeChat that were taken."""

from django.db import migrations

_TABLES = """
CREATE TABLE replies_outgoing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL,
    follower_id bigint NOT NULL REFERENCES citizens_follower (id),
    channel text NOT NULL,
    case_number text NOT NULL,
    verb text NOT NULL,
    stage text NOT NULL,
    happened_at timestamptz NOT NULL,
    queued_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    dead_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    CONSTRAINT reply_once_per_step UNIQUE (message_id),
    CONSTRAINT reply_channel_known CHECK (channel IN ('email', 'sms', 'wechat')),
    CONSTRAINT reply_attempts_count CHECK (attempts >= 0),
    CONSTRAINT reply_sent_or_dead CHECK (sent_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX replies_outgoing_next ON replies_outgoing (channel, next_at) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX replies_outgoing_by_age ON replies_outgoing (queued_at);
CREATE TABLE replies_callback (
    key text PRIMARY KEY,
    at timestamptz NOT NULL
);
CREATE INDEX replies_callback_by_age ON replies_callback (at);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("citizens", "0001_followers")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql="DROP TABLE replies_callback, replies_outgoing")]
