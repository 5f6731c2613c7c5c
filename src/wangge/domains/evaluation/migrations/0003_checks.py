"""Draws of a month's checks; a finding that takes another one back."""

from django.db import migrations, models

from wangge.groundwork.append_only import keep_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0002_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckDraw',
            fields=[
                ('pk', models.CompositePrimaryKey('kind', 'period', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12, verbose_name='类别')),
                ('period', models.CharField(max_length=24, verbose_name='月份')),
                ('seed', models.CharField(max_length=120, verbose_name='种子')),
                ('pool', models.IntegerField(verbose_name='总数')),
                ('pool_sm3', models.BinaryField(max_length=32)),
                ('drawn', models.JSONField(default=list, verbose_name='抽中')),
                ('person_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '考评抽查',
                'verbose_name_plural': '考评抽查',
                'db_table': 'evaluation_check_draw',
            },
        ),
        migrations.AddField(
            model_name='checkfinding',
            name='takes_back',
            field=models.BigIntegerField(null=True, verbose_name='撤销'),
        ),
        migrations.AddConstraint(
            model_name='checkfinding',
            constraint=models.UniqueConstraint(fields=('takes_back',), name='finding_taken_back_once'),
        ),
        migrations.AddConstraint(
            model_name='checkfinding',
            constraint=models.CheckConstraint(condition=models.Q(('takes_back__isnull', True), models.Q(('note', ''), _negated=True), _connector='OR'), name='finding_taken_back_says_why'),
        ),
        migrations.AddConstraint(
            model_name='checkdraw',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['quality', 'spot'])), name='check_draw_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='checkdraw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seed', ''), _negated=True), ('pool__gte', 0)), name='check_draw_has_seed'),
        ),
        keep_append_only("evaluation_check_draw"),
    ]
