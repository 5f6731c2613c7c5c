"""Places by words, pinyin and initials, points in words, and the gazetteer's imports."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import IntegrityError, connection, transaction

from tests.geography.ground_files import (
    NEXT_MONTH,
    NOW,
    OPENED,
    TODAY,
    as_geojson,
    bring_city,
    into,
)
from wangge.domains.geography import gazetteer_queries, queries
from wangge.domains.geography.logic.findings import Problem
from wangge.domains.geography.logic.gazetteer import (
    CROSSING,
    HOUSE_NUMBER,
    PLACE,
    ROAD,
    Match,
    NameIndex,
    PlaceName,
    folded,
)
from wangge.domains.geography.logic.reports import FileProblem, ImportReport
from wangge.domains.geography.models import PlaceNameRow
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.pinyin import readings
from wangge.surfaces.exchange.spatial.figures import Mapped, import_figure_file, read_mapping
from wangge.surfaces.exchange.spatial.reading import FileUnreadable


def named(kind: str, name: str, lon: float = 113.0, lat: float = 27.0, **more: str) -> PlaceName:
    ways = readings(name)
    full, initials = " ".join(way for way, _ in ways), " ".join(letters for _, letters in ways)
    return PlaceName(kind, name, lon, lat, pinyin=full, initials=initials, **more)


def number(road: str, at: str, lon: float = 113.0, lat: float = 27.0, district: str = "") -> PlaceName:
    return PlaceName(HOUSE_NUMBER, f"{road}{at}号", lon, lat, road, at, district)


CITY = NameIndex(
    [
        named(ROAD, "建设路", road_name="建设路", district_code="430202"),
        named(ROAD, "建设北路", road_name="建设北路"),
        named(ROAD, "长堤路", road_name="长堤路"),
        named(PLACE, "建设小学", 113.01, 27.01, district_code="430203"),
        named(PLACE, "朝阳公园", 113.02, 27.02),
        named(PLACE, "A区12栋"),
        named(CROSSING, "建设路与长堤路交叉口", 113.005, 27.0),
        number("建设路", "8", 113.001, 27.0, "430202"),
        number("建设路", "12", 113.002, 27.0, "430202"),
        number("建设路", "118", 113.003, 27.0, "430202"),
        number("建设路", "120-1", 113.0035, 27.0, "430203"),
    ],
    districts=[("430202", "东区"), ("430203", "西区")],
)


@pytest.mark.parametrize(
    ("words", "first", "match"),
    [
        ("建设路", "建设路", Match.EXACT),
        ("建设", "建设路", Match.BEGINS),
        ("小学", "建设小学", Match.HOLDS),
        ("jianshelu", "建设路", Match.PINYIN_BEGINS),
        ("JSL", "建设路", Match.INITIALS_BEGIN),
        ("建设x", "建设小学", Match.INITIALS_BEGIN),
        ("xiaoxue", "建设小学", Match.PINYIN_HOLDS),
        ("cygy", "朝阳公园", Match.INITIALS_BEGIN),
        ("zygy", "朝阳公园", Match.INITIALS_BEGIN),
        ("cdl", "长堤路", Match.INITIALS_BEGIN),
        ("Ａ区12栋", "A区12栋", Match.EXACT),
        ("建设路118号", "建设路118号", Match.EXACT),
        ("建设路118", "建设路118号", Match.EXACT),
        ("jsl118", "建设路118号", Match.EXACT),
        ("jianshelu 118", "建设路118号", Match.EXACT),
        ("建设路120号", "建设路120-1号", Match.BEGINS),
        ("东区建设路12号", "建设路12号", Match.EXACT),
        ("西区建设", "建设小学", Match.BEGINS),
        ("长堤路 建设路", "建设路与长堤路交叉口", Match.HOLDS),
        ("建设路116号", "建设路118号", Match.NEAR_NUMBER),
    ],
)
def test_a_place_is_found_by_what_people_type(words: str, first: str, match: Match) -> None:
    hits = CITY.search(words)
    assert hits, words
    assert (hits[0].place.name, hits[0].match) == (first, match)


def test_nothing_is_found_for_nothing() -> None:
    for words in ("", "  ", "鼎鼎大道", "zzzz", "\n"):
        assert CITY.search(words) == []
    assert NameIndex([]).search("建设") == []
    assert NameIndex([]).words_for(113, 27) is None


def test_the_nearer_of_two_alike_comes_first() -> None:
    index = NameIndex([named(PLACE, "第一小学", 113.0, 27.0), named(PLACE, "第二小学", 113.1, 27.0)])
    assert index.search("小学", near=(113.1, 27.0))[0].place.name == "第二小学"
    assert index.search("小学", near=(113.0, 27.0))[0].place.name == "第一小学"


def test_the_text_search_finds_what_a_look_at_every_name_finds() -> None:
    random.seed(7)
    signs = "建设长堤公园"
    names = list(dict.fromkeys("".join(random.choices(signs, k=random.randint(1, 4))) for _ in range(80)))
    index = NameIndex([named(PLACE, name) for name in names])
    for _ in range(200):
        word = "".join(random.choices(signs, k=random.randint(1, 3)))
        wanted = {name for name in names if word in name}
        hits = index.search(word, limit=200)
        assert {hit.place.name for hit in hits} == wanted
        for hit in hits:
            best = (
                Match.EXACT
                if hit.place.name == word
                else Match.BEGINS
                if hit.place.name.startswith(word)
                else Match.HOLDS
            )
            assert hit.match is best


def test_names_are_folded_alike() -> None:
    assert folded(" Ａ１路 ") == "a1路"


def test_a_character_read_in_two_ways_gives_both_and_a_rare_one_is_read() -> None:
    assert {initials for _full, initials in readings("朝阳路")} == {"cyl", "zyl"}
    assert readings("鼍河")[0] == ("tuohe", "th")
    assert readings("A12栋")[0] == ("a12dong", "a12d")
    assert readings("") == (("", ""),)


# ---- points in words -----------------------------------------------------------------------------------------------

EAST = shapely.LineString([(113.0, 27.0), (113.01, 27.0)])
SPOKEN = NameIndex(
    [
        named(PLACE, "青屏小学", 113.02, 27.0),
        named(CROSSING, "建设路与长堤路交叉口", 113.005, 27.0, road_name="建设路"),
        number("建设路", "8", 113.001, 27.0001),
    ],
    roads=[("建设路", EAST)],
)


@pytest.mark.parametrize(
    ("lon", "lat", "kind", "name", "near"),
    [
        (113.00101, 27.0, HOUSE_NUMBER, "建设路8号", False),
        (113.0016, 27.0, HOUSE_NUMBER, "建设路8号", True),
        (113.00501, 27.0001, CROSSING, "建设路与长堤路交叉口", False),
        (113.0085, 27.0001, ROAD, "建设路", False),
        (113.0085, 27.0008, ROAD, "建设路", True),
        (113.02001, 27.0, PLACE, "青屏小学", False),
        (113.02, 27.001, PLACE, "青屏小学", True),
    ],
)
def test_a_point_is_told_by_the_nearest_named_thing(lon: float, lat: float, kind: str, name: str, near: bool) -> None:
    spoken = SPOKEN.words_for(lon, lat)
    assert spoken is not None
    assert (spoken.kind, spoken.name, spoken.is_near) == (kind, name, near)
    if (lon, lat) == (113.02, 27.001):
        assert spoken.direction == "n"
        assert spoken.metres == pytest.approx(111.2, abs=0.2)


def test_a_point_far_from_everything_has_no_words() -> None:
    assert SPOKEN.words_for(114.0, 28.0) is None


# ---- imports -------------------------------------------------------------------------------------------------------

ROADS: list[dict[str, Any]] = [
    {"code": "R1", "name": "建设路", "side": "两侧", "figure": shapely.LineString([(113.0, 27.005), (113.04, 27.005)])},
    {"code": "R2", "name": "长堤路", "side": "左侧", "figure": shapely.LineString([(113.005, 27.0), (113.005, 27.02)])},
    {"code": "R2", "name": "长堤路", "side": "右侧", "figure": shapely.LineString([(113.005, 27.0), (113.005, 27.02)])},
]


def brought(path: Path, what: str, *, dry_run: bool = False, from_on: date = OPENED, **how: Any) -> ImportReport:
    reading = how.pop("reading", Reading(how.pop("system", "")))
    return import_figure_file(
        by=TERMINAL, at=NOW, path=path, what=what, from_on=from_on, reading=reading, dry_run=dry_run, **how
    )


@pytest.fixture
def city(tmp_path: Path, db: None) -> Path:
    queries.forget()
    gazetteer_queries.forget_names()
    bring_city(tmp_path)
    queries.forget()
    return tmp_path


def name_file(path: Path, rows: list[list[str]], header: tuple[str, ...] = ("名称", "类别", "经度", "纬度")) -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([header, *rows])
    return path


NAMES = [
    ["建设路8号", "", "113.0012", "27.0051"],
    ["建设路12号", "门牌", "113.0022", "27.0049"],
    ["青屏小学", "地点", "113.0300", "27.0150"],
    ["湖滨路", "道路", "113.0100", "27.0100"],
]


@pytest.mark.django_db
def test_names_come_in_by_a_table_with_their_district_and_pinyin(city: Path) -> None:
    file = name_file(city / "names.csv", NAMES)
    dry = brought(file, "name", dry_run=True, system="wgs84")
    assert (dry.is_sound, dry.counts()["new"]) == (True, 4)
    assert not PlaceNameRow.objects.exists()
    assert brought(file, "name", system="wgs84").written
    school = PlaceNameRow.objects.get(name="青屏小学")
    assert (school.kind, school.district_code, school.initials) == ("place", "430203", "qpxx")
    house = PlaceNameRow.objects.get(name="建设路8号")
    assert (house.kind, house.road_name, house.number) == ("house_number", "建设路", "8")
    queries.forget()
    found = gazetteer_queries.find_places(words="qpxx", on=TODAY)
    assert [each.name for each in found] == ["青屏小学"]
    again = brought(file, "name", system="wgs84", from_on=NEXT_MONTH)
    assert again.counts()["same"] == 4


@pytest.mark.django_db
def test_roads_bring_their_names_and_crossings_and_points_get_words(city: Path) -> None:
    assert brought(as_geojson(city / "roads.geojson", ROADS), "road").written
    assert brought(name_file(city / "names.csv", NAMES), "name", system="wgs84").written
    queries.forget()
    names = {(row.kind, row.name) for row in PlaceNameRow.objects.all()}
    assert ("crossing", "建设路与长堤路交叉口") in names
    assert ("road", "长堤路") in names
    told = gazetteer_queries.words_for_point(lon=113.0051, lat=27.00501, on=TODAY)
    assert told.words == "名430202建设路与长堤路交叉口"
    assert gazetteer_queries.words_for_point(lon=113.0013, lat=27.0051, on=TODAY).words == "名430202建设路8号"
    school = gazetteer_queries.words_for_point(lon=113.0300, lat=27.0160, on=TODAY)
    assert school.words == "名430203青屏小学北侧约111米处"
    nowhere = gazetteer_queries.words_for_point(lon=113.015, lat=27.019, on=TODAY)
    assert nowhere.words == "名430202名430202002002"
    assert nowhere.place.community == "430202002002"
    assert gazetteer_queries.words_for_point(lon=114.0, lat=28.0, on=TODAY).words == ""


@pytest.mark.django_db
def test_a_road_that_is_gone_takes_its_crossings_along(city: Path) -> None:
    assert brought(as_geojson(city / "roads.geojson", ROADS), "road").written
    rest = as_geojson(city / "rest.geojson", ROADS[:1])
    report = brought(rest, "road", from_on=NEXT_MONTH, reading=Reading(complete=True))
    assert report.counts()["ended"] == 2
    crossing = PlaceNameRow.objects.get(kind="crossing")
    assert crossing.valid_to == NEXT_MONTH


@pytest.mark.django_db
def test_a_grid_is_found_by_its_code_and_nothing_is_asked_of_the_database_twice(
    city: Path, django_assert_num_queries: Any
) -> None:
    found = gazetteer_queries.find_places(words="430202001001", on=TODAY)
    assert [each.kind for each in found] == ["community"]
    with django_assert_num_queries(0):
        gazetteer_queries.find_places(words="建设", on=TODAY)
        gazetteer_queries.words_for_point(lon=113.0051, lat=27.00501, on=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["", "地点", "113.01", "27.01"], Problem.NO_CODE),
        (["青屏小学", "地点", "", ""], Problem.NO_SHAPE),
        (["青屏小学", "地点", "13.01", "27.01"], Problem.FAR_OFF),
        (["建设路", "门牌", "113.01", "27.01"], Problem.WRONG_VALUE),
        (["建设路12号", "门牌", "113.01", "27.01"], Problem.CODE_TWICE),
        (["青屏小学", "地点", "1130", "27.01"], Problem.OUT_OF_RANGE),
    ],
)
def test_a_wrong_name_keeps_the_file_out_and_is_named(city: Path, row: list[str], problem: Problem) -> None:
    report = brought(name_file(city / "names.csv", [*NAMES[:2], row]), "name", system="wgs84")
    assert [(found.row, found.problem) for found in report.findings] == [(4, problem)]
    assert report.findings[0].words
    assert not report.written
    assert (
        brought(city / "names.csv", "name", reading=Reading("wgs84", without_bad=True)).counts()["new"]
        == PlaceNameRow.objects.count()
        == 2
    )


@pytest.mark.django_db
def test_names_500_m_off_are_noticed_by_those_known(city: Path) -> None:
    assert brought(name_file(city / "a.csv", NAMES), "name", system="wgs84").written
    points = [shapely.transform(shapely.Point(float(row[2]), float(row[3])), into("gcj02")) for row in NAMES]
    moved = [[row[0], row[1], f"{point.x}", f"{point.y}"] for row, point in zip(NAMES, points, strict=True)]
    report = brought(name_file(city / "b.csv", moved), "name", system="wgs84", from_on=NEXT_MONTH)
    assert (report.problems[0].problem, report.problems[0].system) == (FileProblem.WRONG_SYSTEM, "gcj02")
    assert not report.written


@pytest.mark.django_db
def test_a_mapping_says_which_column_is_what(city: Path) -> None:
    mapping = city / "m.toml"
    mapping.write_text(
        'system = "gcj02"\n[columns]\nname = "POI"\nkind = "大类"\n[kinds]\n"餐饮" = "place"\n', encoding="utf-8"
    )
    mapped = read_mapping(mapping)
    file = name_file(city / "poi.csv", [["老王面馆", "餐饮", "113.011", "27.011"]], ("POI", "大类", "lng", "lat"))
    report = brought(file, "name", mapped=mapped, system=mapped.system)
    assert report.written
    row = PlaceNameRow.objects.get()
    assert (row.kind, row.initials) == ("place", "lwmg")
    assert abs(row.lon - 113.011) > 0.002  # converted
    mapping.write_text('[kinds]\n"x" = "nothing"\n', encoding="utf-8")
    with pytest.raises(FileUnreadable):
        read_mapping(mapping)
    assert Mapped().kind == ""


@pytest.mark.django_db
def test_a_layer_of_the_citys_own_is_named_styled_and_drawn(city: Path) -> None:
    from wangge.domains.geography.operations.layers import LayerStyle

    rows = [{"code": "1", "name": "绿道", "figure": shapely.LineString([(113.0, 27.0), (113.01, 27.01)])},
            {"code": "2", "name": "驿站", "figure": shapely.Point(113.01, 27.01)}]  # fmt: skip
    file = as_geojson(city / "green.geojson", rows)
    style = LayerStyle("green-way", "绿道", "accent", 3)
    assert brought(file, "layer", layer=style).counts()["new"] == 2
    layer = gazetteer_queries.layers_on(TODAY)[0]
    assert (layer.key, layer.name, layer.colour, layer.width) == ("green-way", "绿道", "accent", 3)
    drawn = gazetteer_queries.own_layer_geojson(key="green-way", on=TODAY)
    assert drawn.count(b'"Feature"') == 2
    assert b'"features": []' in gazetteer_queries.own_layer_geojson(key="green-way", on=date(2019, 1, 1))


@pytest.mark.django_db
def test_a_file_without_a_name_column_is_told_its_columns(city: Path) -> None:
    report = brought(name_file(city / "x.csv", [["1", "2"]], ("甲", "乙")), "name", system="wgs84")
    assert report.problems[0].problem is FileProblem.NO_COLUMN
    assert "甲、乙" in report.problems[0].words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "table", "change"),
    [
        ("place_name_kind_known", "names", {"kind": "lake"}),
        ("place_name_has_name", "names", {"name": ""}),
        ("place_name_house_number_whole", "names", {"kind": "house_number"}),
        ("place_name_position", "names", {"lat": 91.0}),
        ("place_name_district_form", "names", {"district_code": "43"}),
        ("place_name_period_runs_forward", "names", {"valid_to": OPENED}),
        ("place_name_once_in_district", "names", {"name": "甲"}),
        ("road_section_has_code", "roads", {"code": ""}),
        ("road_section_has_road", "roads", {"road_name": ""}),
        ("road_section_side_known", "roads", {"side": "upper"}),
        ("road_section_district_form", "roads", {"district_code": "43"}),
        ("road_section_period_runs_forward", "roads", {"valid_to": OPENED}),
        ("road_section_has_line", "roads", {"line": b""}),
        ("road_section_one_line_a_day", "roads", {"code": "R1", "side": "left"}),
        ("layer_has_name", "layers", {"name": ""}),
        ("layer_key_form", "layers", {"key": "A"}),
        ("layer_colour_known", "layers", {"colour": "pink"}),
        ("layer_width_drawn", "layers", {"width": 0}),
        ("layer_period_runs_forward", "layers", {"valid_to": OPENED}),
        ("layer_item_has_code", "items", {"code": ""}),
        ("layer_item_period_runs_forward", "items", {"valid_to": OPENED}),
        ("layer_item_has_figure", "items", {"figure": b""}),
        ("layer_item_one_figure_a_day", "items", {"code": "1"}),
        ("import_file_sum", "imports", {"file_sha256": "x"}),
        ("import_done_or_waiting", "imports", {"done_at": None}),
        ("import_done_or_waiting", "imports", {"content": b"x"}),
        ("import_withdrawn_once_done", "imports", {"withdrawn_at": NOW - timedelta(days=1)}),
        ("responsible_has_grid", "people", {"grid_code": ""}),
        ("responsible_has_name", "people", {"name": ""}),
        ("responsible_period_runs_forward", "people", {"valid_to": OPENED}),
        ("responsible_one_a_day", "people", {"grid_code": "G1"}),
        ("area_code_within_parent", "areas", {"code": "430203001"}),
        ("area_code_within_parent", "areas", {"district_code": "430203"}),
    ],
)
def test_the_database_refuses_what_cannot_be(constraint: str, table: str, change: dict[str, Any]) -> None:
    from wangge.domains.geography import models

    line = shapely.to_wkb(ROADS[0]["figure"])
    box = shapely.to_wkb(shapely.box(113, 27, 114, 28))
    done = {"what": "name", "file_name": "a", "from_on": OPENED, "uploaded_at": NOW, "done_at": NOW}
    street = {"code": "430202001", "parent_code": "430202", "district_code": "430202", "boundary": box}
    models.PlaceNameRow.objects.create(kind="place", name="甲", lon=113, lat=27, valid_from=OPENED)
    models.RoadSectionRow.objects.create(code="R1", road_name="建设路", line=line, valid_from=OPENED)
    layer = models.LayerRow.objects.create(key="own", name="自有", valid_from=OPENED)
    models.LayerItemRow.objects.create(layer=layer, code="1", figure=line, valid_from=OPENED)
    models.ResponsibleRow.objects.create(grid_code="G1", name="王某", valid_from=OPENED)
    model, values = {
        "names": (models.PlaceNameRow, {"kind": "place", "name": "乙", "lon": 113.0, "lat": 27.0}),
        "roads": (models.RoadSectionRow, {"code": "R9", "road_name": "建设路", "line": line}),
        "layers": (models.LayerRow, {"key": "other", "name": "他"}),
        "items": (models.LayerItemRow, {"layer": layer, "code": "9", "figure": line}),
        "imports": (models.GroundImportRow, {**done, "file_sha256": "0" * 64}),
        "people": (models.ResponsibleRow, {"grid_code": "G9", "name": "李某"}),
        "areas": (models.AreaRow, {"kind": "street", "name": "甲", **street}),
    }[table]
    days = {} if table == "imports" else {"valid_from": OPENED}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.create(**{**values, **days, **change})  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
