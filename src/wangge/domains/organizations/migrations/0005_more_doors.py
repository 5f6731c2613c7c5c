"""More public doors: letters that are no cases, published bulletins, the map of recent cases."""

from django.db import migrations, models

_DOORS = [
    ("report", "公众上报"),
    ("status", "公众查询进度"),
    ("open311", "Open311 接口"),
    ("letters", "公众来信"),
    ("bulletins", "考评通报公开"),
    ("map", "近期案卷地图"),
]


class Migration(migrations.Migration):
    dependencies = [("organizations", "0004_positions_tokens")]
    operations = [
        migrations.AlterField(
            model_name="doordecision",
            name="door",
            field=models.CharField(choices=_DOORS, max_length=20, verbose_name="入口"),
        ),
        migrations.RemoveConstraint(model_name="doordecision", name="door_known"),
        migrations.AddConstraint(
            model_name="doordecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("door__in", [name for name, _zh in _DOORS])), name="door_known"
            ),
        ),
    ]
