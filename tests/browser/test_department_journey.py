"""A hard case of a department: sent back, ruled, made a rule, extended, reworked, closed; the next goes by the rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NOW, SignIn
from tests.browser.test_journeys import act, report
from tests.browser.walking import (
    Picture,
    accept_and_file,
    attach,
    choose,
    forward_to_inspection,
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
from wangge.domains.ownership.models import MeetingDecision, RuleRow, Ruling
from wangge.domains.ownership.queries import forget_rules

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TODAY = NOW.date().isoformat()


@pytest.fixture
def office(served_city: str, settings: Any, tmp_path: Path) -> None:
    """Whoever decides in the office, and a city that asks for paper and two signatures where works take long."""
    settings.TOTP_COMPULSORY = False
    rule_city_by(settings, tmp_path / "city", approval_tiers="notice_2014")
    hire("unit-b", "department", "dept-b")
    for post in ("section_head", "centre_leader"):
        hire(f"{post}-1", post)
    forget_rules()


def test_a_hard_case_is_ruled_becomes_a_rule_is_extended_reworked_and_closed(
    enter: SignIn, office: None, picture: Picture
) -> None:
    street = enter("collector-1", width=390, height=844)
    number = report(street, picture)
    acceptor, leader, dispatcher = enter("acceptor-1"), enter("duty_leader-1"), enter("dispatcher-1")
    first, second = enter("unit-a"), enter("unit-b")
    accept_and_file(acceptor, leader, number)

    # Neither will have it; when the right to send back is used up, only a ruling is left.
    send_to(dispatcher, number, "dispatch", "gpsgs")
    say(first, number, "send_back", reason="井盖属市政道路，不归我司")
    stands(first, "回退待改派")
    send_to(dispatcher, number, "redispatch", "szwhs")
    say(second, number, "send_back", reason="井下管线属供排水")
    send_to(dispatcher, number, "redispatch", "gpsgs")
    first.goto(f"/cases/{number}")
    expect(first.locator("[data-verb=send_back]")).to_have_count(0)
    say(first, number, "request_ruling", reason="两家均认为不归本单位，请协调")
    leader.goto("/work")
    leader.get_by_role("link", name=number).click()
    box = open_verb(leader, "rule_department")
    choose(box, "责任单位", "gpsgs")
    box.locator("[name=reason]").fill("协调会确认：井盖与井下管线同属供排水公司")
    send(box)
    stands(leader, "供排水公司")

    # What was ruled waits in the register of ownership; with the minutes it is a rule of a draft, then released.
    head = enter("section_head-1")
    head.goto("/ownership")
    head.get_by_role("link", name=number).click()
    head.fill("[name=minutes_no]", "协调纪要 3 号")
    expect(head.locator("[name=decision]")).to_have_value("东区上水井盖由供排水公司负责。")
    head.set_input_files("[name=paper]", picture())
    head.get_by_role("button", name="登记纪要并写入草案").click()
    expect(head.locator(".notice").first).to_contain_text("已登记会议纪要并写入草案")
    expect(head.locator("table").last).to_contain_text("协调会纪要 协调纪要 3 号")
    head.fill("[name=effective_on]", TODAY)
    head.get_by_role("button", name="发布").click()
    expect(head.locator(".notice").first).to_contain_text("已发布")
    head.goto("/ownership")
    expect(head.locator("body")).not_to_contain_text("待写成规则的权属确认")
    assert Ruling.objects.get().decision == MeetingDecision.objects.get()
    assert RuleRow.objects.get().department_code == "dept-a"

    # Works take long: the paper, the section head's signature, the leader's decision.
    first.goto(f"/cases/{number}")
    box = open_verb(first, "request_extension")
    box.locator("[name=amount]").fill("2")
    box.get_by_text("工程", exact=False).first.click()
    box.locator("[name=reason]").fill("需开挖路面")
    attach(box, "sealed_application", picture())
    send(box)
    expect(first.locator(".overlays")).to_contain_text("待科长会签")
    due = load(number).handling_due_at  # type: ignore[union-attr]
    say(head, number, "endorse_request")
    centre = enter("centre_leader-1")
    say(centre, number, "approve_extension")
    assert load(number).handling_due_at > due  # type: ignore[operator, union-attr]

    # Handed in, found wanting, done again, closed.
    hand_in(first, number, picture)
    forward_to_inspection(dispatcher, acceptor, number)
    inspector = enter("collector-2", width=390, height=844)
    inspector.goto(f"/cases/{number}")
    box = open_verb(inspector, "fail_inspection")
    box.locator("[name=reason]").fill("井盖仍有响动")
    attach(box, "photo_site", picture())
    send(box)
    first.goto("/unit")
    first.get_by_role("link", name=number).click()
    stands(first, "供排水公司")
    expect(first.locator(".timeline")).to_contain_text("井盖仍有响动")
    expect(first.locator("[data-verb=send_back]")).to_have_count(0)
    hand_in(first, number, picture)
    forward_to_inspection(dispatcher, acceptor, number)
    pass_inspection(inspector, number, picture)
    leader.goto(f"/cases/{number}")
    act(leader, "已结案")
    state = load(number).state  # type: ignore[union-attr]
    assert (state.returns, state.ruled, state.extensions, state.rework) == (2, True, 1, 1)

    # The next one of its kind goes where the rule says, with one key.
    following = report(street, picture)
    accept_and_file(acceptor, leader, following)
    dispatcher.goto(f"/cases/{following}")
    expect(dispatcher.locator("[data-verb=dispatch] .proposal")).to_contain_text("协调会纪要 协调纪要 3 号")
    act(dispatcher, "供排水公司")
    assert load(following).department_code == "dept-a"  # type: ignore[union-attr]
