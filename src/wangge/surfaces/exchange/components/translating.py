"""Owns the way from a row of a component file to a row for the register, or to the reason why it is none."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from wangge.domains.components.logic.codes import LENGTH
from wangge.domains.components.logic.incoming import Fault, Incoming, RefusedRow, Units, are_swapped
from wangge.groundwork.coordinates import CoordinateSystem, to_wgs84_many
from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.components.declaration import ComponentMapping
from wangge.surfaces.exchange.components.sources import Block, SourceRefused

Floats = npt.NDArray[np.float64]
_FORMS = {"Point": "point", "LineString": "line", "MultiLineString": "line", "Polygon": "polygon",
          "MultiPolygon": "polygon"}  # fmt: skip
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?")


def incoming_of(
    blocks: Iterable[Block], mapping: ComponentMapping, *, city_epsg: int, departments: Mapping[str, str], today: date
) -> Iterator[Incoming | RefusedRow]:
    """Every row of the file, translated; ``departments`` are our units: code → name."""
    translate = _Translation(mapping, departments, today)
    for block in blocks:
        shapes, lons, lats = _places(block, mapping, city_epsg)
        sound = None if shapes is None else shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        for i, (line, cells) in enumerate(block.rows):
            if cells is None:
                yield RefusedRow(line, "", Fault.UNREADABLE)
            else:
                shape = None if shapes is None or sound is None else (shapes[i], bool(sound[i]))
                yield translate.row(line, cells, float(lons[i]), float(lats[i]), shape)


def _places(block: Block, mapping: ComponentMapping, city_epsg: int) -> tuple[Any, Floats, Floats]:
    """The block's geometry in WGS-84 (None for tables) and its points; NaN where there is none."""
    if block.shapes is None:
        xs = np.array([_number(cells, mapping.x_column) for _line, cells in block.rows])
        ys = np.array([_number(cells, mapping.y_column) for _line, cells in block.rows])
        return None, *_converted(xs, ys, mapping.system or "wgs84", city_epsg)
    shapes = shapely.from_wkb(block.shapes, on_invalid="ignore")
    system = mapping.system or block.crs

    def moved(points: Floats) -> Floats:
        return np.column_stack(_converted(points[:, 0], points[:, 1], system, city_epsg))

    shapes = shapely.transform(shapely.force_2d(shapes), moved)
    points = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    inside = np.where(points, shapes, shapely.point_on_surface(shapes))
    return shapes, shapely.get_x(inside), shapely.get_y(inside)


def _number(cells: Mapping[str, str] | None, column: str) -> float:
    try:
        return float((cells or {}).get(column, ""))
    except ValueError:
        return np.nan


def _converted(xs: Floats, ys: Floats, system: str, city_epsg: int) -> tuple[Floats, Floats]:
    """WGS-84 of points in one of our systems or in any plane or globe PROJ knows; NaN stays NaN."""
    if system in tuple(CoordinateSystem):
        return to_wgs84_many(xs, ys, system=system, city_epsg=city_epsg)
    try:
        way = _way(system)
    except CRSError as unknown:
        raise SourceRefused(gettext_noop("不认识坐标系“%(system)s”。"), system=system[:80]) from unknown
    if way is None:
        return xs, ys
    lons, lats = way.transform(xs, ys)
    return np.where(np.isfinite(lons), lons, np.nan), np.where(np.isfinite(lats), lats, np.nan)


def _way(system: str) -> Transformer | None:
    """To WGS-84 by longitude and latitude; None where the numbers are that already (CGCS2000 agrees)."""
    crs = CRS.from_user_input(system)
    if (crs.is_geographic and crs.to_epsg() in (4326, 4490)) or crs.name in ("WGS 84 (CRS84)",):
        return None
    return Transformer.from_crs(crs, CRS.from_epsg(4326), always_xy=True)


_UNIT_FIELDS = ("manager_code", "manager_name", "owner_code", "owner_name", "maintainer_code", "maintainer_name")


def _system_kept(system: str) -> str:
    """What the register keeps of the system a file came in."""
    return system if system in tuple(CoordinateSystem) else "file" if system else "wgs84"


class _Translation:
    """What every row of a file needs again."""

    def __init__(self, mapping: ComponentMapping, departments: Mapping[str, str], today: date) -> None:
        self.mapping, self.departments, self.today = mapping, departments, today
        self.column = mapping.fields
        self._asked = {name: (column, mapping.values.get(name, "")) for name, column in mapping.fields.items()}
        self._unit_columns = [self._asked[name] for name in _UNIT_FIELDS]
        self._given_system = _system_kept(mapping.system)
        self._units: dict[tuple[str, ...], Units] = {}
        self._days: dict[str, date | None] = {}
        self._codes_of_names = {name: code for code, name in departments.items()}

    def row(
        self, line: int, cells: Mapping[str, str], lon: float, lat: float, shape: tuple[Any, bool] | None
    ) -> Incoming | RefusedRow:
        """One row; ``shape`` is its geometry and whether that is sound, None in a table."""
        code = self._code(cells)
        form, wkb = "point", None
        if shape is not None:
            geometry, sound = shape
            kind = "" if geometry is None else geometry.geom_type
            form = _FORMS.get(kind, "")
            if not form or not sound:
                return RefusedRow(line, code, Fault.SHAPE, kind)
            wkb = None if form == "point" else shapely.to_wkb(geometry)
        if math.isnan(lon) or math.isnan(lat):
            fault = Fault.SWAPPED if shape is None and self._has_swapped_axes(cells) else Fault.POINT
            return RefusedRow(line, code, fault, self._stated_point(cells))
        initial, changed = self._day(self._text("initial_on", cells)), self._day(self._text("changed_on", cells))
        for day, name in ((initial, "initial_on"), (changed, "changed_on")):
            if day is None and self._text(name, cells):
                return RefusedRow(line, code, Fault.DATE, self._text(name, cells)[:40])
        stated = self._text("state", cells)
        return Incoming(
            line, code, self._text("name", cells), self.mapping.states.get(stated, stated or "intact"), lon, lat,
            initial or self.today, self._units_of(cells), changed, self._text("data_source", cells),
            self._text("note", cells), form, wkb, self._given_system, self._text("unit_grid", cells),
        )  # fmt: skip

    def _text(self, name: str, cells: Mapping[str, str]) -> str:
        column, otherwise = self._asked[name]
        return (cells.get(column) or otherwise).strip()

    def _code(self, cells: Mapping[str, str]) -> str:
        made = self.mapping.made
        if made is None:
            return self._text("code", cells)
        start = f"{made.district}{made.category}"
        return start + cells.get(made.sequence, "").strip().rjust(LENGTH - len(start), "0")

    def _has_swapped_axes(self, cells: Mapping[str, str]) -> bool:
        """Whether the numbers are degrees of a place only the other way round (planes have larger ones)."""
        return are_swapped(_number(cells, self.mapping.x_column), _number(cells, self.mapping.y_column))

    def _stated_point(self, cells: Mapping[str, str]) -> str:
        return f"{cells.get(self.mapping.x_column, '')}, {cells.get(self.mapping.y_column, '')}"[:60]

    def _day(self, text: str) -> date | None:
        if text not in self._days:
            self._days[text] = _day_of(text)
        return self._days[text]

    def _units_of(self, cells: Mapping[str, str]) -> Units:
        # A register names few units over and over: the cells as they stand are the key.
        given = tuple([cells.get(column) or otherwise for column, otherwise in self._unit_columns])
        known = self._units.get(given)
        if known is None:
            texts = [text.strip() for text in given]
            manager, owner, maintainer = (self._unit(*texts[i : i + 2]) for i in (0, 2, 4))
            known = self._units[given] = Units(*manager, *owner, *maintainer)
        return known

    def _unit(self, code: str, name: str) -> tuple[str, str]:
        """Our code of a unit named in the file (empty: none of ours) and the name it is known by."""
        known = self.mapping.units.get(code) or self.mapping.units.get(name) or code
        if known not in self.departments:
            known = self._codes_of_names.get(name, "")
        return known, name or self.departments.get(known, "") or code


def _day_of(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
