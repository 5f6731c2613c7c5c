"""Owns a ring drawn on the map to look for cases within: its text in an address, its limits, the box around it."""

from __future__ import annotations

Ring = tuple[tuple[float, float], ...]
"""Corners in degrees of WGS-84; the last one joins the first."""

LEAST_CORNERS, MOST_CORNERS = 3, 60


class NoRing(ValueError):
    """A text that is no ring of so few corners on this earth."""


def ring_of(text: str) -> Ring:
    """The ring of ``lon,lat;lon,lat;…``. Raises NoRing."""
    corners = [corner for corner in text.split(";", MOST_CORNERS + 1) if corner]
    if not LEAST_CORNERS <= len(corners) <= MOST_CORNERS:
        raise NoRing(text)
    try:
        points = [tuple(float(part) for part in corner.split(",", 2)) for corner in corners]
    except ValueError as wrong:
        raise NoRing(text) from wrong
    ring = [(point[0], point[1]) for point in points if len(point) == 2]
    if len(ring) < len(points) or not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in ring):
        raise NoRing(text)
    return tuple(ring)


def text_of(ring: Ring) -> str:
    """The ring for an address; five decimals are a metre."""
    return ";".join(f"{lon:.5f},{lat:.5f}" for lon, lat in ring)


def box_around(ring: Ring) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    lons, lats = [lon for lon, _lat in ring], [lat for _lon, lat in ring]
    return min(lons), min(lats), max(lons), max(lats)
