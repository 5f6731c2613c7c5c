"""A session that ends in the middle of a form: signed in again, the page is there with the text, and is sent once."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, SignIn
from tests.browser.test_journeys import report
from tests.browser.walking import Picture, choose, open_verb, stands
from wangge.domains.cases.rows import load

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "市民来电：井盖松动，夜里响"


def end_session(page: Page) -> None:
    """As after an hour's absence, or a restart of the browser: who asks is nobody."""
    name = next(each["name"] for each in page.context.cookies() if "session" in each["name"])
    page.context.clear_cookies(name=name)


def sign_in_again(page: Page, username: str) -> None:
    expect(page).to_have_url(re.compile("/sign-in"))
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")


def test_a_seat_signs_in_again_and_finds_the_case_with_the_words_it_was_sending(
    enter: SignIn, picture: Picture
) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    seat = enter("acceptor-1")
    seat.goto(f"/cases/{number}?queue=reported")
    box = open_verb(seat, "decline_report")
    box.locator("[name=reason]").fill("与昨日案卷重复，已电话告知")
    end_session(seat)
    box.locator("form button").last.click()
    sign_in_again(seat, "acceptor-1")
    expect(seat).to_have_url(re.compile(rf"/cases/{number}\?queue=reported"))
    box = open_verb(seat, "decline_report")
    expect(box.locator("[name=reason]")).to_have_value("与昨日案卷重复，已电话告知")
    expect(box).to_contain_text("已恢复上次未提交的内容")
    box.locator("form button").last.click()
    expect(seat.locator(".notice").first).to_contain_text("已办理")
    stands(seat, "不予受理")
    row = load(number)
    assert row is not None
    assert row.version == 2


def test_a_refused_form_too_leads_back_to_its_case(enter: SignIn, picture: Picture) -> None:
    number = report(enter("collector-1", width=390, height=844), picture)
    seat, other = enter("acceptor-1"), enter("acceptor-2")
    seat.goto(f"/cases/{number}")
    other.goto(f"/cases/{number}")
    other.keyboard.press("Enter")
    stands(other, "待立案")
    seat.fill("[data-verb=accept] [name=note]", "已与现场核对")
    seat.keyboard.press("Control+Enter")
    expect(seat.locator(".conflict")).to_contain_text("已与现场核对")
    end_session(seat)
    seat.reload()  # sends the refused form again, to a city that knows nobody
    sign_in_again(seat, "acceptor-1")
    expect(seat).to_have_url(re.compile(rf"/cases/{number}$"))
    stands(seat, "待立案")


def begin_report(seat: Page) -> None:
    seat.goto("/cases/new")
    form = seat.locator("#report")
    form.get_by_text("电话", exact=False).first.click()
    choose(form, "小类", "ssjg")
    seat.fill("[name=description]", WORDS)
    seat.fill("[name=location_lon]", "113.134")
    seat.fill("[name=location_lat]", "27.827")
    seat.fill("[name=address]", "建设路 1 号")


def test_a_report_being_registered_is_gone_on_with_after_signing_in_again(enter: SignIn) -> None:
    seat = enter("acceptor-1")
    # What the page asks while one types would lead to the door by itself: the next test is about that.
    seat.route(re.compile(r"/cases/new/\w"), lambda route: route.fulfill(status=204))
    begin_report(seat)
    end_session(seat)
    seat.get_by_role("main").get_by_role("button", name="登记", exact=True).click()
    sign_in_again(seat, "acceptor-1")
    expect(seat).to_have_url(re.compile("/cases/new$"))
    expect(seat.locator("[name=description]")).to_have_value(WORDS)
    expect(seat.locator("[name=category]")).to_have_value("component:0101")
    expect(seat.locator("[name=address]")).to_have_value("建设路 1 号")
    expect(seat.locator("#report [name=source]:checked")).to_have_count(1)
    seat.get_by_role("main").get_by_role("button", name="登记", exact=True).click()
    seat.wait_for_url(re.compile(r"/cases/990101-\d{8}-\d{5}"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT description FROM cases_matter")
        assert cursor.fetchall() == [(WORDS,)]
    seat.goto("/cases/new")
    expect(seat.locator("[name=description]")).to_have_value("")


def test_what_a_form_asks_while_one_types_leads_through_the_door_back_to_the_whole_form(enter: SignIn) -> None:
    seat = enter("acceptor-1")
    begin_report(seat)
    end_session(seat)
    seat.fill("[name=location_lon]", "113.135")
    seat.locator("[name=location_lon]").blur()  # the form looks for cases near by, for nobody
    sign_in_again(seat, "acceptor-1")
    expect(seat).to_have_url(re.compile("/cases/new$"))
    expect(seat.locator("[name=description]")).to_have_value(WORDS)
    expect(seat.locator("[name=location_lon]")).to_have_value("113.135")
