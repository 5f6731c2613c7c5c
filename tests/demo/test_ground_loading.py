"""A demo city's ground in the database: once, whole, and found by the questions of the domains."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from wangge.domains.geography import gazetteer_queries
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.models import AreaRow, GridDutyRow, GroundImportRow, PlaceNameRow, ResponsibleRow
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Department, District, Person, ShiftTurn
from wangge.project.demo.city_data import city_names, read_city
from wangge.project.demo.ground import grow_ground
from wangge.project.demo.ground_loading import CityExists, load_ground

NOW = datetime(2024, 4, 12, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_index() -> None:
    geography.forget()


@pytest.mark.parametrize("name", city_names())
def test_a_city_is_loaded_and_found(name: str) -> None:
    ground = grow_ground(read_city(name))
    loaded = load_ground(ground, by=TERMINAL, at=NOW)
    assert District.objects.count() == len(ground.city.districts)
    assert Department.objects.count() == len(ground.departments)
    assert Person.objects.count() == len(ground.people) == len(loaded.person_ids)
    assert AreaRow.objects.count() == len(ground.areas)
    assert GridDutyRow.objects.count() == len(ground.duties)
    for district in ground.city.districts:
        lon, lat = ground.point_in(district.code)
        place = geography.locate(lon=lon, lat=lat, on=NOW.date())
        assert place.district == district.code
        assert geography.area_name(kind=AreaKind.DISTRICT, code=district.code, on=NOW.date()) == district.name
        assert place.responsibility_grid is not None
        collectors = geography.collectors_of(grid_code=place.responsibility_grid, on=NOW.date())
        on_duty = ShiftTurn.objects.filter(
            grid_code=place.responsibility_grid, starts_at__lte=NOW, ends_at__gt=NOW
        ).values_list("person_id", flat=True)
        assert set(on_duty) <= set(collectors)
        assert len(on_duty) == 1
    assert geography.city_epsg() == ground.city.epsg
    grids = {area.code for area in ground.areas_of(AreaKind.RESPONSIBILITY_GRID)}
    assert set(ResponsibleRow.objects.values_list("grid_code", flat=True)) == grids
    names = Counter(PlaceNameRow.objects.values_list("kind", flat=True))
    assert names["road"] >= 10
    assert names["crossing"] >= 20
    assert names["house_number"] >= 1000
    assert names["place"] >= 3 * len(ground.areas_of(AreaKind.COMMUNITY)) - 5
    assert GroundImportRow.objects.count() == 7


def test_the_demo_citys_addresses_are_found_forward_and_backward() -> None:
    load_ground(grow_ground(read_city("lean")), by=TERMINAL, at=NOW)
    gazetteer_queries.forget_names()
    house = PlaceNameRow.objects.filter(kind="house_number").order_by("id")[100]
    found = gazetteer_queries.find_places(words=house.name, on=NOW.date(), district=house.district_code)
    assert (found[0].name, found[0].lon, found[0].lat) == (house.name, house.lon, house.lat)
    told = gazetteer_queries.words_for_point(lon=house.lon, lat=house.lat, on=NOW.date())
    assert told.words.endswith(house.name)
    assert told.place.district == house.district_code
    road = PlaceNameRow.objects.filter(kind="road").order_by("id")[0]
    letters = road.initials.split()[0]
    assert road.name in {each.name for each in gazetteer_queries.find_places(words=letters, on=NOW.date(), limit=50)}


def test_turns_reach_from_two_weeks_before_to_two_months_after() -> None:
    load_ground(grow_ground(read_city("lean")), by=TERMINAL, at=NOW)
    first, last = ShiftTurn.objects.order_by("starts_at").first(), ShiftTurn.objects.order_by("starts_at").last()
    assert first is not None
    assert last is not None
    assert first.starts_at <= NOW - timedelta(days=13)
    assert last.starts_at >= NOW + timedelta(days=59)


def test_a_second_city_is_refused_and_changes_nothing() -> None:
    load_ground(grow_ground(read_city("lean")), by=TERMINAL, at=NOW)
    before = AreaRow.objects.count(), Person.objects.count()
    with pytest.raises(CityExists, match="WANGGE_VAR"):
        load_ground(grow_ground(read_city("yunlan")), by=TERMINAL, at=NOW)
    assert (AreaRow.objects.count(), Person.objects.count()) == before


def test_people_sign_in_only_where_a_password_was_given() -> None:
    ground = grow_ground(read_city("lean"))
    load_ground(
        ground,
        by=TERMINAL,
        at=NOW,
        password_hash_of=lambda person: "md5$a$b" if person.username == "acceptor1" else None,
    )
    assert Person.objects.get(username="acceptor1").has_usable_password()
    assert not Person.objects.get(username="acceptor2").has_usable_password()
