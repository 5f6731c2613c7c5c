"""What the journeys share: more people and units, and how a verb of a case is done by hand."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import BIRTH, NOW, PASSWORD
from tests.browser.test_journeys import act
from tests.cases.conftest import BEGAN
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Department, DepartmentKind, District, Person, PostHolding

Picture = Callable[[], str]
NUMBER = re.compile(r"\d{6}-\d{8}-\d{5}")


def hire(username: str, post: str, unit: str | None = None, name: str = "") -> None:
    """One person more, with his post."""
    person = Person.objects.create(
        username=username, display_name=name or username, password=make_password(PASSWORD), password_set_at=NOW,
        created_at=BEGAN,
    )  # fmt: skip
    PostHolding.objects.create(person=person, post=post, department_id=unit, valid_from=BEGAN)
    forget_people()


def found_unit(code: str, name: str, kind: DepartmentKind, district: str | None = None) -> None:
    """One unit more."""
    Department.objects.create(code=code, name=name, kind=kind, valid_from=BIRTH, district_id=district)
    forget_units()


def found_district(code: str, name: str) -> None:
    """One district more."""
    District.objects.create(code=code, name=name, valid_from=BIRTH)
    forget_units()


def open_verb(page: Page, verb: str) -> Locator:
    """The form of a verb on the case's page, opened."""
    box = page.locator(f"[data-verb={verb}]")
    box.wait_for(state="attached")
    summary = box.locator("summary").first
    if summary.count() and box.get_attribute("open") is None:
        summary.click()
    return box


def attach(box: Locator, kind: str, *pictures: str) -> None:
    """Pictures of a kind into an open form; their previews show that the page has taken them."""
    box.locator(f"input[type=file][name={kind}]").set_input_files(list(pictures))
    expect(box.locator(f".field:has(input[name={kind}]) .previews canvas")).to_have_count(len(pictures))


def choose(box: Locator, label: str, typed: str) -> None:
    """One of many, found by typing."""
    field = box.get_by_role("combobox", name=label)
    field.fill(typed)
    field.press("Enter")


def send(box: Locator) -> None:
    """Send the form; the page says that it was done."""
    page = box.page
    box.locator("form button").last.click()
    expect(page.locator(".notice").first).to_contain_text("已办理")


def stands(page: Page, stage: str) -> None:
    """Where the case stands now, as its page says."""
    expect(page.locator(".case-head .stage")).to_contain_text(stage)


def accept_and_file(acceptor: Page, leader: Page, number: str) -> None:
    acceptor.goto(f"/cases/{number}")
    act(acceptor, "待立案")
    leader.goto(f"/cases/{number}")
    leader.get_by_text("破损面积").click()
    leader.keyboard.press("Control+Enter")
    stands(leader, "待派遣")


def send_to(dispatcher: Page, number: str, verb: str, typed: str) -> None:
    dispatcher.goto(f"/cases/{number}")
    box = open_verb(dispatcher, verb)
    choose(box, "责任单位", typed)
    send(box)


def say(page: Page, number: str, verb: str, **fields: str) -> None:
    """A verb that needs words alone."""
    page.goto(f"/cases/{number}")
    box = open_verb(page, verb)
    for name, text in fields.items():
        box.locator(f"[name={name}]").fill(text)
    send(box)


def hand_in(unit: Page, number: str, picture: Picture) -> None:
    unit.goto(f"/cases/{number}")
    box = open_verb(unit, "report_handled")
    attach(box, "photo_after", picture())
    send(box)


def forward_to_inspection(dispatcher: Page, acceptor: Page, number: str) -> None:
    dispatcher.goto(f"/cases/{number}")
    act(dispatcher, "待派核查")
    acceptor.goto(f"/cases/{number}")
    act(acceptor, "核查中")


def pass_inspection(inspector: Page, number: str, picture: Picture) -> None:
    inspector.goto(f"/cases/{number}")
    box = open_verb(inspector, "pass_inspection")
    attach(box, "photo_site", picture())
    send(box)
