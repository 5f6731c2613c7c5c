"""A watermark only where the city asks for it: on pages, on paper, in workbooks and in the names of files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.city_rules import rule_city_by
from tests.web.conftest import Open, reported
from wangge.domains.cases.rules import forget_rules

pytestmark = pytest.mark.django_db
MARK = "acceptor-1 acceptor-1 2024-03-13 09:10"


@pytest.fixture(autouse=True)
def rules_of_its_own() -> Any:
    yield
    forget_rules()


def test_no_city_is_marked_unless_it_asks(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    assert "watermark" not in acceptor.get("/work")
    answer = acceptor.client.get("/cases/export.xlsx")
    assert _head(b"".join(answer.streaming_content)) is None
    assert "acceptor-1" not in answer["Content-Disposition"]


def test_who_looks_since_when_stands_on_pages_paper_and_files(browser: Open, settings: Any, tmp_path: Path) -> None:
    number = reported(browser)
    rule_city_by(settings, tmp_path / "city", watermark="on")
    acceptor = browser("acceptor-1")
    for page in ("/work", f"/cases/{number}", f"/cases/{number}/file", "/account"):
        assert f">{MARK}</text>" in acceptor.get(page)
    book = acceptor.client.get("/cases/export.xlsx")
    assert _head(b"".join(book.streaming_content)) == MARK
    assert "acceptor-1.csv" in acceptor.client.get("/cases/export.csv")["Content-Disposition"]
    acceptor.client.post("/sign-out")
    assert "watermark" not in acceptor.client.get("/sign-in").content.decode()


def _head(content: bytes) -> str | None:
    text = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].oddHeader.right.text
    return str(text) if text else None
