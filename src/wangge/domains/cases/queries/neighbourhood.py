"""What lies near a case or a report: likely duplicates, and the unit that has the same matters there.

A hint only: a person decides (settings ``duplicate_hint_radius_m`` and ``duplicate_hint_hours``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

METRES_PER_DEGREE = 111_320.0
MOST = 6
USUAL_DAYS = 180
USUAL_METRES = 400.0

_USUAL = """
SELECT c.department_code, count(*), max(c.reported_at) FROM cases_matter m JOIN cases_case c ON c.id = m.case_id
 WHERE m.lon BETWEEN %s AND %s AND m.lat BETWEEN %s AND %s AND c.category = %s AND c.department_code <> ''
   AND c.reported_at >= %s AND c.reported_at <= %s AND c.id IS DISTINCT FROM %s::uuid
 GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class UsualUnit:
    """The unit that got most cases of a class within USUAL_METRES in the last USUAL_DAYS days, and how many."""

    code: str
    cases: int


def near(
    *,
    by: Actor,
    lon: float,
    lat: float,
    category: str,
    around: datetime,
    settings: Mapping[str, str],
    but: UUID | None = None,
) -> list[CaseRow]:
    """Cases of the class within the hint's radius (metres) and hours of ``around`` that ``by`` may see, nearest first.

    One statement. Without a class every class is near.
    """
    radius = float(settings["duplicate_hint_radius_m"])
    hours = timedelta(hours=int(settings["duplicate_hint_hours"]))
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{SELECT} WHERE m.lon BETWEEN %s AND %s AND m.lat BETWEEN %s AND %s"
            " AND c.reported_at > %s AND c.reported_at < %s AND c.stage <> ALL(%s)"
            f" AND (%s = '' OR c.category = %s) AND c.id IS DISTINCT FROM %s::uuid AND {sight}"
            " ORDER BY c.reported_at DESC LIMIT 50",
            [
                *_box(lon, lat, radius), around - hours, around + hours,
                ["declined", "voided", "merged"], category, category, but, *values,
            ],
        )  # fmt: skip
        found = [row_of(row) for row in cursor.fetchall()]
    measured = sorted(((_metres(row, lon, lat), row.number, row) for row in found), key=lambda each: each[:2])
    return [row for metres, _number, row in measured if metres <= radius][:MOST]


def _metres(row: CaseRow, lon: float, lat: float) -> float:
    assert row.lon is not None
    assert row.lat is not None
    east = (row.lon - lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    return math.hypot(east, (row.lat - lat) * METRES_PER_DEGREE)


def usual_unit(
    *, lon: float | None, lat: float | None, category: str, at: datetime, but: UUID | None = None
) -> UsualUnit | None:
    """Who got the cases of this class about here, ``but`` one; None where nobody did. One statement, by place."""
    if lon is None or lat is None or not category:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [*_box(lon, lat, USUAL_METRES), category, at - timedelta(days=USUAL_DAYS), at, but])
        row = cursor.fetchone()
    return None if row is None else UsualUnit(row[0], row[1])


def _box(lon: float, lat: float, metres: float) -> list[float]:
    """West, east, south, north about a point, in degrees."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return [lon - wide, lon + wide, lat - high, lat + high]
