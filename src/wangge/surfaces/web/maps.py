"""The maps on pages: which layers of the city's own ground are drawn, and where the city's middle is."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.surfaces.web.elements.pieces import MapLayer, MapView

CLOSE_DEGREES = 0.012
LAYERS = {
    "grids": AreaKind.RESPONSIBILITY_GRID,
    "streets": AreaKind.STREET,
    "unit-grids": AreaKind.UNIT_GRID,
    "districts": AreaKind.DISTRICT,
}


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


def _layer(name: str, query: str) -> str:
    address = reverse("ground_layer", args=[name])
    return f"{address}?{query}" if query else address


def city_middle(at: datetime) -> tuple[float, float] | None:
    """The middle of the box around all districts, in degrees of WGS-84."""
    index = ground()
    return _middle(index, day_of(civil(at)).toordinal()) if index.areas else None


@lru_cache(maxsize=4)
def _middle(index: AreaIndex, day: int) -> tuple[float, float] | None:
    from datetime import date

    districts = index.areas_on(kind=AreaKind.DISTRICT, on=date.fromordinal(day))
    if not districts:
        return None
    boxes = [area.boundary.bounds for area in districts]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return (west + east) / 2, (south + north) / 2
