"""Owns the coordinate systems places arrive in, and the way from each to WGS-84 and back.

Four systems: `wgs84` (CGCS2000 agrees to centimetres: no conversion between them), `gcj02` (offset of maps
published in China), `bd09` (Baidu's further offset) and `city`, the survey's 3° Gauss-Krüger plane in metres,
by its EPSG code. The offsets have no published inverse: it is found by iteration. Outside the box in which
the offset is applied a point is left alone. Every formula serves one point (`math`) and many (`numpy`).
"""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _
from pyproj import Geod, Transformer
from pyproj.crs import CRS
from pyproj.exceptions import CRSError

DEFAULT_CITY_EPSG = 4547
"""CGCS2000 three-degree Gauss-Krüger, central meridian 114° E, without zone number in the easting."""

_CGCS2000 = 4490
_WGS84 = 4326
_ELLIPSOID = Geod(ellps="WGS84")
_KRASSOVSKY_AXIS = 6378245.0
_KRASSOVSKY_ECCENTRICITY = 0.00669342162296594323
_BAIDU_TURN = math.pi * 3000.0 / 180.0
_BOX_WEST, _BOX_EAST, _BOX_SOUTH, _BOX_NORTH = 72.004, 137.8347, 0.8293, 55.8271
_REACH = 0.1  # degrees; no offset within the box is larger
_EARTH_RADIUS_M = 6371008.8
_INVERSE_ROUNDS = 8
# A plane coordinate may lie this far outside the zone of its projection: cities straddle zone borders.
_ZONE_MARGIN_DEGREES = 1.5

Floats = npt.NDArray[np.float64]


class CoordinateSystem(StrEnum):
    """The systems a location may be given in (contract, section 1)."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    CITY = "city"


class CoordinateError(ValueError):
    """A pair of numbers is no place in its system; the text says what to look at."""


def to_wgs84(
    first: float,
    second: float,
    *,
    system: CoordinateSystem | str = CoordinateSystem.WGS84,
    city_epsg: int = DEFAULT_CITY_EPSG,
) -> tuple[float, float]:
    """Longitude and latitude in degrees of WGS-84 of one point.

    `first`, `second` are longitude and latitude in degrees, or with `city` x (east) and y (north) in metres.
    Raises CoordinateError when the numbers are no such place.
    """
    kind = _system(system)
    if not (math.isfinite(first) and math.isfinite(second)):
        raise CoordinateError(_("坐标不是有限的数值。请检查经度、纬度。"))
    if kind is CoordinateSystem.CITY:
        return _from_plane(first, second, city_epsg)
    if not (-180.0 <= first <= 180.0 and -90.0 <= second <= 90.0):
        raise CoordinateError(_("经度须在 -180 至 180 之间，纬度须在 -90 至 90 之间。请检查两者是否颠倒。"))
    if kind is CoordinateSystem.WGS84:
        return first, second
    if kind is CoordinateSystem.BD09:
        first, second = _undo(first, second, _baidu_from_gcj, math)
    return _undo(first, second, _gcj_from_wgs, math)


def from_wgs84(
    lon: float,
    lat: float,
    *,
    system: CoordinateSystem | str,
    city_epsg: int = DEFAULT_CITY_EPSG,
) -> tuple[float, float]:
    """One WGS-84 point in `system`: degrees, or x (east) and y (north) in metres for `city`."""
    kind = _system(system)
    if kind is CoordinateSystem.CITY:
        x, y = _projection(city_epsg).transform(lon, lat)
        if not (math.isfinite(x) and math.isfinite(y)):
            raise CoordinateError(_("该点不在城市坐标系的范围内。请检查坐标或城市坐标系（EPSG）的设置。"))
        return float(x), float(y)
    if kind is CoordinateSystem.WGS84 or not _inside_box(lon, lat):
        return lon, lat
    lon, lat = _gcj_from_wgs(lon, lat, math)
    return _baidu_from_gcj(lon, lat, math) if kind is CoordinateSystem.BD09 else (lon, lat)


def to_wgs84_many(
    first: Floats,
    second: Floats,
    *,
    system: CoordinateSystem | str,
    city_epsg: int = DEFAULT_CITY_EPSG,
) -> tuple[Floats, Floats]:
    """The same for arrays of equal length; a pair that is no place comes back as NaN, NaN."""
    kind = _system(system)
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if kind is CoordinateSystem.CITY:
        lon, lat = _projection(city_epsg).transform(first, second, direction="INVERSE")
        west, south, east, north = _zone(city_epsg)
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        return np.where(inside, lon, np.nan), np.where(inside, lat, np.nan)
    valid = (np.abs(first) <= 180.0) & (np.abs(second) <= 90.0)
    first, second = np.where(valid, first, np.nan), np.where(valid, second, np.nan)
    if kind is CoordinateSystem.WGS84:
        return first, second
    if kind is CoordinateSystem.BD09:
        first, second = _undo_many(first, second, _baidu_from_gcj)
    return _undo_many(first, second, _gcj_from_wgs)


def from_wgs84_many(
    lons: Floats,
    lats: Floats,
    *,
    system: CoordinateSystem | str,
    city_epsg: int = DEFAULT_CITY_EPSG,
) -> tuple[Floats, Floats]:
    """WGS-84 arrays in `system`."""
    kind = _system(system)
    lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    if kind is CoordinateSystem.CITY:
        x, y = _projection(city_epsg).transform(lons, lats)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if kind is CoordinateSystem.WGS84:
        return lons, lats
    moved_lons, moved_lats = _gcj_from_wgs(lons, lats, np)
    if kind is CoordinateSystem.BD09:
        moved_lons, moved_lats = _baidu_from_gcj(moved_lons, moved_lats, np)
    inside = _inside_box_many(lons, lats)
    return np.where(inside, moved_lons, lons), np.where(inside, moved_lats, lats)


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance in metres of two WGS-84 points."""
    south, north = math.radians(lat), math.radians(other_lat)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half)))


def metres_between_many(
    lons: Sequence[float], lats: Sequence[float], other_lons: Sequence[float], other_lats: Sequence[float]
) -> Floats:
    """Distances in metres of pairs of WGS-84 points on the ellipsoid, as a survey measures them."""
    _there, _back, metres = _ELLIPSOID.inv(lons, lats, other_lons, other_lats)
    return np.asarray(metres, dtype=np.float64)


def plane_to_wgs84(epsg: int) -> Callable[[float, float], tuple[float, float]]:
    """From (east, north) in metres of any survey's plane to WGS-84 degrees; CoordinateError for a code that is none.

    Where the numbers are no place there, the answer is infinite.
    """
    check_city_epsg(epsg)
    transform = Transformer.from_crs(epsg, _WGS84, always_xy=True).transform

    def convert(east: float, north: float) -> tuple[float, float]:
        lon, lat = transform(east, north)
        return float(lon), float(lat)

    return convert


def check_city_epsg(code: int) -> None:
    """Refuse an EPSG code that is no projected system in metres (a setting of the city)."""
    try:
        crs = CRS.from_epsg(code)
    except CRSError as error:
        raise CoordinateError(_("EPSG:%(code)s 不是已知的坐标系。请改正城市坐标系设置。") % {"code": code}) from error
    if not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise CoordinateError(_("EPSG:%(code)s 不是以米为单位的平面坐标系。请改正城市坐标系设置。") % {"code": code})


def _system(system: CoordinateSystem | str) -> CoordinateSystem:
    try:
        return CoordinateSystem(system)
    except ValueError:
        known = "、".join(each.value for each in CoordinateSystem)
        raise CoordinateError(
            _("未知坐标系“%(system)s”。可用：%(known)s。") % {"system": system, "known": known}
        ) from None


def _inside_box(lon: float, lat: float) -> bool:
    return _BOX_WEST <= lon <= _BOX_EAST and _BOX_SOUTH <= lat <= _BOX_NORTH


def _inside_box_many(lons: Floats, lats: Floats) -> npt.NDArray[np.bool_]:
    return (lons >= _BOX_WEST) & (lons <= _BOX_EAST) & (lats >= _BOX_SOUTH) & (lats <= _BOX_NORTH)


# `m` is the module math or numpy: both know the functions used here under the same names.
def _waves(x: Any, y: Any, m: Any) -> tuple[Any, Any]:
    """The two offset polynomials with their sine waves, in metres of the old ellipsoid."""
    short = (20.0 * m.sin(6.0 * x * math.pi) + 20.0 * m.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    root = m.sqrt(m.fabs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    north += (20.0 * m.sin(y * math.pi) + 40.0 * m.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * m.sin(y / 12.0 * math.pi) + 320.0 * m.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    east += (20.0 * m.sin(x * math.pi) + 40.0 * m.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * m.sin(x / 12.0 * math.pi) + 300.0 * m.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return east, north


def _gcj_from_wgs(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    east, north = _waves(lon - 105.0, lat - 35.0, m)
    angle = lat / 180.0 * math.pi
    magic = 1.0 - _KRASSOVSKY_ECCENTRICITY * m.sin(angle) * m.sin(angle)
    meridian = _KRASSOVSKY_AXIS * (1.0 - _KRASSOVSKY_ECCENTRICITY) / (magic * m.sqrt(magic))
    parallel = _KRASSOVSKY_AXIS / m.sqrt(magic) * m.cos(angle)
    return lon + east * 180.0 / (parallel * math.pi), lat + north * 180.0 / (meridian * math.pi)


def _baidu_from_gcj(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    radius = m.sqrt(lon * lon + lat * lat) + 0.00002 * m.sin(lat * _BAIDU_TURN)
    angle = m.atan2(lat, lon) + 0.000003 * m.cos(lon * _BAIDU_TURN)
    return radius * m.cos(angle) + 0.0065, radius * m.sin(angle) + 0.006


def _solve(lon: Any, lat: Any, forward: Any, m: Any) -> tuple[Any, Any]:
    """The point that `forward` moves to (lon, lat); the offset changes slowly: a round gains two digits."""
    solved_lon, solved_lat = lon, lat
    for _round in range(_INVERSE_ROUNDS):
        moved_lon, moved_lat = forward(solved_lon, solved_lat, m)
        solved_lon, solved_lat = solved_lon - (moved_lon - lon), solved_lat - (moved_lat - lat)
    return solved_lon, solved_lat


def _undo(lon: float, lat: float, forward: Any, m: Any) -> tuple[float, float]:
    # Far from the box, at the poles above all, the rounds run away: no offset was ever applied there.
    if not (_BOX_WEST - _REACH <= lon <= _BOX_EAST + _REACH and _BOX_SOUTH - _REACH <= lat <= _BOX_NORTH + _REACH):
        return lon, lat
    solved_lon, solved_lat = _solve(lon, lat, forward, m)
    return (solved_lon, solved_lat) if _inside_box(solved_lon, solved_lat) else (lon, lat)


def _undo_many(lons: Floats, lats: Floats, forward: Any) -> tuple[Floats, Floats]:
    solved_lons, solved_lats = _solve(lons, lats, forward, np)
    inside = _inside_box_many(solved_lons, solved_lats)
    return np.where(inside, solved_lons, lons), np.where(inside, solved_lats, lats)


@lru_cache(maxsize=8)
def _projection(city_epsg: int) -> Transformer:
    check_city_epsg(city_epsg)
    return Transformer.from_crs(_CGCS2000, city_epsg, always_xy=True)


@lru_cache(maxsize=8)
def _zone(city_epsg: int) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees that a plane coordinate of this system may lie in."""
    area = CRS.from_epsg(city_epsg).area_of_use
    if area is None:
        return -180.0, -90.0, 180.0, 90.0
    margin = _ZONE_MARGIN_DEGREES
    return area.west - margin, area.south - margin, area.east + margin, area.north + margin


def _from_plane(x: float, y: float, city_epsg: int) -> tuple[float, float]:
    lon, lat = _projection(city_epsg).transform(x, y, direction="INVERSE")
    west, south, east, north = _zone(city_epsg)
    if not (west <= lon <= east and south <= lat <= north):
        raise CoordinateError(
            _(
                "平面坐标 x=%(x).1f、y=%(y).1f 不在城市坐标系 EPSG:%(code)s 的范围内。"
                "x 为东向、y 为北向（米），带号须与坐标系一致；请检查两者是否颠倒，或是否属于别的分带。"
            )
            % {"x": x, "y": y, "code": city_epsg}
        )
    return float(lon), float(lat)
