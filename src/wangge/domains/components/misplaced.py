"""Owns whether a whole file of components lies elsewhere than it should: read in the wrong system, or displaced.

A file of a map vendor is 500 m off with a straight face. The grid that a row states witnesses where it should lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wangge.groundwork.coordinates import CoordinateSystem, from_wgs84_many, to_wgs84_many

MOST_ASKED = 2_000
LEAST_ASKED = 20
AGREES_PERCENT = 50
"""From this share of rows on which lie in the grids they state, a file is read in the right system."""
FITS_PERCENT = 90
OFF_BY_METRES = 60.0
"""From this median distance on a file as a whole is taken to lie elsewhere, as with borders."""
_DEGREES = (CoordinateSystem.WGS84, CoordinateSystem.GCJ02, CoordinateSystem.BD09)

Floats = npt.NDArray[np.float64]
GridsOf = Callable[[Floats, Floats], npt.NDArray[np.object_]]
"""The grids that WGS-84 points lie in."""


@dataclass(slots=True)
class Witnesses:
    """Rows that state their grid: place, grid and the system they came in; as many as are worth asking."""

    lons: list[float] = field(default_factory=list)
    lats: list[float] = field(default_factory=list)
    grids: list[str] = field(default_factory=list)
    system: str = CoordinateSystem.WGS84.value

    def hear(self, lon: float, lat: float, grid: str, system: str) -> None:
        """One more row."""
        if grid and len(self.grids) < MOST_ASKED:
            self.lons.append(lon)
            self.lats.append(lat)
            self.grids.append(grid)
            self.system = system


def system_that_fits(heard: Witnesses, grids_of: GridsOf) -> str:
    """The system of degrees in which the rows lie where they say, when they do not as they were read; else empty."""
    if len(heard.grids) < LEAST_ASKED or heard.system not in _DEGREES:
        return ""
    lons, lats = np.array(heard.lons), np.array(heard.lats)
    stated = np.array(heard.grids, dtype=object)

    def percent(lons: Floats, lats: Floats) -> float:
        return float(np.mean(grids_of(lons, lats) == stated)) * 100

    if percent(lons, lats) >= AGREES_PERCENT:
        return ""
    given = from_wgs84_many(lons, lats, system=heard.system)
    tried = {
        each.value: percent(*to_wgs84_many(*given, system=each)) for each in _DEGREES if each.value != heard.system
    }
    best = max(tried, key=lambda name: tried[name])
    return best if tried[best] >= FITS_PERCENT else ""
