"""Owns the drawing of a city's ground: cells without gap or overlap, and their grouping into ever larger areas.

Cells are Voronoi cells round points that lie closer in the centre; larger areas are unions of cells, so that every
level covers the city exactly and nests in the one above. Pure: the same seed gives the same ground.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

_RELAXING_ROUNDS = 4
_OUTLINE_POINTS = 360
_DEGREE_DIGITS = 7
_METRES_A_DEGREE = 111_320.0

Points = npt.NDArray[np.float64]
Group = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The smallest areas of a city in WGS-84 degrees, and which of them are neighbours."""

    centres: Points
    """One row (lon, lat) for each cell."""
    polygons: tuple[Polygon, ...]
    neighbours: tuple[frozenset[int], ...]

    def union(self, group: Sequence[int]) -> BaseGeometry:
        """The area of a group of cells."""
        return shapely.coverage_union_all([self.polygons[i] for i in group])


def draw_cells(*, count: int, centre: tuple[float, float], extent_km: tuple[float, float], seed: int) -> Cells:
    """`count` cells in a city of about that extent round its centre (degrees)."""
    random = np.random.default_rng(seed)
    outline = _outline(extent_km, random)
    points = _relaxed(_scattered(count, outline, random), outline)
    around = _around(outline, points)
    drawn = _voronoi(np.vstack([points, around]))[:count]
    flat = [_in_degrees(cell, centre) for cell in drawn]
    centres = np.array([(cell.centroid.x, cell.centroid.y) for cell in flat])
    return Cells(centres, tuple(flat), _neighbours(flat))


def divide(cells: Cells, group: Sequence[int], weights: Sequence[float]) -> list[Group]:
    """The group's cells in as many connected parts as there are weights, each about that share of the cells."""
    if len(group) < len(weights):
        raise ValueError(f"{len(group)} cells cannot make {len(weights)} areas: raise the number of cells")
    parts = _halved(cells, list(group), list(weights))
    return [tuple(sorted(part)) for part in _connected(cells, parts)]


def reading_order(cells: Cells, group: Sequence[int]) -> list[int]:
    """Cells from north to south in bands, west to east in each: the order in which unit grids are numbered."""
    lats = cells.centres[list(group), 1]
    bands = max(1, round(math.sqrt(len(group))))
    height = (lats.max() - lats.min()) / bands or 1.0
    top = lats.max()

    def place(i: int) -> tuple[int, float]:
        return min(bands - 1, int((top - cells.centres[i, 1]) / height)), float(cells.centres[i, 0])

    return sorted(group, key=place)


def scatter(
    cells: Cells, count: int, *, random: np.random.Generator, weights: Points | None = None
) -> tuple[Points, npt.NDArray[np.int64]]:
    """`count` random points (lon, lat) and the cell of each; cells are drawn by `weights`, else alike."""
    chosen = random.choice(len(cells.polygons), size=count, p=None if weights is None else weights / weights.sum())
    rings = [np.asarray(polygon.exterior.coords)[:-1] for polygon in cells.polygons]
    # Cells are convex: a point between the centre and a random place on the border lies inside.
    side = random.random(count)
    along = random.random(count)
    inward = np.sqrt(random.random(count)) * 0.98
    points = np.empty((count, 2))
    for row, cell in enumerate(chosen):
        ring = rings[cell]
        corner = int(side[row] * len(ring))
        on_border = ring[corner] + along[row] * (ring[(corner + 1) % len(ring)] - ring[corner])
        points[row] = cells.centres[cell] + inward[row] * (on_border - cells.centres[cell])
    return points, chosen


def _outline(extent_km: tuple[float, float], random: np.random.Generator) -> BaseGeometry:
    """A bay-and-cape round shape in metres, like a city between hills and a river."""
    angles = np.linspace(0, 2 * math.pi, _OUTLINE_POINTS, endpoint=False)
    radius = np.ones_like(angles)
    for wave in range(2, 7):
        radius += 0.28 / wave * random.uniform(-1, 1) * np.cos(wave * angles + random.uniform(0, 2 * math.pi))
    across, high = extent_km[0] * 500, extent_km[1] * 500
    return shapely.Polygon(np.column_stack([across * radius * np.cos(angles), high * radius * np.sin(angles)]))


def _scattered(count: int, outline: BaseGeometry, random: np.random.Generator) -> Points:
    """Points inside the outline, four times as dense in the centre as at the edge."""
    west, south, east, north = outline.bounds
    reach = math.hypot(east - west, north - south) / 4
    found: list[Points] = []
    missing = count
    while missing > 0:
        points = random.uniform((west, south), (east, north), (4 * missing + 100, 2))
        density = 0.25 + 0.75 * np.exp(-((np.hypot(points[:, 0], points[:, 1]) / reach) ** 2))
        kept = random.random(len(points)) < density
        kept &= shapely.contains_xy(outline, points[:, 0], points[:, 1])
        found.append(points[kept][:missing])
        missing -= len(found[-1])
    return np.vstack(found)


def _relaxed(points: Points, outline: BaseGeometry) -> Points:
    """Points moved to the middle of their cells: cells become compact (Lloyd's method)."""
    for _round in range(_RELAXING_ROUNDS):
        clipped = shapely.intersection(np.array(_voronoi(points), dtype=object), outline)
        middle = shapely.centroid(clipped)
        points = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    return points


def _around(outline: BaseGeometry, points: Points) -> Points:
    """Points outside the outline that bound the outermost cells."""
    spacing = math.sqrt(outline.area / len(points))
    ring = outline.buffer(spacing * 0.6).exterior
    steps = np.arange(0, ring.length, spacing)
    outside = shapely.line_interpolate_point(ring, steps)
    return np.column_stack([shapely.get_x(outside), shapely.get_y(outside)])


def _voronoi(points: Points) -> list[BaseGeometry]:
    drawn = shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True)
    return list(shapely.get_parts(drawn))


def _in_degrees(cell: BaseGeometry, centre: tuple[float, float]) -> Polygon:
    """Metres round the centre as rounded degrees: neighbours keep the same corners."""
    lon, lat = centre
    across = _METRES_A_DEGREE * math.cos(math.radians(lat))

    def move(points: Any) -> Any:
        return np.round(points / (across, _METRES_A_DEGREE) + (lon, lat), _DEGREE_DIGITS)

    # Two corners a centimetre apart may become one.
    return cast(Polygon, shapely.remove_repeated_points(shapely.transform(cell, move)))


def _neighbours(polygons: Sequence[Polygon]) -> tuple[frozenset[int], ...]:
    """For each cell those that share a side with it."""
    sides: dict[frozenset[tuple[float, ...]], list[int]] = defaultdict(list)
    for i, polygon in enumerate(polygons):
        ring = list(polygon.exterior.coords)
        for start, end in pairwise(ring):
            sides[frozenset((start, end))].append(i)
    found: list[set[int]] = [set() for _polygon in polygons]
    for pair in sides.values():
        if len(pair) == 2:
            found[pair[0]].add(pair[1])
            found[pair[1]].add(pair[0])
    return tuple(frozenset(each) for each in found)


def _halved(cells: Cells, group: list[int], weights: list[float]) -> list[set[int]]:
    """Cut across the longer way, again and again, in proportion to the weights."""
    if len(weights) == 1:
        return [set(group)]
    half = len(weights) // 2
    share = sum(weights[:half]) / sum(weights)
    cut = min(max(round(share * len(group)), half), len(group) - (len(weights) - half))
    across = _longer_way(cells.centres[group])
    ordered = [group[i] for i in np.argsort(cells.centres[group] @ across, kind="stable")]
    return [*_halved(cells, ordered[:cut], weights[:half]), *_halved(cells, ordered[cut:], weights[half:])]


def _longer_way(points: Points) -> Points:
    if len(points) < 3:
        return np.array([1.0, 0.3])
    _values, vectors = np.linalg.eigh(np.cov(points.T))
    longest: Points = vectors[:, -1]
    return longest if longest[0] >= 0 else -longest


def _connected(cells: Cells, parts: list[set[int]]) -> list[set[int]]:
    """Give stray cells of a part to the part they touch most, until every part is in one piece where it can be."""
    for part in parts:
        pieces = sorted(_pieces(cells, part), key=lambda piece: (-len(piece), min(piece)))
        for stray in pieces[1:]:
            touched = [
                (len({i for i in stray if cells.neighbours[i] & other}), -k, other)
                for k, other in enumerate(parts)
                if other is not part
            ]
            most, _order, receiver = max(touched, key=lambda each: each[:2])
            if most:
                part.difference_update(stray)
                receiver.update(stray)
    return parts


def _pieces(cells: Cells, part: set[int]) -> list[set[int]]:
    left, pieces = set(part), []
    while left:
        piece, front = set(), [min(left)]
        while front:
            i = front.pop()
            if i in piece:
                continue
            piece.add(i)
            front += cells.neighbours[i] & left - piece
        pieces.append(piece)
        left -= piece
    return pieces
