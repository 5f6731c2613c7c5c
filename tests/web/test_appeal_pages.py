"""Appeals by workbook: a unit's costly cases of a frozen month, tried row by row, filed once each."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.evaluation.small_months import REVIEWER, run_months, walked_city
from tests.web.conftest import Open, reported
from tests.web.test_pages import to_handling
from wangge.domains.cases.rows import load
from wangge.domains.evaluation.operations.month import step
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
MONTH = "2024-03"
ADDRESS = f"/assessment/{MONTH}/appeals"


@pytest.fixture
def late(browser: Open, at_nine: datetime, tmp_path: Path, settings: Any) -> list[str]:
    """Two cases of a frozen month that its unit handled late, and that lie with it now."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    numbers = [reported(browser), reported(browser)]
    for number in numbers:
        to_handling(browser, number)
    # W58 is handled late; nobody appealed yet after its eighth step
    snapshot = walked_city(tmp_path, numbers=dict(zip((4, 11), numbers, strict=True)), stops={4: 8, 11: 8})
    run_months(snapshot, [MONTH], at=at_nine, until="freeze")
    return numbers


def fetched(unit: Any) -> Any:
    answer = unit.client.get(f"{ADDRESS}.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def filled(book: Any, told: dict[str, tuple[str, str]], extra: tuple[tuple[str, ...], ...] = ()) -> SimpleUploadedFile:
    """The workbook with kind and reason beside some cases, and rows of one's own below."""
    sheet = book.worksheets[0]
    for line in range(2, sheet.max_row + 1):
        kind, reason = told.get(sheet.cell(line, 1).value, (None, None))
        sheet.cell(line, 4).value, sheet.cell(line, 5).value = kind, reason
    for number, kind, reason in extra:
        sheet.append([number, None, None, kind, reason])
    raw = io.BytesIO()
    book.save(raw)
    return SimpleUploadedFile("appeals.xlsx", raw.getvalue())


def appealed(number: str) -> list[str]:
    row = load(number)
    assert row is not None
    return list(row.state.appealed)


def test_a_unit_fetches_its_costly_cases_and_files_what_stands(browser: Open, late: list[str]) -> None:
    unit = browser("dept-a")
    unit.get(f"/assessment/{MONTH}")
    assert f'href="{ADDRESS}"' in unit.page
    unit.get(ADDRESS)
    book = fetched(unit)
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == sorted(late)
    assert {row[1] for row in rows} == {"超期处置"}
    first, second = late
    unit.send(
        "try-appeals", 200,
        book=filled(
            book, {first: ("立案不准", "面积不足"), second: ("非本单位原因超时", "交警封路")},
            (("430201-20240301-00009", "立案不准", "x"), (first, "立案不准", "再来一次")),
        ),
    )  # fmt: skip
    text = unit.text()
    assert "试读 4 行：1 行可以申诉，3 行不可以。还没有提交。" in text
    for why in ("此类申诉请在结案后提出", "不是本单位本月的失分案卷", "文件中已有这件案卷"):
        assert why in text
    assert appealed(first) == appealed(second) == []  # tried alone
    page = unit.page
    unit.send("file-appeals", 200)
    assert "已提交申诉 1 件，未提交 0 件。" in unit.text()
    assert (appealed(first), appealed(second)) == (["wrong_filing"], [])
    row = load(first)
    unit.page = page
    unit.send("file-appeals", 200)  # the same page again: told the same, nothing filed twice
    assert "已提交申诉 1 件，未提交 0 件。" in unit.text()
    again = load(first)
    assert row is not None
    assert again is not None
    assert again.version == row.version
    unit.get(ADDRESS)
    unit.send("try-appeals", 200, book=filled(fetched(unit), {first: ("立案不准", "再申诉")}))
    assert "0 行可以申诉，1 行不可以" in unit.text()
    assert "file-appeals" not in unit.forms()


def test_others_see_none_of_them_and_a_rows_own_number_opens_nothing(browser: Open, late: list[str]) -> None:
    other = browser("dept-b")
    other.get(ADDRESS)
    assert "本月有 0 件失分案卷" in other.text()
    assert [row for row in fetched(other).worksheets[0].iter_rows(min_row=2, values_only=True) if row[0]] == []
    answer = other.client.post(ADDRESS, {"what": "file", "key": "k", "rows": f'[["{late[0]}","wrong_filing","x"]]'})
    assert "已提交申诉 0 件，未提交 1 件" in answer.content.decode()
    assert appealed(late[0]) == []
    for rows in ("", "{}", "[[1,2,3]]", '[["a","b"]]', "[]"):
        assert other.client.post(ADDRESS, {"what": "file", "key": "k", "rows": rows}).status_code == 404
    browser("evaluator-1").get(ADDRESS, status=403)
    other.get("/assessment/2023-01/appeals", status=404)


def test_a_file_that_cannot_be_read_is_refused_in_words(browser: Open, late: list[str]) -> None:
    unit = browser("dept-a")
    unit.get(ADDRESS)
    unit.send("try-appeals", 422, book=SimpleUploadedFile("a.xlsx", b"no workbook"))
    assert "Excel 文件" in unit.text()
    unit.send("try-appeals", 422, book=filled(fetched(unit), {}))
    assert "没有填写申诉类别和理由的行" in unit.text()
    unit.send("try-appeals", 200, book=filled(fetched(unit), {late[0]: ("心情不好", "x"), late[1]: ("立案不准", "")}))
    assert "申诉类别只能是：非本单位原因超时、立案不准" in unit.text()
    assert "申诉理由须填写" in unit.text()


def test_it_ends_with_the_units_time_and_with_the_review(browser: Open, late: list[str], at_nine: datetime) -> None:
    unit = browser("dept-a")
    unit.get(ADDRESS)
    page = unit.page
    with clock.held_at(at_nine + timedelta(days=10)):
        later = browser("dept-a")
        later.get(ADDRESS)
        assert "本月的核对与申诉期已满" in later.text()
        assert later.forms() == []
    step(period=MONTH, verb="review", by=REVIEWER, at=at_nine)
    unit.page = page
    unit.send("try-appeals", 422, book=filled(fetched(unit), {late[0]: ("立案不准", "面积不足")}))
    assert "本月已经复核" in unit.text()
