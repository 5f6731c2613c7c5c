"""Recurrences of new reports by sets: one look for a whole statement, so that a load of a year is not slowed by it."""

from django.db import migrations

_CELLS = ", ".join(
    f"(p.col + {i}) * 1000000 + p.line + {j}" for i in (-1, 0, 1) for j in (-1, 0, 1)
)
_BY_SETS = f"""
DROP TRIGGER matter_recurs ON cases_matter;
-- A transition table has no figures for the planner, which must not read all cases for one report.
CREATE OR REPLACE FUNCTION recurrence_of_new_matter() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
          FROM made m JOIN cases_case c ON c.id = m.case_id AND c.category <> '' AND c.parent_id IS NULL
          CROSS JOIN LATERAL (SELECT 6378137.0 * radians(m.lon) AS x,
                                     6378137.0 * ln(tan(pi() / 4 + radians(m.lat) / 2)) AS y) s
          CROSS JOIN LATERAL (SELECT a.radius_m, a.days FROM cases_recurrence_reach a
                               WHERE starts_with(c.category, a.category) ORDER BY length(a.category) DESC LIMIT 1) h
         WHERE m.lon IS NOT NULL AND abs(m.lat) < 64
      ) p
    ON CONFLICT (case_id) DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_recurs AFTER INSERT ON cases_matter REFERENCING NEW TABLE AS made FOR EACH STATEMENT
    EXECUTE FUNCTION recurrence_of_new_matter();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_recurrence")]
    operations = [migrations.RunSQL(_BY_SETS, reverse_sql=migrations.RunSQL.noop)]
