"""Editions are append-only, take their steps in order, and by separate persons."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_ORDER = """
CREATE FUNCTION disclosure_step_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    before record;
    compiler bigint;
BEGIN
    PERFORM 1 FROM disclosure_edition WHERE id = NEW.edition_id FOR UPDATE;
    SELECT seq, to_state INTO before FROM disclosure_edition_step
    WHERE edition_id = NEW.edition_id ORDER BY seq DESC LIMIT 1;
    IF (before.seq IS NULL AND (NEW.seq <> 1 OR NEW.verb <> 'compile' OR NEW.from_state <> ''))
       OR (before.seq IS NOT NULL AND (NEW.seq <> before.seq + 1 OR NEW.from_state <> before.to_state
           OR NEW.verb = 'compile'))
    THEN
        RAISE EXCEPTION 'step % does not follow from %', NEW.verb, COALESCE(before.to_state, 'nothing')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_step_follows';
    END IF;
    IF NOT (NEW.from_state, NEW.verb, NEW.to_state) IN (
        ('', 'compile', 'compiled'), ('compiled', 'review', 'reviewed'), ('reviewed', 'submit', 'submitted'),
        ('submitted', 'approve', 'approved'), ('approved', 'secrecy_review', 'cleared'),
        ('cleared', 'publish', 'published'), ('published', 'correct', 'corrected'),
        ('compiled', 'send_back', 'sent_back'), ('reviewed', 'send_back', 'sent_back'),
        ('submitted', 'send_back', 'sent_back'), ('approved', 'send_back', 'sent_back'))
    THEN
        RAISE EXCEPTION 'no step % from % to %', NEW.verb, NEW.from_state, NEW.to_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_step_is_legal';
    END IF;
    SELECT by_id INTO compiler FROM disclosure_edition_step WHERE edition_id = NEW.edition_id AND verb = 'compile';
    IF NEW.verb IN ('review', 'send_back', 'approve', 'secrecy_review', 'correct') AND NEW.by_id = compiler THEN
        RAISE EXCEPTION '% needs another person than who compiled', NEW.verb
            USING ERRCODE = 'check_violation', CONSTRAINT = 'edition_step_by_another_person';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER step_follows BEFORE INSERT ON disclosure_edition_step
    FOR EACH ROW EXECUTE FUNCTION disclosure_step_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_initial")]
    operations = [
        ready_for_history(),
        migrations.RunSQL(_ORDER, reverse_sql=migrations.RunSQL.noop),
        keep_append_only("disclosure_edition"),
        keep_append_only("disclosure_edition_file"),
        keep_append_only("disclosure_edition_step"),
    ]
