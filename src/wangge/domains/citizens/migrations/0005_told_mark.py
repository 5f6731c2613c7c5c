"""By which state of its case or letter a status was told back last, so that only what moved is looked at."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0004_packages")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE citizens_package ADD COLUMN told_mark text NOT NULL DEFAULT ''",
            reverse_sql="ALTER TABLE citizens_package DROP COLUMN told_mark",
        )
    ]
