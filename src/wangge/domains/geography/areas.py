"""Owns the values of the city's ground: kinds of areas, an area with border and days, a point's place."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry


class AreaKind(StrEnum):
    """What an area is for; every kind covers the city by itself (glossary: places and things)."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    UNIT_GRID = "unit_grid"
    RESPONSIBILITY_GRID = "responsibility_grid"


class BoundaryRefused(ValueError):
    """A border that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area with its border in WGS-84 and the days it holds, half-open."""

    kind: AreaKind
    code: str
    name: str
    parent_code: str
    """The area it is a part of: the district of a street, the street of a community; empty for a district."""
    district_code: str
    boundary: BaseGeometry
    valid_from: date
    valid_to: date | None = None
    properties: tuple[tuple[str, str], ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether this border is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Place:
    """Codes of the areas a point lies in on a day; None where no area of that kind covers it."""

    district: str | None = None
    street: str | None = None
    community: str | None = None
    unit_grid: str | None = None
    responsibility_grid: str | None = None


@dataclass(frozen=True, slots=True)
class GridDuty:
    """A collector's duty for a responsibility grid, from a day to a day, half-open; rank 1 is asked first."""

    grid_code: str
    collector_id: Any
    rank: int
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the duty is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def check_boundary(boundary: BaseGeometry, *, name: str) -> None:
    """Refuse what is no area in degrees: wrong kind of figure, empty, crossing itself, out of range."""
    if boundary.geom_type not in ("Polygon", "MultiPolygon") or boundary.is_empty:
        raise BoundaryRefused(_("“%(name)s”的边界不是面。请提供多边形。") % {"name": name})
    west, south, east, north = boundary.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoundaryRefused(_("“%(name)s”的边界超出经纬度范围。请先换算为 WGS-84 经纬度。") % {"name": name})
    if not shapely.is_valid(boundary):
        reason = shapely.is_valid_reason(boundary)
        raise BoundaryRefused(
            _("“%(name)s”的边界自相交或不闭合（%(reason)s）。请修正后再导入。") % {"name": name, "reason": reason}
        )
