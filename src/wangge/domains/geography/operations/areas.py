"""Owns the plain changes of areas: new ones and new borders; each makes a new version of the ground.

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

from wangge.domains.geography.areas import Area, AreaKind, check_boundary
from wangge.domains.geography.operations.versions import GroundRefused, first_line, new_version

_AREA_COLUMNS = "kind, code, name, parent_code, district_code, boundary, valid_from, valid_to, properties"
_INSERT_AREA = f"INSERT INTO geography_area ({_AREA_COLUMNS}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)"


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
            copy_areas(rows)
        except IntegrityError as error:
            raise GroundRefused(
                _("区域与已有区域冲突：%(reason)s。请检查代码与启用日期。") % {"reason": first_line(error)}
            ) from error
        new_version()
    return len(rows)


def redraw_areas(*, boundaries: Sequence[NewBoundary], from_on: date) -> int:
    """Give areas new borders from a day on; the old ones keep the days before it."""
    for new in boundaries:
        check_boundary(new.boundary, name=new.code)
    with transaction.atomic(), connection.cursor() as cursor:
        for new in boundaries:
            _redraw(cursor, new, from_on)
        new_version()
    return len(boundaries)


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


def copy_areas(areas: Sequence[Area], *, brought_by: int | None = None) -> None:
    """Add the rows by COPY, as they are."""
    # COPY goes past Django's cursor: its errors are given Django's names here.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY geography_area ({_AREA_COLUMNS}, brought_by_id) FROM STDIN") as copy,
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
                    brought_by,
                )
            )
