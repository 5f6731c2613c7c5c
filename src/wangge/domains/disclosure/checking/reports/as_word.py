"""The result as a Word file: the findings as a table, then the paper with each spot highlighted."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_COLOR_INDEX

from wangge.domains.disclosure.checking.findings.finding import Finding, Result, Severity
from wangge.domains.disclosure.checking.reading.blocks import Grid, Paragraph, Place
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES, headline, overview

_COLOURS = {
    Severity.ERROR: WD_COLOR_INDEX.RED,
    Severity.WARNING: WD_COLOR_INDEX.YELLOW,
    Severity.NOTE: WD_COLOR_INDEX.GRAY_25,
}
_HEAD = ("序", "程度", "位置", "原文", "应为", "说明", "规则")


def word_of(result: Result) -> bytes:
    """The bytes of the .docx."""
    paper = docx.Document()
    paper.add_heading(headline(result), 1)
    paper.add_paragraph(overview(result.findings, result.outcomes))
    table = paper.add_table(rows=1, cols=len(_HEAD))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, _HEAD, strict=True):
        cell.text = text
    for number, finding in enumerate(result.findings, 1):
        texts = (
            str(number),
            SEVERITIES[finding.severity],
            f"{finding.where} {finding.place}".strip(),
            finding.printed,
            finding.expected,
            f"{finding.message}（{CAUSES[finding.cause]}）",
            "、".join((finding.rule, *finding.also)),
        )
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = _writable(text)
    paper.add_heading("原文（标出疑点）", 1)
    for block in result.paper.document.blocks:
        _add(paper, block, result.findings)
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def _writable(text: str) -> str:
    """Without signs that XML cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


def _here(findings: list[Finding], place: Place) -> list[Finding]:
    return [
        finding
        for finding in findings
        if finding.place
        and (finding.place.line, finding.place.block, finding.place.row) == (place.line, place.block, place.row)
    ]


def _add(paper: Any, block: Paragraph | Grid, findings: list[Finding]) -> None:
    if isinstance(block, Paragraph):
        _write(paper.add_paragraph(), _writable(block.text), _here(findings, block.place))
        return
    width = block.width
    table = paper.add_table(rows=0, cols=width)
    table.style = "Table Grid"
    for row in block.rows:
        here = _here(findings, row.place)
        cells = table.add_row().cells
        for cell, text in zip(cells, row.cells, strict=False):
            mine = [finding for finding in here if finding.printed.strip() and finding.printed.strip() == text.strip()]
            _write(cell.paragraphs[0], _writable(text), mine)


def _write(paragraph: Any, text: str, here: list[Finding]) -> None:
    """The text with the printed figures highlighted; without a figure the whole is."""
    for finding in here:
        before, found, after = text.partition(finding.printed) if finding.printed else (text, "", "")
        if found:
            paragraph.add_run(before)
            run = paragraph.add_run(found)
            run.font.highlight_color = _COLOURS[finding.severity]
            text = after
    rest = paragraph.add_run(text)
    if here and not any(finding.printed and finding.printed in paragraph.text for finding in here):
        rest.font.highlight_color = _COLOURS[here[0].severity]
