"""A report's triggers and a search take one way, whether the tables are new, old, or being filled just now."""

import django.contrib.postgres.indexes
from django.db import migrations

_CELLS = ", ".join(f"(p.col + {i}) * 1000000 + p.line + {j}" for i in (-1, 0, 1) for j in (-1, 0, 1))
_OPEN = (
    "('self_handled', 'reported', 'verifying', 'accepted', 'filed', 'returned', 'awaiting_ruling', 'handling',"
    " 'outside', 'awaiting_children', 'feedback', 'awaiting_inspection', 'inspecting', 'awaiting_close')"
)
_COLUMNS = (
    "id", "number", "source", "reported_at", "stage", "burns_at", "category", "district_code", "department_code",
    "inner_department_code", "assignee_id", "reporter_id",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)

# In a city that is being filled the planner has no figures yet and keeps the plan it made for an empty table: it read
# all cases for each statement. A lookup behind OFFSET 0 can only be made case by case, and without sequential scans
# only by the key; so neither figures nor their absence can turn it round.
_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION recurrence_of_new_matter() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO cases_recurrence (case_id, category, cell, x, y, reported_at, group_id)
    SELECT p.id, p.category, p.col * 1000000 + p.line, p.x, p.y, p.reported_at, coalesce((
            SELECT r.group_id FROM cases_recurrence r
             WHERE r.category = p.category AND r.cell = ANY (ARRAY[{_CELLS}])
               AND r.reported_at <= p.reported_at AND r.reported_at > p.reported_at - make_interval(days => p.days)
               AND (r.x - p.x) ^ 2 + (r.y - p.y) ^ 2 <= p.reach ^ 2
             ORDER BY r.reported_at DESC, r.case_id DESC LIMIT 1
        ), p.id)
      FROM (
        SELECT c.id, c.category, c.reported_at, s.x, s.y, floor(s.x / 150)::bigint AS col,
               floor(s.y / 150)::bigint AS line,
               h.radius_m / cos(radians(m.lat)) AS reach, h.days
          FROM made m
          CROSS JOIN LATERAL (SELECT id, category, parent_id, reported_at FROM cases_case
                               WHERE id = m.case_id OFFSET 0) c
          CROSS JOIN LATERAL (SELECT 6378137.0 * radians(m.lon) AS x,
                                     6378137.0 * ln(tan(pi() / 4 + radians(m.lat) / 2)) AS y) s
          CROSS JOIN LATERAL (SELECT a.radius_m, a.days FROM cases_recurrence_reach a
                               WHERE starts_with(c.category, a.category) ORDER BY length(a.category) DESC LIMIT 1) h
         WHERE m.lon IS NOT NULL AND abs(m.lat) < 64 AND c.category <> '' AND c.parent_id IS NULL
      ) p
    ON CONFLICT (case_id) DO NOTHING;
    RETURN NULL;
END
$$;
ALTER FUNCTION recurrence_of_new_matter() RESET enable_hashjoin;
ALTER FUNCTION recurrence_of_new_matter() RESET enable_mergejoin;

CREATE OR REPLACE FUNCTION open_case_of_new_matter() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO cases_open ({_NAMES}, lon, lat)
    SELECT c.*, m.lon, m.lat FROM made m
     CROSS JOIN LATERAL (SELECT {_NAMES} FROM cases_case WHERE id = m.case_id OFFSET 0) c
     WHERE c.stage IN {_OPEN};
    RETURN NULL;
END
$$;
ALTER FUNCTION open_case_of_new_matter() RESET enable_hashjoin;
ALTER FUNCTION open_case_of_new_matter() RESET enable_mergejoin;
"""
# Under many writers the waiting list outgrew its limit (one cleans, the others go on adding), and every look into the
# index read all of it. Pieces of one stretch lie side by side, so to add them at once costs no more.
_AT_ONCE = """
ALTER INDEX matter_grams SET (fastupdate = off);
ALTER INDEX matter_grams RESET (gin_pending_list_limit);
SELECT gin_clean_pending_list('matter_grams');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_of_component")]
    operations = [
        migrations.RunSQL(_FUNCTIONS, reverse_sql=migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_AT_ONCE, reverse_sql=migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveIndex("casematter", "matter_grams"),
                migrations.AddIndex(
                    "casematter",
                    django.contrib.postgres.indexes.GinIndex(fields=["grams"], fastupdate=False, name="matter_grams"),
                ),
            ],
        ),
    ]
