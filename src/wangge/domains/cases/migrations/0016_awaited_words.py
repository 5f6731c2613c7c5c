"""Cases that wait for somebody's word are found without reading the open ones: a board of them is looked at all day."""

from django.db import migrations

# A state changes with every step, so that its row is written anew in any case; an entry is made for the few that wait.
_INDEXES = """
CREATE INDEX case_with_request ON cases_case (id) WHERE state LIKE '%"request":[%';
CREATE INDEX case_under_supervision ON cases_case (id) WHERE state LIKE '%"supervision":[%';
CREATE INDEX step_that_urges ON cases_step (case_id, seq, month) WHERE verb = 'urge';
-- Cases lie in the order in which they came, near enough for ranges of pages; an entry for each would cost every step.
CREATE INDEX case_filed ON cases_case USING brin (filed_at) WITH (pages_per_range = 16, autosummarize = on);
"""
_REVERSE = "DROP INDEX case_filed, step_that_urges, case_under_supervision, case_with_request"


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_reporters_telephone")]
    operations = [migrations.RunSQL(_INDEXES, reverse_sql=_REVERSE)]
