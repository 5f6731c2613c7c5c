"""The index of search pieces holds numbers: they compare in one step, where texts were read character by character."""

import django.contrib.postgres.fields
from django.db import migrations, models

# A piece as it was: the number of its ten days, then its two characters. What an earlier version, still running, wrote
# without the number gets that of the case's id, which begins with the moment of the report.
_TO_NUMBERS = """
CREATE FUNCTION pieces_as_numbers(grams text[], id uuid) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg((coalesce(nullif(left(gram, -2), '')::bigint, stretch) << 42)
                              + (ascii(left(right(gram, 2), 1))::bigint << 21)
                              + ascii(right(gram, 1)) ORDER BY place), '{}')
      FROM unnest(grams) WITH ORDINALITY AS g (gram, place),
           (SELECT ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 864000000) AS days (stretch)
$$;
ALTER TABLE cases_matter ALTER COLUMN grams TYPE bigint[] USING pieces_as_numbers(grams, case_id);
DROP FUNCTION pieces_as_numbers(text[], uuid);
"""
_TO_TEXTS = """
CREATE FUNCTION pieces_as_texts(grams bigint[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg((gram >> 42)::text || chr((gram >> 21 & 2097151)::int)
                              || chr((gram & 2097151)::int) ORDER BY place), '{}')
      FROM unnest(grams) WITH ORDINALITY AS g (gram, place)
$$;
ALTER TABLE cases_matter ALTER COLUMN grams TYPE text[] USING pieces_as_texts(grams);
DROP FUNCTION pieces_as_texts(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_place_and_time")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_TO_NUMBERS, reverse_sql=_TO_TEXTS)],
            state_operations=[
                migrations.AlterField(
                    "casematter",
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
        ),
    ]
