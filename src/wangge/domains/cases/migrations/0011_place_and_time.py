"""What is near in place and time is found in one index: the id of a case says when it was reported."""

from django.db import migrations, models

# The search leaves out smaller ids than a moment's; an id made before its report would be missed.
_ID_TELLS_TIME = """
ALTER TABLE cases_case ADD CONSTRAINT case_id_not_before_report CHECK (
    ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint >= floor(extract(epoch FROM reported_at) * 1000)
);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_plans_that_hold")]
    operations = [
        migrations.RemoveIndex(model_name="casematter", name="matter_point"),
        migrations.AddIndex(
            model_name="casematter",
            index=models.Index(
                condition=models.Q(("lon__isnull", False)), fields=["lon", "lat", "case_id"], name="matter_point"
            ),
        ),
        migrations.RunSQL(
            _ID_TELLS_TIME, reverse_sql="ALTER TABLE cases_case DROP CONSTRAINT case_id_not_before_report"
        ),
    ]
