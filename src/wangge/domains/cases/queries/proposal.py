"""The unit that the rules of ownership propose for a case; and the past by which a set of rules is weighed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rows import CaseRow
from wangge.domains.components.queries.register import component_on
from wangge.domains.geography.gazetteer_queries import words_for_point
from wangge.domains.geography.queries import locate
from wangge.domains.ownership.logic.choosing import Choice, Matter, PlaceKind, Role
from wangge.domains.ownership.queries import propose, set_in_force

LOOKED_BACK = timedelta(days=365)


def proposal_for(row: CaseRow, *, category: str, at: datetime) -> Choice | None:
    """The unit a case is proposed for, with the rule; one statement where it names a component, else none."""
    on = day_of(civil(at))
    if not category or set_in_force(on=on) is None:
        return None
    return propose(matter=matter_of(row, category=category, on=on), on=on)


def matter_of(row: CaseRow, *, category: str, on: date) -> Matter:
    """A case as the rules see it: its class, where it lies on that day, whose its component is."""
    places: dict[PlaceKind, str] = {}
    if row.lon is not None and row.lat is not None:
        found = locate(lon=row.lon, lat=row.lat, on=on)
        for kind, code in (
            (PlaceKind.DISTRICT, found.district),
            (PlaceKind.STREET, found.street),
            (PlaceKind.COMMUNITY, found.community),
            (PlaceKind.UNIT_GRID, found.unit_grid),
            (PlaceKind.RESPONSIBILITY_GRID, found.responsibility_grid),
        ):
            if code:
                places[kind] = code
        spoken = words_for_point(lon=row.lon, lat=row.lat, on=on).spoken
        if spoken is not None and spoken.road:
            places[PlaceKind.ROAD] = spoken.road
    elif row.district_code:
        places[PlaceKind.DISTRICT] = row.district_code
    return Matter(category, places, row.address, _units_of(row.component, on))


def _units_of(component: str, on: date) -> dict[Role, str]:
    found = component_on(code=component, on=on) if component else None
    if found is None:
        return {}
    codes = (found.owner_code, found.manager_code, found.maintainer_code)
    return {role: code for role, code in zip(Role, codes, strict=True) if code}


def past_by_class_and_district(*, at: datetime) -> dict[tuple[str, str], int]:
    """(class, district) → cases dispatched in the year before: what rules are weighed by. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT category, district_code, count(*) FROM cases_case WHERE reported_at >= %s AND reported_at < %s"
            " AND department_code <> '' AND category <> '' GROUP BY 1, 2",
            [at - LOOKED_BACK, at],
        )
        return {(category, district): count for category, district, count in cursor.fetchall()}


def dispatched_in(*, since: datetime, before: datetime) -> list[tuple[str, str, str, str, str]]:
    """(class, district, street, responsibility grid, unit) of the cases dispatched in a time, for learning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.category, c.district_code, m.street_code, c.grid_code, c.department_code FROM cases_case c"
            " JOIN cases_matter m ON m.case_id = c.id WHERE c.reported_at >= %s AND c.reported_at < %s"
            " AND c.department_code <> '' AND c.category <> '' AND c.parent_id IS NULL",
            [since, before],
        )
        return list(cursor.fetchall())
