"""Rulings on single cases, which wait to become rules."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ownership", "0002_history"),
    ]
    operations = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("seq", models.IntegerField()),
                ("case_number", models.CharField(max_length=40, verbose_name="案卷编号")),
                ("category", models.CharField(max_length=24, verbose_name="小类")),
                ("district_code", models.CharField(blank=True, default="", max_length=20, verbose_name="区")),
                ("grid_code", models.CharField(blank=True, default="", max_length=40, verbose_name="责任网格")),
                ("department_code", models.CharField(max_length=32, verbose_name="责任单位")),
                ("ruled_at", models.DateTimeField(verbose_name="确认时间")),
                (
                    "left_alone",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="不成规则的原因"),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="ownership.meetingdecision",
                        verbose_name="协调会决定",
                    ),
                ),
                (
                    "ruled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "权属确认",
                "verbose_name_plural": "权属确认",
                "db_table": "ownership_ruling",
                "ordering": ("-ruled_at", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.UniqueConstraint(fields=("case_id", "seq"), name="ruling_once"),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case_number", ""), _negated=True),
                    models.Q(("category", ""), _negated=True),
                    models.Q(("department_code", ""), _negated=True),
                ),
                name="ruling_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__isnull", True), ("left_alone", ""), _connector="OR"),
                name="ruling_settled_one_way",
            ),
        ),
    ]
