"""Owns the questions to the register: what is nearest to a point, one component, lists, rows for an export."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from wangge.groundwork.coordinates import metres_between
from wangge.groundwork.prepared import prepared_cursor

EARTH_RADIUS = 6378137.0
NEAR_METRES = 60.0
MOST_NEAR = 20
PAGE = 50

_UNITS = "u.manager_code, u.manager_name, u.owner_code, u.owner_name, u.maintainer_code, u.maintainer_name"
_COLUMNS = (
    "c.id, c.code, c.name, c.category, c.state, c.lon, c.lat, c.district_code, c.unit_grid_code, c.form, c.initial_on,"
    f" c.changed_on, c.data_source, c.note, {_UNITS}"
)
_HELD = (
    " LEFT JOIN components_units u ON u.component_id = c.id AND u.valid_from <= %(on)s"
    " AND (u.valid_to IS NULL OR u.valid_to > %(on)s)"
)
# The few nearest are chosen by the index alone; only they are joined with their units.
_NEAREST = (
    f"SELECT {_COLUMNS} FROM (SELECT * FROM components_component k WHERE k.spot <@ box(point(%(west)s, %(south)s),"
    " point(%(east)s, %(north)s)) AND k.state <> 'removed' AND (%(category)s::text = '' OR k.category = %(category)s)"
    f" ORDER BY k.spot <-> point(%(x)s, %(y)s) LIMIT %(count)s) c{_HELD} ORDER BY c.spot <-> point(%(x)s, %(y)s)"
)


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component with its units of a day; codes are empty where the unit is none of ours."""

    id: int
    code: str
    name: str
    category: str
    state: str
    lon: float
    lat: float
    district_code: str
    unit_grid_code: str
    form: str
    initial_on: date
    changed_on: date | None
    data_source: str
    note: str
    manager_code: str
    manager_name: str
    owner_code: str
    owner_name: str
    maintainer_code: str
    maintainer_name: str


@dataclass(frozen=True, slots=True)
class Near:
    """A component and its distance in metres."""

    component: ComponentRow
    metres: float


def _row(values: tuple[Any, ...]) -> ComponentRow:
    return ComponentRow(*values[:14], *(value or "" for value in values[14:]))


def nearest(
    *, lon: float, lat: float, on: date, category: str = "", count: int = 5, within_metres: float = NEAR_METRES
) -> list[Near]:
    """The nearest components to a WGS-84 point, nearest first; of one class where it is given. One statement."""
    if not (-180 <= lon <= 180 and -85 <= lat <= 85):
        return []
    x, y = in_mercator(lon, lat)
    reach = within_metres / math.cos(math.radians(lat))
    values: dict[str, Any] = {
        "west": x - reach, "east": x + reach, "south": y - reach, "north": y + reach, "x": x, "y": y,
        "category": category, "count": min(count, MOST_NEAR), "on": on,
    }  # fmt: skip
    with prepared_cursor() as cursor:
        cursor.execute(_NEAREST, values)
        rows = [_row(row) for row in cursor.fetchall()]
    measured = [Near(row, metres_between(lon, lat, row.lon, row.lat)) for row in rows]
    return [near for near in measured if near.metres <= within_metres]


def in_mercator(lon: float, lat: float) -> tuple[float, float]:
    """A WGS-84 point in metres of the plane ``spot`` lies in."""
    return (
        EARTH_RADIUS * math.radians(lon),
        EARTH_RADIUS * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)),
    )


def component_on(*, code: str, on: date) -> ComponentRow | None:
    """The component of a code with its units of a day. One statement."""
    return components_on(codes=[code], on=on).get(code)


def components_on(*, codes: Collection[str], on: date) -> dict[str, ComponentRow]:
    """Code → component with its units of a day. One statement; none for no code."""
    if not codes:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM components_component c{_HELD} WHERE c.code = ANY(%(codes)s)",
                       {"codes": list(codes), "on": on})  # fmt: skip
        return {row.code: row for row in map(_row, cursor.fetchall())}


@dataclass(frozen=True, slots=True)
class UnitsStretch:
    """The units of a component between two days (None: until further notice)."""

    valid_from: date
    valid_to: date | None
    manager_name: str
    owner_name: str
    maintainer_name: str


def units_over_time(*, component_id: int) -> list[UnitsStretch]:
    """Whose a component was, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT valid_from, valid_to, manager_name, owner_name, maintainer_name FROM components_units"
            " WHERE component_id = %s ORDER BY valid_from DESC",
            [component_id],
        )
        return [UnitsStretch(*row) for row in cursor.fetchall()]


def photos_of(*, component_id: int) -> list[str]:
    """Ids of a component's pictures, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT photo_id FROM components_photo WHERE component_id = %s ORDER BY added_at DESC, id DESC",
            [component_id],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class RegisterFilter:
    """What a list of the register is narrowed by; ``words`` is a code's beginning or a part of a name."""

    district: str = ""
    category: str = ""
    state: str = ""
    unit: str = ""
    words: str = ""


def components(*, filter: RegisterFilter, on: date, after: str = "", limit: int = PAGE) -> list[ComponentRow]:
    """A page of the register by code, behind ``after``; one statement."""
    where, values = _where(filter, on)
    if after:
        where.append("c.code > %(after)s")
        values["after"] = after
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM components_component c{_HELD} WHERE {' AND '.join(where) or 'TRUE'}"
            " ORDER BY c.code LIMIT %(limit)s",
            {**values, "limit": limit},
        )
        return [_row(row) for row in cursor.fetchall()]


def counts_by_state(*, district: str = "") -> dict[str, int]:
    """State → how many components; of one district where it is given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*) FROM components_component WHERE %s = '' OR district_code = %s GROUP BY state",
            [district, district],
        )
        return dict(cursor.fetchall())


def _where(wanted: RegisterFilter, on: date) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {"on": on}
    for column, name, value in (
        ("c.district_code", "district", wanted.district),
        ("c.category", "category", wanted.category),
        ("c.state", "state", wanted.state),
    ):
        if value:
            where.append(f"{column} = %({name})s")
            values[name] = value
    if wanted.unit:
        where.append("%(unit)s IN (u.manager_code, u.owner_code, u.maintainer_code)")
        values["unit"] = wanted.unit
    words = wanted.words.strip()
    if words.isascii() and words.isdigit():
        where.append("c.code LIKE %(words)s || '%%'")
        values["words"] = words
    elif words:
        where.append("strpos(c.name, %(words)s) > 0")
        values["words"] = words
    return where, values


def export_rows(*, filter: RegisterFilter, on: date) -> Iterator[tuple[ComponentRow, bytes | None]]:
    """Every component of a filter with its shape (WKB), by code, in constant memory: a cursor on the server."""
    where, values = _where(filter, on)
    connection.ensure_connection()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, c.shape FROM components_component c{_HELD} WHERE {' AND '.join(where) or 'TRUE'}"
            " ORDER BY c.code",
            values,
        )
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                yield _row(row[:-1]), None if row[-1] is None else bytes(row[-1])
