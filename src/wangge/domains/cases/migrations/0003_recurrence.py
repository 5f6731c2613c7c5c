"""Groups of the same kind of matter at the same place, kept by triggers with the write of a report."""

from django.db import migrations

_TABLES = """
-- How far and how long a class looks back; filled from the standards when the database is brought up to date.
CREATE TABLE cases_recurrence_reach (
    category varchar(24) PRIMARY KEY,
    radius_m integer NOT NULL,
    days integer NOT NULL,
    -- Nine cells of 150 metres of Mercator's plane hold every circle up to this radius, as far north as people live.
    CONSTRAINT recurrence_reach_fits_the_cells CHECK (radius_m BETWEEN 1 AND 70),
    CONSTRAINT recurrence_reach_days CHECK (days BETWEEN 1 AND 3650)
);
INSERT INTO cases_recurrence_reach VALUES ('', 50, 180);

CREATE TABLE cases_recurrence (
    case_id uuid PRIMARY KEY,
    category varchar(24) NOT NULL,
    cell bigint NOT NULL,
    x double precision NOT NULL,
    y double precision NOT NULL,
    reported_at timestamptz NOT NULL,
    group_id uuid NOT NULL,
    CONSTRAINT recurrence_has_class CHECK (category <> '')
);
CREATE INDEX recurrence_place ON cases_recurrence (category, cell, reported_at DESC);
CREATE INDEX recurrence_group ON cases_recurrence (group_id, reported_at DESC);

CREATE FUNCTION keep_recurrence(the_case uuid, class varchar, moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    px double precision; py double precision; south double precision; reach double precision; days_back integer;
    column_of bigint; row_of bigint; found uuid;
BEGIN
    SELECT 6378137.0 * radians(m.lon), 6378137.0 * ln(tan(pi() / 4 + radians(m.lat) / 2)), m.lat INTO px, py, south
      FROM cases_matter m WHERE m.case_id = the_case AND m.lon IS NOT NULL AND abs(m.lat) < 64;
    IF px IS NULL THEN
        RETURN;
    END IF;
    SELECT r.radius_m / cos(radians(south)), r.days INTO reach, days_back FROM cases_recurrence_reach r
     WHERE starts_with(class, r.category) ORDER BY length(r.category) DESC LIMIT 1;
    column_of := floor(px / 150); row_of := floor(py / 150);
    SELECT r.group_id INTO found FROM cases_recurrence r
     WHERE r.category = class AND r.reported_at <= moment AND r.reported_at > moment - make_interval(days => days_back)
       AND r.cell = ANY (ARRAY[
           (column_of - 1) * 1000000 + row_of - 1, (column_of - 1) * 1000000 + row_of, (column_of - 1) * 1000000 + row_of + 1,
           column_of * 1000000 + row_of - 1, column_of * 1000000 + row_of, column_of * 1000000 + row_of + 1,
           (column_of + 1) * 1000000 + row_of - 1, (column_of + 1) * 1000000 + row_of, (column_of + 1) * 1000000 + row_of + 1])
       AND (r.x - px) ^ 2 + (r.y - py) ^ 2 <= reach ^ 2 AND r.case_id <> the_case
     ORDER BY r.reported_at DESC, r.case_id DESC LIMIT 1;
    INSERT INTO cases_recurrence VALUES (
        the_case, class, column_of * 1000000 + row_of, px, py, moment, coalesce(found, the_case)
    ) ON CONFLICT (case_id) DO UPDATE SET category = excluded.category, group_id = excluded.group_id;
END
$$;

-- The two rows of a case come with one statement; this one comes last and sees both.
CREATE FUNCTION recurrence_of_new_matter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made record;
BEGIN
    SELECT c.category, c.reported_at INTO made FROM cases_case c
     WHERE c.id = NEW.case_id AND c.category <> '' AND c.parent_id IS NULL;
    IF FOUND THEN
        PERFORM keep_recurrence(NEW.case_id, made.category, made.reported_at);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_recurs AFTER INSERT ON cases_matter FOR EACH ROW WHEN (NEW.lon IS NOT NULL)
    EXECUTE FUNCTION recurrence_of_new_matter();

CREATE FUNCTION recurrence_of_new_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_recurrence(NEW.id, NEW.category, NEW.reported_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER class_recurs AFTER UPDATE OF category ON cases_case FOR EACH ROW
    WHEN (OLD.category IS DISTINCT FROM NEW.category AND NEW.category <> '' AND NEW.parent_id IS NULL)
    EXECUTE FUNCTION recurrence_of_new_class();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_history")]
    operations = [
        migrations.RunSQL(
            _TABLES,
            reverse_sql="DROP FUNCTION recurrence_of_new_class CASCADE; DROP FUNCTION recurrence_of_new_matter CASCADE;"
            " DROP FUNCTION keep_recurrence; DROP TABLE cases_recurrence; DROP TABLE cases_recurrence_reach;",
        ),
    ]
