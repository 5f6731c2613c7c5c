"""A case goes the way through a district: its platform to a street with a limit of its own, to a person, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_journeys import act, report
from tests.browser.walking import (
    Picture,
    accept_and_file,
    attach,
    choose,
    forward_to_inspection,
    found_district,
    found_unit,
    hand_in,
    hire,
    open_verb,
    pass_inspection,
    say,
    send,
    send_to,
    stands,
)
from tests.city_rules import rule_city_by
from wangge.domains.cases.rows import load
from wangge.domains.organizations.models import DepartmentKind

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def two_districts(served_city: str, settings: Any, tmp_path: Path) -> None:
    """A city whose districts dispatch by themselves: a platform in each, two streets in the east."""
    rule_city_by(settings, tmp_path / "city", district_level="on")
    found_district("990102", "西区")
    found_unit("platform-east", "东区平台", DepartmentKind.DISTRICT_PLATFORM, "990101")
    found_unit("platform-west", "西区平台", DepartmentKind.DISTRICT_PLATFORM, "990102")
    found_unit("street-1", "建设街道", DepartmentKind.STREET, "990101")
    found_unit("street-2", "江南街道", DepartmentKind.STREET, "990101")
    for place in ("east", "west"):
        hire(place, "district_dispatcher", f"platform-{place}")
    for number in ("1", "2"):
        hire(f"street-{number}", "department", f"street-{number}")
    hire("handler", "department", "street-1", name="周立新")


def sees_nothing(page: Page, number: str) -> None:
    """Behind the wall a case looks like none, and no list or search knows it."""
    answer = page.goto(f"/cases/{number}")
    assert answer is not None
    assert answer.status == 404
    for listed in ("/unit", f"/cases?q={number}"):
        page.goto(listed)
        expect(page.get_by_role("link", name=number)).to_have_count(0)


def test_a_district_passes_a_case_on_inside_takes_the_result_and_hands_it_in(
    enter: SignIn, two_districts: None, picture: Picture
) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    acceptor, leader, dispatcher = enter("acceptor-1"), enter("duty_leader-1"), enter("dispatcher-1")
    accept_and_file(acceptor, leader, number)
    send_to(dispatcher, number, "dispatch", "dqpt")
    stands(dispatcher, "东区平台")

    # Its platform passes it to a street, with a limit inside the city's, and names a person there.
    east, west, street, other_street = enter("east"), enter("west"), enter("street-1"), enter("street-2")
    expect(east.locator("section.group", has_text="待区级派遣").get_by_role("link", name=number)).to_be_visible()
    east.get_by_role("link", name=number).click()
    box = open_verb(east, "district_dispatch")
    choose(box, "责任单位", "jsjd")
    box.locator("[name=inner_limit]").fill("1")
    send(box)
    stands(east, "建设街道")
    box = open_verb(east, "assign_handler")
    choose(box, "处置人", "zlx")
    send(box)
    expect(east.locator(".timeline")).to_contain_text("周立新")
    sees_nothing(west, number)
    sees_nothing(other_street, number)
    east.goto("/unit")
    expect(east.locator("section.group", has_text="区内在办").get_by_role("link", name=number)).to_be_visible()

    # The street does it; the platform sends it back once, then hands it in to the city.
    street.goto("/unit")
    street.get_by_role("link", name=number).click()
    expect(street.locator(".history")).to_contain_text("区内时限")
    street_hands_in(street, number, picture)
    say(east, number, "district_order_rework", reason="照片看不出井盖是否盖严")
    street_hands_in(street, number, picture)
    east.goto("/unit")
    reported = east.locator("section.group", has_text="区内已反馈，待审")
    reported.get_by_role("link", name=number).click()
    hand_in(east, number, picture)
    stands(east, "处置反馈待审")
    forward_to_inspection(dispatcher, acceptor, number)
    pass_inspection(enter("collector-2", width=390, height=844), number, picture)
    leader.goto(f"/cases/{number}")
    act(leader, "已结案")
    sees_nothing(west, number)
    row = load(number)
    assert row is not None
    assert (row.department_code, row.state.inner, "street-1" in row.past_departments) == ("platform-east", None, True)
    expect(leader.locator(".timeline")).to_contain_text("区内返工")


def street_hands_in(street: Page, number: str, picture: Picture) -> None:
    street.goto(f"/cases/{number}")
    box = open_verb(street, "district_report_handled")
    attach(box, "photo_after", picture())
    send(box)
