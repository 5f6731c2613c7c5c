"""A small city for the tests of organizations: two districts, three units, and the moment they live in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wangge.domains.organizations.models import Department, DepartmentKind, District, Person

NOW = datetime(2024, 4, 12, 2, 30, tzinfo=UTC)
BIRTH = date(2020, 1, 1)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def city(db: None) -> None:
    for code, name in (("430202", "荷塘区"), ("430203", "芦淞区")):
        District.objects.create(code=code, name=name, valid_from=BIRTH)
    Department.objects.create(code="water", name="供排水公司", kind=DepartmentKind.COMPANY, valid_from=BIRTH)
    Department.objects.create(
        code="street7", name="七里街道", kind=DepartmentKind.STREET, valid_from=BIRTH, district_id="430202"
    )
    Department.objects.create(
        code="district202",
        name="荷塘区平台",
        kind=DepartmentKind.DISTRICT_PLATFORM,
        valid_from=BIRTH,
        district_id="430202",
    )


@pytest.fixture
def person(city: None) -> Person:
    return Person.objects.create(username="zhang", display_name="张三", password="!", created_at=NOW)
