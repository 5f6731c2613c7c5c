"""Shared inboxes, and the reader of facts that fills them: it hears everything from this migration on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_initial'),
        ('outbox', '0002_outbox'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboxMark',
            fields=[
                ('person_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('read_through', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '岗位消息读至',
                'verbose_name_plural': '岗位消息读至',
                'db_table': 'notices_inbox_mark',
                'constraints': [models.CheckConstraint(condition=models.Q(('read_through__gte', 0)), name='inbox_mark_counts_forward')],
            },
        ),
        migrations.CreateModel(
            name='InboxNotice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('inbox', models.CharField(max_length=80, verbose_name='收件箱')),
                ('district_code', models.CharField(blank=True, default='', max_length=6, verbose_name='区')),
                ('topic', models.CharField(max_length=60, verbose_name='类别')),
                ('object_key', models.CharField(blank=True, max_length=64, verbose_name='对象')),
                ('text', models.CharField(max_length=500, verbose_name='内容')),
                ('source_key', models.CharField(max_length=100, verbose_name='来源')),
                ('by_person_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField(verbose_name='时间')),
            ],
            options={
                'verbose_name': '岗位消息',
                'verbose_name_plural': '岗位消息',
                'db_table': 'notices_inbox_notice',
                'indexes': [models.Index(fields=['inbox', '-id'], name='inbox_notice_newest'), models.Index(fields=['created_at'], name='inbox_notice_by_age')],
                'constraints': [models.UniqueConstraint(fields=('inbox', 'source_key'), name='inbox_notice_once_per_fact'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='inbox_notice_says_something'), models.CheckConstraint(condition=models.Q(('inbox__regex', '^(post|unit|case):.+$')), name='inbox_notice_inbox_form')],
            },
        ),
        migrations.CreateModel(
            name='InboxReading',
            fields=[
                ('pk', models.CompositePrimaryKey('notice_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='notices.inboxnotice')),
            ],
            options={
                'verbose_name': '岗位消息已读',
                'verbose_name_plural': '岗位消息已读',
                'db_table': 'notices_inbox_reading',
            },
        ),
        migrations.RunSQL(
            "INSERT INTO outbox_delivery (consumer, after_transaction, after_id, floor_id, floor_month)"
            " VALUES ('notices', pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 9223372036854775807, 0,"
            " '0001-01-01') ON CONFLICT (consumer) DO NOTHING",
            reverse_sql="DELETE FROM outbox_delivery WHERE consumer = 'notices'",
        ),
    ]
