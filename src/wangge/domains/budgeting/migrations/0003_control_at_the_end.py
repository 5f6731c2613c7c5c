"""Appropriation control and vouchers are looked at when the transaction ends, all rows of a statement at once.

In between a payment may stand beside the request that it settles; and a hundred thousand keys and vouchers are not
looked at one by one.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("budgeting", "0002_invariants")]
    operations = [
        migrations.RemoveConstraint(model_name="allotmenttotal", name="allotment_not_overspent"),
        migrations.RemoveField(
            model_name='vouchercheck',
            name='voucher',
        ),
        migrations.AddField(
            model_name='vouchercheck',
            name='first_id',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='vouchercheck',
            name='last_id',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='payment',
            name='allotment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='budgeting.allotment'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='dimension',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.dimension'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='imported',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.ledgerimport'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='unit',
            field=models.ForeignKey(db_column='unit_code', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.budgetunit'),
        ),
        migrations.AlterField(
            model_name='paymentstep',
            name='payment',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='budgeting.payment'),
        ),
        migrations.AlterField(
            model_name='paymentstep',
            name='voucher',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.voucher'),
        ),
        migrations.AlterField(
            model_name='posting',
            name='allotment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.allotment'),
        ),
        migrations.AlterField(
            model_name='voucher',
            name='imported',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.ledgerimport'),
        ),
        migrations.AlterField(
            model_name='voucher',
            name='unit',
            field=models.ForeignKey(db_column='unit_code', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.budgetunit'),
        ),
        migrations.RunSQL(_SQL, reverse_sql=migrations.RunSQL.noop),
    ]
