"""Published borders and points: what comes out of our imports equals each set's own independent calculation."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.geography.ground_files import brought
from tests.shared_material import DATA
from wangge.domains.geography import queries
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.logic.codes import code_form
from wangge.domains.geography.logic.measures import square_metres
from wangge.domains.geography.logic.systems import System, in_degrees
from wangge.domains.geography.operations.placing import Reading
from wangge.groundwork.coordinates import metres_between
from wangge.standards.library import load_tables

CITY, ZURICH = DATA / "zhuzhou_admin" / "dev", DATA / "zurich_zwn" / "dev"
OLD_FROM, NEW_FROM = date(2021, 1, 1), date(2023, 7, 1)
BEFORE, AFTER = date(2022, 1, 1), date(2024, 1, 1)
BORDERS = {"2021": "zhuzhou_districts_datav_2021.geojson", "now": "zhuzhou_districts_amap.geojson"}
needs_city = pytest.mark.skipif(not CITY.is_dir(), reason="shared/data/zhuzhou_admin is absent: borders not tried")
needs_zurich = pytest.mark.skipif(not ZURICH.is_dir(), reason="shared/data/zurich_zwn is absent: points not tried")


def expected(directory: Path) -> Any:
    return json.loads((directory / "expected.json").read_text("utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return list(csv.DictReader(text.decode("utf-8").splitlines()))


@pytest.fixture
def borders(db: None) -> None:
    """Both border files by the import, the second from its own day on."""
    queries.forget()
    for name, from_on in (("2021", OLD_FROM), ("now", NEW_FROM)):
        reading = Reading("gcj02", repair=True, accept_offset=True)
        report = brought(CITY / BORDERS[name], AreaKind.DISTRICT, from_on=from_on, reading=reading)
        assert report.written, (report.problems, [found.words for found in report.findings][:3])
    queries.forget()


@needs_city
@pytest.mark.django_db
def test_every_point_lies_in_its_district_of_the_day_after_conversion(borders: None) -> None:
    points = table(CITY / "points.csv")
    found: Counter[str] = Counter()
    by_district: Counter[str] = Counter()
    for row in points:
        given = {"first": float(row["gcj_lon"]), "second": float(row["gcj_lat"]), "system": "gcj02"}
        now = queries.locate_given(**given, on=AFTER)  # type: ignore[arg-type]
        then = queries.locate_given(**given, on=BEFORE)  # type: ignore[arg-type]
        unconverted = queries.locate(lon=given["first"], lat=given["second"], on=AFTER)  # type: ignore[arg-type]
        assert metres_between(now.lon, now.lat, float(row["wgs_lon"]), float(row["wgs_lat"])) < 0.5
        found["points"] += 1
        found["district_now_agrees"] += (now.place.district or "") == row["district_now"]
        found["district_2021_agrees"] += (then.place.district or "") == row["district_2021"]
        found["in_another_district_than_in_2021"] += now.place.district != then.place.district
        found["misplaced without conversion"] += (unconverted.district or "") != row["district_now"]
        by_district[now.place.district or "(outside)"] += 1
    wanted = expected(CITY)
    assert found.pop("misplaced without conversion") > 0
    assert dict(found) == {name: wanted["points"][name] for name in found}
    assert dict(by_district) == wanted["points_by_district"]


@needs_city
def test_areas_of_the_districts_equal_the_independent_ones() -> None:
    sizes: dict[str, dict[str, float]] = {}
    for name, file in BORDERS.items():
        for feature in json.loads((CITY / file).read_text("utf-8"))["features"]:
            border = shapely.from_geojson(json.dumps(feature["geometry"]))
            code = str(feature["properties"]["adcode"])
            sizes.setdefault(code, {})[name] = round(float(square_metres(border)[0]) / 1e6, 1)
    assert sizes == expected(CITY)["area_km2"]


@needs_city
@pytest.mark.django_db
def test_the_border_that_moved_by_15_square_kilometres_is_told_by_the_dry_run(db: None) -> None:
    reading = Reading("gcj02", repair=True, accept_offset=True)
    assert brought(CITY / BORDERS["2021"], AreaKind.DISTRICT, from_on=OLD_FROM, reading=reading).written
    report = brought(CITY / BORDERS["now"], AreaKind.DISTRICT, from_on=NEW_FROM, reading=reading, dry_run=True)
    moved = {change.code: change.moved_m2 / 1e6 for change in report.changes}
    assert 15.4 < moved["430202"] < 18
    assert 15.4 < moved["430204"] < 18


@needs_city
def test_all_published_codes_follow_the_rule_and_name_their_parents() -> None:
    rows, forms = table(CITY / "zhuzhou_villages.csv"), load_tables().area_codes
    wanted = expected(CITY)
    assert len(rows) == wanted["villages_and_communities"]
    for row in rows:
        for kind in (AreaKind.DISTRICT, AreaKind.STREET, AreaKind.COMMUNITY):
            code = row["village_code" if kind is AreaKind.COMMUNITY else f"{kind.value}_code"]
            assert code_form(forms, kind).is_right(code)
        assert code_form(forms, AreaKind.COMMUNITY).parent_in(row["village_code"]) == row["street_code"]
        assert code_form(forms, AreaKind.STREET).parent_in(row["street_code"]) == row["district_code"]
    assert len({row["street_code"] for row in rows}) == wanted["streets_and_towns"]


@needs_zurich
def test_ten_years_of_reports_lie_in_their_districts_and_a_foreign_grid_is_converted() -> None:
    features = json.loads(gzip.decompress((ZURICH / "districts.geojson.gz").read_bytes()))["features"]
    areas = [
        Area(
            AreaKind.DISTRICT, each["properties"]["name"], each["properties"]["name"], "", "000000",
            shapely.from_geojson(json.dumps(each["geometry"])), OLD_FROM,
        )
        for each in features
    ]  # fmt: skip
    rows = table(ZURICH / "reports.csv.gz")
    lons, lats = (np.array([float(row[name]) for row in rows]) for name in ("lon", "lat"))
    found = Counter(name or "(outside)" for name in AreaIndex(areas).locate_many(lons, lats, on=AFTER).district)
    assert dict(found) == expected(ZURICH)["by_district"]
    plane = np.array([shapely.Point(float(row["e"]), float(row["n"])) for row in rows[:500]], dtype=object)
    moved = in_degrees(plane, system=System("EPSG:2056"), city_epsg=4547)
    apart = [metres_between(p.x, p.y, lon, lat) for p, lon, lat in zip(moved, lons[:500], lats[:500], strict=True)]
    assert max(apart) < 2.0
