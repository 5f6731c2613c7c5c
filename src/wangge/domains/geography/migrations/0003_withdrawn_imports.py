"""When a coming change of borders was taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("geography", "0002_places")]

    operations = [
        migrations.AddField(
            model_name="groundimportrow",
            name="withdrawn_at",
            field=models.DateTimeField(null=True, verbose_name="撤回时间"),
        ),
        migrations.AddConstraint(
            model_name="groundimportrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    models.Q(("done_at__isnull", False), ("withdrawn_at__gte", models.F("done_at"))),
                    _connector="OR",
                ),
                name="import_withdrawn_once_done",
            ),
        ),
    ]
