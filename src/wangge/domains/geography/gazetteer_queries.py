"""Owns the questions to the gazetteer, roads and layers, answered from the process's own copy where it pays.

The gazetteer is loaded when it is first asked, and anew when its version has changed.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.geography import queries
from wangge.domains.geography.areas import Area, AreaKind, Place
from wangge.domains.geography.logic.gazetteer import Hit, NameIndex, PlaceName, Spoken

GRID_KINDS = (AreaKind.RESPONSIBILITY_GRID, AreaKind.UNIT_GRID, AreaKind.COMMUNITY, AreaKind.STREET)
_CODE = re.compile(r"(?=.*\d)[0-9A-Za-z-]{6,20}")

_lock = threading.Lock()
_held: NameIndex | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place offered for words: what it is called, where it is, which district, what it stands for."""

    kind: str
    name: str
    lon: float
    lat: float
    district_code: str
    match: str


@dataclass(frozen=True, slots=True)
class Address:
    """A point in words, with the areas around it; `words` is empty only outside the city."""

    words: str
    spoken: Spoken | None
    place: Place


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the city's own as the map needs it."""

    key: str
    name: str
    colour: str
    width: int


def find_places(
    *, words: str, on: date, limit: int = 10, district: str = "", near: tuple[float, float] | None = None
) -> list[Candidate]:
    """Places for words, pinyin, initials or a grid's code, the likeliest first; no statement when all is loaded."""
    found = [*_by_code(words.strip(), on)]
    if len(found) < limit:
        hits = names(on).search(words, limit=limit - len(found), district=district, near=near)
        found += [_candidate(hit) for hit in hits]
    return found[:limit]


def words_for_point(*, lon: float, lat: float, on: date) -> Address:
    """The address of a point: house number, crossing or place near by, else the community and grid it lies in."""
    place = queries.locate(lon=lon, lat=lat, on=on)
    spoken = names(on).words_for(lon, lat)
    district = queries.area_name(kind=AreaKind.DISTRICT, code=place.district, on=on)
    if spoken is not None:
        return Address(f"{district}{in_words(spoken)}", spoken, place)
    community = queries.area_name(kind=AreaKind.COMMUNITY, code=place.community, on=on)
    grid = queries.area_name(kind=AreaKind.RESPONSIBILITY_GRID, code=place.responsibility_grid, on=on)
    return Address(f"{district}{community or grid}", None, place)


def names(on: date) -> NameIndex:
    """The gazetteer of the day, not older than the ground's own look at its version."""
    global _held  # noqa: PLW0603 - the one place that holds the process's copy
    version = queries.names_version()
    held = _held
    if held is not None and held.version == version:
        return held
    with _lock:
        held = _held
        if held is None or held.version != version:
            held = _held = _load(version, on)
        return held


def forget_names() -> None:
    """Let the next question load the gazetteer anew."""
    global _held  # noqa: PLW0603 - the one place that holds the process's copy
    with _lock:
        _held = None


def layers_on(on: date) -> list[Layer]:
    """The city's own layers of a day; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, name, colour, width FROM geography_layer"
            " WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) ORDER BY name",
            [on, on],
        )
        return [Layer(*row) for row in cursor.fetchall()]


def own_layer_geojson(*, key: str, on: date) -> bytes:
    """The figures of a layer, or with the key `roads` the road sections, as GeoJSON; one statement."""
    if key == "roads":
        statement, values = "SELECT code, road_name, line FROM geography_road_section WHERE ", []
    else:
        statement, values = "SELECT code, name, figure FROM geography_layer_item WHERE layer_id = %s AND ", [key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) ORDER BY code", [*values, on, on]
        )
        rows = cursor.fetchall()
    figures = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
    features = [
        {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": json.loads(drawn)}
        for (code, name, _wkb), drawn in zip(rows, np.atleast_1d(shapely.to_geojson(figures)), strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _load(version: int, on: date) -> NameIndex:
    in_force = "WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, name, lon, lat, road_name, number, district_code, pinyin, initials"
            f" FROM geography_place_name {in_force}",
            [on, on],
        )
        found = [PlaceName(*row) for row in cursor.fetchall()]
        cursor.execute(f"SELECT road_name, line FROM geography_road_section {in_force}", [on, on])
        rows = cursor.fetchall()
    lines = shapely.from_wkb(np.array([bytes(row[1]) for row in rows], dtype=object))
    districts = queries.ground().areas_on(kind=AreaKind.DISTRICT, on=on)
    return NameIndex(
        found,
        roads=[(row[0], line) for row, line in zip(rows, lines, strict=True)],
        districts=[(area.code, area.name) for area in districts],
        version=version,
    )


def _by_code(code: str, on: date) -> list[Candidate]:
    if not _CODE.fullmatch(code):
        return []
    index = queries.ground()
    exact = [index.area(kind=kind, code=code.upper(), on=on) for kind in GRID_KINDS]
    return [_area_candidate(area) for area in exact if area is not None]


def _area_candidate(area: Area) -> Candidate:
    point = area.boundary.representative_point()
    return Candidate(
        area.kind.value, f"{area.name}（{area.code}）", round(point.x, 6), round(point.y, 6), area.district_code, "code"
    )


def _candidate(hit: Hit) -> Candidate:
    place = hit.place
    return Candidate(place.kind, place.name, place.lon, place.lat, place.district_code, hit.match.name.lower())


def in_words(spoken: Spoken) -> str:
    """What is said of a point as people of the city read it."""
    if spoken.direction:
        values = {
            "place": spoken.name,
            "wind": _winds()[spoken.direction],
            "metres": f"{spoken.metres:.0f}",
            "road": spoken.road,
        }
        text = _("%(road)s%(place)s%(wind)s约%(metres)s米处") if spoken.road else _("%(place)s%(wind)s约%(metres)s米处")
        return text % values
    return _("%(name)s附近") % {"name": spoken.name} if spoken.is_near else spoken.name


def _winds() -> Mapping[str, str]:
    return {
        "n": _("北侧"), "ne": _("东北侧"), "e": _("东侧"), "se": _("东南侧"), "s": _("南侧"), "sw": _("西南侧"),
        "w": _("西侧"), "nw": _("西北侧"),
    }  # fmt: skip
