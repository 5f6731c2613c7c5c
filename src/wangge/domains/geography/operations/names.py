"""Owns the gazetteer's rows: their import, with pinyin made once and kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db import connection

from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.planning_figures import FigureRow, StoredFigure
from wangge.domains.geography.models import NameKind
from wangge.domains.geography.operations.figures import Columns, Target
from wangge.domains.geography.operations.versions import new_names_version
from wangge.domains.geography.queries import areas_in_force
from wangge.groundwork.pinyin import readings

TABLE = "geography_place_name"
KIND_WORDS = {
    "road": NameKind.ROAD, "道路": NameKind.ROAD, "路": NameKind.ROAD, "街巷": NameKind.ROAD,
    "house_number": NameKind.HOUSE_NUMBER, "门牌": NameKind.HOUSE_NUMBER, "门牌号": NameKind.HOUSE_NUMBER,
    "地址": NameKind.HOUSE_NUMBER, "标准地址": NameKind.HOUSE_NUMBER, "crossing": NameKind.CROSSING,
    "交叉口": NameKind.CROSSING, "路口": NameKind.CROSSING, "place": NameKind.PLACE, "地点": NameKind.PLACE,
}  # fmt: skip


def names_target() -> Target:
    """Where names go."""
    return Target(
        "name",
        TABLE,
        ("Point",),
        True,
        stored_names,
        named_columns,
        _where,
        _follow,
        settle=_settled,
        fit_key=_kind_and_name,
    )


def _settled(rows: Sequence[FigureRow], on: date) -> list[FigureRow]:
    """The rows with the district their point lies in, where they name none."""
    open_rows = [i for i, row in enumerate(rows) if row.key.split("|")[1:2] == [""] and row.figure is not None]
    index = AreaIndex(areas_in_force(AreaKind.DISTRICT, on))
    points = np.array([rows[i].figure for i in open_rows], dtype=object)
    places = index.locate_many(shapely.get_x(points), shapely.get_y(points), on=on)
    found = list(rows)
    for i, district in zip(open_rows, places.district.tolist(), strict=True):
        kind, _none, name = rows[i].key.split("|", 2)
        found[i] = replace(rows[i], key=name_key(kind, district or "", name))
    return found


def _kind_and_name(key: str) -> str:
    """The district of a name follows from its point, which is what is asked."""
    kind, _bar, rest = key.partition("|")
    return f"{kind}|{rest.partition('|')[2]}"


def name_key(kind: str, district_code: str, name: str) -> str:
    """What a name is known by; empty without a name."""
    return f"{kind}|{district_code}|{name}" if name else ""


def stored_names(on: date) -> dict[str, StoredFigure]:
    """The names in force on a day, by key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, district_code, name, road_name, number, lon, lat, valid_from FROM {TABLE}"
            " WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)",
            [on, on],
        )
        rows = cursor.fetchall()
    points = np.asarray(shapely.points(np.array([row[5:7] for row in rows], dtype=float).reshape(-1, 2)), dtype=object)
    return {
        name_key(kind, district, name): StoredFigure(name, told(road, number), point, valid_from)
        for (kind, district, name, road, number, _lon, _lat, valid_from), point in zip(rows, points, strict=True)
    }


def told(road_name: str, number: str) -> dict[str, str]:
    """What a name says beside itself; nothing for nothing."""
    return {name: value for name, value in (("road_name", road_name), ("number", number)) if value}


def named_columns(row: FigureRow) -> Columns:
    """The columns of a name; its point is in WGS-84."""
    assert row.figure is not None
    kind, district, _name = row.key.split("|", 2)
    # A house number is found by its road: its own pinyin would only repeat the road's.
    ways = readings(row.name) if kind != NameKind.HOUSE_NUMBER else ()
    return {
        "kind": kind,
        "name": row.name,
        "road_name": row.values.get("road_name", ""),
        "number": row.values.get("number", ""),
        "district_code": district,
        "lon": round(float(shapely.get_x(row.figure)), 7),
        "lat": round(float(shapely.get_y(row.figure)), 7),
        "pinyin": " ".join(dict.fromkeys(full for full, _initials in ways))[:400],
        "initials": " ".join(dict.fromkeys(initials for _full, initials in ways))[:120],
    }


def _where(keys: Sequence[str]) -> tuple[str, list[Any]]:
    return "kind || '|' || district_code || '|' || name = ANY(%s)", [list(keys)]


def _follow(_on: date, _import_id: int) -> None:
    new_names_version()
