"""A list as a file: what the page shows, all of it, for nobody else, and written down."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.web.conftest import Browser, Open, reported
from wangge.domains.organizations.models import AuditRecord
from wangge.surfaces.web.command import columns, exports

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(browser: Open, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three reports, and pages of two rows, so that a file needs more than one."""
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    return [reported(browser) for _turn in range(3)]


def taken(person: Browser, url: str) -> bytes:
    answer = person.client.get(url)
    assert answer.status_code == 200, answer.content[:300]
    assert "attachment" in answer["Content-Disposition"]
    parts: Any = answer.streaming_content  # type: ignore[attr-defined]
    return b"".join(parts)


def as_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_holds_every_row_of_the_list_in_its_order(browser: Open, three: list[str]) -> None:
    rows = as_csv(taken(browser("acceptor-1"), "/cases/export.csv"))
    shown = re.findall(r'href="/cases/([0-9-]+)"', browser("acceptor-1").get("/cases"))
    assert [row["案卷编号"] for row in rows] == list(dict.fromkeys(shown))
    assert {row["案卷编号"] for row in rows} == set(three)
    assert all(row["上报时间"] and row["地点"] for row in rows)


def test_a_queue_and_its_filters_are_kept(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    assert len(as_csv(taken(person, "/cases/export.csv?queue=reported"))) == 3
    assert as_csv(taken(person, "/cases/export.csv?queue=awaiting_inspection")) == []
    assert len(as_csv(taken(person, f"/cases/export.csv?q={three[0]}"))) == 1
    assert as_csv(taken(person, "/cases/export.csv?q=没有这个词")) == []


def test_excel_opens_it_with_moments_as_moments(browser: Open, three: list[str]) -> None:
    book = load_workbook(io.BytesIO(taken(browser("acceptor-1"), "/cases/export.xlsx")))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][0] == "案卷编号"
    assert {row[0] for row in rows[1:]} == set(three)
    assert isinstance(rows[1][rows[0].index("上报时间")], datetime)


def test_a_cell_that_looks_like_a_formula_stays_text(
    browser: Open, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    column = columns.FileColumn("danger", "危险", lambda row, line: "=1+1")
    monkeypatch.setattr(columns, "of_file", lambda _names=(): (column,))
    person = browser("acceptor-1")
    assert {row["危险"] for row in as_csv(taken(person, "/cases/export.csv"))} == {"'=1+1"}
    sheet = load_workbook(io.BytesIO(taken(person, "/cases/export.xlsx"))).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_a_person_takes_out_only_what_he_sees_and_a_collector_nothing(browser: Open, three: list[str]) -> None:
    assert as_csv(taken(browser("dept-a"), "/cases/export.csv")) == []
    assert browser("collector-1").client.get("/cases/export.csv").status_code == 403


def test_each_export_is_a_line_of_the_audit_log(browser: Open, three: list[str]) -> None:
    taken(browser("acceptor-1"), "/cases/export.csv?q=井盖")
    record = AuditRecord.objects.get(kind="export")
    assert (record.object_kind, record.object_key, record.detail["q"]) == ("cases", "csv", "井盖")


def test_the_page_offers_it_to_whoever_may(browser: Open, three: list[str]) -> None:
    assert "/cases/export.csv?queue=" in browser("acceptor-1").get("/work")
    assert "/cases/export.xlsx?q=" in browser("acceptor-1").get(f"/cases?q={three[0]}")
    assert "export.csv" not in browser("collector-1").get("/cases")


def test_the_file_speaks_the_language_of_the_page(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    person.client.post("/language", {"language": "en", "next": "/"})
    rows = as_csv(taken(person, "/cases/export.csv"))
    assert rows
    assert "Due" in rows[0], list(rows[0])
