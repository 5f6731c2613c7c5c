"""What we write passes our own check: neither error nor warning in any format that a paper comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.disclosure.example_account import FORMS, account, document
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.work import Task, check_file
from wangge.domains.disclosure.rendering.files import rendered


@pytest.mark.parametrize("format", ["html", "docx", "pdf", "xlsx"])
def test_a_built_document_has_no_error_and_no_warning(format: str, tmp_path: Path) -> None:
    told = account()
    path = tmp_path / f"paper.{format}"
    path.write_bytes(rendered(format, document(told), told.cells, FORMS))
    result = check_file(Task(path))
    grave = [(finding.rule, finding.where) for finding in result.findings if finding.severity is not Severity.NOTE]
    assert grave == []
    assert len(result.outcomes) > 150
