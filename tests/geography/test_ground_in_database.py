"""The ground in the database: loading, moving borders, handing over grids, and what the database refuses."""

import json
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
import shapely
from django.db import IntegrityError, transaction

from wangge.domains.geography import queries
from wangge.domains.geography.areas import Area, AreaKind, BoundaryRefused, GridDuty
from wangge.domains.geography.models import AreaRow, GridDutyRow, Ground
from wangge.domains.geography.operations.areas import NewBoundary, load_areas, redraw_areas
from wangge.domains.geography.operations.duties import hand_over_grid, load_grid_duties
from wangge.domains.geography.operations.versions import GroundRefused, set_city_epsg
from wangge.domains.organizations.models import Person
from wangge.groundwork import clock
from wangge.groundwork.coordinates import CoordinateError, from_wgs84

OPENED, MOVED, DAY = date(2020, 1, 1), date(2024, 6, 1), date(2024, 4, 12)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_index() -> None:
    queries.forget()


def district(code: str = "990101", box: tuple[float, float, float, float] = (113.0, 27.0, 114.0, 28.0)) -> Area:
    return Area(AreaKind.DISTRICT, code, "甲区", "", code, shapely.box(*box), OPENED)


def person(name: str) -> Person:
    return Person.objects.create(username=name, display_name=name, created_at=datetime(2020, 1, 1, tzinfo=UTC))


def test_loaded_areas_are_found_without_a_further_statement(django_assert_num_queries: object) -> None:
    load_areas(areas=[district()])
    queries.ground()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert queries.locate(lon=113.5, lat=27.5, on=DAY).district == "990101"
        assert queries.area_name(kind=AreaKind.DISTRICT, code="990101", on=DAY) == "甲区"
        assert queries.area_name(kind=AreaKind.DISTRICT, code="990109", on=DAY) == "990109"


def test_a_change_is_seen_after_two_seconds_and_costs_one_statement(
    django_assert_num_queries: object,
) -> None:
    load_areas(areas=[district()])
    start = 1000.0
    with patch.object(clock, "monotonic", lambda: start):
        assert queries.locate(lon=114.5, lat=27.5, on=DAY).district is None
        load_areas(areas=[district("990102", (114.0, 27.0, 115.0, 28.0))])
        assert queries.locate(lon=114.5, lat=27.5, on=DAY).district is None
    with patch.object(clock, "monotonic", lambda: start + queries.RECHECK_SECONDS):
        assert queries.locate(lon=114.5, lat=27.5, on=DAY).district == "990102"
    with (
        patch.object(clock, "monotonic", lambda: start + 2 * queries.RECHECK_SECONDS),
        django_assert_num_queries(1),  # type: ignore[operator]
    ):
        queries.ground()
        queries.ground()


def test_a_moved_border_holds_from_its_day_and_the_old_one_before() -> None:
    load_areas(areas=[district(), district("990102", (114.0, 27.0, 115.0, 28.0))])
    redraw_areas(
        boundaries=[
            NewBoundary(AreaKind.DISTRICT, "990101", shapely.box(113.0, 27.0, 113.5, 28.0)),
            NewBoundary(AreaKind.DISTRICT, "990102", shapely.box(113.5, 27.0, 115.0, 28.0)),
        ],
        from_on=MOVED,
    )
    queries.forget()
    assert queries.locate(lon=113.8, lat=27.5, on=DAY).district == "990101"
    assert queries.locate(lon=113.8, lat=27.5, on=MOVED).district == "990102"


def test_a_border_of_an_unknown_area_is_refused_and_nothing_changes() -> None:
    load_areas(areas=[district()])
    with pytest.raises(GroundRefused, match="990109"):
        redraw_areas(
            boundaries=[
                NewBoundary(AreaKind.DISTRICT, "990101", shapely.box(113.0, 27.0, 113.5, 28.0)),
                NewBoundary(AreaKind.DISTRICT, "990109", shapely.box(113.0, 27.0, 113.5, 28.0)),
            ],
            from_on=MOVED,
        )
    assert AreaRow.objects.get().valid_to is None


def test_the_same_area_twice_on_one_day_is_refused() -> None:
    load_areas(areas=[district()])
    with pytest.raises(GroundRefused, match="area_one_boundary_a_day"):
        load_areas(areas=[district()])
    assert AreaRow.objects.count() == 1


def test_a_broken_border_is_refused_before_anything_is_written() -> None:
    bow_tie = shapely.Polygon([(113, 27), (114, 28), (114, 27), (113, 28)])
    with pytest.raises(BoundaryRefused):
        load_areas(areas=[district("990102"), Area(AreaKind.DISTRICT, "990101", "甲", "", "990101", bow_tie, OPENED)])
    assert not AreaRow.objects.exists()


def test_a_report_in_the_survey_plane_is_located_by_the_citys_setting() -> None:
    load_areas(areas=[district()])
    set_city_epsg(code=4546)
    queries.forget()
    x, y = from_wgs84(113.5, 27.5, system="city", city_epsg=4546)
    located = queries.locate_given(first=x, second=y, system="city", on=DAY)
    assert [located.lon, located.lat] == pytest.approx([113.5, 27.5])
    assert located.place.district == "990101"
    with pytest.raises(CoordinateError):
        set_city_epsg(code=4490)


def test_a_report_on_a_published_map_is_located_where_it_really_is() -> None:
    border = 113.5
    load_areas(areas=[district(box=(113.0, 27.0, border, 28.0))])
    lon, lat = from_wgs84(border - 0.001, 27.5, system="gcj02")
    assert lon > border
    assert queries.locate_given(first=lon, second=lat, system="gcj02", on=DAY).place.district == "990101"


def test_a_grid_is_handed_over_from_a_day_on() -> None:
    first, second = person("c1"), person("c2")
    load_grid_duties(duties=[GridDuty("G001", first.pk, 1, OPENED)])
    hand_over_grid(grid_code="G001", rank=1, collector_id=second.pk, from_on=MOVED)
    queries.forget()
    assert queries.collectors_of(grid_code="G001", on=DAY) == (first.pk,)
    assert queries.collectors_of(grid_code="G001", on=MOVED) == (second.pk,)
    with pytest.raises(GroundRefused, match="grid_duty"):
        load_grid_duties(duties=[GridDuty("G001", first.pk, 1, MOVED)])


def test_a_layer_is_geojson_within_its_box() -> None:
    load_areas(areas=[district(), district("990102", (114.5, 27.0, 115.0, 28.0))])
    queries.forget()
    whole = json.loads(queries.layer_geojson(kind=AreaKind.DISTRICT, on=DAY))
    assert [feature["id"] for feature in whole["features"]] == ["990101", "990102"]
    assert whole["features"][0]["geometry"]["type"] == "Polygon"
    assert whole["features"][0]["properties"]["name"] == "甲区"
    part = json.loads(queries.layer_geojson(kind=AreaKind.DISTRICT, on=DAY, bbox=(114.6, 27.2, 114.7, 27.3)))
    assert [feature["id"] for feature in part["features"]] == ["990102"]
    assert json.loads(queries.layer_geojson(kind=AreaKind.STREET, on=DAY))["features"] == []


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("area_kind_known", {"kind": "village"}),
        ("area_code_fits_kind", {"code": "9901"}),
        ("area_code_fits_kind", {"kind": "unit_grid", "code": "990101001001", "parent_code": "990101001001"}),
        ("area_has_name", {"name": ""}),
        ("area_district_form", {"district_code": "99"}),
        ("area_parent_only_below_district", {"parent_code": "990100"}),
        ("area_parent_only_below_district", {"kind": "street", "code": "990101001"}),
        ("area_period_runs_forward", {"valid_to": OPENED}),
        ("area_has_boundary", {"boundary": b""}),
    ],
)
def test_the_database_refuses_an_area_that_cannot_be(constraint: str, change: dict[str, object]) -> None:
    row: dict[str, object] = {
        "kind": "district",
        "code": "990101",
        "name": "甲区",
        "parent_code": "",
        "district_code": "990101",
        "boundary": shapely.to_wkb(shapely.box(113, 27, 114, 28)),
        "valid_from": OPENED,
        **change,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AreaRow.objects.create(**row)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("grid_duty_rank_from_one", {"rank": 0}),
        ("grid_duty_has_grid", {"grid_code": ""}),
        ("grid_duty_period_runs_forward", {"valid_to": OPENED}),
        ("grid_duty_once_a_day", {"grid_code": "G001", "rank": 2}),
        ("grid_duty_one_per_rank", {"grid_code": "G001", "other": True}),
    ],
)
def test_the_database_refuses_a_duty_that_cannot_be(constraint: str, change: dict[str, object]) -> None:
    holder, other = person("c1"), person("c2")
    load_grid_duties(duties=[GridDuty("G001", holder.pk, 1, OPENED)])
    chosen = other if change.pop("other", False) else holder
    row: dict[str, object] = {"grid_code": "G002", "rank": 1, "valid_from": OPENED, **change}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GridDutyRow.objects.create(collector=chosen, **row)


def test_the_ground_has_one_version() -> None:
    load_areas(areas=[district()])
    first = Ground.objects.get().version
    load_areas(areas=[district("990102")])
    assert Ground.objects.get().version > first
    with pytest.raises(IntegrityError, match="ground_is_one_row"), transaction.atomic():
        Ground.objects.create(id=2, version=1)
    with pytest.raises(IntegrityError, match="ground_version_counts_up"), transaction.atomic():
        Ground.objects.update(version=-1)
