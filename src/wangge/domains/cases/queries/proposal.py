"""What the rules of ownership propose for a case: unit and limit; and the past by which a set of rules is weighed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.rows import CaseRow
from wangge.domains.components.queries.register import ComponentRow, component_on, components_on
from wangge.domains.geography.gazetteer_queries import words_for_point
from wangge.domains.geography.queries import locate
from wangge.domains.ownership.logic.choosing import Choice, Matter, PlaceKind, Role
from wangge.domains.ownership.queries import propose, set_in_force

LOOKED_BACK = timedelta(days=365)


class LimitGround(StrEnum):
    """Why a limit is proposed."""

    FILED = "filed"  # the case is filed under this condition
    RULE = "rule"  # the rule of ownership names the condition
    ONLY = "only"  # the class has no other


@dataclass(frozen=True, slots=True)
class ProposedLimit:
    """A filing condition 立案条件 with the handling limit it gives, and why it is proposed."""

    condition_seq: int
    value: int
    unit: str
    ground: LimitGround


def limit_for(choice: Choice | None, *, category: str, filed: int, rules: Rulebook) -> ProposedLimit | None:
    """The limit of a matter: of the condition it is filed under, else the rule's, else the only one of its class."""
    offered = sorted(seq for of_class, seq in rules.limits if of_class == category)
    named = choice.rule.condition_seq if choice is not None else None
    found = next(
        (
            (seq, ground)
            for seq, ground in (
                (filed, LimitGround.FILED),
                (named, LimitGround.RULE),
                (offered[0] if len(offered) == 1 else None, LimitGround.ONLY),
            )
            if seq and (category, seq) in rules.limits
        ),
        None,
    )
    if found is None:
        return None
    row = rules.limits[category, found[0]]
    return ProposedLimit(found[0], row.value, row.unit, found[1])


def proposal_for(row: CaseRow, *, category: str, at: datetime) -> Choice | None:
    """The unit a case is proposed for, with the rule; one statement where it names a component, else none."""
    on = day_of(civil(at))
    if not category or set_in_force(on=on) is None:
        return None
    return propose(matter=matter_of(row, category=category, on=on), on=on)


def proposals_for(matters: Collection[tuple[CaseRow, str]], *, at: datetime) -> dict[UUID, Choice]:
    """Case id → the unit proposed, for cases with the class each is taken as; one statement however many."""
    on = day_of(civil(at))
    if set_in_force(on=on) is None:
        return {}
    things = components_on(codes={row.component for row, category in matters if category and row.component}, on=on)
    found: dict[UUID, Choice] = {}
    for row, category in matters:
        thing = things.get(row.component)
        choice = propose(matter=_matter(row, category, on, _units_of(thing)), on=on) if category else None
        if choice is not None:
            found[row.id] = choice
    return found


def matter_of(row: CaseRow, *, category: str, on: date) -> Matter:
    """A case as the rules see it: its class, where it lies on that day, whose its component is."""
    return _matter(row, category, on, _units_of(_component(row.component, on)))


def _matter(row: CaseRow, category: str, on: date, units: dict[Role, str]) -> Matter:
    point = (row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    return Matter(category, _places(point, row.district_code, on), row.address, units)


def matter_at(
    *, category: str, point: tuple[float, float] | None, on: date, district: str = "", address: str = "",
    component: str = "",
) -> Matter:  # fmt: skip
    """A matter of a class at a WGS-84 point, or only in a district; one statement where a component is named."""
    return Matter(category, _places(point, district, on), address, _units_of(_component(component, on)))


def _places(point: tuple[float, float] | None, district: str, on: date) -> dict[PlaceKind, str]:
    places: dict[PlaceKind, str] = {}
    if point is not None:
        lon, lat = point
        found = locate(lon=lon, lat=lat, on=on)
        for kind, code in (
            (PlaceKind.DISTRICT, found.district),
            (PlaceKind.STREET, found.street),
            (PlaceKind.COMMUNITY, found.community),
            (PlaceKind.UNIT_GRID, found.unit_grid),
            (PlaceKind.RESPONSIBILITY_GRID, found.responsibility_grid),
        ):
            if code:
                places[kind] = code
        spoken = words_for_point(lon=lon, lat=lat, on=on).spoken
        if spoken is not None and spoken.road:
            places[PlaceKind.ROAD] = spoken.road
    elif district:
        places[PlaceKind.DISTRICT] = district
    return places


def _component(code: str, on: date) -> ComponentRow | None:
    return component_on(code=code, on=on) if code else None


def _units_of(found: ComponentRow | None) -> dict[Role, str]:
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
