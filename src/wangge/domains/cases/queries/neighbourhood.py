"""The unit that has the same matters near a place: a hint only, a person decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from wangge.domains.cases.logic.case_ids import least_case_id
from wangge.domains.cases.queries.similar import box_about
from wangge.domains.cases.rows import CaseRow

USUAL_DAYS = 180
USUAL_METRES = 400.0
# Each case asked about reads the strip of its longitudes: of a list the first are asked, about what lies closer.
USUAL_METRES_OF_MANY = 200.0
MOST_ASKED = 50

# For each case asked about, place and time in one index of the matters; OFFSET 0 keeps that order (see ``similar``).
_OF_ASKED = """
SELECT a.id, u.department_code, u.cases
  FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::text[])
       AS a (id, west, east, south, north, category)
 CROSS JOIN LATERAL (
       SELECT c.department_code, count(*) AS cases
         FROM (SELECT case_id FROM cases_matter
                WHERE lon BETWEEN a.west AND a.east AND lat BETWEEN a.south AND a.north AND (case_id > %s) IS TRUE
               OFFSET 0) m
        CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE id = m.case_id OFFSET 0) c
        WHERE c.category = a.category AND c.department_code <> '' AND c.reported_at >= %s AND c.reported_at <= %s
          AND c.id <> a.id
        GROUP BY 1 ORDER BY 2 DESC, max(c.reported_at) DESC LIMIT 1) u
"""


@dataclass(frozen=True, slots=True)
class UsualUnit:
    """The unit that got most cases of a class within some metres in the last USUAL_DAYS days, and how many."""

    code: str
    cases: int


def usual_unit(row: CaseRow, *, category: str, at: datetime) -> UsualUnit | None:
    """Who got the cases of this class about a case; None where nobody did. One statement, by place."""
    return usual_units([(row, category)], at=at, metres=USUAL_METRES).get(row.id)


def usual_units(
    matters: Collection[tuple[CaseRow, str]], *, at: datetime, metres: float = USUAL_METRES_OF_MANY
) -> dict[UUID, UsualUnit]:
    """Case id → who got the cases of its class about it, of the first ``MOST_ASKED`` with a place. One statement."""
    asked = [
        (row.id, *box_about(row.lon, row.lat, metres), category)
        for row, category in matters
        if category and row.lon is not None and row.lat is not None
    ][:MOST_ASKED]
    if not asked:
        return {}
    since = at - timedelta(days=USUAL_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_OF_ASKED, [*map(list, zip(*asked, strict=True)), least_case_id(since), since, at])
        return {case_id: UsualUnit(code, cases) for case_id, code, cases in cursor.fetchall()}
