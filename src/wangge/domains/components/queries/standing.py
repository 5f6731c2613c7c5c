"""Owns the question what stands within areas, as a collector's map asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from wangge.domains.components.queries.register import in_mercator

_STANDING = """
SELECT DISTINCT ON (c.code) c.code, c.name, c.category, c.state, c.lon, c.lat, coalesce(u.maintainer_name, '')
  FROM unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
       AS asked(west, south, east, north)
 CROSS JOIN LATERAL (
       SELECT * FROM components_component k
        WHERE k.spot <@ box(point(asked.west, asked.south), point(asked.east, asked.north)) AND k.state <> 'removed'
        LIMIT %(most)s) c
  LEFT JOIN components_units u ON u.component_id = c.id AND u.valid_from <= %(on)s
   AND (u.valid_to IS NULL OR u.valid_to > %(on)s)
 ORDER BY c.code
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A component as a map shows it; ``maintainer`` is empty where nobody is named."""

    code: str
    name: str
    category: str
    state: str
    lon: float
    lat: float
    maintainer: str


def standing_within(areas: Sequence[BaseGeometry], *, on: date, most: int) -> list[Standing]:
    """What stands within areas in degrees, by code, at most ``most`` in each area's box; one statement."""
    if not areas:
        return []
    corners = [area.bounds for area in areas]
    low, high = [in_mercator(*box[:2]) for box in corners], [in_mercator(*box[2:]) for box in corners]
    values: dict[str, Any] = {
        "west": [x for x, _y in low], "south": [y for _x, y in low], "east": [x for x, _y in high],
        "north": [y for _x, y in high], "most": most, "on": on,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, values)
        found = [Standing(*row) for row in cursor.fetchall()]
    whole = shapely.union_all(list(areas))
    shapely.prepare(whole)
    inside = shapely.intersects_xy(whole, np.array([[each.lon, each.lat] for each in found]).reshape(-1, 2))
    return [each for each, is_inside in zip(found, inside, strict=True) if is_inside]
