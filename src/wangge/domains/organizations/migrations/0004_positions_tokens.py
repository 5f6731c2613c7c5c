"""A scope for tokens that only tell where their person is: they lie open in the settings of a tracker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_public_doors")]
    operations = [
        migrations.RemoveConstraint(model_name="accesstoken", name="token_scope_known"),
        migrations.AddConstraint(
            model_name="accesstoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["full", "read", "write", "open311", "positions"])),
                name="token_scope_known",
            ),
        ),
    ]
