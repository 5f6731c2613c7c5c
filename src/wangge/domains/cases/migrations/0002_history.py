"""The steps: partitioned by the month of their case, append-only, their hashes and numbers held by constraints."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, partition_by_month, ready_for_history

_TABLES = """
CREATE TABLE cases_step (
    month date NOT NULL,
    case_id uuid NOT NULL,
    seq integer NOT NULL,
    verb text NOT NULL,
    post text NOT NULL,
    person_id bigint,
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    from_stage text NOT NULL,
    to_stage text NOT NULL,
    payload text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT case_step_pkey PRIMARY KEY (month, case_id, seq),
    CONSTRAINT case_step_numbers_from_one CHECK (seq >= 1),
    CONSTRAINT case_step_hash_is_sm3 CHECK (octet_length(hash) = 32),
    CONSTRAINT case_step_month_is_first CHECK (extract(day FROM month) = 1),
    CONSTRAINT case_step_not_before_it_happened CHECK (recorded_at >= at),
    CONSTRAINT case_step_has_post CHECK (post <> '' AND verb <> '')
) PARTITION BY RANGE (month);
CREATE FUNCTION keep_case_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.month <> OLD.month OR NEW.reported_at <> OLD.reported_at THEN
        RAISE EXCEPTION 'case_identity_is_unchangeable: number, month and reporting moment of % stay', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_identity_is_unchangeable';
    END IF;
    IF NEW.version <= OLD.version AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'case_version_runs_forward: % changes only with a further step', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_version_runs_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_identity BEFORE UPDATE ON cases_case FOR EACH ROW EXECUTE FUNCTION keep_case_identity();
CREATE FUNCTION refuse_case_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'case_is_never_removed: %', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_is_never_removed';
END
$$;
CREATE TRIGGER case_stays BEFORE DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION refuse_case_removal();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [
        migrations.RunSQL(
            _TABLES,
            reverse_sql="DROP TABLE cases_step; DROP FUNCTION keep_case_identity CASCADE;"
            " DROP FUNCTION refuse_case_removal CASCADE;",
        ),
        ready_for_history(),
        keep_append_only("cases_step"),
        partition_by_month("cases_step", "2024-01", "2024-12"),
        migrations.RunSQL(
            "SELECT ensure_months_of('cases_step', current_date, (current_date + interval '3 months')::date)",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
