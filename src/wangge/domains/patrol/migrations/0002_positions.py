"""Positions by months, the last one of each person, presence in turns, coverage by grid and hour, draws."""

from django.db import migrations

from wangge.groundwork.append_only import keep_append_only, partition_by_month, ready_for_history

_TABLES = """
CREATE TABLE patrol_position (
    month date NOT NULL,
    person_id bigint NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    accuracy_m real,
    grid_code text NOT NULL DEFAULT '',
    turn_id bigint NOT NULL,
    source text NOT NULL,
    -- A person is at one place at a time: what comes twice is kept once.
    CONSTRAINT patrol_position_pkey PRIMARY KEY (month, person_id, at),
    CONSTRAINT position_month_of_moment CHECK (month = date_trunc('month', at AT TIME ZONE 'UTC')::date),
    CONSTRAINT position_on_earth CHECK (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90),
    CONSTRAINT position_accuracy_not_negative CHECK (accuracy_m IS NULL OR accuracy_m >= 0),
    CONSTRAINT position_not_ahead CHECK (at <= received_at + interval '5 minutes'),
    CONSTRAINT position_source_known CHECK (source IN ('field_app', 'osmand', 'import'))
) PARTITION BY RANGE (month);
-- Rows come in the order of time; the broom asks by time alone.
CREATE INDEX patrol_position_at ON patrol_position USING brin (at);
CREATE FUNCTION keep_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'position_stays: a position is removed as a whole or stays' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'position_stays';
END
$$;
CREATE TRIGGER position_stays BEFORE UPDATE ON patrol_position FOR EACH ROW EXECUTE FUNCTION keep_position();

CREATE TABLE patrol_last_position (
    person_id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    accuracy_m real,
    grid_code text NOT NULL DEFAULT '',
    CONSTRAINT last_position_on_earth CHECK (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90)
) WITH (fillfactor = 50);

CREATE TABLE patrol_presence (
    turn_id bigint PRIMARY KEY REFERENCES organizations_shift_turn (id) ON DELETE RESTRICT,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    fixes integer NOT NULL,
    fixes_in_fence integer NOT NULL,
    first_in_fence_at timestamptz,
    last_in_fence_at timestamptz,
    CONSTRAINT presence_runs_forward CHECK (last_at >= first_at),
    CONSTRAINT presence_counts CHECK (fixes > 0 AND fixes_in_fence BETWEEN 0 AND fixes),
    CONSTRAINT presence_in_fence_within CHECK (
        (fixes_in_fence = 0) = (first_in_fence_at IS NULL)
        AND (first_in_fence_at IS NULL) = (last_in_fence_at IS NULL)
        AND (first_in_fence_at IS NULL
             OR (first_in_fence_at >= first_at AND last_in_fence_at <= last_at
                 AND last_in_fence_at >= first_in_fence_at)))
) WITH (fillfactor = 50);

CREATE TABLE patrol_coverage (
    hour timestamptz NOT NULL,
    grid_code text NOT NULL,
    person_id bigint NOT NULL,
    fixes integer NOT NULL,
    CONSTRAINT patrol_coverage_pkey PRIMARY KEY (hour, grid_code, person_id),
    CONSTRAINT coverage_whole_hour CHECK (extract(minute FROM hour) = 0 AND extract(second FROM hour) = 0),
    CONSTRAINT coverage_has_fixes CHECK (fixes > 0)
) WITH (fillfactor = 50);

CREATE TABLE patrol_draw (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    day date NOT NULL,
    seed text NOT NULL,
    pool integer NOT NULL,
    percent smallint NOT NULL,
    drawn_at timestamptz NOT NULL,
    CONSTRAINT draw_once_a_day UNIQUE (kind, day),
    CONSTRAINT draw_kind_known CHECK (kind IN ('second_check', 'revisit', 'cross_patrol')),
    CONSTRAINT draw_has_seed CHECK (seed <> ''),
    CONSTRAINT draw_pool_not_negative CHECK (pool >= 0),
    CONSTRAINT draw_percent_in_range CHECK (percent BETWEEN 0 AND 100)
);
CREATE TABLE patrol_drawn (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draw_id bigint NOT NULL REFERENCES patrol_draw (id),
    object_key text NOT NULL,
    case_id uuid,
    grid_code text NOT NULL DEFAULT '',
    person_id bigint,
    checker_id bigint,
    CONSTRAINT drawn_once UNIQUE (draw_id, object_key),
    CONSTRAINT drawn_has_key CHECK (object_key <> ''),
    CONSTRAINT drawn_case_or_grid CHECK (case_id IS NOT NULL OR grid_code <> ''),
    CONSTRAINT drawn_checker_is_another CHECK (checker_id IS NULL OR person_id IS NULL OR checker_id <> person_id)
);
CREATE INDEX patrol_drawn_of_case ON patrol_drawn (case_id) WHERE case_id IS NOT NULL;
CREATE TABLE patrol_check_result (
    drawn_id bigint PRIMARY KEY REFERENCES patrol_drawn (id),
    result text NOT NULL,
    note text NOT NULL DEFAULT '',
    person_id bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT check_result_known CHECK (result IN ('true', 'false', 'cannot_tell')),
    CONSTRAINT check_result_false_has_note CHECK (result <> 'false' OR note <> '')
);
"""
_DROP = """
DROP TABLE patrol_check_result, patrol_drawn, patrol_draw, patrol_coverage, patrol_presence, patrol_last_position,
    patrol_position;
DROP FUNCTION keep_position CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("patrol", "0001_teams_and_gaps"), ("organizations", "0003_public_doors")]
    operations = [
        migrations.RunSQL(_TABLES, reverse_sql=_DROP),
        ready_for_history(),
        keep_append_only("patrol_gap"),
        keep_append_only("patrol_draw"),
        keep_append_only("patrol_drawn"),
        keep_append_only("patrol_check_result"),
        partition_by_month("patrol_position", "2024-01", "2024-12"),
        migrations.RunSQL(
            "SELECT ensure_months_of('patrol_position', current_date, (current_date + interval '3 months')::date)",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
