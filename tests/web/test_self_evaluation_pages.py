"""The self-evaluation on its pages: written, declared, approved, filled and reviewed without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.budgeting.small_ledger import LINE_OF_PROJECT, PROJECT, UNIT, allot, pay, payment, with_units
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.self_evaluation.models import Form, Result
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 10, 2, tzinfo=UTC)
TARGETS = (
    ("output", "数量指标", "微服务开展情况", "≥", "800", "次", "20", "micro_services", "登记表"),
    ("output", "质量指标", "责任网格", "≥", "0", "个", "20", "responsibility_grids", ""),
    ("benefit", "社会效益指标", "热线回访", "定性", "回访率不低于 90%", "", "20", "", "回访记录"),
    ("satisfaction", "服务对象满意度指标", "市民满意", "≥", "90", "%", "10", "", "问卷"),
    ("cost", "经济成本指标", "全年经费", "≤", "100", "万元", "20", "spending", ""),
)
COLUMNS = ("block", "second", "name", "sign", "target", "unit", "weight", "fact", "proof")


@pytest.fixture(autouse=True)
def city(db: None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [NOW.date(), NOW.date()])
    with_units()
    allot(100 * 1_000_000, LINE_OF_PROJECT)
    pay(payment("P1", 98 * 1_000_000, PROJECT))
    for post in ("finance", "bureau_finance", "centre_leader", "collector"):
        person = Person.objects.create(
            username=post, display_name=post, password="!", created_at=NOW, password_set_at=NOW
        )
        PostHolding.objects.create(person=person, post=post, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    with clock.held_at(NOW):
        yield


def who(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def post(client: Client, url: str, status: int = 302, **values: str) -> str:
    answer = client.post(url, values)
    said = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    assert answer.status_code == status, said[:2000]
    return said


def targets(**changed: str) -> dict[str, Any]:
    typed: dict[str, Any] = {"goal": "全年稳定运行"}
    for number, row in enumerate(TARGETS):
        typed |= {f"{column}_{number}": value for column, value in zip(COLUMNS, row, strict=True)}
    return typed | changed


@pytest.fixture
def sheet() -> str:
    finance = who("finance")
    post(finance, f"/finance/evaluation?unit={UNIT}&year=2024", edition="province-2024", project="")
    return f"/finance/evaluation/{Form.objects.get().id}"


def approved(sheet: str) -> None:
    post(who("finance"), f"{sheet}/targets", **targets())
    post(who("finance"), f"{sheet}/declare")
    post(who("bureau_finance"), f"{sheet}/approve")


def test_a_year_without_forms_says_what_to_make() -> None:
    page = text(who("finance"), f"/finance/evaluation?unit={UNIT}&year=2024")
    assert "本年度还没有自评表。" in page
    assert "建立自评表" in page
    assert "建立自评表" not in text(who("centre_leader"), f"/finance/evaluation?unit={UNIT}&year=2024")


def test_a_post_outside_finance_is_led_away() -> None:
    assert who("collector").get("/finance/evaluation").status_code == 403


def test_the_whole_year_of_a_form_on_its_page(sheet: str) -> None:
    finance = who("finance")
    approved(sheet)
    post(finance, f"{sheet}/readings", cut_off="2024-12-31T18:00")
    told: tuple[tuple[str, dict[str, Any]], ...] = (
        ("micro_services", {"value": "665"}),
        ("热线回访", {"band": "reached", "words": "回访率 93%"}),
        ("市民满意", {"value": "95"}),
    )
    for subject, given in told:
        signed: dict[str, Any] = {"evidence": "登记表 3 页", "signed_by": "科长", "signed_on": "2025-01-05"}
        post(finance, f"{sheet}/statement", subject=subject, **signed, **given)
    post(finance, f"{sheet}/results", deviation_0="暴雨停办", measure_0="增加室内活动")
    post(who("centre_leader"), f"{sheet}/submit")
    post(who("bureau_finance"), f"{sheet}/accept")
    page = text(finance, sheet)
    for said in (
        "审核通过", "得分 96.43 等级 优", "执行率 98.00%", "≥800次，完成 665次", "登记表 3 页（科长，2025-01-05）",
        "取数：截至时点启用的责任网格，截至 2024-12-31 18:00，0 条", "偏差原因及措施：暴雨停办；增加室内活动",
    ):  # fmt: skip
        assert said in page, said
    listed = text(finance, f"/finance/evaluation?unit={UNIT}&year=2024")
    assert "整体支出" in listed
    assert "96.43" in listed


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(sheet: str) -> None:
    said = post(who("finance"), f"{sheet}/targets", 422, **targets(weight_0="二十"))
    assert "“微服务开展情况”的“二十”不是数。" in said
    answer = who("finance").post(f"{sheet}/targets", targets(weight_0="二十"))
    assert 'value="二十"' in answer.content.decode()
    assert "全年稳定运行" in answer.content.decode()


def test_vague_targets_are_flagged_on_the_sheet_before_they_are_declared(sheet: str) -> None:
    post(who("finance"), f"{sheet}/targets", **targets(target_2="更加美好", proof_3=""))
    page = text(who("finance"), sheet)
    assert "“热线回访”的指标值“更加美好”不够明确" in page
    assert "没有取数来源" in page


def test_an_approval_by_who_declared_is_refused_with_words(sheet: str) -> None:
    finance = Person.objects.get(username="finance")
    PostHolding.objects.create(person=finance, post="bureau_finance", valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    post(who("finance"), f"{sheet}/targets", **targets())
    post(who("finance"), f"{sheet}/declare")
    assert "请换一人办理" in post(who("finance"), f"{sheet}/approve", 422)


def test_mid_year_is_watched_on_the_page(sheet: str) -> None:
    approved(sheet)
    finance = who("finance")
    post(finance, f"{sheet}/readings", cut_off="2024-06-30T18:00")
    assert "须写明偏差原因和纠偏措施" in post(finance, f"{sheet}/monitoring", 422, on="2024-06-30")
    refused = finance.post(f"{sheet}/monitoring", {"on": "2024-06-30", "reason_5": "集中付款"}).content.decode()
    assert 'value="集中付款"' in refused  # what was typed stays
    assert "将超限" in refused  # and the course stands beside it before anything is written
    given: dict[str, Any] = {"reason_5": "集中付款", "correction_5": "下半年压减"}
    post(finance, f"{sheet}/monitoring", on="2024-06-30", **given)
    page = text(finance, sheet)
    assert "最近一次双监控" in page
    assert "将超限 集中付款；下半年压减" in page


def test_the_evidence_book_is_handed_out_as_pdf_and_word(sheet: str) -> None:
    approved(sheet)
    for format, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = who("finance").get(f"/finance/evidence.{format}?unit={UNIT}&year=2024")
        assert answer.status_code == 200
        assert answer.content.startswith(start)
    assert who("finance").get(f"/finance/evidence.exe?unit={UNIT}&year=2024").status_code == 404


def test_another_unit_is_not_shown(sheet: str) -> None:
    PostHolding.objects.filter(post="finance").delete()
    from wangge.domains.organizations.models import Department, DepartmentKind

    Department.objects.create(
        code="999999", name="外单位", kind=DepartmentKind.DEPARTMENT, valid_from=datetime(2020, 1, 1, tzinfo=UTC).date()
    )
    PostHolding.objects.create(
        person=Person.objects.get(username="finance"), post="finance", department_id="999999",
        valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert who("finance").get(sheet).status_code == 404
    assert "没有预算单位。" in text(who("finance"), "/finance/evaluation")
    assert Result.objects.count() == 0
