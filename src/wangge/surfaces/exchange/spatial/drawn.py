"""Owns a border drawn by hand on its way in: one figure as GeoJSON, and the file of areas that is imported from it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, BoundaryRefused, check_boundary
from wangge.domains.geography.logic.drawing import Redrawn, Sheet
from wangge.domains.geography.sheets import ends_on_its_own
from wangge.surfaces.exchange.spatial.reading import FileUnreadable

MOST_BYTES = 2 * 1024 * 1024
MOST_CORNERS = 20_000
_DIGITS = 8
_CROSSING = re.compile(r"\[(\S+) (\S+)\]")


def figure_in(text: str, *, code: str) -> BaseGeometry:
    """The one area in a GeoJSON text, of this code where it holds several. Raises FileUnreadable, BoundaryRefused."""
    if len(text.encode()) > MOST_BYTES:
        raise FileUnreadable(_("图形太大。请只提供一个网格的边界，不超过 2 MB。"))
    try:
        geometry = _geometry(json.loads(text), code)
        figure = shapely.from_geojson(json.dumps(geometry)) if geometry else None
    except (ValueError, TypeError, RecursionError, shapely.errors.GEOSException) as error:
        raise FileUnreadable(_("这段文字不是可读的 GeoJSON。请提供一个 Polygon 或 MultiPolygon，环须闭合。")) from error
    if figure is None or shapely.get_num_coordinates(figure) > MOST_CORNERS:
        raise FileUnreadable(_("没有找到网格 %(code)s 的边界，或拐点太多。") % {"code": code})
    figure = shapely.force_2d(figure)
    crossing = _CROSSING.search(shapely.is_valid_reason(figure))
    if crossing:
        place = ",".join(f"{float(part):.5f}" for part in crossing.groups())
        raise BoundaryRefused(_("边界自相交，在 %(place)s 附近。请移开那里的边界点。") % {"place": place})
    check_boundary(figure, name=code)
    return figure


def _geometry(told: Any, code: str) -> Any:
    if isinstance(told, Mapping) and told.get("type") == "FeatureCollection":
        features = [each for each in told["features"] if isinstance(each, Mapping)]
        named = [each for each in features if str((each.get("properties") or {}).get("code", "")) == code]
        chosen = named or (features if len(features) == 1 else [])
        return chosen[0]["geometry"] if chosen else None
    return told["geometry"] if told.get("type") == "Feature" else told


def as_file(sheet: Sheet, found: Redrawn, *, on: date) -> bytes:
    """The drawn border and the neighbours it changes as a GeoJSON file of areas."""
    others = {each.code: each for each in sheet.neighbours}
    features = [_feature(sheet.own, found.border, on)]
    features += [_feature(others[code], figure, on) for code, figure in sorted(found.neighbours.items())]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _feature(area: Area, figure: BaseGeometry, on: date) -> dict[str, Any]:
    end = ends_on_its_own(kind=area.kind, code=area.code, on=on)
    cells = {"code": area.code, "name": area.name, "parent": area.parent_code}
    if end is not None:
        cells["valid_to"] = end.isoformat()
    return {"type": "Feature", "properties": cells, "geometry": geometry_of(figure)}


def geometry_of(figure: BaseGeometry) -> dict[str, Any]:
    """A figure as GeoJSON, to the millimetre."""
    rounded = shapely.transform(figure, lambda points: np.round(points, _DIGITS))
    told: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return told
