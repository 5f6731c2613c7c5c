"""Owns the way from a file's columns to road sections, figures of a layer and names of the gazetteer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.planning_figures import FigureRow
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.models import NameKind
from wangge.domains.geography.operations.figures import Target, import_figures
from wangge.domains.geography.operations.layers import LayerStyle, layer_target
from wangge.domains.geography.operations.names import KIND_WORDS, name_key, names_target, told
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.geography.operations.roads import SIDES, roads_target, section_key
from wangge.domains.geography.queries import areas_in_force
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.exchange.spatial.areas import chosen_columns, imported_file, missing_column
from wangge.surfaces.exchange.spatial.reading import FileUnreadable, SpatialFile, read_spatial_file

ROAD_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "代码", "编码", "路段编码", "路段代码", "id"),
    "name": ("name", "road_name", "道路名称", "路名", "名称", "道路"),
    "side": ("side", "侧", "路侧", "侧别"),
    "begins_at": ("begins_at", "from", "起点", "起始"),
    "ends_at": ("ends_at", "to", "止点", "终点"),
    "district": ("district_code", "所属区", "区划代码", "district", "区"),
}
LAYER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "代码", "编码", "id", "objid", "标识码"),
    "name": ("name", "名称", "objname"),
}
NAME_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "名称", "地名", "标准地址", "地址", "address", "标准名称"),
    "kind": ("kind", "类别", "类型", "地名类别", "type"),
    "road_name": ("road_name", "道路", "路名", "道路名称", "所在道路"),
    "number": ("number", "门牌号", "门牌", "门牌号码"),
    "district": ("district_code", "所属区", "区划代码", "行政区划代码", "district", "区"),
}
NEEDED = {"road": ("code", "name"), "layer": ("code",), "name": ("name",)}
_ENDS = r"(?:路|街|大道|巷|弄|道|里|线)[东南西北中]?[一二三四五六七八九十]?段?"
_HOUSE_NUMBER = re.compile(rf"^(?P<road>.*?{_ENDS})(?P<number>\d{{1,5}}(?:-\d{{1,4}})?)号?$")
_ROAD = re.compile(rf"^.{{1,20}}{_ENDS}$")


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a file's columns and words are to be understood; what is not said goes by usual names."""

    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    """The file's own words for kinds of names → road, house_number, crossing, place."""
    kind: str = ""
    """The kind of every row, where no column says it."""
    system: str = ""
    encoding: str = ""


def read_mapping(path: Path) -> Mapped:
    """A mapping from a .toml file: tables `columns` and `kinds`, keys `kind`, `system`, `encoding`."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
        kinds = {str(word): NameKind(kind).value for word, kind in given.get("kinds", {}).items()}
        columns = {str(name): str(column) for name, column in given.get("columns", {}).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, AttributeError) as error:
        raise FileUnreadable(
            _("映射文件“%(name)s”不可用：%(reason)s。") % {"name": path.name, "reason": error}
        ) from error
    unknown = columns.keys() - NAME_COLUMNS.keys() - ROAD_COLUMNS.keys()
    if unknown:
        raise FileUnreadable(_("映射文件里有未知的列：%(names)s。") % {"names": "、".join(sorted(unknown))})
    return Mapped(
        columns, kinds, str(given.get("kind", "")), str(given.get("system", "")), str(given.get("encoding", ""))
    )


def import_figure_file(
    *,
    by: Actor,
    at: datetime,
    path: Path,
    what: str,
    from_on: date,
    reading: Reading,
    dry_run: bool,
    layer: LayerStyle | None = None,
    mapped: Mapped = Mapped(),
    source_layer: str = "",
    shown_name: str = "",
) -> ImportReport:
    """Read a file and import its road sections, figures or names (`road`, `layer`, `name`)."""
    read = read_spatial_file(path, encoding=mapped.encoding, layer=source_layer)
    file = imported_file(path, read, shown_name=shown_name)
    known = {"road": ROAD_COLUMNS, "layer": LAYER_COLUMNS, "name": NAME_COLUMNS}[what]
    chosen = chosen_columns(read, known, mapped.columns)
    missing = [name for name in NEEDED[what] if name not in chosen]
    if missing:
        report = ImportReport(what, file.name, from_on.isoformat(), dry_run, len(read), "", read.encoding)
        report.problems += [missing_column(read, name) for name in missing]
        return report
    rows, target = _rows_and_target(what, read, chosen, mapped, layer, from_on)
    return import_figures(
        by=by, at=at, target=target, rows=rows, file=file, from_on=from_on, reading=reading, dry_run=dry_run
    )


def _rows_and_target(
    what: str,
    read: SpatialFile,
    chosen: Mapping[str, str],
    mapped: Mapped,
    layer: LayerStyle | None,
    from_on: date,
) -> tuple[list[FigureRow], Target]:
    if what == "road":
        return _road_rows(read, chosen), roads_target()
    if what == "layer":
        assert layer is not None
        return _layer_rows(read, chosen), layer_target(layer, from_on=from_on)
    return _name_rows(read, chosen, mapped, _districts(from_on)), names_target()


def _cells(read: SpatialFile, chosen: Mapping[str, str], name: str) -> Sequence[str]:
    return read.columns[chosen[name]] if name in chosen else [""] * len(read)


def _others(read: SpatialFile, chosen: Mapping[str, str], i: int) -> dict[str, str]:
    used = set(chosen.values())
    return {name: cells[i] for name, cells in read.columns.items() if name not in used and cells[i]}


def _road_rows(read: SpatialFile, chosen: Mapping[str, str]) -> list[FigureRow]:
    codes, names, sides, begins, ends, districts = (_cells(read, chosen, name) for name in ROAD_COLUMNS)
    found = []
    for i in range(len(read)):
        side = SIDES.get(sides[i].lower())
        wrong = None if side is not None else (sides[i], _("侧别写作 左侧、右侧 或 两侧"))
        values = {
            **_others(read, chosen, i),
            "begins_at": begins[i],
            "ends_at": ends[i],
            "district_code": districts[i],
        }
        key = section_key(codes[i], side or "both")
        found.append(FigureRow(int(read.rows[i]), key, names[i], values, read.figures[i], wrong))
    return found


def _layer_rows(read: SpatialFile, chosen: Mapping[str, str]) -> list[FigureRow]:
    codes, names = (_cells(read, chosen, name) for name in LAYER_COLUMNS)
    return [
        FigureRow(int(read.rows[i]), codes[i], names[i], _others(read, chosen, i), read.figures[i])
        for i in range(len(read))
    ]


def _districts(on: date) -> dict[str, str]:
    """Words for districts → their codes."""
    areas = areas_in_force(AreaKind.DISTRICT, on)
    return {word: area.code for area in areas for word in (area.code, area.name)}


def _name_rows(
    read: SpatialFile, chosen: Mapping[str, str], mapped: Mapped, districts: Mapping[str, str]
) -> list[FigureRow]:
    names, kinds, roads, numbers, areas = (_cells(read, chosen, name) for name in NAME_COLUMNS)
    words: dict[str, Any] = {**KIND_WORDS, **mapped.kinds}
    found = []
    for i in range(len(read)):
        name, road, number = names[i], roads[i], numbers[i].removesuffix("号")
        kind = words.get(kinds[i].lower()) or mapped.kind
        if not kind or kind == NameKind.HOUSE_NUMBER:
            kind, road, number = _told_by_name(name, road, number, kind)
        if kind == NameKind.HOUSE_NUMBER and name == numbers[i]:
            name = f"{road}{number}号"
        if kind == NameKind.ROAD:
            road = name
        district = districts.get(areas[i], "")
        wrong = None if district or not areas[i] else (areas[i], _("应为区划代码或区名"))
        if kind == NameKind.HOUSE_NUMBER and not (road and number):
            wrong = name, _("门牌须有道路与门牌号")
        key = name_key(kind, district, name)
        found.append(FigureRow(int(read.rows[i]), key, name, told(road, number), _point(read.figures[i]), wrong))
    return found


def _told_by_name(name: str, road: str, number: str, kind: str) -> tuple[str, str, str]:
    """What a name says by its own form: a road and a number, a road, else a place."""
    if road and number:
        return NameKind.HOUSE_NUMBER, road, number
    parts = _HOUSE_NUMBER.match(name)
    if parts:
        return NameKind.HOUSE_NUMBER, road or parts["road"], number or parts["number"]
    if kind:
        return kind, road, number
    return (NameKind.ROAD if _ROAD.match(name) else NameKind.PLACE), road, number


def _point(figure: Any) -> Any:
    """Places drawn as areas or lines stand for their middle."""
    if figure is None or figure.is_empty or figure.geom_type == "Point":
        return figure
    return shapely.point_on_surface(figure)
