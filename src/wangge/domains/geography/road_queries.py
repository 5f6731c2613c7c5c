"""Owns the questions to road sections and to the city's own layers: what holds on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

PAGE = 100
_HOLDS = "{0}.valid_from <= %(on)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(on)s)"


@dataclass(frozen=True, slots=True)
class RoadSection:
    """A section of a road on a day; ``side`` is both, left or right."""

    code: str
    side: str
    road_name: str
    begins_at: str
    ends_at: str
    district_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class OwnLayer:
    """A layer of the city's own with how many figures it has on a day."""

    key: str
    name: str
    colour: str
    valid_from: date
    valid_to: date | None
    figures: int


def road_sections(*, on: date, words: str = "", first: int = 0, limit: int = PAGE) -> tuple[list[RoadSection], int]:
    """Sections by road and code, of a part of a name or a code's beginning; and how many there are. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH found AS (SELECT r.code, r.side, r.road_name, r.begins_at, r.ends_at, r.district_code, r.valid_from,"
            f" r.valid_to FROM geography_road_section r WHERE {_HOLDS.format('r')}"
            " AND (strpos(r.road_name, %(words)s) > 0 OR starts_with(r.code, %(words)s)))"
            " SELECT f.*, n.every FROM (SELECT count(*) AS every FROM found) n LEFT JOIN LATERAL"
            " (SELECT * FROM found ORDER BY road_name, code, side OFFSET %(first)s LIMIT %(limit)s) f ON TRUE",
            {"on": on, "words": words, "first": first, "limit": limit},
        )
        rows = cursor.fetchall()
    return [RoadSection(*row[:-1]) for row in rows if row[0] is not None], rows[0][-1]


def own_layers(*, on: date) -> list[OwnLayer]:
    """Every layer in force on a day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT y.key, y.name, y.colour, y.valid_from, y.valid_to, (SELECT count(*) FROM geography_layer_item i"
            f" WHERE i.layer_id = y.key AND {_HOLDS.format('i')}) FROM geography_layer y WHERE {_HOLDS.format('y')}"
            " ORDER BY y.key",
            {"on": on},
        )
        return [OwnLayer(*row) for row in cursor.fetchall()]
