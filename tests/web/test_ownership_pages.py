"""The pages of ownership: drafting, a meeting's decision as a rule, a conflict that stops the release, wrong rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.conftest import BEGAN, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.ownership import queries
from wangge.domains.ownership.models import MeetingDecision, RuleRow, RuleSet, Ruling

__all__ = ["actor", "small_city"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_city")]


@pytest.fixture
def head(settings: Any) -> Client:
    """A section head who also keeps the system."""
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0
    queries.forget_rules()
    person = Person.objects.get(username="section_head-1")
    PostHolding.objects.create(person=person, post="system_administrator", valid_from=BEGAN)
    client = Client()
    client.force_login(person, backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_set_is_drafted_corrected_and_released(head: Client) -> None:
    assert "还没有规则集" in text(head.get("/ownership"))
    assert head.post("/ownership/drafts", {"title": ""}).status_code == 422
    page = head.post("/ownership/drafts", {"title": "试行分工"})["Location"]
    given = {
        "category": "component:0101",
        "place_kind": "city",
        "department": "dept-a",
        "source_text": "分工",
        "valid_from": "2024-01-01",
    }
    assert head.post(f"{page}/rules", given)["Location"] == page
    head.post(f"{page}/rules", {**given, "department": "dept-b"})
    assert "有 1 处冲突" in text(head.get(page))
    refused = head.post(f"{page}/release", {"effective_on": "2024-02-01"})
    assert refused.status_code == 422
    assert "请先解决再发布" in text(refused)
    wrong = RuleRow.objects.get(department_code="dept-b")
    head.post(f"{page}/rules/{wrong.id}/remove")
    assert head.post(f"{page}/release", {"effective_on": "x"}).status_code == 422
    head.post(f"{page}/release", {"effective_on": "2024-02-01"})
    assert RuleSet.objects.get().released_at is not None
    released = text(head.get(page))
    assert "自 2024-02-01 起生效" in released
    assert "移出" not in released


def test_a_decision_of_a_meeting_becomes_a_rule(head: Client) -> None:
    given = {"minutes_no": "纪要 8 号", "held_on": "2024-03-01", "decision": "江南路归乙"}
    assert head.post("/ownership/decisions", {**given, "held_on": ""}).status_code == 422
    head.post("/ownership/decisions", given)
    assert "尚未成规则" in text(head.get("/ownership"))
    page = head.post("/ownership/drafts", {"title": "草案"})["Location"]
    assert "纪要 8 号" in text(head.get(page))
    decision = text(head.get(page)).partition("纪要 8 号")[0].rpartition('value="')[2].partition('"')[0]
    rule = {
        "place_kind": "road",
        "place": "江南路",
        "department": "dept-b",
        "valid_from": "2024-03-01",
        "decision": decision,
    }
    head.post(f"{page}/rules", rule)
    assert "江南路" in text(head.get(page))
    assert "已成规则" in text(head.get("/ownership"))
    for changes in ({"place": ""}, {"department": ""}, {"place_kind": "moon"}, {"valid_from": "soon"}):
        assert head.post(f"{page}/rules", {**rule, **changes}).status_code == 422


def test_the_minutes_are_kept_as_a_paper(head: Client) -> None:
    given = {"minutes_no": "纪要 9 号", "held_on": "2024-03-01", "decision": "江北路归甲"}
    broken = head.post("/ownership/decisions", {**given, "paper": SimpleUploadedFile("a.jpg", b"none", "image/jpeg")})
    assert broken.status_code == 422
    head.post("/ownership/decisions", {**given, "paper": SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")})
    decision = MeetingDecision.objects.get()
    address = f"/ownership/decisions/{decision.id}/paper.jpg"
    assert address in text(head.get("/ownership"))
    assert head.get(address)["Content-Type"] == "image/jpeg"
    assert head.get(f"/ownership/decisions/{decision.id + 1}/paper.jpg").status_code == 404


def test_a_rule_may_name_the_filing_condition_whose_limit_is_proposed(head: Client) -> None:
    page = head.post("/ownership/drafts", {"title": "草案"})["Location"]
    rule = {"category": "component:0101", "place_kind": "city", "department": "dept-a", "source_text": "分工",
            "valid_from": "2024-01-01", "condition_seq": "1"}  # fmt: skip
    assert head.post(f"{page}/rules", {**rule, "condition_seq": "77"}).status_code == 422
    assert head.post(f"{page}/rules", {**rule, "category": ""}).status_code == 422
    head.post(f"{page}/rules", rule)
    assert RuleRow.objects.get().condition_seq == 1


def test_the_report_of_wrong_rules_says_when_there_is_nothing(head: Client) -> None:
    assert "没有派遣建议" in text(head.get("/ownership/wrong?since=2024-01-01&before=x"))
    assert head.get("/ownership/99").status_code == 404


def ruled(**changed: Any) -> Ruling:
    values = {
        "case_id": uuid4(), "seq": 9, "case_number": "430202-20240313-00001", "category": "component:0101",
        "district_code": "430202", "department_code": "dept-a", "ruled_at": datetime(2024, 3, 13, 1, tzinfo=UTC),
    }  # fmt: skip
    return Ruling.objects.create(**{**values, **changed})


def test_a_ruling_waits_on_the_page_and_becomes_a_rule_by_its_minutes(head: Client) -> None:
    waiting = ruled()
    assert f"/ownership/rulings/{waiting.id}" in text(head.get("/ownership"))
    address = f"/ownership/rulings/{waiting.id}"
    assert "东区上水井盖由dept-a负责。" in text(head.get(address))
    given = {"minutes_no": "纪要 9 号", "held_on": "2024-03-13", "reach": "district", "decision": "东区井盖归甲"}
    for wrong in ({"held_on": "soon"}, {"reach": "moon"}, {"minutes_no": ""}):
        refused = head.post(address, {**given, **wrong})
        assert refused.status_code == 422
        assert "东区井盖归甲" in text(refused), "what was typed is kept"
    page = head.post(address, given)["Location"]
    assert "协调会纪要 纪要 9 号" in text(head.get(page))
    assert "待写成规则" not in text(head.get("/ownership"))
    assert "已按纪要 9 号写成规则" in text(head.get(address))
    assert head.get("/ownership/rulings/999").status_code == 404


def test_a_ruling_that_makes_no_rule_says_why(head: Client) -> None:
    waiting = ruled()
    address = f"/ownership/rulings/{waiting.id}"
    assert head.post(f"{address}/aside", {"why": ""}).status_code == 422
    assert head.post(f"{address}/aside", {"why": "仅此一件"})["Location"] == "/ownership"
    assert "仅此一件" in text(head.get(address))
    again = head.post(f"{address}/aside", {"why": "再来"})
    assert again.status_code == 422
