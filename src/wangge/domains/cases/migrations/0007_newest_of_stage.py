"""The newest cases of a stage from an index of their own; words by stretches of ten days."""

import django.contrib.postgres.indexes
from django.db import migrations, models

STAMP = """
UPDATE cases_matter m
   SET grams = ARRAY(SELECT floor(extract(epoch FROM c.reported_at) / 864000)::int || gram
                       FROM unnest(m.grams) WITH ORDINALITY AS g (gram, place) ORDER BY place)
  FROM cases_case c WHERE c.id = m.case_id AND m.grams <> '{}'
"""
PLAIN = """
UPDATE cases_matter SET grams = ARRAY(SELECT right(gram, 2) FROM unnest(grams) WITH ORDINALITY AS g (gram, place)
                                       ORDER BY place) WHERE grams <> '{}'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_import_runs'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='casematter',
            name='matter_grams',
        ),
        migrations.RunSQL(STAMP, PLAIN),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['stage', '-reported_at', '-id'], name='case_of_stage'),
        ),
        migrations.AddIndex(
            model_name='casematter',
            index=django.contrib.postgres.indexes.GinIndex(fields=['grams'], gin_pending_list_limit=256, name='matter_grams'),
        ),
    ]
