"""Owns the questions about the ground, answered from the process's own index without SQL.

The index is rebuilt when the version row has changed; that row is looked at once in two seconds at most, so a
change is in force in every process within five, and a request in between asks the database nothing.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db import connection

from wangge.domains.geography.area_index import AreaIndex, Floats, Places
from wangge.domains.geography.areas import Area, AreaKind, GridDuty, Place
from wangge.groundwork import clock
from wangge.groundwork.coordinates import DEFAULT_CITY_EPSG, CoordinateSystem, to_wgs84

RECHECK_SECONDS = 2.0
_LAYER_DIGITS = 6

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Located:
    """A point in WGS-84 degrees and the areas it lies in."""

    lon: float
    lat: float
    place: Place


@dataclass(slots=True)
class _Held:
    """What this process knows of the ground, and when it last looked."""

    index: AreaIndex
    city_epsg: int
    names_version: int
    checked_at_seconds: float


_lock = threading.Lock()
_held: _Held | None = None


def ground() -> AreaIndex:
    """The index of all areas and duties, not older than RECHECK_SECONDS."""
    return _current().index


def locate(*, lon: float, lat: float, on: date) -> Place:
    """The areas a WGS-84 point lies in on a day."""
    return ground().locate(lon, lat, on=on)


def locate_many(*, lons: Floats, lats: Floats, on: date | Sequence[date]) -> Places:
    """The areas of many WGS-84 points, on one day or a day each."""
    return ground().locate_many(lons, lats, on=on)


def locate_given(
    *, first: float, second: float, system: CoordinateSystem | str = CoordinateSystem.WGS84, on: date
) -> Located:
    """A point in any system: in WGS-84, with its areas. Raises CoordinateError when it is no place."""
    held = _current()
    lon, lat = to_wgs84(first, second, system=system, city_epsg=held.city_epsg)
    return Located(lon, lat, held.index.locate(lon, lat, on=on))


def city_epsg() -> int:
    """EPSG code of the survey plane in which `city` coordinates are given."""
    return _current().city_epsg


def names_version() -> int:
    """The version of the gazetteer, as of some seconds ago at most."""
    return _current().names_version


def stored_city_epsg() -> int:
    """The same, as the database has it now."""
    return _version()[1]


def collectors_of(*, grid_code: str, on: date) -> tuple[int, ...]:
    """Ids of the people whose responsibility grid this is on a day, first to ask first."""
    return ground().collectors(grid_code, on=on)


def area_name(*, kind: AreaKind, code: str | None, on: date) -> str:
    """The name of an area on a day, or its code when there is none; empty for no code."""
    if not code:
        return ""
    area = ground().area(kind=kind, code=code, on=on)
    return area.name if area else code


def layer_geojson(*, kind: AreaKind, on: date, bbox: Box | None = None) -> bytes:
    """The areas of a kind on a day as a GeoJSON FeatureCollection (UTF-8), for the map.

    With `bbox` (west, south, east, north in degrees) only those that touch it. Six decimals: a decimetre.
    """
    features = [_feature(area) for area in ground().areas_on(kind=kind, on=on, bbox=bbox)]
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


def forget() -> None:
    """Let the next question load the ground anew: for loaders and tests that do not want to wait."""
    global _held  # noqa: PLW0603 - the one place that holds the process's copy
    with _lock:
        _held = None


def _current() -> _Held:
    global _held  # noqa: PLW0603 - the one place that holds the process's copy
    held = _held
    if held is not None and clock.monotonic() - held.checked_at_seconds < RECHECK_SECONDS:
        return held
    # One thread looks; the others go on with the copy at hand, or wait when there is none yet.
    if not _lock.acquire(blocking=held is None):
        return held if held is not None else _current()
    try:
        held = _held
        looked_at = clock.monotonic()
        if held is not None and looked_at - held.checked_at_seconds < RECHECK_SECONDS:
            return held
        version, epsg, names = _version()
        if held is None or held.index.version != version:
            held = _Held(_load(version), epsg, names, looked_at)
        else:
            held.names_version, held.checked_at_seconds = names, looked_at
        _held = held
        return held
    finally:
        _lock.release()


def _version() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, city_epsg, names_version FROM geography_version")
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else (0, DEFAULT_CITY_EPSG, 0)


def _load(version: int) -> AreaIndex:
    """All areas and duties; the version was read before them: a change in between is seen next time."""
    areas = areas_stored()
    with connection.cursor() as cursor:
        cursor.execute("SELECT grid_code, collector_id, rank, valid_from, valid_to FROM geography_grid_duty")
        duties = [GridDuty(*row) for row in cursor.fetchall()]
    return AreaIndex(areas, duties, version=version)


def areas_stored(where: str = "", values: Sequence[Any] = ()) -> list[Area]:
    """Areas as the database has them now, past the process's copy: for who changes them; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, code, name, parent_code, district_code, boundary, valid_from, valid_to,"
            f" properties::text FROM geography_area {where}",
            values,
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    boundaries = shapely.from_wkb(np.array([bytes(row[5]) for row in rows], dtype=object))
    return list(map(_area, rows, boundaries))


def _area(row: tuple[Any, ...], boundary: Any) -> Area:
    kind, code, name, parent_code, district_code, _wkb, valid_from, valid_to, properties = row
    pairs = tuple(sorted(json.loads(properties).items()))
    return Area(AreaKind(kind), code, name, parent_code, district_code, boundary, valid_from, valid_to, pairs)


def areas_in_force(kind: AreaKind, on: date) -> list[Area]:
    """The areas of a kind on a day, as the database has them now; one statement."""
    where = "WHERE kind = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    return areas_stored(where, [kind.value, on, on])


@lru_cache(maxsize=8192)
def _feature(area: Area) -> bytes:
    properties = {
        "kind": area.kind.value,
        "code": area.code,
        "name": area.name,
        "parent": area.parent_code,
        "district": area.district_code,
        **dict(area.properties),
    }
    geometry = json.loads(shapely.to_geojson(area.boundary))
    geometry["coordinates"] = _rounded(geometry["coordinates"])
    feature = {"type": "Feature", "id": area.code, "properties": properties, "geometry": geometry}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode()


def _rounded(value: Any) -> Any:
    return round(value, _LAYER_DIGITS) if isinstance(value, float) else [_rounded(each) for each in value]
