"""Addresses in the report form: places offered while typing, words for a point of the map, and neither by need."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.conftest import SignIn
from wangge.domains.geography import gazetteer_queries, queries
from wangge.domains.geography.models import PlaceNameRow
from wangge.domains.geography.operations.versions import new_names_version
from wangge.groundwork.pinyin import readings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def names(served_city: str) -> None:
    for kind, name, lon in (("road", "建设路", 113.15), ("place", "青屏小学", 113.16)):
        ways = readings(name)
        PlaceNameRow.objects.create(
            kind=kind, name=name, lon=lon, lat=27.85, district_code="990101", valid_from=date(2020, 1, 1),
            pinyin=" ".join(full for full, _letters in ways), initials=" ".join(letters for _full, letters in ways),
        )  # fmt: skip
    new_names_version()
    queries.forget()
    gazetteer_queries.forget_names()


def test_a_place_chosen_by_its_initials_gives_words_and_point(enter: SignIn, names: None) -> None:
    page = enter("acceptor-1")
    page.goto("/cases/new")
    address = page.locator("[name=address]")
    address.press_sequentially("qpxx")
    page.get_by_role("option", name="青屏小学").wait_for()
    address.press("Enter")
    assert address.input_value() == "东区青屏小学"
    assert page.locator("[name=location_lon]").input_value() == "113.160000"
    assert page.locator("[name=location_lat]").input_value() == "27.850000"
    address.fill("js")
    page.get_by_role("option", name="建设路").wait_for()
    address.press("Escape")
    assert address.input_value() == "js"


def test_without_script_the_address_is_a_plain_field(enter: SignIn, names: None) -> None:
    page = enter("acceptor-1", script=False)
    page.goto("/cases/new")
    page.fill("[name=address]", "建设路 1 号")
    assert page.locator("[name=address]").input_value() == "建设路 1 号"
