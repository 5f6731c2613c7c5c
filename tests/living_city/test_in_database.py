"""The living city over the database: processes die between statements, answers are lost, messages come twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.city_database import CityDatabase
from tests.living_city.database import live
from tests.living_city.settling import found_city
from tests.living_city.shrinking import shortest
from tests.living_city.stories import Action
from wangge.domains.cases.rules import forget_rules
from wangge.domains.cases.surroundings import forget_units

pytestmark = pytest.mark.django_db(transaction=True)
SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
TOGETHER = 10
BEGINNINGS = range(0, 1000, TOGETHER) if SOAKING else range(0, TOGETHER, TOGETHER)
Found = list[tuple[int, Action]]


@pytest.fixture
def city(city_database: CityDatabase) -> None:
    with city_database.owner_link() as link:
        link.execute("SELECT ensure_month_partitions(%s, %s)", [date(2024, 1, 1), date(2025, 12, 1)])
    forget_units()
    found_city()


@pytest.fixture
def use_overlay(settings: Any) -> Callable[[Path], None]:
    def use(directory: Path) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": directory})
        settings.CITY_OVERLAY = directory
        forget_rules()

    return use


@pytest.mark.parametrize("first", BEGINNINGS)
def test_whatever_dies_on_the_way_nothing_is_lost_and_nothing_is_there_twice(
    city: None, use_overlay: Callable[[Path], None], tmp_path: Path, first: int
) -> None:
    killed = resent = steps = 0
    for seed in range(first, first + TOGETHER):
        actions, found, counted = live(seed, tmp_path, use_overlay)
        if found:
            pytest.fail(_told(seed, actions, found, tmp_path, use_overlay), pytrace=False)
        killed, resent, steps = killed + counted.killed, resent + counted.resent, steps + counted.steps
    assert killed > 3 * TOGETHER
    assert resent > TOGETHER
    assert steps > 15 * TOGETHER


def _told(seed: int, actions: Found, found: Sequence[str], directory: Path, use_overlay: Callable[[Path], None]) -> str:
    """The seed, the shortest story, what was found."""
    kind = found[0].partition(":")[0]

    def fails(given: Sequence[tuple[int, Action]]) -> bool:
        again = live(seed, directory, use_overlay, given=given)[1]
        return any(each.startswith(kind) for each in again)

    story = shortest(actions, fails)
    return "\n".join([f"seed {seed}", *(f"  {place} {action}" for place, action in story), *found[:5]])
