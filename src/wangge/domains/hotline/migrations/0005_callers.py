"""The telephone of who called, so that a seat finds earlier orders of a number that rings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hotline", "0004_appeals")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX hotline_matter_by_telephone ON hotline_matter (citizen_phone) WHERE citizen_phone <> ''",
            reverse_sql="DROP INDEX hotline_matter_by_telephone",
        )
    ]
