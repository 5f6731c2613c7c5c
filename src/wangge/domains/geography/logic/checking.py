"""Owns the checks of figures among themselves: rings that cross, overlaps, gaps, what sticks out of its parent.

Borders drawn by different hands never meet exactly: what is smaller than SLIVER_M2 or thinner than SLIVER_WIDTH_M
is no finding. Neighbours that share their corners are recognised as such in one sweep over the whole coverage;
only what that sweep suspects is cut with its neighbours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.logic.measures import Figures, mean_width_m, square_metres

SLIVER_M2 = 25.0
SLIVER_WIDTH_M = 0.5
AREA_TYPES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Shared:
    """Two figures that cover the same ground: how much, and where."""

    first: int
    second: int
    area_m2: float
    place: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground of a parent that no child covers, and the child next to its largest piece."""

    parent: str
    area_m2: float
    place: str
    beside: int


def is_sliver(figures: Figures) -> npt.NDArray[np.bool_]:
    """Which figures are too small or too thin to matter."""
    return (square_metres(figures) < SLIVER_M2) | (mean_width_m(figures) < SLIVER_WIDTH_M)


def repaired(figure: BaseGeometry) -> BaseGeometry:
    """The area a crossing border most likely means: its parts kept, its lines dropped."""
    whole = shapely.make_valid(figure, method="structure", keep_collapsed=False)
    return as_area(whole)


def as_area(figure: BaseGeometry) -> BaseGeometry:
    """The polygons of a figure alone."""
    if figure.geom_type in AREA_TYPES:
        return figure
    parts = [part for part in shapely.get_parts(figure) if part.geom_type in AREA_TYPES]
    return shapely.union_all(parts) if parts else shapely.MultiPolygon()


def place_of(figure: BaseGeometry) -> str:
    """A point of the figure as words: longitude and latitude."""
    point = shapely.point_on_surface(figure)
    return f"{point.x:.5f},{point.y:.5f}"


def overlaps(figures: Figures, *, but: int = 0) -> list[Shared]:
    """Every pair that covers the same ground; pairs among the first `but` figures are not of interest.

    All figures are valid areas.
    """
    if len(figures) < 2:
        return []
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(figures)))
    if not len(suspects):
        return []
    asked, met = STRtree(figures).query(figures[suspects], predicate="intersects")
    pairs = np.sort(np.column_stack([suspects[asked], met]), axis=1)
    pairs = np.unique(pairs[(pairs[:, 0] < pairs[:, 1]) & (pairs[:, 1] >= but)], axis=0)
    first, second = pairs[:, 0], pairs[:, 1]
    cut = np.asarray(shapely.intersection(figures[first], figures[second]), dtype=object)
    real = np.flatnonzero(shapely.area(cut) > 0)
    real = real[~is_sliver(cut[real])]
    areas = square_metres(cut[real])
    return [
        Shared(int(first[i]), int(second[i]), float(area), place_of(cut[i]))
        for i, area in zip(real, areas, strict=True)
    ]


def sticking_out(figures: Figures, parents: Figures) -> dict[int, float]:
    """Which figures reach out of their parents (one for each), and how far in square metres."""
    shapely.prepare(parents)
    loose = np.flatnonzero(~shapely.covers(parents, figures))
    outside = np.asarray(shapely.difference(figures[loose], parents[loose]), dtype=object)
    if not len(outside):
        return {}
    real = np.flatnonzero(~is_sliver(outside))
    return {int(loose[i]): float(area) for i, area in zip(real, square_metres(outside[real]), strict=True)}


def gaps(children: Mapping[str, Sequence[int]], figures: Figures, parents: Mapping[str, BaseGeometry]) -> list[Gap]:
    """Ground of the parents that their children (indices of `figures`) leave open."""
    sizes = square_metres(figures)
    names = [name for name in children if name in parents]
    whole = square_metres(np.array([parents[name] for name in names], dtype=object)) if names else np.array([])
    found: list[Gap] = []
    for name, size in zip(names, whole, strict=True):
        indices = list(children[name])
        # Children that neither overlap nor stick out and add up to the parent leave nothing open.
        if abs(size - sizes[indices].sum()) < SLIVER_M2:
            continue
        pieces = shapely.get_parts(shapely.difference(parents[name], shapely.union_all(figures[indices])))
        pieces = np.asarray([piece for piece in pieces if piece.geom_type in AREA_TYPES], dtype=object)
        pieces = pieces[~is_sliver(pieces)] if len(pieces) else pieces
        if len(pieces):
            areas = square_metres(pieces)
            largest = pieces[int(np.argmax(areas))]
            beside = indices[int(np.argmin(shapely.distance(figures[indices], largest)))]
            found.append(Gap(name, float(areas.sum()), place_of(largest), beside))
    return found


def left_open(before: Figures, after: Figures, staying: Figures) -> tuple[float, str] | None:
    """Ground that borders give up and nobody takes: how much, and where its largest piece is."""
    given = shapely.difference(shapely.union_all(before), shapely.union_all(after))
    near = staying[STRtree(staying).query(given, predicate="intersects")] if len(staying) else staying
    rest = as_area(shapely.difference(given, shapely.union_all(near)) if len(near) else given)
    pieces = shapely.get_parts(rest)
    pieces = pieces[~is_sliver(pieces)] if len(pieces) else pieces
    if not len(pieces):
        return None
    areas = square_metres(pieces)
    return float(areas.sum()), place_of(pieces[int(np.argmax(areas))])


def moved_m2(before: Figures, after: Figures) -> Any:
    """How much ground changes hands with each new border; slivers count as nothing."""
    same = np.asarray(shapely.equals_exact(before, after, tolerance=1e-9, normalize=True), dtype=bool)
    moved = np.zeros(len(before))
    changed = np.flatnonzero(~same)
    if len(changed):
        apart = np.asarray(shapely.symmetric_difference(before[changed], after[changed]), dtype=object)
        moved[changed] = np.where(is_sliver(apart), 0.0, square_metres(apart))
    return moved
