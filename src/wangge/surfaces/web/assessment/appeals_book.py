"""The workbook of a unit's appeals of a month: its cases that cost points, and what was filled in beside them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from wangge.surfaces.exchange.imports.spreadsheets import UNCOMPUTED, SheetRefused, is_spreadsheet, read_sheet, records

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 300
LONGEST_REASON = 500
NUMBER, COUNTED, MOMENT, KIND, REASON = "案卷号", "计入", "时间", "申诉类别", "申诉理由"
"""The columns; like every paper that goes between offices they are Chinese."""
_WIDTHS = {NUMBER: 26, COUNTED: 24, MOMENT: 18, KIND: 22, REASON: 60}


class BookRefused(Exception):
    """The file cannot be taken; the text says what to do."""


@dataclass(frozen=True, slots=True)
class CostlyCase:
    """A case that cost points: what counted against it, and when."""

    number: str
    counted: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class AppealRow:
    """A row that somebody filled in."""

    line: int
    number: str
    kind_zh: str
    reason: str


def as_workbook(cases: Sequence[CostlyCase], kinds: Mapping[str, str]) -> bytes:
    """The cases with two empty columns; ``kinds`` (code → name) are offered to choose from."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "申诉"
    sheet.append(list(_WIDTHS))
    for case in cases:
        sheet.append([case.number, "；".join(case.counted), case.at, None, None])
    for column, (_name, width) in enumerate(_WIDTHS.items(), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(1, column).font = Font(bold=True)
    for row in sheet.iter_rows(min_row=2, min_col=5, max_col=5):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    names = list(kinds.values())
    listed = book.create_sheet("类别")
    for name in names:
        listed.append([name])
    if cases and names:
        choice = DataValidation(type="list", formula1=f"=类别!$A$1:$A${len(names)}", allow_blank=True)
        sheet.add_data_validation(choice)
        choice.add(f"D2:D{len(cases) + 1}")
    sheet.freeze_panes = "A2"
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def read_workbook(content: bytes) -> list[AppealRow]:
    """The rows that have a kind or a reason, in their order; raises :class:`BookRefused`."""
    if len(content) > MOST_BYTES or not is_spreadsheet(content[:8]):
        raise BookRefused(_("请选择一个不超过 4 MB 的 Excel 文件。"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "appeals.xlsx"
        path.write_bytes(content)
        try:
            sheet = read_sheet(path, sheet="", needed=(NUMBER, KIND, REASON))
        except SheetRefused as refused:
            raise BookRefused(_(refused.message) % refused.values) from None
    rows = []
    for line, record in records(sheet):
        if record is None:
            continue
        number, kind, reason = (
            record.get(name, "").replace(UNCOMPUTED, "").replace("\0", "") for name in (NUMBER, KIND, REASON)
        )
        if kind or reason:
            rows.append(AppealRow(line, number[:40], kind[:40], reason))
    if len(rows) > MOST_ROWS:
        raise BookRefused(_("一次最多申诉 %(most)d 件，请分成几个文件。") % {"most": MOST_ROWS})
    return rows
