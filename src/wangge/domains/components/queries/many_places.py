"""Owns the question which component stands nearest to each of many points, as an import asks it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from wangge.domains.components.queries.register import in_mercator
from wangge.groundwork.coordinates import metres_between_many

_NEAREST = """
SELECT asked.n, near.code, near.lon, near.lat
  FROM unnest(%(n)s::int[], %(x)s::float8[], %(y)s::float8[], %(reach)s::float8[], %(category)s::text[])
       AS asked(n, x, y, reach, category)
 CROSS JOIN LATERAL (
       SELECT c.code, c.lon, c.lat FROM components_component c
        WHERE c.spot <@ box(point(asked.x - asked.reach, asked.y - asked.reach),
                            point(asked.x + asked.reach, asked.y + asked.reach))
          AND c.category = asked.category AND c.state <> 'removed'
        ORDER BY c.spot <-> point(asked.x, asked.y) LIMIT 1) near
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A WGS-84 point, and the class of the thing that is looked for there."""

    lon: float
    lat: float
    category: str


@dataclass(frozen=True, slots=True)
class Bound:
    """The component a point is bound to, and how far it stands from it."""

    code: str
    metres: float


def nearest_of_class(*, asked: Sequence[Asked], within_metres: float) -> list[Bound | None]:
    """For each point the nearest standing component of its class, or None where none is so near. One statement."""
    found: list[Bound | None] = [None] * len(asked)
    known = [n for n, each in enumerate(asked) if -180 <= each.lon <= 180 and -85 <= each.lat <= 85]
    if not known:
        return found
    places = [in_mercator(asked[n].lon, asked[n].lat) for n in known]
    values: dict[str, Any] = {
        "n": known,
        "x": [x for x, _y in places],
        "y": [y for _x, y in places],
        # Mercator stretches by the cosine; a little more, since the exact distance decides below.
        "reach": [1.01 * within_metres / math.cos(math.radians(asked[n].lat)) for n in known],
        "category": [asked[n].category for n in known],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, values)
        rows = cursor.fetchall()
    apart = metres_between_many(
        [asked[n].lon for n, *_near in rows],
        [asked[n].lat for n, *_near in rows],
        [lon for _n, _code, lon, _lat in rows],
        [lat for *_near, lat in rows],
    )
    for (n, code, _lon, _lat), metres in zip(rows, apart.tolist(), strict=True):
        if metres <= within_metres:
            found[n] = Bound(code, metres)
    return found
