"""Owns a border drawn by hand: where its corners meet those around it, and how neighbours give way and close up.

What a new border takes leaves the neighbours; what it gives up goes to the neighbour it lies along. A strip that lies
along several is cut where their borders met the old one, to the corner that the hand moved there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area
from wangge.domains.geography.logic.checking import as_area, is_sliver, place_of
from wangge.domains.geography.logic.measures import Figures, square_metres

TOUCH_DEGREES = 5e-6
"""Half a metre: borders closer than that are taken for the same."""
GRID_DEGREES = 1e-8
"""A millimetre: where cuts put their corners."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid with a corner wherever another border meets its own, what touches it, and what it must stay within."""

    own: Area
    border: BaseGeometry
    neighbours: tuple[Area, ...]
    parent: Area | None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A drawn border within its parent, and the neighbours that it changes."""

    border: BaseGeometry
    neighbours: Mapping[str, BaseGeometry]
    cut_off_m2: float = 0.0
    """What was drawn beyond the parent and left out."""
    left_open: tuple[str, ...] = ()
    """Places that no neighbour takes."""


def sheet_of(own: Area, others: Sequence[Area], parent: Area | None) -> Sheet:
    """The grid ready to be drawn on; `others` are of its kind and day."""
    tree = STRtree([area.boundary for area in others])
    near = tree.query(own.boundary, predicate="dwithin", distance=TOUCH_DEGREES).tolist()
    neighbours = tuple(others[i] for i in sorted(near) if others[i].code != own.code)
    return Sheet(own, _with_corners_of(own.boundary, [each.boundary for each in neighbours]), neighbours, parent)


def _with_corners_of(border: BaseGeometry, around: Sequence[BaseGeometry]) -> BaseGeometry:
    """The border with a corner wherever one of another border lies on it."""
    points = shapely.get_coordinates(np.array(around, dtype=object))
    if not len(points):
        return border
    noded: Any = shapely.snap(border, shapely.multipoints(points), TOUCH_DEGREES)
    found: BaseGeometry = noded if noded.is_valid and noded.geom_type == border.geom_type else border
    return found


def redrawn(sheet: Sheet, drawn: BaseGeometry) -> Redrawn:
    """What the drawn border, a valid area, comes to when the neighbours of the same parent move with it."""
    border, cut_off = _within(drawn, sheet.parent)
    yielding = [each for each in sheet.neighbours if each.parent_code == sheet.own.parent_code]
    pieces: dict[str, list[BaseGeometry]] = {each.code: [] for each in yielding}
    left_open: list[str] = []
    for part in _parts(shapely.difference(sheet.border, border, grid_size=GRID_DEGREES)):
        for piece, code in _shared_out(part, border, yielding):
            if code:
                pieces[code].append(piece)
            else:
                left_open.append(place_of(piece))
    changed = {each.code: found for each in yielding if (found := _changed(each, border, pieces[each.code]))}
    return Redrawn(border, changed, cut_off, tuple(left_open))


def _within(drawn: BaseGeometry, parent: Area | None) -> tuple[BaseGeometry, float]:
    if parent is None:
        return drawn, 0.0
    outside = shapely.difference(drawn, parent.boundary)
    if is_sliver(np.array([outside], dtype=object))[0]:
        return drawn, 0.0
    inside = as_area(shapely.intersection(drawn, parent.boundary, grid_size=GRID_DEGREES))
    return inside, float(square_metres(outside)[0])


def _parts(figure: BaseGeometry) -> list[BaseGeometry]:
    """The areas of a figure that are no slivers."""
    parts = shapely.get_parts(as_area(figure))
    return [part for part, thin in zip(parts, is_sliver(parts), strict=True) if not thin] if len(parts) else []


def _changed(neighbour: Area, border: BaseGeometry, gained: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """The neighbour without what was taken and with what it gains; None where it stays as it is."""
    taken = _parts(shapely.intersection(neighbour.boundary, border, grid_size=GRID_DEGREES))
    if not taken and not gained:
        return None
    rest = shapely.difference(neighbour.boundary, border, grid_size=GRID_DEGREES) if taken else neighbour.boundary
    whole = shapely.union_all([rest, *gained], grid_size=GRID_DEGREES)
    kept = _parts(whole)
    return shapely.union_all(kept) if kept else None


def _shared_out(part: BaseGeometry, border: BaseGeometry, around: Sequence[Area]) -> list[tuple[BaseGeometry, str]]:
    """The pieces of a part that was given up, each with the code of its new grid; empty for none."""
    along = {each.code: _along(part, each) for each in around}
    along = {code: line for code, line in along.items() if line.length > 2 * TOUCH_DEGREES}
    if len(along) < 2:
        return [(part, next(iter(along), ""))]
    cuts = _cuts(part, border, list(along.values()))
    lines = shapely.union_all([part.boundary, *cuts])
    found = []
    for piece in shapely.get_parts(shapely.polygonize(list(shapely.get_parts(lines)))):
        if not part.contains(piece.representative_point()):
            continue
        lengths = {code: piece.boundary.intersection(line.buffer(TOUCH_DEGREES)).length for code, line in along.items()}
        best = max(sorted(lengths), key=lengths.__getitem__)
        found.append((piece, best))
    return found


def _along(part: BaseGeometry, neighbour: Area) -> BaseGeometry:
    """The stretch of the part's border that lies on the neighbour."""
    found: BaseGeometry = shapely.intersection(part.boundary, shapely.buffer(neighbour.boundary, TOUCH_DEGREES))
    return found


def _cuts(part: BaseGeometry, border: BaseGeometry, along: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Lines across the part from where two neighbours meet to the new border, to its nearest corner there."""
    corners = _inner_corners(part, border)
    found = []
    for i, first in enumerate(along):
        for second in along[i + 1 :]:
            meeting = shapely.intersection(first.buffer(2 * TOUCH_DEGREES), second.buffer(2 * TOUCH_DEGREES))
            for spot in shapely.get_parts(meeting):
                found.append(_cut(spot, corners, border))
    return found


def _inner_corners(part: BaseGeometry, border: BaseGeometry) -> Figures:
    """The corners of the new border along the part, without the two where it leaves the part."""
    chain = shapely.line_merge(shapely.intersection(part.boundary, shapely.buffer(border, TOUCH_DEGREES)))
    ends = shapely.multipoints([shapely.get_point(line, n) for line in shapely.get_parts(chain) for n in (0, -1)])
    corners: Any = shapely.points(shapely.get_coordinates(border))
    inner = shapely.dwithin(corners, part.boundary, TOUCH_DEGREES)
    inner &= ~shapely.dwithin(corners, ends, 3 * TOUCH_DEGREES)
    found: Figures = corners[inner]
    return found


def _cut(meeting: BaseGeometry, corners: Figures, border: BaseGeometry) -> BaseGeometry:
    """From the start to the nearest corner, or to the border where it has none there; reaching over at both ends."""
    start = shapely.centroid(meeting)
    if len(corners):
        end = corners[int(np.argmin(shapely.distance(corners, start)))]
    else:
        end = shapely.get_point(shapely.shortest_line(start, border), -1)
    ends = shapely.get_coordinates([start, end])
    way = ends[1] - ends[0]
    length = float(np.hypot(*way)) or 1.0
    over = way / length * 4 * TOUCH_DEGREES
    return shapely.LineString([ends[0] - over, ends[1] + over])
