"""A citizen's way by telephone: reports with a photo, joins a similar report, follows, rates, is called back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NOW, PATIENCE_MS, SignIn
from tests.cases.photographs import jpeg
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.rows import CaseRow
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.call_backs import hear_closings
from wangge.domains.citizens.queries.followers import followed_by
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import Person, PublicDoor
from wangge.domains.organizations.operations.public_doors import open_door
from wangge.domains.organizations.queries import actor_of_person
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.outbox.operations import OutboxFact

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Picture = Callable[[], str]
Walk = Callable[..., Page]


@pytest.fixture
def street(chromium: Browser, served_city: str) -> Iterator[Walk]:
    """Somebody with a telephone and no account; every page he opens is looked at for a sideways scroll."""
    for door in (PublicDoor.REPORT, PublicDoor.STATUS, PublicDoor.LETTERS, PublicDoor.MAP):
        open_door(by=TERMINAL, at=NOW, door=door, decided_by="局务会", decision="开放", secrecy_review="通过")
    contexts, problems = [], []

    def walk(*, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=served_city, java_script_enabled=script, viewport={"width": 390, "height": 844}, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield walk
    for context in contexts:
        context.close()
    assert problems == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def onward(page: Page, heading: str) -> None:
    page.locator(".onward .primary").click()
    expect(page.locator("h1")).to_have_text(heading)
    fits(page)


def place_and_words(page: Page, words: str) -> None:
    page.fill("[name=location_lon]", "113.134")
    page.fill("[name=location_lat]", "27.827")
    page.fill("[name=address]", "建设路 1 号")
    onward(page, "是什么问题")
    page.fill("[name=description]", words)


def behind(code: str) -> CaseRow:
    found = followed_by(typed_code(code))
    assert found is not None
    return found.row


def staff(username: str) -> Actor:
    found = actor_of_person(Person.objects.get(username=username).id, NOW)
    assert found is not None
    return found


def order(username: str, number: str, verb: str, **args: str) -> None:
    by, photos = staff(username), {}
    for kind in ("photo_after", "photo_site"):
        if args.pop(kind, ""):
            photos[kind] = [receive_photo(data=jpeg(), by=by.person_id or 0, at=NOW).id]
    place = {"lon": 113.134, "lat": 27.827} if photos else None
    move_case(order=Order(number, verb, args, photos, place), by=by, at=NOW)


def to_closed(number: str) -> None:
    for username, verb, args in (
        ("acceptor-1", "send_verification", {"assignee": "collector-2"}),
        ("collector-2", "reply_verification", {"result": "true", "photo_site": "yes"}),
        ("acceptor-1", "accept", {"category": "component:0101"}),
        ("duty_leader-1", "file_case", {"category": "component:0101", "condition_seq": "2"}),
        ("dispatcher-1", "dispatch", {"department": "dept-a"}),
        ("unit-a", "report_handled", {"photo_after": "yes"}),
        ("dispatcher-1", "forward_result", {}),
        ("acceptor-1", "send_inspection", {"assignee": "collector-2"}),
        ("collector-2", "pass_inspection", {"photo_site": "yes"}),
        ("duty_leader-1", "close_case", {}),
    ):
        order(username, number, verb, **args)


def choose_calls() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1, id, topic, key, payload, recorded_at, month FROM outbox ORDER BY id")
        hear_closings([OutboxFact(*row) for row in cursor.fetchall()], NOW)


def test_a_citizen_reports_joins_follows_rates_and_is_called_back(
    street: Walk, enter: SignIn, picture: Picture
) -> None:
    first = street()
    first.goto("/public")
    fits(first)
    first.get_by_role("main").get_by_role("link", name="我要上报").click()
    first.set_input_files("[name=photo_before]", picture())
    expect(first.locator(".previews canvas")).to_have_count(1)
    onward(first, "在哪里")
    place_and_words(first, "井盖缺失，旁边是小学")
    onward(first, "要不要答复您")
    first.get_by_label("短信").check()
    first.fill("[name=reporter_phone]", "13800001111")
    onward(first, "已收到")
    code = first.locator("#code").inner_text()

    second = street(script=False)  # needs no script
    second.goto("/public/report")
    onward(second, "在哪里")
    place_and_words(second, "井盖没有了")
    onward(second, "附近有人报过")
    second.get_by_role("button", name="是同一件，加入").click()
    onward(second, "已加入")
    joined = second.locator("#code").inner_text()
    assert behind(joined).number == behind(code).number

    to_closed(behind(code).number)
    first.goto("/public/status")
    first.fill("[name=code]", code)
    first.locator("#status button").click()
    expect(first.locator("h1")).to_have_text("已办结")
    fits(first)
    expect(first.locator(".before-after img")).to_have_count(2)
    first.get_by_role("button", name="不满意", exact=True).click()
    expect(first.locator(".notice")).to_contain_text("已记录，谢谢")
    fits(first)

    choose_calls()
    seat = enter("acceptor-1")
    seat.goto("/call-backs")
    expect(seat.locator("tbody tr")).to_have_count(1)
    seat.locator("tbody a").first.click()
    form = seat.locator("[data-verb=call_back]")
    form.locator("[name=answer][value=satisfied]").check()
    form.locator("button.primary, button[type=submit], button:not([type=button])").first.click()
    expect(seat.locator(".notice").first).to_contain_text("已办理")
    state = behind(code).state
    assert (state.grade, state.call_back) == ("不满意", "satisfied")


@pytest.mark.parametrize("script", [True, False])
def test_no_public_page_scrolls_sideways_in_either_language(street: Walk, script: bool) -> None:
    page = street(script=script)
    for change in ("English", "中文"):
        for url in ("/public", "/public/report", "/public/status", "/public/letters", "/public/map"):
            page.goto(url)
            fits(page)
        page.get_by_role("button", name=change).click()
