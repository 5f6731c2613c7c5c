"""Mailboxes of subscribers, and the bulletins that are to be sent there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0004_bulletins'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulletinsubscription',
            name='email',
            field=models.CharField(blank=True, db_default='', default='', max_length=254, verbose_name='邮箱'),
        ),
        migrations.CreateModel(
            name='BulletinMail',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('bulletin', models.CharField(max_length=24, verbose_name='期')),
                ('month', models.CharField(max_length=24, verbose_name='月份')),
                ('issue', models.IntegerField(verbose_name='版次')),
                ('queued_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('attempts', models.IntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('dead_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'verbose_name': '通报邮件',
                'verbose_name_plural': '通报邮件',
                'db_table': 'evaluation_bulletin_mail',
                'indexes': [models.Index(condition=models.Q(('dead_at__isnull', True), ('sent_at__isnull', True)), fields=['next_at'], name='bulletin_mail_due')],
                'constraints': [models.UniqueConstraint(fields=('person_id', 'bulletin', 'month', 'issue'), name='bulletin_mail_once'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('dead_at__isnull', True), _connector='OR'), name='bulletin_mail_ends_once'), models.CheckConstraint(condition=models.Q(('attempts__gte', 0)), name='bulletin_mail_attempts_not_negative')],
            },
        ),
    ]
