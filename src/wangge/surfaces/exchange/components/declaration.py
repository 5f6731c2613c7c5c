"""Owns the mapping of a component file: which column is which field of the standard, states, units, place, codes.

A mapping is a TOML file; its sections: ``[fields]`` our field → column, ``[states]`` word → state, ``[units]`` the
file's unit code or name → code of a responsible unit, ``[place]`` columns or the geometry's system, ``[code]`` where
codes are made here from a sequence column, ``[values]`` what holds for every row.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wangge.groundwork.coordinates import CoordinateSystem
from wangge.standards.findings import gettext_noop

MAPPINGS = Path(__file__).with_name("mappings")
STANDARD = "standard"
FIELDS = {
    "code": "ObjID", "name": "ObjName", "manager_code": "DeptCode1", "manager_name": "DeptName1",
    "owner_code": "DeptCode2", "owner_name": "DeptName2", "maintainer_code": "DeptCode3",
    "maintainer_name": "DeptName3", "unit_grid": "BGID", "state": "ObjState", "initial_on": "ORDate",
    "changed_on": "CHDate", "data_source": "DataSource", "note": "Note",
}  # fmt: skip
"""Our field → the standard's column (``fields.csv``, table component); Shape is the geometry."""
STATES = {"完好": "intact", "破损": "damaged", "丢失": "lost", "废弃": "abandoned", "移除": "removed"}
_SECTIONS = frozenset(
    {"title", "encoding", "delimiter", "layer", "sheet", "fields", "states", "units", "place", "code", "values"}
)


class MappingRefused(Exception):
    """A mapping that cannot be followed; the text says where and what to write."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)


@dataclass(frozen=True, slots=True)
class MadeCode:
    """Codes put together here: a district and class for all rows, the sequence from a column."""

    district: str
    category: str
    sequence: str


@dataclass(frozen=True, slots=True)
class ComponentMapping:
    """A mapping, read and checked."""

    name: str
    encoding: str = ""
    delimiter: str = ","
    layer: str = ""
    sheet: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: dict(FIELDS))
    states: Mapping[str, str] = field(default_factory=lambda: dict(STATES))
    units: Mapping[str, str] = field(default_factory=dict)
    x_column: str = "lon"
    y_column: str = "lat"
    system: str = ""  # empty: as the file says, else WGS-84
    made: MadeCode | None = None
    values: Mapping[str, str] = field(default_factory=dict)


def mapping_names() -> list[str]:
    """The mappings that ship with the product."""
    return [STANDARD, *sorted(path.stem for path in MAPPINGS.glob("*.toml"))]


def read_mapping(name: str) -> ComponentMapping:
    """A shipped mapping by name, or one from a file. Raises MappingRefused."""
    if name == STANDARD:
        return ComponentMapping(STANDARD)
    path = Path(name) if name.endswith(".toml") else MAPPINGS / f"{name}.toml"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as missing:
        known = "、".join(mapping_names())
        raise MappingRefused(
            gettext_noop("没有名为“%(name)s”的映射。可用：%(known)s，或给出 .toml 文件。"), name=name, known=known
        ) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise MappingRefused(gettext_noop("映射 %(name)s 无法读取：%(why)s"), name=name, why=broken) from broken
    return _checked(path.stem, told)


def _checked(name: str, told: dict[str, Any]) -> ComponentMapping:
    unknown = sorted(told.keys() - _SECTIONS) + sorted(
        f"fields.{key}" for key in told.get("fields", {}).keys() - FIELDS
    )
    if unknown:
        raise MappingRefused(
            gettext_noop("映射 %(name)s 中有不认识的项：%(items)s。"), name=name, items="、".join(unknown)
        )
    place, code = told.get("place", {}), told.get("code")
    system = str(place.get("system", ""))
    if system and system not in tuple(CoordinateSystem) and not system.upper().startswith("EPSG:"):
        raise MappingRefused(
            gettext_noop("映射 %(name)s：system 只能是 wgs84、gcj02、bd09、city 或 EPSG:代码。"), name=name
        )
    if code is not None and set(code) != {"district", "class", "sequence"}:
        raise MappingRefused(gettext_noop("映射 %(name)s：[code] 须写明 district、class、sequence。"), name=name)
    return ComponentMapping(
        name=name,
        encoding=str(told.get("encoding", "")),
        delimiter=str(told.get("delimiter", ",")),
        layer=str(told.get("layer", "")),
        sheet=str(told.get("sheet", "")),
        fields={**FIELDS, **told.get("fields", {})},
        states={**STATES, **told.get("states", {})},
        units={str(key): str(value) for key, value in told.get("units", {}).items()},
        x_column=str(place.get("x", "lon")),
        y_column=str(place.get("y", "lat")),
        system=system,
        made=MadeCode(str(code["district"]), str(code["class"]), str(code["sequence"])) if code else None,
        values={str(key): str(value) for key, value in told.get("values", {}).items()},
    )
