"""The maps on pages: which layers of the city's own ground are drawn, and where the city's middle is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.queries import ground
from wangge.surfaces.web.elements.pieces import MapLayer, MapView

CLOSE_DEGREES = 0.012
LAYERS = {
    "grids": AreaKind.RESPONSIBILITY_GRID,
    "streets": AreaKind.STREET,
    "unit-grids": AreaKind.UNIT_GRID,
    "communities": AreaKind.COMMUNITY,
    "districts": AreaKind.DISTRICT,
}
_LAYER_OF = {kind: name for name, kind in LAYERS.items()}


def map_at(lon: float | None, lat: float | None, at: datetime, *, nearby_url: str = "") -> MapView | None:
    """A map about a point, or of the middle of the city; None where the city has no ground yet."""
    known = lon is not None and lat is not None
    middle = (lon, lat) if lon is not None and lat is not None else city_middle(at)
    if middle is None:
        return None
    west, south = middle[0] - CLOSE_DEGREES, middle[1] - CLOSE_DEGREES
    box = ",".join(f"{value:.4f}" for value in (west, south, west + 2 * CLOSE_DEGREES, south + 2 * CLOSE_DEGREES))
    close = urlencode({"bbox": box}) if known else ""
    return MapView(
        lon=f"{middle[0]:.6f}",
        lat=f"{middle[1]:.6f}",
        layers=(
            *((MapLayer("unit-grids", _("单元网格"), _layer("unit-grids", close)),) if known else ()),
            MapLayer("grids", _("责任网格"), _layer("grids", close)),
            MapLayer("districts", _("区界"), _layer("districts", "")),
        ),
        nearby_url=nearby_url,
        zoom="15" if known else "12",
    )


def map_of_city(at: datetime) -> MapView | None:
    """A map of the whole city with its responsibility grids; None where it has no ground yet."""
    day = day_of(civil(at))
    districts = ground().areas_on(kind=AreaKind.DISTRICT, on=day)
    if not districts:
        return None
    view = map_of_areas(districts, AreaKind.DISTRICT, day)
    return replace(view, layers=(*view.layers, MapLayer("grids", _("责任网格"), _layer("grids", ""))))


def map_over(box: tuple[float, float, float, float], at: datetime) -> MapView:
    """A map with a box (west, south, east, north) in sight and the responsibility grids about it."""
    west, south, east, north = box
    span = max(east - west, north - south, CLOSE_DEGREES)
    about = ",".join(f"{value:.4f}" for value in (west - span, south - span, east + span, north + span))
    return MapView(
        lon=f"{(west + east) / 2:.6f}",
        lat=f"{(south + north) / 2:.6f}",
        layers=(
            MapLayer("grids", _("责任网格"), _layer("grids", urlencode({"bbox": about}))),
            MapLayer("districts", _("区界"), _layer("districts", "")),
        ),
        zoom=_zoom_for(span),
    )


def _zoom_for(span: float) -> str:
    return f"{min(16.0, max(8.0, math.log2(360 / span) - 0.2)):.1f}"


def map_of_areas(areas: Sequence[Area], kind: AreaKind, day: date) -> MapView:
    """A map of areas of one kind on a day, all of them in sight, within their districts."""
    boxes = np.array([area.boundary.bounds for area in areas])
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    span = max(east - west, north - south, 0.001)
    when = urlencode({"on": day.isoformat()})
    layers = [MapLayer("districts", _("区界"), _layer("districts", when))]
    name = _LAYER_OF[kind]
    if name != "districts":
        close = urlencode({"on": day.isoformat(), "bbox": f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}"})
        layers.append(MapLayer(name, "", _layer(name, close)))
    return MapView(
        lon=f"{(west + east) / 2:.6f}",
        lat=f"{(south + north) / 2:.6f}",
        layers=tuple(layers),
        zoom=_zoom_for(span),
    )


def _layer(name: str, query: str) -> str:
    address = reverse("ground_layer", args=[name])
    return f"{address}?{query}" if query else address


def city_middle(at: datetime) -> tuple[float, float] | None:
    """The middle of the box around all districts, in degrees of WGS-84."""
    index = ground()
    return _middle(index, day_of(civil(at)).toordinal()) if index.areas else None


@lru_cache(maxsize=4)
def _middle(index: AreaIndex, day: int) -> tuple[float, float] | None:
    districts = index.areas_on(kind=AreaKind.DISTRICT, on=date.fromordinal(day))
    if not districts:
        return None
    boxes = [area.boundary.bounds for area in districts]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return (west + east) / 2, (south + north) / 2
