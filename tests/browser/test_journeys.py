"""The loop as people walk it: by thumb, by keys, by two at once, and with scripts turned off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Picture = Callable[[], str]


def report(page: Page, picture: Picture) -> str:
    """A collector reports with a photo from his telephone; the number of the case."""
    page.goto("/cases/new")
    page.set_input_files("#report-photo_before", picture())
    expect(page.locator(".previews canvas")).to_have_count(1)
    page.get_by_role("combobox", name="小类").fill("ssjg")
    page.keyboard.press("Enter")
    expect(page.locator("[name=category]")).to_have_value("component:0101")
    page.fill("[name=description]", "井盖缺失，旁边是小学")
    page.fill("[name=location_lon]", "113.134")
    page.fill("[name=location_lat]", "27.827")
    page.fill("[name=address]", "建设路 1 号")
    page.get_by_role("main").get_by_role("button", name="上报").click()
    page.wait_for_url(re.compile(r"/cases/990101-\d{8}-\d{5}"))
    return page.url.rpartition("/")[2]


def act(page: Page, stage: str) -> None:
    """Enter does the usual next thing; the case then stands in the stage."""
    page.keyboard.press("Enter")
    expect(page.locator(".case-head .stage")).to_contain_text(stage)


def test_a_case_appears_on_an_open_list_as_it_comes_in_but_not_under_a_typing_hand(
    enter: SignIn, picture: Picture
) -> None:
    acceptor = enter("acceptor-1")
    # Without the look of every half minute nothing but the news of the step can bring the case.
    acceptor.add_init_script(
        "const every = setInterval; window.setInterval = (act, ms) => ms === 30000 ? 0 : every(act, ms)"
    )
    acceptor.reload()
    expect(acceptor.get_by_text("里没有案卷").first).to_be_visible()
    street = enter("collector-1", width=390, height=844)
    first = report(street, picture)
    expect(acceptor.get_by_text(first).first).to_be_visible()

    search = acceptor.get_by_role("search").get_by_role("searchbox")
    search.fill("井")
    second = report(street, picture)
    acceptor.wait_for_timeout(2_500)
    expect(search).to_have_value("井")
    expect(acceptor.get_by_text(second)).to_have_count(0)
    search.blur()
    expect(acceptor.get_by_text(second).first).to_be_visible()


def test_a_case_goes_from_a_thumb_on_the_street_to_the_closed_file(enter: SignIn, picture: Picture) -> None:
    street = enter("collector-1", width=390, height=844)
    expect(street).to_have_url(re.compile("/field"))
    number = report(street, picture)

    acceptor = enter("acceptor-1")
    expect(acceptor.get_by_text("待受理", exact=True).first).to_be_visible()
    acceptor.keyboard.press("Enter")  # the first case of the list
    acceptor.wait_for_url(f"**/cases/{number}*")
    act(acceptor, "待立案")

    leader = enter("duty_leader-1")
    leader.goto(f"/cases/{number}")
    leader.get_by_text("破损面积").click()
    leader.keyboard.press("Control+Enter")
    expect(leader.locator(".case-head .stage")).to_contain_text("待派遣")

    dispatcher = enter("dispatcher-1")
    dispatcher.goto(f"/cases/{number}")
    dispatcher.get_by_role("combobox", name="责任单位").fill("gpsgs")
    dispatcher.keyboard.press("Enter")
    dispatcher.keyboard.press("Control+Enter")
    expect(dispatcher.locator(".case-head .stage")).to_contain_text("供排水公司")

    unit = enter("unit-a")
    expect(unit).to_have_url(re.compile("/unit"))
    unit.get_by_role("link", name=number).click()
    unit.set_input_files("#report_handled-photo_after", picture())
    expect(unit.locator(".previews canvas")).to_have_count(1)
    unit.get_by_role("button", name="处置反馈").click()
    expect(unit.locator(".case-head .stage")).to_contain_text("处置反馈待审")

    dispatcher.goto(f"/cases/{number}")
    act(dispatcher, "待派核查")

    acceptor.goto(f"/cases/{number}")
    expect(acceptor.locator("[name=assignee]")).to_have_value("collector-2")  # on duty in the grid
    act(acceptor, "核查中")

    verifier = enter("collector-2", width=390, height=844)
    verifier.locator(".row-link").first.click()  # the number is cut to its end on a telephone
    verifier.set_input_files("#pass_inspection-photo_site", picture())
    expect(verifier.locator("[data-verb=pass_inspection] .previews canvas")).to_have_count(1)
    verifier.get_by_role("button", name="核查通过", exact=False).first.click()
    expect(verifier.locator(".case-head .stage")).to_contain_text("待结案")

    leader.goto(f"/cases/{number}")
    act(leader, "已结案")
    expect(leader.locator(".timeline > li")).to_have_count(9)
    expect(leader.locator(".case-head .state")).to_contain_text("按期完成")


def test_two_people_on_one_case_see_both_versions_and_lose_nothing(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    slow, quick = enter("acceptor-1"), enter("acceptor-2")
    slow.goto(f"/cases/{number}")
    quick.goto(f"/cases/{number}")
    quick.keyboard.press("h")
    quick.get_by_role("button", name="派发核实").click()
    expect(quick.locator(".case-head .stage")).to_contain_text("核实中")
    slow.fill("[data-verb=accept] [name=note]", "已与现场核对")
    slow.keyboard.press("Control+Enter")
    conflict = slow.locator(".conflict")
    expect(conflict).to_contain_text("acceptor-2已办理此案卷")
    expect(conflict).to_contain_text("已与现场核对")
    expect(conflict).to_contain_text("派发核实")
    expect(conflict).to_contain_text("版本")


def test_a_move_needs_no_script(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    plain = enter("acceptor-1", script=False)
    plain.get_by_role("link", name=number).click()
    plain.locator("[data-verb=accept]").get_by_role("button").click()  # what needs script is not shown
    expect(plain.locator(".case-head .stage")).to_contain_text("待立案")
    expect(plain.locator(".notice")).to_contain_text("受理：已办理")


def test_a_text_not_sent_yet_survives_a_reload(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    acceptor = enter("acceptor-1")
    acceptor.goto(f"/cases/{number}")
    acceptor.fill("[data-verb=accept] [name=note]", "写到一半")
    acceptor.reload()
    expect(acceptor.locator("[data-verb=accept] [name=note]")).to_have_value("写到一半")


def test_another_class_brings_its_own_conditions(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    acceptor = enter("acceptor-1")
    acceptor.goto(f"/cases/{number}")
    act(acceptor, "待立案")
    leader = enter("duty_leader-1")
    leader.goto(f"/cases/{number}")
    leader.get_by_role("combobox", name="小类").fill("垃圾")
    leader.keyboard.press("Enter")
    expect(leader.locator("#file_case-condition_seq-field")).not_to_contain_text("破损面积")
