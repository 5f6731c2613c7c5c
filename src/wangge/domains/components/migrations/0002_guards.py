"""What Django does not know: the point in metres with its index, findings and decisions that only grow, four eyes."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, ready_for_history

# Mercator's plane keeps angles: about a point it is the ground enlarged by 1 / cos(latitude), the same in every
# direction, so the index's nearest is the nearest.
_SPOT = """
ALTER TABLE components_component ADD COLUMN spot point GENERATED ALWAYS AS (
    point(6378137.0 * radians(lon), 6378137.0 * ln(tan(pi() / 4 + radians(lat) / 2)))
) STORED;
CREATE INDEX component_spot ON components_component USING gist (spot);
ALTER TABLE components_component ADD CONSTRAINT component_class_is_in_its_code
    CHECK (category = 'component:' || substr(code, 7, 4) AND district_code = substr(code, 1, 6));
CREATE FUNCTION census_needs_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM components_census_finding f WHERE f.id = NEW.finding_id AND f.found_by_id = NEW.decided_by_id)
    THEN
        RAISE EXCEPTION 'census_decided_by_another: who found it does not confirm it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'census_decided_by_another';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER census_decided_by_another BEFORE INSERT ON components_census_decision
    FOR EACH ROW EXECUTE FUNCTION census_needs_second_person();
"""


class Migration(migrations.Migration):
    dependencies = [("components", "0001_register")]
    operations = [
        migrations.RunSQL(
            _SPOT,
            reverse_sql="DROP FUNCTION census_needs_second_person CASCADE;"
            " ALTER TABLE components_component DROP CONSTRAINT component_class_is_in_its_code, DROP COLUMN spot;",
        ),
        ready_for_history(),
        keep_append_only("components_census_finding"),
        keep_append_only("components_census_decision"),
    ]
