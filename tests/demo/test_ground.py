"""The ground of the demo cities: drawn from data and a seed, whole, nested, and as large as it says."""

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely

from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import AreaKind, Place, check_boundary
from wangge.domains.organizations.policies import ADMINISTRATOR_NAMES
from wangge.project.demo.city_data import CITIES, FIRST_CITY, CityDataRefused, city_names, read_city
from wangge.project.demo.ground import Ground, grow_ground
from wangge.project.demo.partition import divide, draw_cells
from wangge.project.demo.staffing import PlannedTurn, collector_turns, seat_turns
from wangge.standards.library import load_tables

APRIL = date(2024, 4, 1), date(2024, 4, 30)
DAY = date(2024, 4, 12)
every_city = pytest.mark.parametrize("name", city_names())
CODES = {
    AreaKind.DISTRICT: r"\d{6}",
    AreaKind.STREET: r"\d{9}",
    AreaKind.COMMUNITY: r"\d{12}",
    AreaKind.UNIT_GRID: r"\d{15}",
    AreaKind.RESPONSIBILITY_GRID: r"\d{6}G\d{2,3}",
}


@cache
def ground(name: str = FIRST_CITY) -> Ground:
    return grow_ground(read_city(name))


@cache
def index(name: str = FIRST_CITY) -> AreaIndex:
    return AreaIndex(ground(name).areas)


def test_the_first_city_is_as_large_as_a_real_one() -> None:
    city = ground()
    kinds = Counter(area.kind for area in city.areas)
    assert kinds[AreaKind.DISTRICT] == 5
    assert kinds[AreaKind.RESPONSIBILITY_GRID] == 103
    assert kinds[AreaKind.UNIT_GRID] > 1000
    assert len(city.departments) == 40
    contracts = Counter(person.contract for person in city.people)
    assert contracts["temporary"] == 188
    assert contracts["established"] == 19
    assert sum(person.walks for person in city.people) == 150


def test_two_cities_differ_in_data_alone() -> None:
    first, second = ground(), ground("lean")
    assert {area.code for area in first.areas}.isdisjoint(area.code for area in second.areas)
    assert first.city.title != second.city.title
    assert first.city.epsg != second.city.epsg
    assert len(second.areas_of(AreaKind.DISTRICT)) != len(first.areas_of(AreaKind.DISTRICT))


def test_no_code_of_the_product_names_a_city() -> None:
    source = Path(__file__).parents[2] / "src"
    words = [word for name in city_names() for word in (read_city(name).title, read_city(name).districts[0].code)]
    named = [
        path
        for path in source.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in [*words, "Zhuzhou", "株洲"])
    ]
    assert named == []


@every_city
def test_the_same_seed_gives_the_same_city(name: str) -> None:
    again = grow_ground(read_city(name))
    assert again.areas == ground(name).areas
    assert again.people == ground(name).people


@every_city
def test_every_kind_of_area_covers_the_city_without_gap_or_overlap(name: str) -> None:
    whole = shapely.coverage_union_all(list(ground(name).cells.polygons))
    for kind in AreaKind:
        borders = [area.boundary for area in ground(name).areas_of(kind)]
        union = shapely.union_all(borders)
        assert sum(border.area for border in borders) == pytest.approx(union.area, rel=1e-9), kind
        assert union.symmetric_difference(whole).area < whole.area * 1e-9, kind


@every_city
def test_every_border_is_one_sound_piece(name: str) -> None:
    for area in ground(name).areas:
        check_boundary(area.boundary, name=area.code)
        assert area.boundary.geom_type == "Polygon", area.code


@every_city
def test_codes_have_their_standard_form_and_begin_with_their_parents(name: str) -> None:
    codes = {area.code for area in ground(name).areas}
    for area in ground(name).areas:
        assert re.fullmatch(CODES[area.kind], area.code), area
        assert area.code.startswith(area.district_code)
        if area.kind is not AreaKind.DISTRICT:
            assert area.parent_code in codes
        if area.kind not in (AreaKind.DISTRICT, AreaKind.RESPONSIBILITY_GRID):
            assert area.code.startswith(area.parent_code)
    assert len(codes) == len(ground(name).areas)


def test_unit_grids_are_numbered_from_north_to_south() -> None:
    """GB/T 30428.1: inside a community west to east, north to south."""
    by_community: dict[str, list[float]] = {}
    for area in ground().areas_of(AreaKind.UNIT_GRID):
        by_community.setdefault(area.parent_code, []).append(area.boundary.centroid.y)
    falling = [lats[0] > lats[-1] for lats in by_community.values()]
    assert all(falling)


@every_city
def test_scattered_points_lie_in_the_cell_they_were_drawn_for(name: str) -> None:
    points, cells = ground(name).scatter(2000, random=np.random.default_rng(1))
    places = index(name).locate_many(points[:, 0], points[:, 1], on=DAY)
    assert [places[i] for i in range(len(places))] == [ground(name).cell_places[cell] for cell in cells]


@every_city
def test_every_district_has_a_point_inside(name: str) -> None:
    for district in ground(name).city.districts:
        assert index(name).locate(*ground(name).point_in(district.code), on=DAY).district == district.code


def test_the_contracts_example_lies_in_the_first_city() -> None:
    place = index().locate(113.1340, 27.8270, on=DAY)
    assert None not in (place.district, place.street, place.community, place.unit_grid, place.responsibility_grid)


@every_city
def test_every_department_has_someone_and_codes_of_parents_come_first(name: str) -> None:
    staffed = {holding.department_code for person in ground(name).people for holding in person.holdings}
    seen: set[str] = set()
    for department in ground(name).departments:
        assert department.code in staffed
        assert department.parent_code is None or department.parent_code in seen
        seen.add(department.code)


@every_city
def test_posts_are_known_and_administrators_are_apart(name: str) -> None:
    posts = {row.post for row in load_tables().posts}
    for person in ground(name).people:
        held = {holding.post for holding in person.holdings}
        assert held <= posts
        assert len(held & ADMINISTRATOR_NAMES.keys()) <= 1
    assert ADMINISTRATOR_NAMES.keys() <= {h.post for p in ground(name).people for h in p.holdings}
    usernames = [person.username for person in ground(name).people]
    assert len(set(usernames)) == len(usernames)


@every_city
def test_what_departments_handle_is_in_the_standards(name: str) -> None:
    tables = load_tables(ground(name).city.overlay)
    known = {f"{row.category_type}:{row.code4}" for row in tables.categories}
    for department in ground(name).departments:
        for beginning in department.handles:
            assert any(category.startswith(beginning) for category in known), (department.code, beginning)


def test_the_competent_unit_is_the_most_particular_one_else_the_district() -> None:
    place = Place("439902", "439902001", None, None, None)
    assert ground().department_for("component:0101", place) == "C01"
    assert ground().department_for("component:0118", place) == "B01"
    assert ground().department_for("event:0102", place) == "439902-P"


@every_city
def test_every_grid_has_one_of_its_own_and_almost_every_one_a_second(name: str) -> None:
    ranks: dict[str, dict[int, str]] = {}
    for duty in ground(name).duties:
        ranks.setdefault(duty.grid_code, {})[duty.rank] = duty.username
    grids = {area.code for area in ground(name).areas_of(AreaKind.RESPONSIBILITY_GRID)}
    assert ranks.keys() == grids
    assert all(held[1] != held[2] for held in ranks.values())
    walkers = {person.username for person in ground(name).people if person.walks}
    assert {duty.username for duty in ground(name).duties} == walkers


def turns(name: str) -> list[PlannedTurn]:
    city = ground(name)
    return [
        *collector_turns(city.city, city.duties, first_on=APRIL[0], last_on=APRIL[1]),
        *seat_turns(city.city, city.people, first_on=APRIL[0], last_on=APRIL[1]),
    ]


@every_city
def test_someone_walks_every_grid_from_seven_to_nineteen_every_day(name: str) -> None:
    hours: Counter[tuple[date, str]] = Counter()
    for turn in turns(name):
        if turn.grid_code:
            hours[turn.starts_at.date(), turn.grid_code] += (turn.ends_at - turn.starts_at) // timedelta(hours=1)
    grids = len(ground(name).areas_of(AreaKind.RESPONSIBILITY_GRID))
    assert len(hours) == 30 * grids
    assert set(hours.values()) == {12}


@every_city
def test_nobody_is_in_two_turns_of_one_place_at_a_time_and_everybody_rests(name: str) -> None:
    days: dict[str, set[date]] = {}
    seen: set[tuple[str, date, str | None]] = set()
    for turn in turns(name):
        key = turn.username, turn.starts_at.date(), turn.grid_code
        assert key not in seen
        seen.add(key)
        days.setdefault(turn.username, set()).add(turn.starts_at.date())
    owners = {duty.username for duty in ground(name).duties}
    assert owners <= days.keys()
    resting = [name for name in owners if len(days[name]) < 30]
    assert len(resting) > len(owners) / 2


@every_city
def test_the_desk_is_never_empty(name: str) -> None:
    seats = [turn for turn in turns(name) if turn.grid_code is None and turn.username.startswith("acceptor")]
    start = min(turn.starts_at for turn in seats)
    for hour in range(29 * 24):
        moment = start + timedelta(hours=hour)
        assert any(turn.starts_at <= moment < turn.ends_at for turn in seats), moment


def test_a_city_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    text = (CITIES / "lean.toml").read_text("utf-8").replace("霁州市", "试验市").replace("grids = 14", "grids = 3")
    (tmp_path / "trial.toml").write_text(text, "utf-8")
    city = grow_ground(read_city(str(tmp_path / "trial.toml")))
    assert city.city.title == "试验市"
    assert len(city.areas_of(AreaKind.RESPONSIBILITY_GRID)) == 17


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (('code = "439801"', 'code = "4398"'), "six digits"),
        (("grids = 14", "grids = 2"), "more streets"),
        (("count = 36", "count = 20"), "collector"),
        (('overlay = "lean"', 'overlay = "nowhere"'), "overlay"),
        (("seed = 7", ""), "seed"),
        (("seed = 7", "seed = = 7"), "TOML"),
    ],
)
def test_a_wrong_city_file_is_refused_with_its_reason(change: tuple[str, str], hint: str, tmp_path: Path) -> None:
    text = (CITIES / "lean.toml").read_text("utf-8").replace(*change)
    (tmp_path / "trial.toml").write_text(text, "utf-8")
    with pytest.raises(CityDataRefused, match=hint):
        read_city(str(tmp_path / "trial.toml"))


def test_an_unknown_city_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CityDataRefused, match="lean"):
        read_city("atlantis")


def test_too_many_areas_for_the_cells_are_refused() -> None:
    cells = draw_cells(count=20, centre=(113.0, 28.0), extent_km=(2.0, 2.0), seed=1)
    with pytest.raises(ValueError, match="cells"):
        divide(cells, range(5), [1.0] * 6)
