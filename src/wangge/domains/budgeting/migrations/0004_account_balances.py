"""Balances by account alone: few rows for most questions."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


_SQL = Path(__file__).with_suffix('.sql').read_text(encoding='utf-8')


class Migration(migrations.Migration):

    dependencies = [
        ('budgeting', '0003_control_at_the_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountBalance',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('year', models.SmallIntegerField()),
                ('period', models.SmallIntegerField()),
                ('account', models.CharField(max_length=12)),
                ('debit_fen', models.BigIntegerField(default=0)),
                ('credit_fen', models.BigIntegerField(default=0)),
                ('unit', models.ForeignKey(db_column='unit_code', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='budgeting.budgetunit')),
            ],
            options={
                'verbose_name': '科目汇总余额',
                'verbose_name_plural': '科目汇总余额',
                'db_table': 'budgeting_account_balance',
                'constraints': [models.UniqueConstraint(fields=('year', 'account', 'unit', 'period'), name='account_balance_once')],
            },
        ),
        migrations.RunSQL(_SQL, reverse_sql=migrations.RunSQL.noop),
    ]
