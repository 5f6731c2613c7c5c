"""Maps of cases as people use them: an area is drawn and looked in, a sign leads to its case, with hand and keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.test_journeys import Picture, report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def frame_of(page: Page) -> tuple[float, float, float, float]:
    box = page.locator("wangge-within canvas").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def test_cases_are_looked_for_in_an_area_drawn_on_the_map(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    page = enter("acceptor-1")
    page.goto("/cases")
    page.locator("details[data-within] summary").click()
    expect(page.locator("wangge-within[data-ready]")).to_be_visible()
    page.get_by_role("button", name="用当前视野").click()
    assert page.locator("[name=within]").last.input_value().count(";") == 3
    page.get_by_role("button", name="查找这个范围").click()
    expect(page).to_have_url(re.compile("within="))
    expect(page.get_by_text(number).first).to_be_visible()

    shared = page.url
    page.locator("details[data-within] summary").click()
    expect(page.locator("wangge-within[data-ready]")).to_be_visible()
    page.get_by_role("button", name="清空").click()
    # A small triangle in the north-east of what the map shows; the case lies in its south-west.
    left, top, width, height = frame_of(page)
    for across, down in ((0.8, 0.1), (0.9, 0.1), (0.9, 0.3)):
        page.mouse.click(left + across * width, top + down * height)
    assert page.locator("wangge-within [name=within]").input_value().count(";") == 2
    page.mouse.move(left + 0.9 * width, top + 0.3 * height)
    page.mouse.down()
    page.mouse.move(left + 0.85 * width, top + 0.25 * height, steps=3)
    page.mouse.up()
    assert page.locator("wangge-within [name=within]").input_value().count(";") == 2
    page.get_by_role("button", name="查找这个范围").click()
    expect(page.get_by_text("没有符合条件的案卷")).to_be_visible()
    colleague = enter("acceptor-2")
    colleague.goto(shared)
    expect(colleague.get_by_text(number).first).to_be_visible()
    expect(colleague.locator("details[data-within] summary")).to_contain_text("4 个顶点")


def test_a_case_on_the_map_is_opened_from_its_list(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    page = enter("duty_leader-1")
    page.get_by_role("link", name="地图", exact=True).click()
    expect(page.locator("wangge-map[data-signs='1']")).to_be_visible()
    page.get_by_text("图上案卷列表").click()
    page.get_by_role("link", name=number).click()
    page.wait_for_url(f"**/cases/{number}*")
