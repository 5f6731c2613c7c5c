"""Areas from files: what a dry run says, what is written, and every way a row or a file may be wrong."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from tests.cases.conftest import actor, small_city
from tests.geography.ground_files import (
    NEXT_MONTH,
    OPENED,
    TODAY,
    Row,
    as_csv,
    as_geojson,
    as_ogr,
    bring_city,
    brought,
    communities,
    districts,
    into,
    row,
    square,
    streets,
    swapped,
    unit_grids,
    zipped,
)
from wangge.domains.geography import queries
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.findings import Problem
from wangge.domains.geography.logic.measures import square_metres
from wangge.domains.geography.logic.reports import FileProblem, ImportReport
from wangge.domains.geography.models import AreaRow, GroundImportRow
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.organizations.policies import NotYours
from wangge.groundwork import clock
from wangge.surfaces.exchange.spatial.areas import import_area_file
from wangge.surfaces.exchange.spatial.reading import FileUnreadable

__all__ = ["actor", "small_city"]
pytestmark = pytest.mark.django_db
GRID, COMMUNITY, DISTRICT, STREET = AreaKind.UNIT_GRID, AreaKind.COMMUNITY, AreaKind.DISTRICT, AreaKind.STREET


@pytest.fixture(autouse=True)
def _fresh_index() -> None:
    queries.forget()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    bring_city(tmp_path)
    return tmp_path


def problems(report: ImportReport) -> list[tuple[int, Problem]]:
    return [(found.row, found.problem) for found in report.findings if found.refuses]


def put(rows: list[Row], which: str, **changes: Any) -> list[Row]:
    """The rows with one of them changed."""
    return [{**each, **changes} if each["code"] == which else each for each in rows]


# ---- what is brought ---------------------------------------------------------------------------------------------


def test_a_city_comes_in_from_the_top_down_and_points_are_found(tmp_path: Path) -> None:
    bring_city(tmp_path, unit_grids_too=True)
    place = queries.locate(lon=113.0051, lat=27.0051, on=TODAY)
    assert place.district == "430202"
    assert place.street == "430202001"
    assert place.community == "430202001001"
    assert place.unit_grid == "430202001001011"
    area = queries.ground().area(kind=GRID, code="430202001001011", on=TODAY)
    assert area is not None
    assert (area.parent_code, area.district_code) == ("430202001001", "430202")


def test_every_form_of_file_brings_the_same_ground(city: Path) -> None:
    rows = unit_grids()
    shapefile = as_ogr(city / "shape.shp", rows, encoding="GBK", names={"code": "网格代码", "name": "名称"})
    packed = city / "packed.geojson.gz"
    packed.write_bytes(gzip.compress(as_geojson(city / "g.geojson", rows).read_bytes()))
    files = [
        as_geojson(city / "g.geojson", rows),
        packed,
        as_ogr(city / "g.gpkg", rows),
        as_csv(city / "g.csv", rows),
        as_csv(city / "gbk.csv", rows, encoding="gb18030"),
        shapefile,
        zipped(shapefile),
        as_ogr(city / "plane.gpkg", rows, crs="EPSG:4547", move=into("city")),
    ]
    for file in files:
        crs = "wgs84" if file.suffix == ".csv" else ""
        report = brought(file, GRID, dry_run=True, reading=Reading(system=crs))
        assert report.is_sound, (file.name, report.problems, report.findings[:2])
        assert report.counts() == {"new": 128, "moved": 0, "renamed": 0, "ended": 0, "same": 0}
        assert {change.name for change in report.changes} == {each["name"] for each in rows}
    assert not AreaRow.objects.filter(kind="unit_grid").exists()


def test_names_in_gbk_are_read_whether_or_not_the_shapefile_says_so(city: Path) -> None:
    rows = put(unit_grids(), "430202001001001", name="青屏一号网格")
    file = as_ogr(city / "gbk.shp", rows, encoding="GBK")
    file.with_suffix(".cpg").unlink(missing_ok=True)
    for each in (file, zipped(file)):
        report = brought(each, GRID, dry_run=True)
        assert "青屏一号网格" in {change.name for change in report.changes}
    utf8 = as_ogr(city / "utf.shp", rows, encoding="UTF-8")
    utf8.with_suffix(".cpg").unlink(missing_ok=True)
    assert "青屏一号网格" in {change.name for change in brought(utf8, GRID, dry_run=True).changes}


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    bring_city(tmp_path, unit_grids_too=True)
    before = list(AreaRow.objects.values_list("id", "valid_to"))
    report = brought(as_geojson(tmp_path / "again.geojson", unit_grids()), GRID, from_on=NEXT_MONTH)
    assert report.counts() == {"new": 0, "moved": 0, "renamed": 0, "ended": 0, "same": 128}
    assert list(AreaRow.objects.values_list("id", "valid_to")) == before


def test_a_moved_border_says_how_much_ground_changes_hands_and_holds_from_its_day(city: Path) -> None:
    west, east = shapely.box(113.0, 27.0, 113.015, 27.02), shapely.box(113.015, 27.0, 113.04, 27.02)
    rows = put(put(districts(), "430202", figure=west), "430203", figure=east)
    file = as_geojson(city / "d.geojson", rows)
    dry = brought(file, DISTRICT, from_on=NEXT_MONTH, dry_run=True)
    moved = {change.code: change.moved_m2 for change in dry.changes}
    given_up = square_metres(shapely.box(113.015, 27.0, 113.02, 27.02))[0]
    assert moved == {"430202": pytest.approx(given_up), "430203": pytest.approx(given_up)}
    outside = {(found.code, found.problem) for found in dry.findings}
    assert ("430202", Problem.CHILD_OUTSIDE) in outside
    queries.forget()
    assert queries.locate(lon=113.017, lat=27.01, on=NEXT_MONTH).district == "430202"
    assert brought(file, DISTRICT, from_on=NEXT_MONTH).written
    queries.forget()
    assert queries.locate(lon=113.017, lat=27.01, on=date(2024, 4, 30)).district == "430202"
    assert queries.locate(lon=113.017, lat=27.01, on=NEXT_MONTH).district == "430203"


def test_a_planned_border_may_be_replaced_before_its_day_and_not_after(city: Path) -> None:
    narrow = put(districts(), "430202", figure=shapely.box(113.0, 27.0, 113.019, 27.02))
    narrower = put(districts(), "430202", figure=shapely.box(113.0, 27.0, 113.018, 27.02))
    assert brought(as_geojson(city / "a.geojson", narrow), DISTRICT, from_on=NEXT_MONTH).written
    assert brought(as_geojson(city / "b.geojson", narrower), DISTRICT, from_on=NEXT_MONTH).written
    assert AreaRow.objects.filter(kind="district", code="430202").count() == 2
    late = brought(as_geojson(city / "c.geojson", narrow), DISTRICT, from_on=OPENED)
    assert problems(late) == [(1, Problem.SAME_DAY)]


def test_a_border_before_a_planned_one_holds_until_that_day_and_says_so(city: Path) -> None:
    narrow = put(districts(), "430202", figure=shapely.box(113.0, 27.0, 113.019, 27.02))
    assert brought(as_geojson(city / "a.geojson", narrow), DISTRICT, from_on=NEXT_MONTH).written
    narrower = put(districts(), "430202", figure=shapely.box(113.0, 27.0, 113.018, 27.02))
    report = brought(as_geojson(city / "b.geojson", narrower), DISTRICT, from_on=TODAY)
    assert report.written
    periods = AreaRow.objects.filter(kind="district", code="430202").order_by("valid_from")
    assert [(each.valid_from, each.valid_to) for each in periods] == [
        (OPENED, TODAY), (TODAY, NEXT_MONTH), (NEXT_MONTH, None),
    ]  # fmt: skip


def test_a_complete_file_ends_what_it_lacks(tmp_path: Path) -> None:
    bring_city(tmp_path, unit_grids_too=True)
    file = as_geojson(tmp_path / "u.geojson", unit_grids()[:-2])
    partial = brought(file, GRID, from_on=NEXT_MONTH, dry_run=True)
    assert partial.counts()["ended"] == 0
    whole = brought(file, GRID, from_on=NEXT_MONTH, reading=Reading(complete=True))
    assert whole.counts()["ended"] == 2
    assert [found.problem for found in whole.findings] == [Problem.GAP]
    ended = AreaRow.objects.filter(kind="unit_grid", valid_to=NEXT_MONTH).values_list("code", flat=True)
    assert sorted(ended) == ["430203002002015", "430203002002016"]


def test_properties_and_an_end_come_along(city: Path) -> None:
    rows = [{**each, "land_use": "07", "valid_to": "2025/01/01"} for each in unit_grids()]
    assert brought(as_geojson(city / "p.geojson", rows), GRID).written
    found = AreaRow.objects.filter(kind="unit_grid").first()
    assert found is not None
    assert found.properties == {"land_use": "07"}
    assert found.valid_to == date(2025, 1, 1)


def test_responsibility_grids_find_their_street_on_the_ground(city: Path) -> None:
    rows = [row(f"G{n:02d}", each["figure"]) for n, each in enumerate(communities(), start=1)]
    assert brought(as_geojson(city / "r.geojson", rows), AreaKind.RESPONSIBILITY_GRID).written
    found = dict(AreaRow.objects.filter(kind="responsibility_grid").values_list("code", "parent_code"))
    assert found["G01"] == "430202001"
    assert found["G08"] == "430203002"


def test_an_import_is_on_record_with_its_file(city: Path) -> None:
    record = GroundImportRow.objects.get(what="street")
    assert record.file_name == "street.geojson"
    assert record.report["changes"]["new"] == 4
    assert AreaRow.objects.filter(kind="street", brought_by=record).count() == 4
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM organizations_audit_record WHERE kind = 'import' AND object_kind = 'ground'"
        )
        assert cursor.fetchone() == (3,)


def test_only_the_system_administrator_changes_the_ground(actor: Callable[[str], Any], tmp_path: Path) -> None:
    file = as_geojson(tmp_path / "d.geojson", districts())
    with pytest.raises(NotYours, match="系统管理员"):
        import_area_file(
            by=actor("dispatcher-1"), at=clock.now(), path=file, kind=DISTRICT, from_on=OPENED,
            reading=Reading(), dry_run=True,
        )  # fmt: skip


# ---- rows that are wrong -----------------------------------------------------------------------------------------

BOW_TIE = shapely.Polygon([(113.0, 27.0), (113.0025, 27.0025), (113.0025, 27.0), (113.0, 27.0025)])
FIRST = "430202001001001"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"figure": BOW_TIE}, Problem.SELF_CROSSING),
        ({"figure": None}, Problem.NO_SHAPE),
        ({"figure": shapely.Point(113.001, 27.001)}, Problem.WRONG_SHAPE),
        ({"code": "43020200100100"}, None),  # the older form of 14 digits is right as well
        ({"code": "4302020010010"}, Problem.WRONG_CODE),
        ({"code": "43020200100100A"}, Problem.WRONG_CODE),
        ({"code": ""}, Problem.NO_CODE),
        ({"code": "430202001001002"}, Problem.CODE_TWICE),
        ({"code": "430202009001001"}, Problem.PARENT_MISSING),
        ({"figure": square(0, 0, 0.5)}, Problem.OVERLAP),
        ({"figure": shapely.box(112.999, 27.0, 113.0025, 27.0025)}, Problem.OUT_OF_PARENT),
    ],
)
def test_a_wrong_row_keeps_the_file_out_and_is_named(city: Path, change: Row, expected: Problem | None) -> None:
    file = as_geojson(city / "w.geojson", put(unit_grids(), FIRST, **change))
    report = brought(file, GRID)
    found = {problem for _row, problem in problems(report)}
    assert found == ({expected} if expected else set())
    assert report.written == (expected is None)
    assert AreaRow.objects.filter(kind="unit_grid").exists() == (expected is None)
    if expected is not None:
        rows = [number for number, _problem in problems(report)]
        assert rows == sorted(rows)
        assert min(rows) >= 1
        assert all(found.words for found in report.findings)


def test_a_repair_is_offered_and_done_only_when_asked(city: Path) -> None:
    file = as_geojson(city / "r.geojson", put(unit_grids(), FIRST, figure=BOW_TIE))
    offered = brought(file, GRID)
    assert "--repair" in offered.findings[0].words
    assert not offered.written
    done = brought(file, GRID, reading=Reading(repair=True))
    assert done.written
    assert [found.problem for found in done.findings] == [Problem.GAP]
    area = queries.ground().area(kind=GRID, code=FIRST, on=TODAY)
    assert area is not None
    assert area.boundary.is_valid


def test_a_gap_is_told_beside_the_row_next_to_it_and_refuses_nothing(city: Path) -> None:
    report = brought(as_geojson(city / "g.geojson", unit_grids()[1:]), GRID)
    assert report.written
    gap = report.findings[0]
    assert (gap.problem, gap.refuses) == (Problem.GAP, False)
    assert gap.values["parent"] == "430202001001"
    assert report.findings == [gap]


def test_a_ring_that_does_not_close_is_no_shape(city: Path) -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[113.0, 27.0], [113.01, 27.0], [113.01, 27.01]]]}
    feature = {"type": "Feature", "properties": {"code": FIRST, "name": "甲"}, "geometry": open_ring}
    file = city / "open.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    assert problems(brought(file, GRID)) == [(1, Problem.NO_SHAPE)]
    broken = city / "open.csv"
    broken.write_text(f'代码,名称,WKT\n{FIRST},甲,"POLYGON ((113 27, 113.01 27, 113.01 27.01))"\n', "utf-8")
    assert problems(brought(broken, GRID, reading=Reading(system="wgs84"))) == [(2, Problem.NO_SHAPE)]


def test_an_overlap_with_what_stays_is_found_as_well(tmp_path: Path) -> None:
    bring_city(tmp_path, unit_grids_too=True)
    file = as_geojson(tmp_path / "o.geojson", [row("430202001001099", square(0.1, 0.1, 0.2))])
    report = brought(file, GRID, from_on=NEXT_MONTH)
    assert {problem for _row, problem in problems(report)} == {Problem.OVERLAP}
    assert {found.values["other"] for found in report.findings} == {
        FIRST,
        "430202001001002",
        "430202001001005",
        "430202001001006",
    }


def test_an_area_that_ends_may_not_leave_children_behind(tmp_path: Path) -> None:
    bring_city(tmp_path, unit_grids_too=True)
    file = as_geojson(tmp_path / "c.geojson", communities()[:-1])
    report = brought(file, COMMUNITY, from_on=NEXT_MONTH, reading=Reading(complete=True))
    left = [found for found in report.findings if found.problem is Problem.CHILD_LEFT]
    assert [found.code for found in left] == ["430203002002"]
    assert left[0].values["count"] == "16"
    assert not report.written
    again = brought(file, COMMUNITY, from_on=NEXT_MONTH, reading=Reading(complete=True, without_bad=True))
    assert not again.written
    assert not AreaRow.objects.filter(valid_to__isnull=False).exists()


def test_good_rows_come_without_the_bad_ones_only_when_asked(city: Path) -> None:
    rows = put(put(unit_grids(), FIRST, figure=BOW_TIE), "430202001001002", code="1")
    file = as_geojson(city / "b.geojson", rows)
    assert not brought(file, GRID).written
    report = brought(file, GRID, reading=Reading(without_bad=True))
    assert report.written
    assert report.counts()["new"] == AreaRow.objects.filter(kind="unit_grid").count() == 126


# ---- files that are wrong ----------------------------------------------------------------------------------------


def file_problem(report: ImportReport) -> tuple[FileProblem, str, bool]:
    found = report.problems[0]
    assert found.refuses
    assert found.words
    assert not report.written
    return found.problem, found.system, found.swapped


def test_a_shapefile_without_prj_is_not_guessed_but_told_what_fits(city: Path) -> None:
    for system, epsg in (("wgs84", 4547), ("gcj02", 4547), ("city", 4547), ("city", 4546)):
        shapefile = as_ogr(city / f"{system}{epsg}.shp", unit_grids(), move=into(system, epsg))
        file = zipped(shapefile, without=(".prj",))
        fits = system if epsg == 4547 else f"EPSG:{epsg}"
        assert file_problem(brought(file, GRID)) == (FileProblem.NO_SYSTEM, fits, False)
        assert brought(file, GRID, dry_run=True, reading=Reading(system=fits)).is_sound


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_a_file_500_m_off_is_noticed_and_the_system_that_fits_is_offered(city: Path, system: str) -> None:
    file = as_geojson(city / "off.geojson", unit_grids(), into(system))
    report = brought(file, GRID)
    assert file_problem(report) == (FileProblem.WRONG_SYSTEM, system, False)
    assert f"--crs {system}" in report.problems[0].words
    assert brought(file, GRID, reading=Reading(system=system)).written


def test_the_known_codes_notice_it_where_there_is_no_parent(city: Path) -> None:
    report = brought(as_geojson(city / "off.geojson", districts(), into("gcj02")), DISTRICT, from_on=NEXT_MONTH)
    assert file_problem(report) == (FileProblem.WRONG_SYSTEM, "gcj02", False)
    assert 400 < float(report.problems[0].values["metres"].replace(",", "")) < 800


def test_an_offset_no_system_explains_must_be_accepted(city: Path) -> None:
    file = as_geojson(city / "off.geojson", communities(), lambda points: points + np.array([0.003, 0.003]))
    assert file_problem(brought(file, COMMUNITY, from_on=NEXT_MONTH)) == (FileProblem.OFFSET, "", False)
    report = brought(file, COMMUNITY, from_on=NEXT_MONTH, dry_run=True, reading=Reading(accept_offset=True))
    assert not report.problems[0].refuses
    assert {problem for _row, problem in problems(report)} == {Problem.OUT_OF_PARENT}


def test_swapped_axes_are_noticed_with_and_without_known_ground(tmp_path: Path) -> None:
    first = as_geojson(tmp_path / "d.geojson", districts(), swapped)
    assert file_problem(brought(first, DISTRICT))[0] is FileProblem.SWAPPED_AXES
    assert brought(first, DISTRICT, reading=Reading(swap_axes=True)).written
    bring = as_geojson(tmp_path / "s.geojson", streets(), swapped)
    assert file_problem(brought(bring, STREET)) == (FileProblem.SWAPPED_AXES, "wgs84", True)
    # the survey writes the north first
    plane = as_ogr(tmp_path / "p.gpkg", streets(), crs="EPSG:4547", move=lambda points: swapped(into("city")(points)))
    assert file_problem(brought(plane, STREET))[0] is FileProblem.SWAPPED_AXES
    assert brought(plane, STREET, reading=Reading(swap_axes=True)).written


def test_another_datum_is_not_converted_silently(city: Path) -> None:
    file = as_ogr(city / "b.gpkg", streets(), crs="EPSG:4214")  # Beijing 1954
    assert file_problem(brought(file, STREET))[0] is FileProblem.OTHER_DATUM


def test_files_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "b.geojson"
    broken.write_text('{"type": "FeatureColl', "utf-8")
    lonely = as_ogr(tmp_path / "l.shp", districts())
    lonely.with_suffix(".dbf").unlink()
    empty = as_csv(tmp_path / "e.csv", [])
    unnamed = tmp_path / "u.csv"
    unnamed.write_text("甲,乙,WKT\n1,2,POINT (1 1)\n", "utf-8")
    torn = tmp_path / "t.geojson.gz"
    torn.write_bytes(gzip.compress(as_geojson(tmp_path / "t.geojson", districts()).read_bytes())[:-20])
    for file, hint in ((broken, "GeoPackage"), (torn, "完整"), (lonely, ".dbf")):
        with pytest.raises(FileUnreadable, match=hint):
            brought(file, DISTRICT)
    assert file_problem(brought(empty, DISTRICT))[0] is FileProblem.NO_ROWS
    assert file_problem(brought(unnamed, DISTRICT))[0] is FileProblem.NO_COLUMN
    assert file_problem(brought(as_csv(tmp_path / "d.csv", districts()), DISTRICT))[0] is FileProblem.NO_SYSTEM
    unknown = brought(as_geojson(tmp_path / "x.geojson", districts()), DISTRICT, reading=Reading(system="EPSG:1"))
    assert file_problem(unknown)[0] is FileProblem.UNKNOWN_SYSTEM


def test_columns_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    lines = [f'{each["code"]},{each["name"]},"{each["figure"].wkt}"' for each in districts()]
    file.write_text("甲,乙,WKT\n" + "\n".join(lines), "utf-8")
    report = brought(file, DISTRICT, reading=Reading(system="wgs84"), columns={"code": "甲", "name": "乙"})
    assert [change.name for change in report.changes] == ["名430202", "名430203"]
