"""Cases that may be the same matter as a report: near in place and time, ranked for a person; nothing is merged here.

One statement: on the narrow rows about the point the database takes the few likeliest by the same points but for the
words; the logic has the last word on those few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from wangge.domains.cases.logic.case_ids import least_case_id
from wangge.domains.cases.logic.pieces import grams_of
from wangge.domains.cases.logic.similarity import (
    DISTANCE,
    METRES_PER_DEGREE,
    OTHER_CLASS,
    Asked,
    Candidate,
    Likeness,
    Reach,
    ranked,
    reach_of,
)
from wangge.domains.cases.rows import COLUMNS, MATTER_COLUMNS, SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.prepared import prepared_cursor
from wangge.standards.tables import Tables

MOST = 5
LOOKED_AT = 20  # of them the logic chooses
NOT_A_MATTER = ["declined", "voided", "merged"]
# Place and time are looked up in one index, the time by the ids, which are never earlier than the report; only what is
# left is looked up among the cases (OFFSET 0 keeps that order; IS TRUE keeps the planner from going by the id alone).
_NEAR = (
    "SELECT c.id FROM (SELECT case_id, lon, lat FROM cases_matter"
    " WHERE lon BETWEEN %s AND %s AND lat BETWEEN %s AND %s AND (case_id > %s) IS TRUE OFFSET 0) m"
    " CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE id = m.case_id OFFSET 0) c WHERE c.reported_at > %s"
    " AND c.reported_at <= %s AND c.stage <> ALL(%s) AND c.id IS DISTINCT FROM %s::uuid"
)
_LIKELIEST = (
    f" ORDER BY %s * ln(1 + {METRES_PER_DEGREE} * sqrt(((m.lon - %s) * %s) ^ 2 + (m.lat - %s) ^ 2))"
    " + %s * ln(1 + extract(epoch FROM %s - c.reported_at)::float8 / 3600)"
    f" + CASE WHEN %s IN ('', c.category) THEN 0 ELSE %s END, c.id LIMIT {LOOKED_AT}"
)
_ALL = (*COLUMNS, *MATTER_COLUMNS)
_ID = _ALL.index("id")
_looked_at = itemgetter(*map(_ALL.index, ("id", "category", "reported_at", "description", "address", "lon", "lat")))


@dataclass(frozen=True, slots=True)
class Similar:
    """A case that may be the same matter, and what speaks for it."""

    row: CaseRow
    likeness: Likeness


@lru_cache(maxsize=8)
def reaches(tables: Tables) -> tuple[Reach, ...]:
    """How far each class looks."""
    return tuple(Reach(row.beginning, row.radius_m, row.days, row.start / 100, row.age / 100) for row in tables.similar)


def similar_cases(
    *, by: Actor, lon: float, lat: float, category: str, at: datetime, words: str = "", but: UUID | None = None,
    most: int = MOST,
) -> list[Similar]:  # fmt: skip
    """Cases that may be the same as a report made ``at`` this moment, the likeliest first, as far as ``by`` sees."""
    return similar_among(
        *condition_for(by), lon=lon, lat=lat, category=category, at=at, words=words, but=but, most=most
    )


def similar_among(
    sight: str, values: Sequence[Any], *, lon: float, lat: float, category: str, at: datetime, words: str = "",
    but: UUID | None = None, most: int = MOST,
) -> list[Similar]:  # fmt: skip
    """The same among the cases for which ``sight`` (SQL over ``c`` and its values) holds."""
    reach = reach_of(category, reaches(city_tables()))
    since = at - timedelta(days=reach.days)
    with prepared_cursor() as cursor:
        cursor.execute(
            f"{SELECT} WHERE c.id IN ({_NEAR} AND {sight}{_LIKELIEST})",
            [
                *box_about(lon, lat, reach.radius_m), least_case_id(since), since, at, NOT_A_MATTER, but, *values,
                DISTANCE, lon, math.cos(math.radians(lat)), lat, reach.age, at, category, OTHER_CLASS,
            ],
        )  # fmt: skip
        rows = {str(values[_ID]): values for values in cursor.fetchall()}
    asked = Asked(lon, lat, category, at.timestamp(), frozenset(grams_of(words)))
    found = ranked(asked, [_candidate(values) for values in rows.values()], reach, most=most)
    return [Similar(row_of(rows[each.key]), each) for each in found]


def _candidate(values: Sequence[Any]) -> Candidate:
    """What the logic looks at, read from the bare row: of twenty only a few are shown and read whole."""
    case_id, category, reported_at, description, address, lon, lat = _looked_at(values)
    return Candidate(
        str(case_id), lon, lat, category, reported_at.timestamp(), frozenset(grams_of(description, address))
    )


def box_about(lon: float, lat: float, metres: float) -> list[float]:
    """West, east, south, north about a point, in degrees."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return [lon - wide, lon + wide, lat - high, lat + high]
