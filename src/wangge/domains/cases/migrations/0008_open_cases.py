"""The open cases once more, in a narrow table that triggers keep: counts, what is late and the map read it whole."""

from django.db import migrations

_OPEN = (
    "('self_handled', 'reported', 'verifying', 'accepted', 'filed', 'returned', 'awaiting_ruling', 'handling',"
    " 'outside', 'awaiting_children', 'feedback', 'awaiting_inspection', 'inspecting', 'awaiting_close')"
)
# What walls, filters and the map ask of a case. These change with a step; number, source and moment of the report stay.
_KEPT = (
    "stage", "burns_at", "category", "district_code", "department_code", "inner_department_code", "assignee_id",
    "reporter_id",
)  # fmt: skip
_ALL = ("id", "number", "source", "reported_at", *_KEPT)
_COLUMNS = ", ".join(_ALL)
_OF_CASE = ", ".join(f"c.{name}" for name in _ALL)
_NEW = ", ".join(f"NEW.{name}" for name in _KEPT)
_OLD = ", ".join(f"OLD.{name}" for name in _KEPT)

_TABLES = f"""
-- No index but its key: an update by a step then stays on its page (HOT), and all of it is read in a few milliseconds.
CREATE TABLE cases_open (
    id uuid PRIMARY KEY,
    number varchar(40) NOT NULL,
    source varchar(16) NOT NULL,
    reported_at timestamptz NOT NULL,
    stage varchar(24) NOT NULL,
    burns_at timestamptz,
    category varchar(24) NOT NULL,
    district_code varchar(6) NOT NULL,
    department_code varchar(32) NOT NULL,
    inner_department_code varchar(32) NOT NULL,
    assignee_id bigint,
    reporter_id bigint,
    lon double precision,
    lat double precision,
    CONSTRAINT open_case_is_open CHECK (stage IN {_OPEN})
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- The two rows of a case come with one statement; this one comes last and sees both. A transition table has no figures
-- for the planner, which must not read all cases for one report.
CREATE FUNCTION open_case_of_new_matter() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO cases_open ({_COLUMNS}, lon, lat)
    SELECT {_OF_CASE}, m.lon, m.lat FROM made m JOIN cases_case c ON c.id = m.case_id WHERE c.stage IN {_OPEN};
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_opens_case AFTER INSERT ON cases_matter REFERENCING NEW TABLE AS made FOR EACH STATEMENT
    EXECUTE FUNCTION open_case_of_new_matter();

CREATE FUNCTION open_case_follows_matter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE cases_open SET lon = NEW.lon, lat = NEW.lat WHERE id = NEW.case_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER matter_moves_open_case AFTER UPDATE OF lon, lat ON cases_matter FOR EACH ROW
    WHEN ((OLD.lon, OLD.lat) IS DISTINCT FROM (NEW.lon, NEW.lat)) EXECUTE FUNCTION open_case_follows_matter();

CREATE FUNCTION open_case_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.stage NOT IN {_OPEN} THEN
        DELETE FROM cases_open WHERE id = OLD.id;
        RETURN NULL;
    END IF;
    UPDATE cases_open SET ({", ".join(_KEPT)}) = ({_NEW}) WHERE id = NEW.id;
    IF NOT FOUND THEN
        INSERT INTO cases_open ({_COLUMNS}, lon, lat)
        SELECT {_OF_CASE}, m.lon, m.lat FROM cases_case c JOIN cases_matter m ON m.case_id = c.id WHERE c.id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER case_keeps_open_case AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (({_OLD}) IS DISTINCT FROM ({_NEW})) EXECUTE FUNCTION open_case_follows();
CREATE TRIGGER case_leaves_open_case AFTER DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION open_case_follows();

INSERT INTO cases_open ({_COLUMNS}, lon, lat)
SELECT {_OF_CASE}, m.lon, m.lat FROM cases_case c JOIN cases_matter m ON m.case_id = c.id WHERE c.stage IN {_OPEN};
"""
_REVERSE = """
DROP FUNCTION open_case_follows CASCADE;
DROP FUNCTION open_case_follows_matter CASCADE;
DROP FUNCTION open_case_of_new_matter CASCADE;
DROP TABLE cases_open;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_newest_of_stage")]
    operations = [migrations.RunSQL(_TABLES, reverse_sql=_REVERSE)]
