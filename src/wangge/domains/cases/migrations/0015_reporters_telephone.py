"""The telephone of who reported, so that a seat finds earlier cases of a number that rings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_merged_into")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX private_texts_by_telephone ON cases_private_texts ((texts #>> '{reporter_phone,1}'))"
            " WHERE seq = 1 AND texts ? 'reporter_phone'",
            reverse_sql="DROP INDEX private_texts_by_telephone",
        )
    ]
