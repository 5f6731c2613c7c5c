"""Owns road sections: their import, and the names of roads and crossings that follow from their lines."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db import connection
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.logic.planning_figures import LINES, FigureRow, StoredFigure
from wangge.domains.geography.models import NameKind, Side
from wangge.domains.geography.operations.figures import Columns, Target, copy_rows, end_rows, read_figures
from wangge.domains.geography.operations.names import named_columns, stored_names
from wangge.domains.geography.operations.versions import new_names_version, new_version

TABLE = "geography_road_section"
SIDES = {
    "": Side.BOTH, "both": Side.BOTH, "两侧": Side.BOTH, "双侧": Side.BOTH, "全幅": Side.BOTH,
    "left": Side.LEFT, "左": Side.LEFT, "左侧": Side.LEFT, "right": Side.RIGHT, "右": Side.RIGHT, "右侧": Side.RIGHT,
}  # fmt: skip
_VALUES = ("begins_at", "ends_at", "district_code")


def section_key(code: str, side: str) -> str:
    """What a section is known by."""
    return f"{code}|{side}" if code else ""


def roads_target() -> Target:
    """Where road sections go."""
    return Target("road", TABLE, LINES, True, _stored, _columns, _where, after=_follow)


def _stored(on: date) -> dict[str, StoredFigure]:
    return read_figures(
        f"SELECT code || '|' || side, road_name, line, valid_from, properties || jsonb_build_object("
        f"'begins_at', begins_at, 'ends_at', ends_at, 'district_code', district_code) FROM {TABLE}"
        " WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)",
        [on, on],
    )


def _columns(row: FigureRow) -> Columns:
    code, _bar, side = row.key.rpartition("|")
    others = {name: value for name, value in row.values.items() if name not in _VALUES}
    return {
        "code": code,
        "side": side,
        "road_name": row.name,
        **{name: row.values.get(name, "") for name in _VALUES},
        "line": shapely.to_wkb(row.figure),
        "properties": json.dumps(others, ensure_ascii=False),
    }


def _where(keys: Sequence[str]) -> tuple[str, list[Any]]:
    return "code || '|' || side = ANY(%s)", [list(keys)]


# ---- names that follow -------------------------------------------------------------------------------------------


def _follow(on: date, import_id: int) -> None:
    new_version()
    if bring_road_names(on=on, import_id=import_id):
        new_names_version()


def bring_road_names(*, on: date, import_id: int | None) -> int:
    """Let the gazetteer have every road of the sections, and every crossing of two; answers how many changed.

    A road or crossing that the lines no longer have ends; those brought by hand stay.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT road_name, district_code, line FROM {TABLE}"
            " WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) ORDER BY road_name, code",
            [on, on],
        )
        rows = cursor.fetchall()
    lines = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
    by_road: dict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    for (name, district, _wkb), line in zip(rows, lines, strict=True):
        by_road[name, district].append(line)
    wanted = {**_roads(by_road), **_crossings(by_road)}
    known = stored_names(on)
    new = {key: row for key, row in wanted.items() if key not in known}
    gone = [key for key, old in known.items() if key not in wanted and key.split("|")[0] == NameKind.CROSSING]
    if gone:
        end_rows("geography_place_name", "kind || '|' || district_code || '|' || name = ANY(%s)", [gone], on=on)
    copy_rows(
        "geography_place_name",
        [{**named_columns(row), "valid_from": on, "brought_by_id": import_id} for row in new.values()],
    )
    return len(new) + len(gone)


def _roads(by_road: dict[tuple[str, str], list[BaseGeometry]]) -> dict[str, FigureRow]:
    found = {}
    for (name, district), lines in by_road.items():
        whole = shapely.line_merge(shapely.union_all(lines))
        longest = max(shapely.get_parts(whole), key=lambda part: part.length)
        key = f"{NameKind.ROAD}|{district}|{name}"
        found[key] = FigureRow(0, key, name, {"road_name": name}, longest.interpolate(0.5, normalized=True))
    return found


def _crossings(by_road: dict[tuple[str, str], list[BaseGeometry]]) -> dict[str, FigureRow]:
    names = [(name, district) for (name, district), lines in by_road.items() for _line in lines]
    lines = np.array([line for each in by_road.values() for line in each], dtype=object)
    found: dict[str, FigureRow] = {}
    if not len(lines):
        return found
    first, second = STRtree(lines).query(lines, predicate="intersects")
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        (one, district), (other, _district) = names[i], names[j]
        if one >= other:
            continue
        met = shapely.intersection(lines[i], lines[j])
        if met.is_empty:
            continue
        name = f"{one}与{other}交叉口"
        key = f"{NameKind.CROSSING}|{district}|{name}"
        point = shapely.point_on_surface(met) if met.geom_type != "Point" else met
        found.setdefault(key, FigureRow(0, key, name, {"road_name": one}, point))
    return found
