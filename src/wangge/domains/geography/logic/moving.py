"""Owns what a coming change of borders moves: areas, and the points that lie elsewhere from the day on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from wangge.domains.geography.area_index import AreaIndex, Floats
from wangge.domains.geography.areas import Area, AreaKind, Place
from wangge.domains.geography.logic.checking import moved_m2
from wangge.domains.geography.logic.measures import square_metres
from wangge.domains.geography.logic.planning import Change, ChangeKind


@dataclass(frozen=True, slots=True)
class AreaMove:
    """What becomes of an area on the day."""

    change: ChangeKind
    kind: AreaKind
    code: str
    name: str
    moved_m2: float


@dataclass(frozen=True, slots=True)
class PointMove:
    """A point (by its place in the list given) that lies in other areas from the day on."""

    index: int
    before: Place
    after: Place

    @property
    def kinds(self) -> tuple[AreaKind, ...]:
        """The kinds of areas that are others."""
        return tuple(kind for kind in AreaKind if getattr(self.before, kind) != getattr(self.after, kind))


def areas_that_move(index: AreaIndex, day: date) -> list[AreaMove]:
    """What begins, ends or gets another border on a day."""
    before = {(area.kind, area.code): area for area in index.areas if area.valid_to == day}
    after = {(area.kind, area.code): area for area in index.areas if area.valid_from == day}
    both = sorted(before.keys() & after.keys())
    old = np.array([before[key].boundary for key in both], dtype=object)
    new = np.array([after[key].boundary for key in both], dtype=object)
    moved = dict(zip(both, moved_m2(old, new), strict=True)) if both else {}
    found = [
        AreaMove(ChangeKind.MOVED if moved[key] else ChangeKind.RENAMED, *key, after[key].name, float(moved[key]))
        for key in both
    ]
    for key in sorted(after.keys() - before.keys()):
        found.append(_whole(ChangeKind.NEW, after[key]))
    for key in sorted(before.keys() - after.keys()):
        found.append(_whole(ChangeKind.ENDED, before[key]))
    return sorted(found, key=lambda move: (tuple(AreaKind).index(move.kind), move.change, move.code))


def _whole(change: ChangeKind, area: Area) -> AreaMove:
    return AreaMove(change, area.kind, area.code, area.name, float(square_metres(area.boundary)[0]))


def points_that_move(index: AreaIndex, day: date, lons: Floats, lats: Floats) -> list[PointMove]:
    """The points that lie elsewhere on the day than on the day before."""
    before = index.locate_many(lons, lats, on=day - timedelta(days=1))
    after = index.locate_many(lons, lats, on=day)
    differs = np.zeros(len(lons), dtype=bool)
    for kind in AreaKind:
        differs |= getattr(before, kind) != getattr(after, kind)
    return [PointMove(i, before[i], after[i]) for i in np.flatnonzero(differs).tolist()]


def index_after(areas: Iterable[Area], changes: Sequence[Change], kind: AreaKind, day: date) -> AreaIndex:
    """The ground as an import's plan would leave it, before anything is written."""
    closing = {change.code for change in changes if change.kind not in (ChangeKind.SAME, ChangeKind.NEW)}
    kept = [_closed(area, day) if area.kind is kind and area.code in closing and area.holds_on(day) else area
            for area in areas]  # fmt: skip
    new = [change.area for change in changes if change.area is not None]
    return AreaIndex([area for area in kept if area is not None] + new)


def _closed(area: Area, day: date) -> Area | None:
    if area.valid_from >= day:
        return None
    return Area(
        area.kind, area.code, area.name, area.parent_code, area.district_code, area.boundary, area.valid_from, day,
        area.properties,
    )  # fmt: skip
