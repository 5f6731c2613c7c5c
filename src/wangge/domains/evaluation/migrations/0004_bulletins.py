"""The template of bulletins, and who is told of them."""

from django.db import migrations, models

from wangge.groundwork.append_only import keep_append_only


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0003_checks'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulletinSubscription',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('since', models.DateTimeField(verbose_name='自')),
            ],
            options={
                'verbose_name': '通报订阅',
                'verbose_name_plural': '通报订阅',
                'db_table': 'evaluation_bulletin_subscription',
            },
        ),
        migrations.CreateModel(
            name='BulletinTemplate',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, default='', max_length=120, verbose_name='文件名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('person_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '通报模板',
                'verbose_name_plural': '通报模板',
                'db_table': 'evaluation_bulletin_template',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('content', b''), ('name', '')), models.Q(models.Q(('name', ''), _negated=True), models.Q(('content', b''), _negated=True)), _connector='OR'), name='bulletin_template_has_name')],
            },
        ),
        keep_append_only("evaluation_bulletin_template"),
    ]
