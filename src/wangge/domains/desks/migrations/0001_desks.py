"""Cases in hand, kept views, handovers of shifts with both signatures."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_TABLES = """
-- Who has a case in hand is worth a few minutes: nothing of it is written to the log, and a crash forgets it.
CREATE UNLOGGED TABLE desks_in_hand (
    case_id uuid PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES organizations_person (id),
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    CONSTRAINT in_hand_runs_forward CHECK (until > since)
);
CREATE TABLE desks_view (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES organizations_person (id),
    page text NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    CONSTRAINT view_name_once UNIQUE (person_id, page, name),
    CONSTRAINT view_page_known CHECK (page IN ('work_list', 'case_search')),
    CONSTRAINT view_has_name CHECK (name ~ '\\S' AND length(name) <= 40),
    CONSTRAINT view_query_is_short CHECK (length(query) <= 1000)
);
CREATE TABLE desks_handover (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shift text NOT NULL,
    written_at timestamptz NOT NULL,
    written_by bigint NOT NULL REFERENCES organizations_person (id),
    standing jsonb NOT NULL,
    promised text NOT NULL,
    unusual text NOT NULL,
    CONSTRAINT handover_has_shift CHECK (shift ~ '\\S')
);
CREATE INDEX desks_handover_newest ON desks_handover (written_at DESC, id DESC);
CREATE TABLE desks_taken_over (
    handover_id bigint PRIMARY KEY REFERENCES desks_handover (id),
    signed_at timestamptz NOT NULL,
    signed_by bigint NOT NULL REFERENCES organizations_person (id),
    remark text NOT NULL
);
CREATE FUNCTION refuse_own_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM desks_handover h WHERE h.id = NEW.handover_id
                AND (h.written_by = NEW.signed_by OR h.written_at > NEW.signed_at)) THEN
        RAISE EXCEPTION 'a shift is taken over by somebody else, after it was handed over'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'taken_over_by_another', TABLE = 'desks_taken_over';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER taken_over_by_another BEFORE INSERT ON desks_taken_over
    FOR EACH ROW EXECUTE FUNCTION refuse_own_handover();
"""
_GONE = """
DROP TABLE desks_taken_over, desks_handover, desks_view, desks_in_hand;
DROP FUNCTION refuse_own_handover();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organizations", "0005_more_doors")]
    operations = [
        ready_for_history(),
        migrations.RunSQL(_TABLES, reverse_sql=_GONE),
        keep_append_only("desks_handover"),
        keep_append_only("desks_taken_over"),
    ]
