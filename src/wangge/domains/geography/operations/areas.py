"""Owns every change of the ground: new areas, new borders, new grid duties; each makes a new version.

All processes notice a new version within seconds (see `queries`). Bulk rows go in by text COPY. Who may
change the ground is asked by the surface or command: it is the work of the system administrator.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, AreaKind, GridDuty, check_boundary
from wangge.groundwork.coordinates import check_city_epsg

_AREA_COLUMNS = "kind, code, name, parent_code, district_code, boundary, valid_from, valid_to, properties"
_INSERT_AREA = f"INSERT INTO geography_area ({_AREA_COLUMNS}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)"
# Microseconds of the database's clock: never the same twice, not even after a rollback or a restore.
_NEW_VERSION = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class GroundRefused(ValueError):
    """A change of the ground that cannot be made; the text says what to do."""


@dataclass(frozen=True, slots=True)
class NewBoundary:
    """A new border of an area that exists."""

    kind: AreaKind
    code: str
    boundary: BaseGeometry


def load_areas(*, areas: Iterable[Area]) -> int:
    """Add areas with their days; answers how many. BoundaryRefused or GroundRefused: then none is added."""
    rows = list(areas)
    for area in rows:
        check_boundary(area.boundary, name=f"{area.code} {area.name}")
    with transaction.atomic():
        try:
            _copy_areas(rows)
        except IntegrityError as error:
            raise GroundRefused(
                _("区域与已有区域冲突：%(reason)s。请检查代码与启用日期。") % {"reason": _first_line(error)}
            ) from error
        _new_version()
    return len(rows)


def redraw_areas(*, boundaries: Sequence[NewBoundary], from_on: date) -> int:
    """Give areas new borders from a day on; the old ones keep the days before it."""
    for new in boundaries:
        check_boundary(new.boundary, name=new.code)
    with transaction.atomic(), connection.cursor() as cursor:
        for new in boundaries:
            _redraw(cursor, new, from_on)
        _new_version()
    return len(boundaries)


def load_grid_duties(*, duties: Iterable[GridDuty]) -> int:
    """Add grid duties; answers how many. Raises GroundRefused when two meet on one day."""
    rows = list(duties)
    with transaction.atomic():
        try:
            _copy_duties(rows)
        except IntegrityError as error:
            raise GroundRefused(
                _("网格责任与已有的重叠：%(reason)s。请先结束原有责任。") % {"reason": _first_line(error)}
            ) from error
        _new_version()
    return len(rows)


def hand_over_grid(*, grid_code: str, rank: int, collector_id: int, from_on: date) -> None:
    """From a day on another collector holds this rank of the grid; who held it ends then."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE geography_grid_duty SET valid_to = %s
            WHERE grid_code = %s AND rank = %s AND valid_from < %s AND (valid_to IS NULL OR valid_to > %s)
            """,
            [from_on, grid_code, rank, from_on, from_on],
        )
        load_grid_duties(duties=[GridDuty(grid_code, collector_id, rank, from_on)])


def set_city_epsg(*, code: int) -> None:
    """Say which survey plane `city` coordinates are in; raises CoordinateError for no such system."""
    check_city_epsg(code)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO geography_version (id, version, city_epsg) VALUES (1, {_NEW_VERSION}, %s)
            ON CONFLICT (id) DO UPDATE SET version = {_NEW_VERSION}, city_epsg = excluded.city_epsg
            """,
            [code],
        )


def _redraw(cursor: Any, new: NewBoundary, from_on: date) -> None:
    cursor.execute(
        "SELECT id, kind, code, name, parent_code, district_code, valid_to, properties::text"
        " FROM geography_area WHERE kind = %s AND code = %s AND valid_from < %s"
        " AND (valid_to IS NULL OR valid_to > %s)"
        " FOR UPDATE",
        [new.kind.value, new.code, from_on, from_on],
    )
    row = cursor.fetchone()
    if row is None:
        raise GroundRefused(
            _("%(day)s 之前没有代码为 %(code)s 的区域，无法调整边界。请先导入该区域。")
            % {"day": from_on.isoformat(), "code": new.code}
        )
    row_id, *same, valid_to, properties = row
    cursor.execute("UPDATE geography_area SET valid_to = %s WHERE id = %s", [from_on, row_id])
    cursor.execute(_INSERT_AREA, [*same, shapely.to_wkb(new.boundary), from_on, valid_to, properties])


def _copy_areas(areas: Sequence[Area]) -> None:
    # COPY goes past Django's cursor: its errors are given Django's names here.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY geography_area ({_AREA_COLUMNS}) FROM STDIN") as copy,
    ):
        for area in areas:
            copy.write_row(
                (
                    area.kind.value,
                    area.code,
                    area.name,
                    area.parent_code,
                    area.district_code,
                    shapely.to_wkb(area.boundary),
                    area.valid_from,
                    area.valid_to,
                    json.dumps(dict(area.properties), ensure_ascii=False),
                )
            )


def _copy_duties(duties: Sequence[GridDuty]) -> None:
    columns = "grid_code, collector_id, rank, valid_from, valid_to"
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY geography_grid_duty ({columns}) FROM STDIN") as copy,
    ):
        for duty in duties:
            copy.write_row((duty.grid_code, duty.collector_id, duty.rank, duty.valid_from, duty.valid_to))


def _new_version() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO geography_version (id, version, city_epsg) VALUES (1, {_NEW_VERSION}, 4547)
            ON CONFLICT (id) DO UPDATE SET version = {_NEW_VERSION}
            """
        )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
