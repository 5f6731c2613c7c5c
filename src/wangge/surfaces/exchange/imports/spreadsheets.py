"""Owns the reading of spreadsheets: a sheet's rows as records under its header, wherever that stands.

Offices put titles over their tables and spread headers over two rows of merged cells: the header is the first row that
has every column the mapping cannot do without, a cell that is empty there taking the words above it. Dates come as
the sheet shows them, numbers without a false ``.0``; a formula the program that wrote the file never computed has no
value, and its row says so.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound, ZipError

from wangge.standards.findings import gettext_noop

ROWS_LOOKED_AT = 20
"""How far down a header is looked for."""
UNCOMPUTED = "\ufffdformula"
"""Stands in the place of a cell whose formula has no computed value."""
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_EMPTY_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
_SHEET_CHUNK = 1 << 20


class SheetRefused(Exception):
    """The workbook cannot be read; the text is Chinese and says what to do."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its header as found, and where the rows under it begin (counted from 1, as people do)."""

    names: tuple[str, ...]
    first_row: int
    rows: list[list[Any]]
    uncomputed: frozenset[tuple[int, int]]


def is_spreadsheet(beginning: bytes) -> bool:
    """Whether a file that begins so is a workbook, old or new; its name is not asked."""
    return beginning.startswith(_MAGIC)


def read_sheet(path: Path, *, sheet: str, needed: Sequence[str], ignore_case: bool = False) -> Sheet:
    """A sheet (the first one when no name is given) with its header found. Raises SheetRefused."""
    rows = _rows(path, sheet)
    at, names = _header(rows, needed, ignore_case)
    return Sheet(names, at + 2, rows[at + 1 :], _uncomputed(path, sheet))


def records(sheet: Sheet) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Every row with its number in the sheet, as texts by column; None for one that is blank."""
    for offset, cells in enumerate(sheet.rows):
        number = sheet.first_row + offset
        texts = [cell_text(cell) for cell in cells]
        if sheet.uncomputed:
            texts = [UNCOMPUTED if (number, n) in sheet.uncomputed else text for n, text in enumerate(texts, 1)]
        if not any(texts):
            yield number, None
            continue
        yield number, {name: text for name, text in zip(sheet.names, texts, strict=False) if name}


def cell_text(cell: Any) -> str:
    """A cell as text: dates in ISO form, whole numbers without a fraction."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _rows(path: Path, name: str) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        found = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        return found.to_python(skip_empty_area=False)
    except PasswordError as locked:
        raise SheetRefused(gettext_noop("工作簿有密码保护，请先去掉密码再导入。")) from locked
    except WorksheetNotFound as absent:
        raise SheetRefused(gettext_noop("工作簿中没有名为“%(sheet)s”的工作表。"), sheet=name) from absent
    except (CalamineError, ZipError, zipfile.BadZipFile, OSError) as broken:
        raise SheetRefused(gettext_noop("工作簿无法读取，文件可能不完整；请重新导出。")) from broken


def _header(rows: list[list[Any]], needed: Sequence[str], ignore_case: bool) -> tuple[int, tuple[str, ...]]:
    wanted = {name.casefold() if ignore_case else name for name in needed}
    above: list[str] = []
    for at, cells in enumerate(rows[:ROWS_LOOKED_AT]):
        own = [cell_text(cell) for cell in cells]
        names = [text or (above[n] if n < len(above) else "") for n, text in enumerate(own)]
        if wanted <= {name.casefold() if ignore_case else name for name in names}:
            return at, tuple(names)
        above = own
    raise SheetRefused(
        gettext_noop("前 %(rows)d 行里没有含全部必需列的表头：%(missing)s。"),
        rows=ROWS_LOOKED_AT,
        missing=" ".join(sorted(needed)),
    )


def _uncomputed(path: Path, name: str) -> frozenset[tuple[int, int]]:
    """(row, column) of every formula without a value in a new-style workbook's sheet."""
    found: set[tuple[int, int]] = set()
    with suppress(zipfile.BadZipFile, KeyError), zipfile.ZipFile(path) as packed:
        member = _member(packed, name)
        with packed.open(member) as stream:
            rest = b""
            while chunk := stream.read(_SHEET_CHUNK):
                text = rest + chunk
                found.update((int(m[2]), _column(m[1])) for m in _EMPTY_FORMULA.finditer(text))
                rest = text[text.rfind(b"<row") :] if b"<row" in text else text
    return frozenset(found)


def _member(packed: zipfile.ZipFile, name: str) -> str:
    """The part of the archive that holds a sheet: by its name through the workbook's relations, or the first."""
    book = packed.read("xl/workbook.xml").decode("utf-8", "replace")
    links = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for link in re.findall(r"<Relationship\b[^>]*>", links):
        parts = dict(re.findall(r'(\w+)="([^"]*)"', link))
        targets[parts.get("Id", "")] = parts.get("Target", "")
    for sheet in re.findall(r"<sheet\b[^>]*>", book):
        parts = dict(re.findall(r'([\w:]+)="([^"]*)"', sheet))
        if not name or parts.get("name") == name:
            target = targets[parts["r:id"]]
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(name)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
