"""Where the open cases are: a narrow table that triggers keep, so that the map reads them without the wide rows."""

from django.db import migrations

_OPEN = (
    "('self_handled', 'reported', 'verifying', 'accepted', 'filed', 'returned', 'awaiting_ruling', 'handling',"
    " 'outside', 'awaiting_children', 'feedback', 'awaiting_inspection', 'inspecting', 'awaiting_close')"
)
# What the wall and the map ask of a case; all of it changes with a step.
_KEPT = (
    "stage", "burns_at", "district_code", "department_code", "inner_department_code", "assignee_id", "reporter_id",
)  # fmt: skip
_OF_CASE = ", ".join(f"c.{name}" for name in _KEPT)
_NEW = ", ".join(f"NEW.{name}" for name in _KEPT)
_OLD = ", ".join(f"OLD.{name}" for name in _KEPT)

_TABLES = f"""
-- No index but its key: an update by a step then stays on its page (HOT), and all of it is read in a few milliseconds.
CREATE TABLE cases_open_place (
    case_id uuid PRIMARY KEY,
    number varchar(40) NOT NULL,
    stage varchar(24) NOT NULL,
    burns_at timestamptz,
    district_code varchar(6) NOT NULL,
    department_code varchar(32) NOT NULL,
    inner_department_code varchar(32) NOT NULL,
    assignee_id bigint,
    reporter_id bigint,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    CONSTRAINT open_place_is_open CHECK (stage IN {_OPEN})
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- The two rows of a case come with one statement; this one comes last and sees both. A transition table has no figures
-- for the planner, which must not read all cases for one report.
CREATE FUNCTION open_place_of_new_matter() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO cases_open_place (case_id, number, {", ".join(_KEPT)}, lon, lat)
    SELECT c.id, c.number, {_OF_CASE}, m.lon, m.lat FROM made m JOIN cases_case c ON c.id = m.case_id
     WHERE m.lon IS NOT NULL AND c.stage IN {_OPEN};
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_opens_place AFTER INSERT ON cases_matter REFERENCING NEW TABLE AS made FOR EACH STATEMENT
    EXECUTE FUNCTION open_place_of_new_matter();

CREATE FUNCTION open_place_follows_matter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cases_open_place WHERE case_id = OLD.case_id;
    IF TG_OP = 'UPDATE' AND NEW.lon IS NOT NULL THEN
        INSERT INTO cases_open_place (case_id, number, {", ".join(_KEPT)}, lon, lat)
        SELECT c.id, c.number, {_OF_CASE}, NEW.lon, NEW.lat FROM cases_case c
         WHERE c.id = NEW.case_id AND c.stage IN {_OPEN};
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_moves_place AFTER UPDATE OF lon, lat ON cases_matter FOR EACH ROW
    WHEN ((OLD.lon, OLD.lat) IS DISTINCT FROM (NEW.lon, NEW.lat)) EXECUTE FUNCTION open_place_follows_matter();
CREATE TRIGGER matter_leaves_place AFTER DELETE ON cases_matter FOR EACH ROW
    EXECUTE FUNCTION open_place_follows_matter();

CREATE FUNCTION open_place_follows_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.stage NOT IN {_OPEN} THEN
        DELETE FROM cases_open_place WHERE case_id = OLD.id;
        RETURN NULL;
    END IF;
    UPDATE cases_open_place SET ({", ".join(_KEPT)}) = ({_NEW}) WHERE case_id = NEW.id;
    IF NOT FOUND THEN
        INSERT INTO cases_open_place (case_id, number, {", ".join(_KEPT)}, lon, lat)
        SELECT NEW.id, NEW.number, {_NEW}, m.lon, m.lat FROM cases_matter m
         WHERE m.case_id = NEW.id AND m.lon IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_keeps_place AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (({_OLD}) IS DISTINCT FROM ({_NEW})) EXECUTE FUNCTION open_place_follows_case();
CREATE TRIGGER case_leaves_place AFTER DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION open_place_follows_case();

INSERT INTO cases_open_place (case_id, number, {", ".join(_KEPT)}, lon, lat)
SELECT c.id, c.number, {_OF_CASE}, m.lon, m.lat FROM cases_case c JOIN cases_matter m ON m.case_id = c.id
 WHERE m.lon IS NOT NULL AND c.stage IN {_OPEN};
"""
_REVERSE = """
DROP FUNCTION open_place_follows_case CASCADE;
DROP FUNCTION open_place_follows_matter CASCADE;
DROP FUNCTION open_place_of_new_matter CASCADE;
DROP TABLE cases_open_place;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_newest_of_stage")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql=_REVERSE)]
