"""The unit that has the same matters near a place: a hint only, a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from wangge.domains.cases.queries.similar import box_about

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


def usual_unit(
    *, lon: float | None, lat: float | None, category: str, at: datetime, but: UUID | None = None
) -> UsualUnit | None:
    """Who got the cases of this class about here, ``but`` one; None where nobody did. One statement, by place."""
    if lon is None or lat is None or not category:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [*box_about(lon, lat, USUAL_METRES), category, at - timedelta(days=USUAL_DAYS), at, but])
        row = cursor.fetchone()
    return None if row is None else UsualUnit(row[0], row[1])
