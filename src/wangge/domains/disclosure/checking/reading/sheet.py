"""Reading of Excel files (.xlsx, .xls): every sheet as a grid, numbers as they would be printed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from wangge.domains.disclosure.checking.reading.blocks import Block, Grid, Place, Row
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused, damaged, opened_package

MOST_ROWS = 50_000
MOST_COLUMNS = 256


def read_sheet(data: bytes) -> tuple[Block, ...]:
    """One grid per sheet, blank rows left out."""
    if data.startswith(b"PK"):
        opened_package(data).close()
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = book.sheet_names
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]
    except Exception:  # the reader's own errors have no common base
        raise damaged("Excel 文件") from None
    blocks: list[Block] = []
    for name, rows in sheets:
        if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows[:1]):
            raise ReadingRefused("too_large", f"工作表“{name}”过大：请只留下要校核的表。")
        kept = [
            Row(tuple(_printed(cell) for cell in row), Place(sheet=name, row=count, block=len(blocks) + 1))
            for count, row in enumerate(rows, 1)
            if any(cell not in ("", None) for cell in row)
        ]
        if kept:
            blocks.append(Grid(tuple(kept)))
    return tuple(blocks)


def _printed(cell: Any) -> str:
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float):
        # What the sheet holds may carry the tail of binary sums; six places are below a fen in 万元.
        exact = Decimal(repr(cell)).quantize(Decimal("0.000001")).normalize()
        return f"{exact:f}" if exact else "0"
    if isinstance(cell, (date, datetime, time, timedelta)):
        return str(cell)
    return str(cell).strip()
