"""Owns the doubt about a whole file's coordinates: do its points lie where its own grid codes say they lie?

One wrong point is an error; all of them moved alike are a wrong system. Each case that names a unit grid we know gives
an arrow from the grid's middle to the point; the median arrow of a right file is shorter than a grid.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wangge.groundwork.coordinates import CoordinateError, CoordinateSystem, to_wgs84

MOST_POINTS = 5000
FEWEST_POINTS = 20
WRONG_FROM_METRES = 60.0
_METRES_A_DEGREE = 111_195.0
_SYSTEMS = (CoordinateSystem.WGS84, CoordinateSystem.GCJ02, CoordinateSystem.BD09)
_DIRECTIONS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")

MiddleOf = Callable[[str], tuple[float, float] | None]
"""Unit grid code → the middle of the grid (lon, lat), or None for one not known here."""


@dataclass(slots=True)
class OffsetWatch:
    """The points of a run beside the grids they name."""

    middle_of: MiddleOf
    _seen: list[tuple[float, float, str, tuple[float, float]]] = field(default_factory=list)

    def see(self, lon: float | None, lat: float | None, system: str, unit_grid: str) -> None:
        """Take a case's point in, as it was given, when its grid is known."""
        if lon is None or lat is None or not unit_grid or len(self._seen) >= MOST_POINTS:
            return
        if system not in _SYSTEMS:
            return
        middle = self.middle_of(unit_grid)
        if middle is not None:
            self._seen.append((lon, lat, system, middle))

    def as_json(self) -> dict[str, Any] | None:
        """What the points say: how far they lie off, whereto, and in which system they would lie right."""
        if len(self._seen) < FEWEST_POINTS:
            return None
        declared = self._seen[0][2]
        arrows = {system: self._arrow(system) for system in _SYSTEMS}
        east, north = arrows[CoordinateSystem(declared)]
        metres = math.hypot(east, north)
        likelier = min(_SYSTEMS, key=lambda system: math.hypot(*arrows[system]))
        is_wrong = metres > WRONG_FROM_METRES
        fits = is_wrong and math.hypot(*arrows[likelier]) <= WRONG_FROM_METRES
        return {
            "points": len(self._seen),
            "declared": declared,
            "metres": round(metres, 1),
            "direction": _DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8],
            "is_wrong": is_wrong,
            "likelier": likelier.value if fits else "",
        }

    def _arrow(self, system: CoordinateSystem) -> tuple[float, float]:
        east, north = [], []
        for lon, lat, _declared, (middle_lon, middle_lat) in self._seen:
            try:
                x, y = to_wgs84(lon, lat, system=system)
            except CoordinateError:
                continue
            east.append((x - middle_lon) * _METRES_A_DEGREE * math.cos(math.radians(middle_lat)))
            north.append((y - middle_lat) * _METRES_A_DEGREE)
        return (statistics.median(east), statistics.median(north)) if east else (math.inf, math.inf)
