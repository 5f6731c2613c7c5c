"""Owns sizes on the ground: square metres and metres of figures given in degrees.

Areas are those on the sphere, between straight lines of the equal-area cylinder: exact for neighbours that share a
border, and additive, so that the parts of a district add up to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

EARTH_RADIUS_M = 6_371_008.8
METRES_A_DEGREE = EARTH_RADIUS_M * np.pi / 180
_POLYGON = 3

Figures = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


def square_metres(figures: Any) -> Floats:
    """The area of each figure; 0 for what has none."""
    array = np.atleast_1d(np.asarray(figures, dtype=object))
    parts, part_of = shapely.get_parts(array, return_index=True)
    is_area = shapely.get_type_id(parts) == _POLYGON
    parts, part_of = parts[is_area], part_of[is_area]
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    points, point_of = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return np.zeros(len(array))
    angles = np.radians(points)
    first = np.flatnonzero(np.diff(point_of, prepend=-1))
    # From the ring's first corner on: large numbers would eat the square metres.
    across = (angles[:, 0] - angles[first, 0][point_of]) * EARTH_RADIUS_M
    up = (np.sin(angles[:, 1]) - np.sin(angles[first, 1])[point_of]) * EARTH_RADIUS_M
    turned = np.zeros(len(points))
    turned[:-1] = (across[:-1] * up[1:] - across[1:] * up[:-1]) * (point_of[:-1] == point_of[1:])
    areas = np.abs(np.bincount(point_of, turned, len(rings))) / 2
    areas *= np.where(np.diff(ring_of, prepend=-1) != 0, 1.0, -1.0)  # after the outer ring come the holes
    of_parts = np.bincount(ring_of, areas, len(parts))
    return np.asarray(np.bincount(part_of, of_parts, len(array)), dtype=np.float64)


def lengths_m(figures: Any) -> Floats:
    """The length of each line, or of the border of each area."""
    array = np.atleast_1d(np.asarray(figures, dtype=object))
    parts, part_of = shapely.get_parts(array, return_index=True)
    borders, border_of = shapely.get_parts(shapely.boundary(parts), return_index=True)
    is_area = shapely.get_type_id(parts) == _POLYGON
    lines = np.concatenate([borders[is_area[border_of]], parts[~is_area]])
    line_of = np.concatenate([part_of[border_of[is_area[border_of]]], part_of[~is_area]])
    points, point_of = shapely.get_coordinates(lines, return_index=True)
    if len(points) < 2:
        return np.zeros(len(array))
    steps = metres_apart(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    steps = np.where(point_of[:-1] == point_of[1:], steps, 0.0)
    return np.asarray(np.bincount(line_of[point_of[:-1]], steps, len(array)), dtype=np.float64)


def mean_width_m(figures: Figures) -> Floats:
    """Twice the area over the length of the border: how wide a long, thin figure is."""
    lengths = lengths_m(figures)
    return np.divide(2 * square_metres(figures), lengths, out=np.zeros(len(lengths)), where=lengths > 0)


def metres_apart(lons: Floats, lats: Floats, other_lons: Floats, other_lats: Floats) -> Floats:
    """The distance of points from others near by, one by one."""
    across = (other_lons - lons) * np.cos(np.radians((lats + other_lats) / 2))
    return np.asarray(np.hypot(across, other_lats - lats) * METRES_A_DEGREE, dtype=np.float64)
