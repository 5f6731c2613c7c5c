"""The figures of a bulletin as a workbook whose formulas live: rates from their parts, sums from their rows.

A formula stands only where it gives the published figure; elsewhere the figure itself stands. Formulas carry their
values, so that a reader that does not reckon sees the same.
"""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from wangge.domains.disclosure.rendering.excel import with_values
from wangge.domains.evaluation.logic.bulletins import COUNTS, RATES, Told, objects_of, told
from wangge.domains.evaluation.logic.figures import HUNDRED, rounded
from wangge.surfaces.web.assessment.bulletin import KINDS, Paper

_FIRST_RATE = 3 + len(COUNTS)  # after code, name and counts; three columns each


def as_workbook(paper: Paper) -> bytes:
    """A sheet for each kind of object."""
    book = Workbook()
    book.remove(book.worksheets[0])
    values: dict[str, dict[str, str]] = {}
    for kind, title in KINDS.items():
        sheet = book.create_sheet(title)
        values[title] = {}
        _fill(sheet, paper, kind, values[title])
    raw = io.BytesIO()
    book.save(raw)
    return with_values(raw.getvalue(), book.sheetnames, values)


def _fill(sheet: Any, paper: Paper, kind: str, values: dict[str, str]) -> None:
    names = paper.names
    head = ["代码", "对象", *(names[each] for each in COUNTS)]
    for each in RATES:
        head += [f"{names[each]} 分子", f"{names[each]} 分母", f"{names[each]}（%）"]
    sheet.append(head)
    codes = objects_of(paper.issues, kind)
    for line, code in enumerate([*codes, ""], start=2):
        is_sum = not code
        sheet.cell(line, 1, code or "合计")
        sheet.cell(line, 2, paper.object_name(kind, code) if code else "")
        for column, each in enumerate(COUNTS, start=3):
            _count(sheet, line, column, told(paper.issues, kind, each, code), is_sum, values, paper)
        for place, each in enumerate(RATES):
            _rate(
                sheet, line, _FIRST_RATE + 3 * place, told(paper.issues, kind, each, code), is_sum, values, paper
            )  # fmt: skip
    for column in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 24 if column == 2 else 13
        cell = sheet.cell(1, column)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"


def _count(
    sheet: Any, line: int, column: int, figure: Told, is_sum: bool, values: dict[str, str], paper: Paper
) -> None:
    number = None if figure.value is None else int(figure.value)
    _whole(sheet, line, column, number, is_sum, values)
    _open(sheet.cell(line, column), figure, paper)


def _rate(sheet: Any, line: int, column: int, figure: Told, is_sum: bool, values: dict[str, str], paper: Paper) -> None:
    for offset, part in enumerate((figure.numerator, figure.denominator)):
        _whole(sheet, line, column + offset, part, is_sum, values)
    above, below = (f"{get_column_letter(column + offset)}{line}" for offset in (0, 1))
    cell = sheet.cell(line, column + 2)
    if figure.value is None:
        cell.value = "—"
    elif _follows(figure):
        cell.value = f"=ROUND(100*{above}/{below},{_digits(figure.value)})"
        values[cell.coordinate] = str(figure.value)
    else:
        cell.value = float(figure.value)
    _open(cell, figure, paper)


def _whole(sheet: Any, line: int, column: int, number: int | None, is_sum: bool, values: dict[str, str]) -> None:
    cell = sheet.cell(line, column, number)
    if is_sum and number is not None and line > 2:
        letter = get_column_letter(column)
        cell.value = f"=SUM({letter}2:{letter}{line - 1})"
        values[cell.coordinate] = str(number)


def _follows(figure: Told) -> bool:
    """Whether the rate is a hundred times the one part by the other, as the formula says."""
    if not figure.denominator or figure.numerator is None or figure.value is None:
        return False
    return rounded(HUNDRED * figure.numerator / figure.denominator, _digits(figure.value)) == figure.value


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _open(cell: Any, figure: Told, paper: Paper) -> None:
    """A figure of one result leads to its trace."""
    if len(figure.sources) == 1:
        cell.hyperlink = paper.addresses.figure(*figure.sources[0])
