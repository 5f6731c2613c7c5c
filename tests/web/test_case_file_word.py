"""The case file as Word: what is printed stands in it, with its pictures; who took it out is recorded; walls hold."""

from __future__ import annotations

import io

import docx
import pytest

from tests.web.conftest import Open, reported
from wangge.domains.organizations.models import AuditRecord

pytestmark = pytest.mark.django_db


def test_the_case_file_goes_out_as_word_with_pictures_and_history(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    assert f"/cases/{number}/file.docx" in acceptor.get(f"/cases/{number}/file")
    answer = acceptor.client.get(f"/cases/{number}/file.docx")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="case-{number}.docx"')
    paper = docx.Document(io.BytesIO(answer.content))
    told = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert "井盖缺失" in told
    assert any(text.startswith("上报") for text in told)
    assert len(paper.inline_shapes) == 1
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert number in words
    assert "核对一致" in words
    assert "acceptor-1" in paper.sections[0].header.paragraphs[0].text
    told_forms = AuditRecord.objects.filter(object_key=number, kind="export").values_list("detail__form", flat=True)
    assert sorted(told_forms) == ["case_file", "case_file_word"]


def test_no_case_file_goes_over_a_wall(browser: Open) -> None:
    number = reported(browser)
    assert browser("dept-b").client.get(f"/cases/{number}/file.docx").status_code == 404
    assert browser("collector-1").client.get(f"/cases/{number}/file.docx").status_code == 403
