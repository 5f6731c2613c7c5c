"""Two grids side by side, two collectors on turn from 08:00 to 16:00 of one day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import shapely

from tests.cases.conftest import actor, small_city
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.models import Person, ShiftTurn

__all__ = ["actor", "small_city"]
DAY = date(2024, 3, 13)
MORNING = datetime(2024, 3, 13, 0, 0, tzinfo=UTC)  # 08:00 in the city
AFTERNOON = datetime(2024, 3, 13, 8, 0, tzinfo=UTC)  # 16:00
EAST, WEST = "43020200101", "43020300101"
IN_EAST, IN_WEST = (113.105, 27.805), (113.115, 27.805)
OPENED = date(2020, 1, 1)


@pytest.fixture
def two_grids(small_city: None) -> None:
    areas = [Area(AreaKind.DISTRICT, "430202", "东区", "", "430202", shapely.box(113.0, 27.0, 114.0, 28.0), OPENED)]
    for code, district, west in ((EAST, "430202", 113.10), (WEST, "430203", 113.11)):
        border = shapely.box(west, 27.80, west + 0.01, 27.81)
        areas.append(Area(AreaKind.RESPONSIBILITY_GRID, code, code, district, district, border, OPENED))
    load_areas(areas=areas)
    geography.forget()


@pytest.fixture
def on_turn(two_grids: None) -> dict[str, int]:
    """User name → id of the two collectors on turn."""
    found = {}
    for name, grid in (("collector-1", EAST), ("collector-2", WEST)):
        person = Person.objects.get(username=name)
        ShiftTurn.objects.create(person=person, grid_code=grid, shift="day", starts_at=MORNING, ends_at=AFTERNOON)
        found[name] = person.id
    return found
