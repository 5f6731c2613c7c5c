"""A seat's day by keys: a call registered, twenty cases sent out in one act, an ordinary case in eight presses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import BIRTH, NOW, SignIn
from tests.cases.photographs import jpeg
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.queries.history import history_of
from wangge.domains.cases.rows import load
from wangge.domains.cases.rules import forget_rules
from wangge.domains.desks.operations.standard_texts import keep_text
from wangge.domains.geography import gazetteer_queries
from wangge.domains.geography.models import PlaceNameRow
from wangge.domains.geography.operations.versions import new_names_version
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import AuditRecord, Person
from wangge.domains.organizations.queries import actor_of_person
from wangge.domains.ownership import queries as ownership
from wangge.domains.ownership.logic.choosing import Source
from wangge.domains.ownership.operations import rule_sets
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.pinyin import readings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Picture = Callable[[], str]
Tell = Callable[[str, object], None]
LEAN = Path(__file__).resolve().parents[2] / "demo" / "overlays" / "lean"
CENTRE = {"acceptor", "duty_leader", "dispatcher", "archivist"}
CALL, COVER, PARKING = "13900002222", "component:0101", "component:0201"

# Counted in the page itself: every key that goes down, those held beside another too, and every press of a pointer.
COUNT = """(() => {
  const add = (name) => sessionStorage.setItem(name, String(Number(sessionStorage.getItem(name) ?? 0) + 1));
  addEventListener("keydown", (event) => { if (event.isTrusted) add("keys"); }, true);
  addEventListener("pointerdown", (event) => { if (event.isTrusted) add("clicks"); }, true);
})()"""


def counted(page: Page) -> Page:
    """The page, its hands counted from now on."""
    page.context.add_init_script(COUNT)
    page.reload()
    return page


def hands(page: Page, what: str) -> int:
    return int(page.evaluate(f"Number(sessionStorage.getItem('{what}') ?? 0)"))


def pressed(page: Page) -> int:
    return hands(page, "keys") + hands(page, "clicks")


def staff(username: str) -> Actor:
    found = actor_of_person(Person.objects.get(username=username).id, NOW)
    assert found is not None
    return found


@pytest.fixture
def lean(settings: Any, served_city: str) -> Iterator[None]:
    """The rules of the lean demo city, a road with a name, and an ownership register that names units and limits."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": LEAN})
    settings.CITY_OVERLAY = LEAN
    forget_rules()
    full, initials = readings("建设路")[0]
    PlaceNameRow.objects.create(
        kind="road", name="建设路", lon=113.134, lat=27.827, district_code="990101", pinyin=full, initials=initials,
        valid_from=BIRTH,
    )  # fmt: skip
    new_names_version()
    gazetteer_queries.forget_names()
    leader = staff("duty_leader-1")
    made = rule_sets.start_draft(title="分工", by=leader, at=NOW, on=NOW.date(), empty=True)
    rules = [
        rule_sets.NewRule(category, Source.OWN, "分工方案", BIRTH, department=unit, condition_seq=condition)
        for category, unit, condition in ((COVER, "dept-a", 2), (PARKING, "dept-b", 4))
    ]
    rule_sets.add_rules(rule_set_id=made, rules=rules, by=leader, at=NOW)
    rule_sets.release(rule_set_id=made, effective_on=NOW.date(), past={}, by=leader, at=NOW, accepted_gaps="试行")
    yield
    ownership.forget_rules()
    forget_rules()


def reported(category: str, *, east: float = 0.0) -> str:
    """A collector's case with its photo; the number."""
    by = staff("collector-1")
    place = {"lon": 113.134 + east, "lat": 27.827, "address": "建设路 1 号"}
    photos = {"photo_before": [receive_photo(data=jpeg(), by=by.person_id or 0, at=NOW).id]}
    report = Report("collector", category, "井盖破损，已设围挡", place, photos=photos)
    return report_case(report=report, by=by, at=NOW).number


def test_a_seat_registers_a_call_by_keys_alone(enter: SignIn, lean: None, record_property: Tell) -> None:
    near = reported(COVER, east=0.0001)
    seat = counted(enter("acceptor-1"))
    keys = seat.keyboard
    keys.press("n")
    seat.wait_for_url("**/cases/new")
    expect(seat.locator("[name=source]:checked")).to_be_focused()
    keys.press("Tab")
    keys.type("井盖")  # a part of a word; the first of the list is the upper-water cover
    keys.press("Enter")
    expect(seat.locator("[name=category]")).to_have_value(COVER)
    keys.press("Tab")
    keys.type("井盖响，车一过就响")
    to_field(seat, "reporter_phone")
    keys.type(CALL)
    to_field(seat, "address")
    keys.type("jsl")
    expect(seat.get_by_role("option", name="建设路")).to_be_visible()
    keys.press("Enter")
    expect(seat.locator("[name=location_lon]")).to_have_value("113.134000")
    beside = seat.locator("#similar")
    expect(beside.locator(".proposal")).to_contain_text("建议：供排水公司。规则：")
    expect(beside.locator(".proposal")).to_contain_text("建议时限：")
    expect(beside).to_contain_text(near.rpartition("-")[2])
    keys.press("Control+Enter")
    seat.wait_for_url(re.compile(r"/cases/990101-\d{8}-\d{5}"))
    expect(seat.locator(".notice").first).to_contain_text("已登记")
    row = load(seat.url.rpartition("/")[2])
    assert row is not None
    assert (row.category, row.source, row.address) == (COVER, "public", "东区建设路")
    assert hands(seat, "clicks") == 0
    record_property(
        "figure", f"a call registered by keys alone: {hands(seat, 'keys')} keys, words in Chinese beside them"
    )


def to_field(page: Page, name: str, most: int = 25) -> None:
    """Tab until the field of this name has the focus."""
    for _turn in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} is not reached by the Tab key")


def test_a_seat_files_and_dispatches_twenty_cases_in_one_act_and_reads_what_became_of_each(
    enter: SignIn, lean: None, record_property: Tell
) -> None:
    numbers = [reported(COVER if turn % 2 else PARKING) for turn in range(20)]
    seat = counted(enter("acceptor-1"))
    before = AuditRecord.objects.count()
    seat.keyboard.press("b")
    seat.wait_for_url("**/cases/together*")
    expect(seat.get_by_role("link", name="受理立案派遣一次办结 20")).to_have_attribute("aria-current", "page")
    rows = seat.locator("tbody tr")
    expect(rows).to_have_count(20)
    for number, unit in zip(numbers, ("市政维护所", "供排水公司") * 10, strict=True):
        line = rows.filter(has_text=number.rpartition("-")[2])
        expect(line).to_contain_text(unit)
        expect(line).to_contain_text("规则：")
    # One of them is moved by another seat while this one reads.
    move_case(order=Order(numbers[3], "accept", {"category": COVER}, {}), by=staff("acceptor-2"), at=NOW)
    seat.keyboard.press("Enter")
    expect(seat.locator(".notice[role=status]")).to_contain_text("已办理 19 件，未办理 1 件")
    expect(rows.first).to_contain_text(numbers[3].rpartition("-")[2])
    expect(rows.first).to_contain_text("期间已被他人办理")
    expect(rows.filter(has_text="处置中")).to_have_count(19)
    for number in (each for each in numbers if each != numbers[3]):
        row = load(number)
        assert row is not None
        assert (row.stage, row.version) == ("handling", 4), number
        assert [step.verb for step in history_of(row)] == ["report", "accept", "file_case", "dispatch"]
    # One record of the audit log for each case, the other seat's own beside them.
    assert AuditRecord.objects.count() - before == 20
    assert hands(seat, "clicks") == 0
    record_property("figure", f"twenty cases accepted, filed and dispatched: {hands(seat, 'keys')} keys")


def test_an_ordinary_case_by_the_lean_way_needs_two_acts_of_the_centre_and_eight_presses(
    enter: SignIn, lean: None, picture: Picture, record_property: Tell
) -> None:
    number = reported(COVER)
    seat = counted(enter("acceptor-1"))
    seat.keyboard.press("Enter")  # the first case of the list
    seat.wait_for_url(f"**/cases/{number}*")
    expect(seat.locator(".verb.usual .proposal")).to_contain_text("建议：供排水公司")
    seat.keyboard.press("Enter")  # accepted, filed and dispatched as proposed
    expect(seat.locator(".case-head .stage")).to_contain_text("供排水公司")

    unit = enter("unit-a")
    unit.goto(f"/cases/{number}")
    unit.set_input_files("#report_handled-photo_after", picture())
    expect(unit.locator(".previews canvas")).to_have_count(1)
    unit.get_by_role("button", name="处置反馈").click()
    expect(unit.locator(".case-head .stage")).to_contain_text("核查中")  # sent to the collector on duty by rule

    verifier = enter("collector-2", width=390, height=844)
    verifier.goto(f"/cases/{number}")
    verifier.set_input_files("#pass_inspection-photo_site", picture())
    expect(verifier.locator("[data-verb=pass_inspection] .previews canvas")).to_have_count(1)
    verifier.get_by_role("button", name="核查通过", exact=False).first.click()
    expect(verifier.locator(".notice").first).to_contain_text("已办理")

    presses = pressed(seat)
    row = load(number)
    assert row is not None
    if row.stage == "awaiting_close":  # drawn for a look before it is closed
        leader = counted(enter("duty_leader-1"))
        leader.keyboard.press("Enter")
        leader.wait_for_url(f"**/cases/{number}*")
        leader.keyboard.press("Enter")
        expect(leader.locator(".case-head .stage")).to_contain_text("已结案")
        presses += pressed(leader)
        row = load(number)
        assert row is not None
    assert row.stage == "closed"
    acts = {(step.person_id, step.at, step.verb == "close_case") for step in history_of(row) if step.post in CENTRE}
    assert len(acts) <= 2
    assert presses <= 8
    record_property("figure", f"an ordinary case by the lean way: {len(acts)} acts of the centre, {presses} presses")


def test_a_standard_text_is_put_into_a_note_where_the_cursor_stands_and_the_draft_keeps_it(
    enter: SignIn, lean: None
) -> None:
    for words in ("已电话联系诉求人", "位置无误"):
        keep_text(by=staff("acceptor-1"), at=NOW, words=words, stage="reported")
    number = reported(COVER)
    seat = counted(enter("acceptor-1"))
    seat.goto(f"/cases/{number}")
    note = seat.locator("[data-verb=desk_act] [name=note]")
    note.focus()
    keys = seat.keyboard
    keys.press("F2")
    expect(seat.get_by_role("option")).to_have_count(2)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(note).to_have_value("位置无误")
    expect(seat.get_by_role("option")).to_have_count(0)
    keys.press("Home")
    keys.press("F2")
    expect(seat.get_by_role("option")).to_have_count(2)
    keys.press("1")
    expect(note).to_have_value("已电话联系诉求人位置无误")
    keys.press("F2")
    expect(seat.get_by_role("option")).to_have_count(2)
    keys.press("Escape")
    expect(note).to_be_focused()
    assert hands(seat, "clicks") == 0
    seat.reload()
    expect(note).to_have_value("已电话联系诉求人位置无误")
    seat.locator("[data-verb=desk_act]").get_by_role("button", name="常用语").click()
    seat.get_by_role("option", name="位置无误").click()
    expect(note).to_have_value(re.compile("位置无误.*位置无误"))


def test_another_class_chosen_by_keys_brings_its_own_unit(enter: SignIn, lean: None) -> None:
    number = reported(COVER)
    seat = counted(enter("acceptor-1"))
    seat.goto(f"/cases/{number}")
    usual = seat.locator("[data-verb=desk_act]")
    expect(usual.locator("[name=department]")).to_have_value("dept-a")
    usual.get_by_role("combobox", name="小类").focus()
    seat.keyboard.type("tcc")
    seat.keyboard.press("Enter")
    expect(usual.locator("[name=department]")).to_have_value("dept-b")
    expect(usual.get_by_role("combobox", name="责任单位")).to_have_value("市政维护所")
    expect(usual.locator(".proposal")).to_contain_text("建议：市政维护所")
    seat.keyboard.press("Control+Enter")
    expect(seat.locator(".case-head .stage")).to_contain_text("市政维护所")
