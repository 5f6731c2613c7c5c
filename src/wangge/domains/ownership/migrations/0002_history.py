"""Proposals made, by months and only appended; rules of a released set stay as they are."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, partition_by_month, ready_for_history

_TABLES = """
CREATE TABLE ownership_proposal (
    month date NOT NULL,
    case_id uuid NOT NULL,
    seq integer NOT NULL,
    made_at timestamptz NOT NULL,
    person_id bigint,
    rule_id bigint NOT NULL,
    category text NOT NULL,
    proposed text NOT NULL,
    chosen text NOT NULL,
    shown boolean NOT NULL,
    CONSTRAINT ownership_proposal_pkey PRIMARY KEY (month, case_id, seq),
    CONSTRAINT proposal_names_units CHECK (proposed <> '' AND chosen <> '')
) PARTITION BY RANGE (month);
CREATE INDEX ownership_proposal_of_rule ON ownership_proposal (rule_id, made_at);
CREATE FUNCTION keep_released_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ownership_rule_set s WHERE s.released_at IS NOT NULL
               AND s.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.rule_set_id END,
                            CASE WHEN TG_OP <> 'DELETE' THEN NEW.rule_set_id END)) THEN
        RAISE EXCEPTION 'released_rules_stay: draft a new set' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'released_rules_stay';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER released_rules_stay BEFORE INSERT OR UPDATE OR DELETE ON ownership_rule
    FOR EACH ROW EXECUTE FUNCTION keep_released_rules();
CREATE FUNCTION keep_released_sets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'released_set_stays: draft a new set' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'released_set_stays';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE TRIGGER released_set_stays BEFORE UPDATE OR DELETE ON ownership_rule_set
    FOR EACH ROW EXECUTE FUNCTION keep_released_sets();
"""


class Migration(migrations.Migration):
    dependencies = [("ownership", "0001_rules")]
    operations = [
        migrations.RunSQL(
            _TABLES,
            reverse_sql="DROP TABLE ownership_proposal; DROP FUNCTION keep_released_rules CASCADE;"
            " DROP FUNCTION keep_released_sets CASCADE;",
        ),
        ready_for_history(),
        keep_append_only("ownership_proposal"),
        partition_by_month("ownership_proposal", "2024-01", "2024-12"),
        migrations.RunSQL(
            "SELECT ensure_months_of('ownership_proposal', current_date, (current_date + interval '3 months')::date)",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
