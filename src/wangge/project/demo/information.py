"""What one needs to try a demo city: where it is, who signs in, its districts, units and grids, how full it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wangge.domains.cases.queries.counts import cases_by_stage
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.organizations.models import District
from wangge.domains.organizations.public_doors import open_doors
from wangge.domains.organizations.queries import PersonLine, departments_on, people_with_posts
from wangge.groundwork.clock import CITY_ZONE
from wangge.project.demo.city_data import read_city
from wangge.project.demo.record import DemoRecord

Document = dict[str, Any]


def city_is_there() -> bool:
    """Whether the database holds a city, a demo's or another."""
    return District.objects.exists()


def demo_information(record: DemoRecord, *, address: str, at: datetime) -> Document:
    """Everything as one JSON-ready document; the shapes are those of ``wangge demo info --json``."""
    day = at.astimezone(CITY_ZONE).date()
    counts = cases_by_stage()
    grids = _areas(AreaKind.RESPONSIBILITY_GRID, day)
    return {
        "city": record.city,
        "title": read_city(record.city).title,
        "addresses": [address],
        "password": record.password,
        "sign_ins": [_sign_in(person, record.password) for person in people_with_posts(at=at) if person.is_active],
        "districts": [
            {**_area(area), "grids": sum(grid.district_code == area.code for grid in grids)}
            for area in _areas(AreaKind.DISTRICT, day)
        ],
        "departments": [
            {
                "code": each.code,
                "name": each.name,
                "kind": each.kind,
                "parent": each.parent_id,
                "district": each.district_id,
            }
            for each in departments_on(day)
        ],
        "grids": [{**_area(grid), "district": grid.district_code} for grid in grids],
        "open_doors": sorted(door.value for door in open_doors()),
        "cases": {"total": sum(counts.values()), "by_stage": counts},
    }


def _areas(kind: AreaKind, day: date) -> list[Area]:
    return sorted(geography.ground().areas_on(kind=kind, on=day), key=lambda area: area.code)


def _area(area: Area) -> Document:
    """Code, name and a point well inside."""
    point = area.boundary.representative_point()
    return {"code": area.code, "name": area.name, "lon": round(point.x, 6), "lat": round(point.y, 6)}


def _sign_in(person: PersonLine, password: str) -> Document:
    """A person with his first post, and every post he holds."""
    first = person.holdings[0] if person.holdings else None
    return {
        "username": person.username,
        "name": person.display_name,
        "post": first.post if first else None,
        "department": first.department_code if first else None,
        "district": first.district_code if first else None,
        "posts": [
            {"post": held.post, "department": held.department_code, "district": held.district_code}
            for held in person.holdings
        ],
        "password": password,
    }


def example_sign_ins(information: Document) -> list[Document]:
    """One person for each combination of posts, by user name: enough to try every desk."""
    seen: dict[tuple[str, ...], Document] = {}
    for sign_in in information["sign_ins"]:
        seen.setdefault(tuple(held["post"] for held in sign_in["posts"]), sign_in)
    return list(seen.values())
