"""The columns a person chose for a list."""

from django.db import migrations

_TABLE = """
CREATE TABLE desks_columns (
    person_id bigint NOT NULL REFERENCES organizations_person (id),
    page text NOT NULL,
    columns text NOT NULL,
    CONSTRAINT columns_once PRIMARY KEY (person_id, page),
    CONSTRAINT columns_page_known CHECK (page IN ('work_list', 'case_search')),
    CONSTRAINT columns_name_some CHECK (columns ~ '^[a-z_]+(,[a-z_]+)*$' AND length(columns) <= 300)
);
"""


class Migration(migrations.Migration):
    dependencies = [("desks", "0002_standard_texts")]
    operations = [migrations.RunSQL(_TABLE, reverse_sql="DROP TABLE desks_columns")]
