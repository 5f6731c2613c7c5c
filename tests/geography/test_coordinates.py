"""Coordinates arrive in four systems and leave as WGS-84: worked examples, published vectors, round trips."""

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_material import DATA
from wangge.groundwork.coordinates import (
    CoordinateError,
    CoordinateSystem,
    check_city_epsg,
    from_wgs84,
    from_wgs84_many,
    metres_between,
    to_wgs84,
    to_wgs84_many,
)

VECTORS = DATA / "coords" / "dev"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="../shared/data/coords/dev is absent: published vectors are not compared"
)
ITERATED = ("gcoord", "prcoords", "eviltransform", "coord_convert")
ABROAD = {"boston", "zurich", "tokyo", "zero", "edge_west", "edge_east"}
in_china = st.tuples(st.floats(74.0, 134.0), st.floats(18.0, 53.0))


def rows(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def convert(operation: str, lon: float, lat: float) -> tuple[float, float]:
    """The vectors step between GCJ-02 and BD-09; the product only goes to and from WGS-84: go through it."""
    if operation == "wgs2gcj":
        return from_wgs84(lon, lat, system="gcj02")
    if operation == "gcj2wgs":
        return to_wgs84(lon, lat, system="gcj02")
    if operation == "gcj2bd":
        return from_wgs84(*to_wgs84(lon, lat, system="gcj02"), system="bd09")
    return from_wgs84(*to_wgs84(lon, lat, system="bd09"), system="gcj02")


@needs_vectors
@pytest.mark.parametrize(
    ("operation", "limit_m"), [("wgs2gcj", 0.05), ("gcj2bd", 0.05), ("gcj2wgs", 0.5), ("bd2gcj", 0.5)]
)
def test_conversions_agree_with_the_published_libraries(operation: str, limit_m: float) -> None:
    compared = 0
    for row in rows("vectors.csv"):
        if row["operation"] != operation or row["point"] in ABROAD:
            continue
        answer = convert(operation, float(row["lon"]), float(row["lat"]))
        off = min(metres_between(*answer, float(row[f"{name}_lon"]), float(row[f"{name}_lat"])) for name in ITERATED)
        assert off < limit_m, (row["point"], off)
        compared += 1
    assert compared > 15


@needs_vectors
def test_points_abroad_are_left_alone() -> None:
    abroad = [row for row in rows("vectors.csv") if row["point"] in ABROAD - {"edge_east"}]
    assert abroad
    for row in abroad:
        point = float(row["lon"]), float(row["lat"])
        for system in ("gcj02", "bd09"):
            assert to_wgs84(*point, system=system) == point
            assert from_wgs84(*point, system=system) == point


@needs_vectors
def test_the_survey_plane_agrees_with_proj_within_a_centimetre() -> None:
    for row in rows("gauss_krueger.csv"):
        lon, lat = float(row["lon"]), float(row["lat"])
        for epsg in (4547, 4526):
            plane = float(row[f"east_{epsg}"]), float(row[f"north_{epsg}"])
            assert metres_between(*to_wgs84(*plane, system="city", city_epsg=epsg), lon, lat) < 0.01
            assert from_wgs84(lon, lat, system="city", city_epsg=epsg) == pytest.approx(plane, abs=0.01)


def test_a_published_example_of_each_offset() -> None:
    """The example point of two libraries' own documents: 116.404, 39.915 and 116.403988, 39.914266."""
    assert from_wgs84(116.404, 39.915, system="gcj02") == pytest.approx((116.41024449917, 39.91640428150))
    assert from_wgs84(116.403988, 39.914266, system="bd09") == pytest.approx((116.41661560068, 39.92196580127))


def test_a_point_on_the_central_meridian_has_easting_500_km() -> None:
    x, y = from_wgs84(114.0, 28.0, system="city")
    assert x == pytest.approx(500_000.0, abs=0.001)
    assert y == pytest.approx(3_098_700, abs=500)
    assert to_wgs84(x, y, system="city") == pytest.approx((114.0, 28.0), abs=1e-9)


def test_the_offset_of_a_map_is_some_hundred_metres_and_its_inverse_is_exact() -> None:
    lon, lat = from_wgs84(113.134, 27.827, system="gcj02")
    assert 600 < metres_between(113.134, 27.827, lon, lat) < 700
    assert metres_between(*to_wgs84(lon, lat, system="gcj02"), 113.134, 27.827) < 0.001


@given(in_china, st.sampled_from(["gcj02", "bd09"]))
def test_there_and_back_is_the_same_place(point: tuple[float, float], system: str) -> None:
    assert metres_between(*to_wgs84(*from_wgs84(*point, system=system), system=system), *point) < 0.01


@given(st.lists(in_china, min_size=1, max_size=20), st.sampled_from(list(CoordinateSystem)))
def test_many_points_convert_as_one_by_one(points: list[tuple[float, float]], system: CoordinateSystem) -> None:
    if system is CoordinateSystem.CITY:
        points = [(114.0 + (lon - 104) / 30, 23 + (lat - 18) / 3) for lon, lat in points]
    lons, lats = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    there = from_wgs84_many(lons, lats, system=system)
    back = to_wgs84_many(*there, system=system)
    for i, (lon, lat) in enumerate(points):
        assert (there[0][i], there[1][i]) == pytest.approx(from_wgs84(lon, lat, system=system), abs=1e-9)
        assert metres_between(back[0][i], back[1][i], lon, lat) < 0.01


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
@pytest.mark.parametrize("point", [(0.0, 90.0), (116.0, -90.0), (180.0, 89.9), (-180.0, 0.0), (0.0, 0.0)])
def test_a_point_at_a_pole_or_across_the_world_is_left_alone(point: tuple[float, float], system: str) -> None:
    assert to_wgs84(*point, system=system) == point
    lons, lats = to_wgs84_many([point[0]], [point[1]], system=system)
    assert (lons[0], lats[0]) == point


def test_many_points_mark_what_is_no_place() -> None:
    lons, lats = to_wgs84_many(np.array([113.1, 200.0]), np.array([27.8, 27.8]), system="gcj02")
    assert np.isfinite(lons).tolist() == [True, False]
    assert np.isfinite(lats).tolist() == [True, False]
    lons, _ = to_wgs84_many(np.array([424102.0, 3086839.0]), np.array([3086839.0, 424102.0]), system="city")
    assert np.isfinite(lons).tolist() == [True, False]


@pytest.mark.parametrize(
    ("first", "second", "system", "hint"),
    [
        (27.83, 113.13, "wgs84", "颠倒"),
        (math.nan, 27.83, "wgs84", "有限"),
        (math.inf, 27.83, "gcj02", "有限"),
        (3086839.3, 424102.9, "city", "东向"),
        (38424102.9, 3086839.3, "city", "带号"),
        (113.13, 27.83, "mars", "未知坐标系"),
    ],
)
def test_what_is_no_place_is_refused_with_a_hint(first: float, second: float, system: str, hint: str) -> None:
    with pytest.raises(CoordinateError, match=hint):
        to_wgs84(first, second, system=system)


@pytest.mark.parametrize("code", [4490, 99999999])
def test_a_city_system_that_is_no_plane_in_metres_is_refused(code: int) -> None:
    with pytest.raises(CoordinateError, match="EPSG"):
        check_city_epsg(code)
