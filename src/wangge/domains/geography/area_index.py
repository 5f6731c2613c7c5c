"""Owns the in-process index of all areas: from a point and a day to its areas, in microseconds.

One tree over the borders of every kind and every day: its boxes give a handful of candidates, prepared
borders decide, days are compared as well. A point on a shared border belongs to the area with the smaller
code, so that the answer never depends on the order of loading. Pure: rows in, answers out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, AreaKind, GridDuty, Place

_KINDS = tuple(AreaKind)
_CHUNK = 50_000
_NO_END = date.max.toordinal() + 1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of many points: per kind an array of codes, None where no area covers the point."""

    district: npt.NDArray[np.object_]
    street: npt.NDArray[np.object_]
    community: npt.NDArray[np.object_]
    unit_grid: npt.NDArray[np.object_]
    responsibility_grid: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.district)

    def __getitem__(self, i: int) -> Place:
        return Place(
            self.district[i],
            self.street[i],
            self.community[i],
            self.unit_grid[i],
            self.responsibility_grid[i],
        )


class AreaIndex:
    """All areas of the city, ready to be asked; unchangeable, safe to share between threads."""

    def __init__(self, areas: Iterable[Area], duties: Iterable[GridDuty] = (), *, version: int = 0) -> None:
        self.version = version
        self.areas: tuple[Area, ...] = tuple(sorted(areas, key=lambda area: (area.kind, area.code)))
        self._borders: npt.NDArray[Any] = np.array([area.boundary for area in self.areas], dtype=object)
        shapely.prepare(self._borders)
        self._tree = STRtree(self._borders)
        self._kind_of = np.array([_KINDS.index(area.kind) for area in self.areas], dtype=np.int8)
        self._from = np.array([area.valid_from.toordinal() for area in self.areas], dtype=np.int64)
        ends = [area.valid_to.toordinal() if area.valid_to else _NO_END for area in self.areas]
        self._to = np.array(ends, dtype=np.int64)
        self._codes = np.array([area.code for area in self.areas] + [None], dtype=object)
        self._versions_of: dict[tuple[AreaKind, str], list[Area]] = {}
        for area in self.areas:
            self._versions_of.setdefault((area.kind, area.code), []).append(area)
        self._duties_of: dict[str, list[GridDuty]] = {}
        for duty in sorted(duties, key=lambda duty: (duty.rank, str(duty.collector_id))):
            self._duties_of.setdefault(duty.grid_code, []).append(duty)

    def locate(self, lon: float, lat: float, *, on: date) -> Place:
        """The areas that WGS-84 point (degrees) lies in on that day."""
        found: list[str | None] = [None] * len(_KINDS)
        point = shapely.Point(lon, lat)
        # The tree's order is not that of the codes: sorted, the smallest code comes first in every kind.
        hits = np.sort(self._tree.query(point))
        for i in hits[shapely.intersects_xy(self._borders[hits], lon, lat)].tolist():
            area = self.areas[i]
            kind = self._kind_of[i]
            if found[kind] is None and area.holds_on(on):
                found[kind] = area.code
        return Place(*found)

    def locate_many(self, lons: Floats, lats: Floats, *, on: date | Sequence[date]) -> Places:
        """The same for arrays of equal length, on one day or on a day each; NaN lies nowhere."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        days = np.full(len(lons), on.toordinal()) if isinstance(on, date) else _ordinals(on)
        hits = np.full((len(_KINDS), len(lons)), -1, dtype=np.int64)
        for start in range(0, len(lons), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._locate_chunk(lons[part], lats[part], days[part], hits[:, part])
        return Places(*(self._codes[hits[k]] for k in range(len(_KINDS))))

    def _locate_chunk(
        self, lons: Floats, lats: Floats, days: npt.NDArray[np.int64], hits: npt.NDArray[np.int64]
    ) -> None:
        points, areas = self._tree.query(shapely.points(lons, lats))
        in_days = (self._from[areas] <= days[points]) & (days[points] < self._to[areas])
        points, areas = points[in_days], areas[in_days]
        inside = shapely.intersects_xy(self._borders[areas], lons[points], lats[points])
        points, areas = points[inside], areas[inside]
        # The last assignment wins: write the largest first, so that the smallest code stays, as in `locate`.
        order = np.argsort(-areas, kind="stable")
        points, areas = points[order], areas[order]
        hits[self._kind_of[areas], points] = areas

    def area(self, *, kind: AreaKind, code: str, on: date) -> Area | None:
        """The area of that kind and code as it is on that day."""
        for area in self._versions_of.get((kind, code), ()):
            if area.holds_on(on):
                return area
        return None

    def areas_on(
        self, *, kind: AreaKind, on: date, bbox: tuple[float, float, float, float] | None = None
    ) -> list[Area]:
        """Areas of a kind on a day, by code; with `bbox` (west, south, east, north) those that touch it."""
        if bbox is None:
            return [area for area in self.areas if area.kind is kind and area.holds_on(on)]
        touched = sorted(self._tree.query(shapely.box(*bbox), predicate="intersects").tolist())
        return [a for i in touched if (a := self.areas[i]).kind is kind and a.holds_on(on)]

    def collectors(self, grid_code: str, *, on: date) -> tuple[Any, ...]:
        """Ids of the people whose grid this is on that day, first to ask first."""
        duties = self._duties_of.get(grid_code, ())
        return tuple(duty.collector_id for duty in duties if duty.holds_on(on))

    def grids_of(self, collector_id: Any, *, on: date) -> tuple[str, ...]:
        """Codes of the responsibility grids this person walks on that day."""
        held = (duty for duties in self._duties_of.values() for duty in duties)
        return tuple(sorted({d.grid_code for d in held if d.collector_id == collector_id and d.holds_on(on)}))

    def nearest_grids(self, lon: float, lat: float, *, on: date, count: int) -> list[str]:
        """Codes of the `count` nearest responsibility grids: where else a collector may be free."""
        grids = self.areas_on(kind=AreaKind.RESPONSIBILITY_GRID, on=on)
        point = shapely.Point(lon, lat)
        by_distance = sorted(grids, key=lambda grid: (grid.boundary.distance(point), grid.code))
        return [grid.code for grid in by_distance[:count]]


def _ordinals(days: Sequence[date]) -> npt.NDArray[np.int64]:
    return np.fromiter((day.toordinal() for day in days), dtype=np.int64, count=len(days))


def boundary_union(areas: Sequence[Area]) -> BaseGeometry:
    """The common border of areas, as for a map's frame."""
    return shapely.union_all([area.boundary for area in areas])
