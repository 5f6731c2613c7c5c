"""The tables as a workbook whose formulas live: a sheet of amounts in 元, and the printed forms that read it.

A printed cell is ``ROUND(amount / 10000, 2)`` of its own amount, so each is rounded by itself as on paper; a total on
the sheet of amounts is the sum of its addends as long as that is what the books say. Formulas carry their values: a
reader that does not reckon sees the same.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.domains.disclosure.document import Align, Cell, Document, Grid
from wangge.domains.disclosure.rendering.addends import addends_of
from wangge.groundwork.spreadsheet_cells import looks_like_formula
from wangge.standards.accounts.library import Accounts

DATA = "数据（元）"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_THIN = Side(style="thin", color="FF777777")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WIDTH = 110  # characters of a sheet's width


@dataclass(slots=True)
class _Book:
    workbook: Workbook
    cells: Mapping[str, int]
    forms: Accounts
    places: dict[str, str] = field(default_factory=dict)  # name → address on the sheet of amounts
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # sheet → address → value of a formula


def as_excel(document: Document, cells: Mapping[str, int], forms: Accounts) -> bytes:
    """The nine tables and the annexes; ``cells`` are the amounts in fen behind the tables."""
    book = _Book(Workbook(), cells, forms)
    data = book.workbook.active
    assert isinstance(data, Worksheet)
    grids = list(document.grids())
    _amounts(data, grids, book)
    for grid in grids:
        _sheet(book.workbook.create_sheet(grid.number), grid, book)
    book.workbook.move_sheet(data, offset=len(grids))
    book.workbook.active = 0
    raw = io.BytesIO()
    book.workbook.save(raw)
    return with_values(raw.getvalue(), book.workbook.sheetnames, book.values)


def _amounts(sheet: Worksheet, grids: list[Grid], book: _Book) -> None:
    sheet.title = DATA
    sheet.append(["单元格", "含义", "金额（元）"])
    named = [(cell, grid) for grid in grids for row in grid.rows for cell in row if cell.hundredths is not None]
    for line, (cell, _grid) in enumerate(named, start=2):
        book.places[cell.id] = f"C{line}"
    for line, (cell, grid) in enumerate(named, start=2):
        sheet.cell(line, 1, cell.id)
        sheet.cell(line, 2, grid.title)
        amount = sheet.cell(line, 3)
        fen = book.cells.get(cell.id, 0)
        formula = _sum_formula(cell.id, fen, book)
        amount.value = formula or fen / 100
        amount.number_format = "#,##0.00"
        if formula:
            book.values.setdefault(DATA, {})[f"C{line}"] = plain_yuan(fen)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 44
    sheet.column_dimensions["C"].width = 18
    sheet.freeze_panes = "A2"


def _sum_formula(name: str, fen: int, book: _Book) -> str:
    """The formula of a total, only when its addends are on the sheet and really add up."""
    addends = [(sign, term) for sign, term in addends_of(name, book.cells, book.forms) if term in book.places]
    if not addends or sum(sign * book.cells.get(term, 0) for sign, term in addends) != fen:
        return ""
    return "=" + "".join(f"{'+' if sign > 0 else '-'}{book.places[term]}" for sign, term in addends).removeprefix("+")


def _sheet(sheet: Worksheet, grid: Grid, book: _Book) -> None:
    columns = len(grid.widths)
    for index, width in enumerate(grid.widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = max(7, width * _WIDTH // sum(grid.widths))
    _line(sheet, 1, columns, grid.title, Align.CENTER, size=14)
    sheet.cell(2, columns, grid.number).alignment = Alignment(horizontal="right")
    sheet.cell(3, 1, grid.head)
    sheet.cell(3, columns, grid.measure).alignment = Alignment(horizontal="right")
    line = 4
    taken: set[tuple[int, int]] = set()
    for row in grid.rows:
        column = 1
        for cell in row:
            while (line, column) in taken:
                column += 1
            _put(sheet, line, column, cell, book)
            taken |= {(line + down, column + right) for down in range(cell.rows) for right in range(cell.columns)}
            column += cell.columns
        line += 1
    for note in grid.notes:
        _line(sheet, line, columns, note, Align.LEFT)
        line += 1
    sheet.page_setup.orientation = "landscape" if grid.is_landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{3 + max(grid.head_rows, 1)}"


def _line(sheet: Worksheet, line: int, columns: int, text: str, align: Align, size: int = 10) -> None:
    sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=columns)
    cell = sheet.cell(line, 1, text)
    cell.font = Font(name="宋体", size=size, bold=size > 10)
    cell.alignment = Alignment(horizontal=align.value, vertical="center", wrap_text=True)


def _put(sheet: Worksheet, line: int, column: int, cell: Cell, book: _Book) -> None:
    if cell.columns > 1 or cell.rows > 1:
        sheet.merge_cells(
            start_row=line, start_column=column, end_row=line + cell.rows - 1, end_column=column + cell.columns - 1
        )
    target = sheet.cell(line, column)
    if cell.hundredths is not None and cell.id in book.places:
        target.value = f"=ROUND('{DATA}'!{book.places[cell.id]}/10000,2)"
        target.number_format = "#,##0.00"
        book.values.setdefault(sheet.title, {})[target.coordinate] = plain_yuan(cell.hundredths)
    else:
        target.value = cell.text or None
        if looks_like_formula(cell.text):
            target.data_type = "s"  # a text of people is never a formula
    target.font = Font(name="宋体", size=9, bold=cell.is_head)
    target.alignment = Alignment(horizontal=cell.align.value, vertical="center", wrap_text=True)
    for down in range(cell.rows):
        for right in range(cell.columns):
            sheet.cell(line + down, column + right).border = _BORDER


def with_values(workbook: bytes, sheets: Sequence[str], values: Mapping[str, Mapping[str, str]]) -> bytes:
    """The same file with the value beside each formula: sheet → address → value; ``sheets`` in their order."""
    parts = {f"xl/worksheets/sheet{index}.xml": name for index, name in enumerate(sheets, start=1)}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as read, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for item in read.infolist():
            content = read.read(item.filename)
            of_sheet = values.get(parts.get(item.filename, ""), {})
            written.writestr(item, _sheet_with_values(content, of_sheet) if of_sheet else content)
    return made.getvalue()


def _sheet_with_values(content: bytes, values: Mapping[str, str]) -> bytes:
    tree = etree.fromstring(content)
    for cell in tree.iter(f"{_MAIN}c"):
        value = values.get(cell.get("r", ""))
        if value is not None and cell.find(f"{_MAIN}f") is not None:
            shown = cell.find(f"{_MAIN}v")
            if shown is None:
                shown = etree.SubElement(cell, f"{_MAIN}v")
            shown.text = value
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
