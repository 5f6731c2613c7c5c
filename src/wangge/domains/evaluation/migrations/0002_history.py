"""Nothing of evaluation is changed or removed; who reviewed a month does not sign it."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

_SIGNER = """
CREATE FUNCTION keep_signer_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verb = 'sign' AND NEW.person_id IS NOT NULL AND EXISTS (
        SELECT FROM evaluation_month_step
        WHERE period = NEW.period AND verb = 'review' AND person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'month_signed_by_another: who reviewed % does not sign it', NEW.period
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'month_signed_by_another';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER month_signed_by_another BEFORE INSERT ON evaluation_month_step
    FOR EACH ROW EXECUTE FUNCTION keep_signer_apart();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]
    operations = [
        ready_for_history(),
        keep_append_only("evaluation_result"),
        keep_append_only("evaluation_month_step"),
        keep_append_only("evaluation_check_finding"),
        keep_append_only("evaluation_adjustment"),
        keep_append_only("evaluation_quality_verdict"),
        migrations.RunSQL(
            _SIGNER,
            reverse_sql="DROP TRIGGER month_signed_by_another ON evaluation_month_step;"
            " DROP FUNCTION keep_signer_apart();",
        ),
    ]
