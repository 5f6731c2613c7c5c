"""The result as an Excel file: findings, figures, and the tables of the paper with each spot coloured."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

from wangge.domains.disclosure.checking.findings.finding import Finding, Result, Severity
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES, headline, overview
from wangge.groundwork.spreadsheet_cells import quoted

_FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFCDD2"),
    Severity.WARNING: PatternFill("solid", fgColor="FFE0B2"),
    Severity.NOTE: PatternFill("solid", fgColor="CFD8DC"),
}
_HEAD = ("序", "程度", "单元格", "位置", "原文", "应为", "相差", "原因在", "说明", "规则", "依据")
_WIDTHS = (5, 7, 26, 40, 18, 18, 12, 10, 44, 28, 36)


def excel_of(result: Result) -> bytes:
    """The bytes of the .xlsx."""
    book = Workbook()
    sheet = book.active
    sheet.title = "疑点"
    sheet.append([headline(result)])
    sheet.append([overview(result.findings, result.outcomes)])
    sheet.append(list(_HEAD))
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for number, finding in enumerate(result.findings, 1):
        sheet.append([_safe(each) for each in _line(number, finding)])
        for cell in sheet[sheet.max_row]:
            cell.fill = _FILLS[finding.severity]
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for column, width in zip("ABCDEFGHIJK", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A4"
    _figures(book, result)
    _tables(book, result)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _line(number: int, finding: Finding) -> tuple[Any, ...]:
    return (
        number,
        SEVERITIES[finding.severity],
        "、".join(finding.cells[:6]),
        f"{finding.where} {finding.place}".strip(),
        finding.printed,
        finding.expected,
        finding.difference or "",
        CAUSES[finding.cause],
        finding.message,
        "、".join((finding.rule, *finding.also)),
        finding.basis,
    )


def _safe(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a quote; signs that XML cannot hold go."""
    if not isinstance(value, str):
        return value
    clean = "".join(sign for sign in value if sign >= " " or sign in "\n\t")
    return clean if re.fullmatch(r"-?[\d.,]+%?", clean) else quoted(clean)


def _figures(book: Any, result: Result) -> None:
    sheet = book.create_sheet("读数")
    sheet.append(["单元格", "原文", "数值", "把握", "位置"])
    for cell in result.paper.cells.values():
        if cell.printed:
            value = float(cell.value) if cell.value is not None else None
            sheet.append([cell.name, _safe(cell.printed), value, cell.confidence, _safe(f"{cell.where} {cell.place}")])


def _tables(book: Any, result: Result) -> None:
    for name, table in result.paper.tables.items():
        sheet = book.create_sheet(f"公开{name}表")
        for row in table.grid.rows:
            sheet.append([_safe(cell) for cell in row.cells])
            here = [
                f
                for f in result.findings
                if (f.place.line, f.place.block, f.place.row) == (row.place.line, row.place.block, row.place.row)
            ]
            for finding in here:
                hit = [
                    cell
                    for cell in sheet[sheet.max_row]
                    if finding.printed and str(cell.value or "").strip() == finding.printed.strip()
                ]
                for cell in hit or sheet[sheet.max_row][:1]:
                    cell.fill = _FILLS[finding.severity]
