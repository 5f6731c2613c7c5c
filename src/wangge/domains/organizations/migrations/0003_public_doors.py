"""The decisions on public doors: append-only."""

from django.db import migrations, models

from wangge.groundwork.append_only import keep_append_only


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0002_audit_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoorDecision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "door",
                    models.CharField(
                        choices=[("report", "公众上报"), ("status", "公众查询进度"), ("open311", "Open311 接口")],
                        max_length=20,
                        verbose_name="入口",
                    ),
                ),
                ("opens", models.BooleanField(verbose_name="开放")),
                ("at", models.DateTimeField(verbose_name="生效时间")),
                ("decided_by", models.CharField(max_length=120, verbose_name="决定人")),
                ("decision", models.TextField(verbose_name="决定内容")),
                ("secrecy_review", models.TextField(blank=True, default="", verbose_name="保密审查")),
                ("recorded_by_id", models.BigIntegerField(null=True, verbose_name="登记人")),
            ],
            options={
                "verbose_name": "对外入口决定",
                "verbose_name_plural": "对外入口决定",
                "db_table": "organizations_door_decision",
                "ordering": ("id",),
                "indexes": [models.Index(fields=["door", "-id"], name="door_decision_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("door__in", ["report", "status", "open311"])), name="door_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by__regex", "\\S")), name="door_decision_says_who"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__regex", "\\S")), name="door_decision_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opens", False), ("secrecy_review__regex", "\\S"), _connector="OR"),
                        name="door_opens_after_secrecy_review",
                    ),
                ],
            },
        ),
        keep_append_only("organizations_door_decision"),
    ]
