"""A state may be told again from its steps, without a further one, where a year's calendar was unknown."""

from django.db import migrations

_FUNCTION = """
CREATE OR REPLACE FUNCTION keep_case_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.month <> OLD.month OR NEW.reported_at <> OLD.reported_at THEN
        RAISE EXCEPTION 'case_identity_is_unchangeable: number, month and reporting moment of %% stay', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_identity_is_unchangeable';
    END IF;
    IF NEW.version <= OLD.version AND NEW.state <> OLD.state{but} THEN
        RAISE EXCEPTION 'case_version_runs_forward: %% changes only with a further step', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'case_version_runs_forward';
    END IF;
    RETURN NEW;
END
$$;
"""
_TOLD_AGAIN = """
       AND NOT (OLD.unknown_year IS NOT NULL AND NEW.version = OLD.version AND NEW.stage = OLD.stage
                AND NEW.tail_hash = OLD.tail_hash)"""


def _function(but: str) -> str:
    return _FUNCTION.replace("{but}", but).replace("%%", "%")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_recurrence_by_sets")]
    operations = [migrations.RunSQL(_function(_TOLD_AGAIN), reverse_sql=_function(""))]
