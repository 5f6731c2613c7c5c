"""Standard texts 标准用语: words that are put into notes, of the whole city or of one person."""

from django.db import migrations

_TABLE = """
CREATE TABLE desks_standard_text (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    keeper_id bigint NOT NULL REFERENCES organizations_person (id),
    is_of_city boolean NOT NULL,
    post text NOT NULL,
    stage text NOT NULL,
    words text NOT NULL,
    kept_at timestamptz NOT NULL,
    CONSTRAINT standard_text_once UNIQUE (keeper_id, is_of_city, post, stage, words),
    CONSTRAINT standard_text_has_words CHECK (words ~ '\\S' AND length(words) <= 300),
    CONSTRAINT standard_text_of_post_is_of_city CHECK (post = '' OR is_of_city)
);
CREATE INDEX desks_standard_text_of_city ON desks_standard_text (stage) WHERE is_of_city;
"""


class Migration(migrations.Migration):
    dependencies = [("desks", "0001_desks")]
    operations = [migrations.RunSQL(_TABLE, reverse_sql="DROP TABLE desks_standard_text")]
