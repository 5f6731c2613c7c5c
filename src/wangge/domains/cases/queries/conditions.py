"""A condition of a list of cases, as SQL text with its values, and what the parts of a filter become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wangge.domains.cases.logic.rings import Ring, box_around
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed by; moments are half-open [since, before) of the report."""

    stages: tuple[str, ...] = ()
    district: str = ""
    department: str = ""
    category: str = ""
    source: str = ""
    since: datetime | None = None
    before: datetime | None = None
    overdue: bool | None = None
    bbox: tuple[float, float, float, float] | None = None  # west, south, east, north
    within: Ring = ()  # drawn on the map
    words: str = ""
    assignee_id: int | None = None
    reporter_id: int | None = None

    @property
    def asks_matter(self) -> bool:
        """Whether place or words are asked, which the narrow row of a case does not know."""
        return bool(self.words or self.within or self.bbox is not None)


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over ``c`` (the case's row) or ``m`` (its matter), and the values of its places."""

    sql: str = "TRUE"
    values: tuple[Any, ...] = ()

    def also(self, sql: str, *values: Any) -> Condition:
        """This condition and one more."""
        joined = sql if self.sql == "TRUE" else f"{self.sql} AND {sql}"
        return Condition(joined, (*self.values, *values))

    def __and__(self, other: Condition) -> Condition:
        return self if other.sql == "TRUE" else self.also(other.sql, *other.values)


def about_case(by: Actor, at: datetime, wanted: Filter) -> Condition:
    """What a filter asks of the case's own row, before the wall of ``by``."""
    sight, values = condition_for(by)
    found = Condition(sight, tuple(values))
    plain = (("c.district_code", wanted.district), ("c.category", wanted.category), ("c.source", wanted.source))
    for column, value in plain:
        if value:
            found = found.also(f"{column} = %s", value)
    for column, person in (("c.assignee_id", wanted.assignee_id), ("c.reporter_id", wanted.reporter_id)):
        if person is not None:
            found = found.also(f"{column} = %s", person)
    if wanted.department:
        unit = "(c.department_code = %s OR c.inner_department_code = %s)"
        found = found.also(unit, wanted.department, wanted.department)
    if wanted.stages:
        found = found.also("c.stage = ANY(%s)", list(wanted.stages))
    for term, moment in (("c.reported_at >= %s", wanted.since), ("c.reported_at < %s", wanted.before)):
        if moment is not None:
            found = found.also(term, moment)
    if wanted.overdue is not None:
        late = "(c.stage = ANY(%s) AND c.burns_at < %s)"
        found = found.also(late if wanted.overdue else f"NOT COALESCE({late}, FALSE)", list(OPEN_STAGES), at)
    return found


def about_matter(wanted: Filter) -> Condition:
    """What a filter asks of the place; words are asked by :mod:`wangge.domains.cases.queries.words`."""
    found = Condition()
    for box in (wanted.bbox, box_around(wanted.within) if wanted.within else None):
        if box is not None:
            west, south, east, north = box
            found = found.also("m.lon BETWEEN %s AND %s AND m.lat BETWEEN %s AND %s", west, east, south, north)
    if wanted.within:
        # The box is what the index finds. As a function the ring does not make the planner believe in few rows, which
        # for one as large as the city would be the wrong way round.
        corners = ",".join(f"({lon!r},{lat!r})" for lon, lat in wanted.within)
        found = found.also("poly_contain_pt(%s::polygon, point(m.lon, m.lat))", f"({corners})")
    return found
