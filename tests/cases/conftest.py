"""A small city for the tests of cases: two districts, units, people of every post, one grid, and its moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile

from wangge.domains.cases.answers import forget_usernames
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Department, DepartmentKind, District, Person, PostHolding
from wangge.domains.organizations.queries import actor_of_person

START = datetime(2024, 3, 13, 0, 10, tzinfo=UTC)  # 08:10 in the city
BIRTH = date(2020, 1, 1)
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)

__all__ = ["ContentFile"]


@pytest.fixture
def small_city(db: None) -> None:
    for code, name in (("430202", "东区"), ("430203", "西区")):
        District.objects.create(code=code, name=name, valid_from=BIRTH)
    for code, kind, district in (
        ("dept-a", DepartmentKind.DEPARTMENT, None),
        ("dept-b", DepartmentKind.COMPANY, None),
        ("street-1", DepartmentKind.STREET, "430202"),
        ("platform-1", DepartmentKind.DISTRICT_PLATFORM, "430202"),
    ):
        Department.objects.create(code=code, name=code, kind=kind, valid_from=BIRTH, district_id=district)
    for post in (
        "collector", "acceptor", "duty_leader", "dispatcher", "archivist", "supervisor", "evaluator", "section_head",
        "centre_leader", "chief", "system",
    ):  # fmt: skip
        for number in (1, 2):
            _person(f"{post}-{number}", post)
    for unit in ("dept-a", "dept-b", "street-1"):
        _person(unit, "department", unit)
    _person("platform-1", "district_dispatcher", "platform-1")
    forget_units()
    forget_usernames()


def _person(username: str, post: str, unit: str | None = None) -> None:
    person = Person.objects.create(username=username, display_name=username, password="!", created_at=BEGAN)
    PostHolding.objects.create(person=person, post=post, department_id=unit, valid_from=BEGAN)


@pytest.fixture
def actor(small_city: None) -> Callable[[str], Actor]:
    """The actor of a user name."""

    def find(username: str) -> Actor:
        found = actor_of_person(Person.objects.get(username=username).id, START)
        assert found is not None
        return found

    return find
