"""Open cases on a map: gathered by the cells of a grid that fits the zoom, one by one where one looks closely.

What a person sees there is what his lists hold: the same wall. One statement, over the narrow table of open cases
that triggers keep (migration 0008): read whole it costs a few milliseconds, where the cases' own rows lie far apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

LEAST_ZOOM, MOST_ZOOM = 0, 22
SINGLE_FROM_ZOOM = 16
CELL_PIXELS = 60
TILE_PIXELS = 512
MOST_SINGLE = 1000

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_HERE = "cases_open c WHERE c.lon BETWEEN %s AND %s AND c.lat BETWEEN %s AND %s"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Open cases close together: their middle, how many, how many of them late; the number where it is one alone."""

    lon: float
    lat: float
    count: int
    late: int
    number: str = ""
    stage: str = ""


def cell_degrees(zoom: int) -> float:
    """The side of a cell in degrees of longitude at a zoom level."""
    return 360.0 / float(1 << zoom) / TILE_PIXELS * CELL_PIXELS


def open_clusters(
    *, by: Actor, at: datetime, box: Box, zoom: int, stages: tuple[str, ...] = (), department: str = ""
) -> list[Cluster]:
    """Clusters of the open cases in a box as far as ``by`` sees them, the biggest first; of some stages or a unit."""
    sight, seen = condition_for(by)
    west, south, east, north = box
    values: list[Any] = [west, east, south, north]
    unit = ""
    if stages:
        unit = " AND c.stage = ANY(%s)"
        values.append([stage for stage in stages if stage in OPEN_STAGES])
    if department:
        unit += " AND (c.department_code = %s OR c.inner_department_code = %s)"
        values += [department, department]
    if zoom >= SINGLE_FROM_ZOOM:
        statement = (
            "SELECT c.lon, c.lat, 1, CASE WHEN c.burns_at < %s THEN 1 ELSE 0 END, c.number, c.stage"
            f" FROM {_HERE}{unit} AND {sight} ORDER BY c.number LIMIT {MOST_SINGLE}"
        )
        return _asked(statement, [at, *values, *seen])
    # Rows are cells of latitude made shorter as the map draws them, so that cells look square.
    statement = (
        "SELECT avg(c.lon), avg(c.lat), count(*), count(*) FILTER (WHERE c.burns_at < %s),"
        " CASE WHEN count(*) = 1 THEN min(c.number) ELSE '' END, CASE WHEN count(*) = 1 THEN min(c.stage) ELSE '' END"
        f" FROM {_HERE}{unit} AND {sight}"
        " GROUP BY floor(c.lon / %s), floor(c.lat / (%s * cos(radians(%s)))) ORDER BY 3 DESC, 1, 2"
    )
    cell = cell_degrees(zoom)
    return _asked(statement, [at, *values, *seen, cell, cell, max(-80.0, min(80.0, (south + north) / 2))])


def _asked(statement: str, values: list[Any]) -> list[Cluster]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Cluster(*row) for row in cursor.fetchall()]


def clusters_geojson(clusters: list[Cluster]) -> bytes:
    """Clusters as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(each.lon, 6), round(each.lat, 6)]},
            "properties": {"count": each.count, "late": each.late, "number": each.number, "stage": each.stage},
        }
        for each in clusters
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
