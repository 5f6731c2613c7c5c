"""Owns which coordinate system a file's figures are in: what it says, and what the known ground says to that.

A file's word is not enough: GeoJSON always says WGS-84, and a file of a map vendor is 500 m off with a straight
face. Areas with known codes, and the parents that codes name, tell where the figures should lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from wangge.domains.geography.logic.measures import METRES_A_DEGREE, Figures, Floats
from wangge.groundwork.coordinates import CoordinateError, CoordinateSystem, to_wgs84_many

OFF_BY_M = 60.0
"""From this median distance on a file as a whole is taken to lie elsewhere: borders move, but not all of them."""
FITS_WITHIN_M = 20.0
_NOWHERE = 999.0  # a number, so that rings stay closed
_LEAST_KNOWN = 3
_MOST_ASKED = 2000
_SAME_DATUM = ("wgs84", "wgs 84", "world geodetic system 1984", "cgcs2000", "china 2000", "china geodetic coordinate")
DEGREES = (CoordinateSystem.WGS84, CoordinateSystem.GCJ02, CoordinateSystem.BD09)
PLANES = tuple(f"EPSG:{code}" for code in (*range(4534, 4555), *range(4513, 4534)))
"""CGCS2000 three-degree Gauss-Krüger by central meridian, without and with the zone in the easting."""


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system: one of the platform's words, or a definition (EPSG code, WKT); axes as given or swapped."""

    name: str
    swapped: bool = False

    @property
    def word(self) -> str:
        """How a person says it on the command line."""
        return self.name if len(self.name) < 20 else "WKT"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well figures in a system meet the known ground."""

    system: System
    off_by_m: float
    """The median distance of areas from those of the same code, or how far they lie outside their parents."""
    uniform: bool = False
    """Whether all areas lie off by the same way: a displacement, not borders that have moved."""


def system_named(definition: str) -> str:
    """`wgs84` for every geographic system that agrees with it, else the definition as it is."""
    if not definition or definition in tuple(CoordinateSystem):
        return definition
    crs = CRS.from_user_input(definition)
    return CoordinateSystem.WGS84.value if crs.is_geographic and is_same_datum(definition) else definition


def is_known(definition: str) -> bool:
    """Whether a definition can be read at all."""
    if definition in tuple(CoordinateSystem):
        return True
    try:
        CRS.from_user_input(definition)
    except CRSError:
        return False
    return True


def is_same_datum(definition: str) -> bool:
    """Whether a definition stands on WGS-84 or CGCS2000: from other datums places come out a hundred metres off."""
    if definition in tuple(CoordinateSystem):
        return True
    crs = CRS.from_user_input(definition)
    names = " ".join(filter(None, (crs.datum.name if crs.datum else "", crs.name))).lower().replace("_", " ")
    return any(word in names for word in _SAME_DATUM)


def in_degrees(figures: Figures, *, system: System, city_epsg: int) -> Figures:
    """The figures in WGS-84; a point that is no place in the system lies beyond all degrees afterwards."""

    def moved(points: Floats) -> Floats:
        # Each corner once: rings stay closed and neighbours share their corners to the last bit.
        pairs, back = np.unique(np.ascontiguousarray(points).view(np.complex128).ravel(), return_inverse=True)
        first, second = (pairs.imag, pairs.real) if system.swapped else (pairs.real, pairs.imag)
        placed = np.column_stack(_to_wgs84(first, second, system.name, city_epsg))
        return np.where(np.isfinite(placed), placed, _NOWHERE)[back]

    if system == System(CoordinateSystem.WGS84.value):
        return figures
    return np.asarray(shapely.transform(figures, moved), dtype=object)


def _to_wgs84(first: Floats, second: Floats, name: str, city_epsg: int) -> tuple[Floats, Floats]:
    if name in tuple(CoordinateSystem):
        return to_wgs84_many(first, second, system=name, city_epsg=city_epsg)
    crs = CRS.from_user_input(name)
    if not is_same_datum(name):  # PROJ knows the shift of the datum to WGS-84, as far as one is published
        lons, lats = Transformer.from_crs(crs, 4326, always_xy=True).transform(first, second)
        return np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    epsg = crs.to_epsg() if crs.is_projected else None
    if epsg is not None:
        try:  # bounded by the zone, so that a wrong zone or swapped axes are found
            return to_wgs84_many(first, second, system=CoordinateSystem.CITY, city_epsg=epsg)
        except CoordinateError:
            pass
    lons, lats = Transformer.from_crs(crs, 4490, always_xy=True).transform(first, second)
    return np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)


def fitting_system(
    figures: Figures,
    codes: list[str],
    *,
    stated: System,
    city_epsg: int,
    known: Mapping[str, Any],
    parents: Mapping[str, Any],
    parent_of: Mapping[str, str],
) -> tuple[Fit | None, Fit | None]:
    """How the stated system fits, and the system that fits better by far, if there is one.

    `known` are borders of the same kind by code, `parents` those of the kind above. None, None: nothing is known to
    compare with. Without a stated system (empty name) the best that fits is answered.
    """
    sample = _sample(figures)
    asked = [i for i in sample if codes[i] in known][:_MOST_ASKED]
    if len(asked) >= _LEAST_KNOWN or (asked and len(asked) == len(sample)):
        targets: Any = shapely.centroid(np.array([known[codes[i]] for i in asked], dtype=object))

        def off(system: System) -> Fit:
            return _displacement(figures[asked], targets, system, city_epsg)
    else:
        asked = [i for i in sample if parent_of.get(codes[i], "") in parents][:_MOST_ASKED]
        if len(asked) < _LEAST_KNOWN:
            return None, None
        targets = np.array([parents[parent_of[codes[i]]] for i in asked], dtype=object)

        def off(system: System) -> Fit:
            return Fit(system, _outside(figures[asked], targets, system, city_epsg))

    own = off(stated) if stated.name else None
    if own is not None and own.off_by_m <= OFF_BY_M:
        return own, None
    turned = [System(stated.name, not stated.swapped)] if stated.name else []
    candidates = [*turned, *_candidates(figures[asked], city_epsg)]
    fits = [off(each) for each in candidates if each != stated]
    best = min(fits, key=lambda fit: fit.off_by_m, default=None)
    if best is None or best.off_by_m > FITS_WITHIN_M:
        return own, None
    return own, best


def plausible_without_ground(figures: Figures, *, stated: System, city_epsg: int) -> System | None:
    """Where nothing is known to compare with: the swapped system, when only that gives places at all."""
    swapped = System(stated.name, not stated.swapped)
    return swapped if _places(figures, stated, city_epsg) < 0.5 < _places(figures, swapped, city_epsg) else None


def _places(figures: Figures, system: System, city_epsg: int) -> float:
    """The share of figures that lie anywhere within the bounds of the country's box."""
    moved = in_degrees(figures[_sample(figures)], system=system, city_epsg=city_epsg)
    bounds = shapely.bounds(moved)
    inside = (bounds[:, 0] >= 70) & (bounds[:, 2] <= 140) & (bounds[:, 1] >= 0) & (bounds[:, 3] <= 60)
    return float(np.mean(inside)) if len(bounds) else 0.0


def _candidates(figures: Figures, city_epsg: int) -> list[System]:
    """Systems whose numbers look like these; the city's own plane before others."""
    bounds = shapely.bounds(figures)
    largest = float(np.nanmax(np.abs(bounds))) if len(bounds) else 0.0
    if largest <= 180:
        return [System(name.value, swapped) for swapped in (False, True) for name in DEGREES]
    planes = (CoordinateSystem.CITY.value, *(name for name in PLANES if name != f"EPSG:{city_epsg}"))
    return [System(name, swapped) for swapped in (False, True) for name in planes]


def _displacement(figures: Figures, targets: Any, system: System, city_epsg: int) -> Fit:
    middle = shapely.get_coordinates(shapely.centroid(in_degrees(figures, system=system, city_epsg=city_epsg)))
    wanted = shapely.get_coordinates(targets)
    stretch = np.array([np.cos(np.radians(wanted[:, 1].mean())), 1.0])
    ways = (middle - wanted) * stretch * METRES_A_DEGREE
    usual = np.median(ways, axis=0)
    length = float(np.hypot(*usual))
    strays = float(np.median(np.hypot(*(ways - usual).T)))
    off_by = float(np.median(np.hypot(*ways.T)))
    return Fit(system, off_by, uniform=len(figures) >= _LEAST_KNOWN and strays < length / 4)


def _outside(figures: Figures, parents: Any, system: System, city_epsg: int) -> float:
    """How far the figures' middles lie outside their parents: the ninth tenth, in metres."""
    middle = shapely.point_on_surface(in_degrees(figures, system=system, city_epsg=city_epsg))
    degrees = shapely.distance(middle, parents)
    return float(np.quantile(degrees, 0.9)) * 111_000.0 if np.isfinite(degrees).all() else float("inf")


def _sample(figures: Figures) -> list[int]:
    """Figures to ask: spread over the file, whole ones only."""
    usable = np.flatnonzero(~shapely.is_missing(figures) & ~shapely.is_empty(figures))
    step = max(1, len(usable) // _MOST_ASKED)
    chosen: npt.NDArray[np.int64] = usable[::step]
    return [int(i) for i in chosen]
