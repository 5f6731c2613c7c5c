"""Places by words and words for a point, as the API and the pages answer them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.gazetteer_queries import find_places, words_for_point
from wangge.domains.geography.queries import area_name, city_epsg
from wangge.groundwork.coordinates import CoordinateError, to_wgs84

MOST_PLACES = 50
USUAL_PLACES = 10
LONGEST_WORDS = 80


class BadQuestion(ValueError):
    """A value of the question cannot be used; `field` names it, the text says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def places_for(given: Mapping[str, str], *, on: date) -> dict[str, Any]:
    """The places for `q`, near `lon` and `lat` first where they are given."""
    words = given.get("q", "")[:LONGEST_WORDS]
    if "\0" in words:
        raise BadQuestion("q", _("查询条件不能含空字符（U+0000）。"))
    near = _point(given, "lon", "lat", "wgs84") if given.get("lon") and given.get("lat") else None
    found = find_places(words=words, on=on, limit=_limit(given), district=given.get("district", ""), near=near)
    return {
        "items": [
            {
                "kind": each.kind,
                "name": each.name,
                "lon": each.lon,
                "lat": each.lat,
                "district": each.district_code or None,
                "district_name": area_name(kind=AreaKind.DISTRICT, code=each.district_code, on=on) or None,
                "match": each.match,
            }
            for each in found
        ]
    }


def place_at(given: Mapping[str, str], *, on: date) -> dict[str, Any]:
    """The address and the areas of a point, in any system."""
    system = given.get("system") or "wgs84"
    first, second = ("x", "y") if system == "city" else ("lon", "lat")
    lon, lat = _point(given, first, second, system)
    told = words_for_point(lon=lon, lat=lat, on=on)
    place, spoken = told.place, told.spoken
    return {
        "address": told.words,
        "kind": spoken.kind if spoken else None,
        "name": spoken.name if spoken else None,
        "road": (spoken.road or None) if spoken else None,
        "metres": round(spoken.metres, 1) if spoken else None,
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "district": place.district,
        "street": place.street,
        "community": place.community,
        "unit_grid": place.unit_grid,
        "responsibility_grid": place.responsibility_grid,
    }


def _limit(given: Mapping[str, str]) -> int:
    text = given.get("limit", "")
    if not text:
        return USUAL_PLACES
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MOST_PLACES:
        raise BadQuestion("limit", _("limit 须为 1 至 %(most)s 的整数。") % {"most": MOST_PLACES})
    return int(text)


def _point(given: Mapping[str, str], first: str, second: str, system: str) -> tuple[float, float]:
    values = []
    for name in (first, second):
        try:
            values.append(float(given.get(name, "")))
        except ValueError:
            raise BadQuestion(name, _("请给出坐标，写作小数。")) from None
    if not all(math.isfinite(value) for value in values):
        raise BadQuestion(first, _("坐标不是有限的数值。请检查经度、纬度。"))
    try:
        return to_wgs84(values[0], values[1], system=system, city_epsg=city_epsg())
    except CoordinateError as wrong:
        raise BadQuestion(first if system in ("wgs84", "gcj02", "bd09", "city") else "system", str(wrong)) from wrong
