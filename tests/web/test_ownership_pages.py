"""The pages of ownership: drafting, a meeting's decision as a rule, a conflict that stops the release, wrong rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.conftest import BEGAN, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.ownership import queries
from wangge.domains.ownership.models import MeetingDecision, RuleRow, RuleSet

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
