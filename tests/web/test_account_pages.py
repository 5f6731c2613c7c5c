"""Accounts on their pages: the board, the draft with findings, the trace inside, and what the public may see of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.budgeting.small_ledger import (
    BASIC,
    LINE_OF_BASIC,
    LINE_OF_PROJECT,
    PROJECT,
    UNIT,
    allot,
    pay,
    payment,
    with_units,
)
from wangge.domains.disclosure.operations.editions import compile_edition, take_step
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.rendering.files import FORMATS, rendered
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.organizations.queries import actor_of_person
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 2, 10, 2, tzinfo=UTC)
BORN = datetime(2020, 1, 1, tzinfo=UTC)
POSTS = ("finance", "section_head", "chief", "centre_leader", "collector")
ACCOUNT = f"?unit={UNIT}&year=2024"


@pytest.fixture(autouse=True)
def city(db: None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [NOW.date(), NOW.date()])
    with_units()
    allot(100 * 1_000_000, LINE_OF_PROJECT, "X-1")
    allot(50 * 1_000_000, LINE_OF_BASIC, "J-1")
    pay(
        payment("P1", 60 * 1_000_000, PROJECT, "X-1", payee="秘密收款人甲"),
        payment("P2", 38 * 1_000_000, PROJECT, "X-1", payee="秘密收款人乙"),
        payment("P3", 48 * 1_000_000, BASIC, "J-1", payee="秘密收款人丙"),
    )
    for post in POSTS:
        person = Person.objects.create(
            username=post, display_name=post, password="!", created_at=NOW, password_set_at=NOW
        )
        PostHolding.objects.create(person=person, post=post, valid_from=BORN)
    with clock.held_at(NOW):
        yield


def who(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def read(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def publish() -> int:
    found = written(year=2024, unit=UNIT)
    files = {name: rendered(name, found.document, found.account.cells, found.forms) for name in FORMATS}
    people = {post: actor_of_person(Person.objects.get(username=post).id, NOW) for post in POSTS}
    finance = people["finance"]
    assert finance is not None
    edition = compile_edition(unit=UNIT, year=2024, by=finance, at=NOW, files=files)
    for verb, post, reason in (
        ("review", "section_head", ""), ("submit", "finance", ""), ("approve", "chief", "批〔2025〕1号"),
        ("secrecy_review", "centre_leader", "不涉密"), ("publish", "finance", ""),
    ):  # fmt: skip
        by = people[post]
        assert by is not None
        take_step(edition_id=edition, verb=verb, by=by, at=NOW, reason=reason)
    return edition


def test_the_board_says_what_each_line_has_left() -> None:
    page = words(read(who("finance"), f"/finance/budget{ACCOUNT}"))
    assert "X-1 2120102 一般行政管理事务 井盖巡检 100.00 98.00 0.00 0.00 2.00 98.00%" in page
    assert "合计 150.00 146.00 0.00 0.00 4.00 97.33%" in page


def test_a_line_of_the_board_opens_to_its_changes_and_payments() -> None:
    finance = who("finance")
    board = read(finance, f"/finance/budget{ACCOUNT}")
    (url,) = set(re.findall(r'href="(/finance/budget/\d+[^"]*)">X-1<', board))
    page = words(read(finance, unescape(url)))
    assert "年初预算 1,000,000.00" in page
    assert "已支付" in page
    assert page.count("井盖巡检") >= 1
    assert "没有这样的支付" in words(read(finance, f"{unescape(url)}&state=returned"))
    assert finance.get(f"/finance/budget/999999{ACCOUNT}").status_code == 404
    assert who("collector").get(unescape(url)).status_code == 403


def test_the_draft_shows_findings_and_asks_what_only_people_can_say() -> None:
    page = read(who("finance"), f"/finance/accounts{ACCOUNT}")
    assert "待补充" in page
    assert 'data-severity="' in page
    assert "unit.duties" in page
    assert f'href="/finance/accounts/trace{ACCOUNT.replace("&", "&amp;")}&amp;cell=05.2120102.c3"' in page
    leader = read(who("centre_leader"), f"/finance/accounts{ACCOUNT}")
    assert 'name="key"' not in leader


def test_a_cell_stands_beside_last_year_the_budget_and_the_official_table() -> None:
    finance = who("finance")
    columns = "单位代码,年度,单元格,金额"
    rows = f"{UNIT},2023,05.2120102.c3,49\n{UNIT},2024,05.2120102.c3,97\n"
    file = SimpleUploadedFile("官方.csv", f"{columns}\n{rows}".encode())
    answer = finance.post("/finance/imports", {"mapping": "official_cells", "file": file})
    finance.post(answer["Location"], {"order": "confirm"})
    page = words(read(finance, f"/finance/accounts/trace{ACCOUNT}&cell=05.2120102.c3"))
    assert "上年决算 49.00 比上年 49.00（+100%）" in page
    assert "全年预算 100.00（完成 98.00%）" in page
    assert "台账 98.00，官方表 97.00，相差 1.00：待查" in words(read(finance, f"/finance/accounts{ACCOUNT}"))


def test_a_reason_that_is_given_stands_in_the_document_and_is_asked_no_more() -> None:
    finance = who("finance")
    for said in ("受理城市管理问题", "受理和派遣城市管理问题"):
        answer = finance.post(f"/finance/accounts/text{ACCOUNT}", {"key": "unit.duties", "text": said})
        assert answer.status_code == 302
        assert f"（一）{said}。" in words(read(finance, f"/finance/accounts{ACCOUNT}"))
    assert 'value="unit.duties"' not in read(finance, f"/finance/accounts{ACCOUNT}")


def test_a_figure_leads_down_to_its_payments_inside() -> None:
    finance = who("finance")
    top = read(finance, f"/finance/accounts/trace{ACCOUNT}&cell=05.2120102.c1")
    assert "05.2120102.c3" in top
    bottom = words(read(finance, f"/finance/accounts/trace{ACCOUNT}&cell=05.2120102.c3"))
    assert "600,000.00 元" in bottom
    assert "秘密收款人甲" in bottom
    restated = words(read(finance, f"/finance/accounts/trace{ACCOUNT}&cell=N.s51"))
    assert "05.合计.c1" in restated
    assert finance.get(f"/finance/accounts/trace{ACCOUNT}&cell=05.9999999.c1").status_code == 404


@pytest.mark.parametrize("format", FORMATS)
def test_the_draft_is_handed_out_in_every_format(format: str) -> None:
    answer = who("finance").get(f"/finance/accounts/file.{format}{ACCOUNT}")
    assert answer.status_code == 200
    assert len(answer.content) > 1000


def test_a_collector_sees_none_of_it() -> None:
    for url in ("/finance/budget", "/finance/accounts", f"/finance/accounts/trace{ACCOUNT}&cell=01.r1"):
        assert who("collector").get(url).status_code == 403


def test_nothing_is_public_before_it_is_published_after_a_secrecy_review() -> None:
    public = Client()
    assert "还没有公开的决算。" in read(public, "/disclosure")
    for url in (
        f"/disclosure/{UNIT}/2024",
        f"/disclosure/{UNIT}/2024/file.pdf",
        f"/disclosure/{UNIT}/2024/formula?cell=01.r1",
    ):
        assert public.get(url).status_code == 404


def test_the_public_sees_printed_cells_formulas_and_counts_but_no_payee() -> None:
    publish()
    public = Client()
    assert f"/disclosure/{UNIT}/2024" in read(public, "/disclosure")
    page = read(public, f"/disclosure/{UNIT}/2024")
    formula = read(public, f"/disclosure/{UNIT}/2024/formula?cell=05.2120102.c3")
    assert "城乡社区支出" in page
    assert "100%" in page
    assert "由 2 笔记录合计" in words(formula)
    total = words(read(public, f"/disclosure/{UNIT}/2024/formula?cell=05.合计.c1"))
    assert "05.2120101.c1" in total
    shown = page + formula + total
    for format in ("html", "json", "csv"):
        shown += public.get(f"/disclosure/{UNIT}/2024/file.{format}").content.decode()
    for secret in ("秘密收款人", "P1", "P2", "X-1"):
        assert secret not in shown, secret
    assert public.get(f"/disclosure/{UNIT}/2024/file.pdf").content.startswith(b"%PDF")


def test_the_public_page_shows_what_was_frozen_though_the_ledger_goes_on() -> None:
    publish()
    public = Client()
    before = public.get(f"/disclosure/{UNIT}/2024/file.json").content
    pay(payment("P9", 1 * 1_000_000, PROJECT, "X-1"))
    assert public.get(f"/disclosure/{UNIT}/2024/file.json").content == before
    assert "98.00" in words(read(public, f"/disclosure/{UNIT}/2024"))
