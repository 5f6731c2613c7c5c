"""Word templates of the years and what their fields stand for, append-only."""

from django.db import migrations, models

from wangge.groundwork.append_only import keep_append_only, ready_for_history


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0002_editions'),
    ]

    operations = [
        ready_for_history(),
        migrations.CreateModel(
            name='TemplateChoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('year', models.SmallIntegerField(verbose_name='年度')),
                ('of_template', models.CharField(max_length=200, verbose_name='模板中的字段或标题')),
                ('ours', models.CharField(blank=True, default='', max_length=200, verbose_name='对应')),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(max_length=60, verbose_name='经办人')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '模板对应',
                'verbose_name_plural': '模板对应',
                'db_table': 'disclosure_template_choice',
                'ordering': ('id',),
                'indexes': [models.Index(fields=['year', 'of_template', '-id'], name='template_choice_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('of_template__regex', '\\S')), name='template_choice_of_something')],
            },
        ),
        migrations.CreateModel(
            name='WordTemplate',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('year', models.SmallIntegerField(verbose_name='年度')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content', models.BinaryField(verbose_name='内容')),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.CharField(max_length=60, verbose_name='上传人')),
                ('at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '决算模板',
                'verbose_name_plural': '决算模板',
                'db_table': 'disclosure_word_template',
                'ordering': ('id',),
                'indexes': [models.Index(fields=['year', '-id'], name='word_template_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='word_template_has_name')],
            },
        ),
        keep_append_only("disclosure_word_template"),
        keep_append_only("disclosure_template_choice"),
    ]
