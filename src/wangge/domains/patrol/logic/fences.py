"""Owns how far a point lies outside a border, in metres. Pure: degrees of WGS-84 in, metres out."""

from __future__ import annotations

import math
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

_METRES_PER_DEGREE = 111_320.0


@lru_cache(maxsize=4096)
def _plane(boundary: BaseGeometry) -> tuple[BaseGeometry, float]:
    """The border in a plane of metres around its own latitude; a grid is small enough for that."""
    shrink = math.cos(math.radians(boundary.centroid.y))
    scaled = shapely.transform(boundary, lambda xy: xy * [_METRES_PER_DEGREE * shrink, _METRES_PER_DEGREE])
    shapely.prepare(scaled)
    return scaled, shrink


def metres_outside(boundary: BaseGeometry, lon: float, lat: float) -> float:
    """0 inside the border, else the distance to it."""
    plane, shrink = _plane(boundary)
    return float(plane.distance(shapely.Point(lon * _METRES_PER_DEGREE * shrink, lat * _METRES_PER_DEGREE)))
