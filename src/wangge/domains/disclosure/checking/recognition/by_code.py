"""Tables by code (02, 03, 05, 07, 08): rows of codes, columns by place; a shifted row is moved when sums prove it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Row
from wangge.domains.disclosure.checking.recognition.cells import (
    CENT,
    LIKELY,
    SURE,
    Cell,
    Gathered,
    is_integer,
    number_of,
    tight,
)
from wangge.domains.disclosure.checking.recognition.papers import CodeRow, Table
from wangge.standards.accounts.library import Accounts

TOTAL = "合计"
_SAME_NAME = 75
# The first column of each table that is a sum over others of its row, with their signs.
ROW_SUMS: dict[str, tuple[int, dict[int, int]]] = {
    "02": (1, {2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1}),
    "03": (1, {2: 1, 3: 1, 4: 1, 5: 1, 6: 1}),
    "05": (1, {2: 1, 3: 1}),
    "07": (3, {4: 1, 5: 1}),
    "08": (1, {2: 1, 3: 1}),
}
_CODE = re.compile(r"\d{3,9}")
_NO_ROW = ("注", "说明", "栏次", "项目", "科目", "部门", "单位", "备注", "公开")


@dataclass(slots=True)
class _Line:
    """A data row taken apart."""

    row: Row
    code: str
    name: str
    amounts_at: int  # where amounts begin when the row stands as its neighbours do
    cells: list[str]
    amounts: list[str] = field(default_factory=list)
    moved: str = ""


def recognise_by_code(table: Table, accounts: Accounts, gathered: Gathered) -> None:
    """Put the cells of the table and its rows of codes."""
    count = len(accounts.columns_of(table.table))
    lines = [line for row in table.grid.rows if (line := _line(row)) is not None]
    _see_column_numbers(table, lines, count)
    if not lines:
        return
    begins = _usual_begin(lines)
    for line in lines:
        line.amounts = _amounts(line, count, begins, table.table)
    _prove_by_columns(table, lines, count)
    codes = _meant_codes(lines, accounts)
    for line, code in zip(lines, codes, strict=True):
        if line.moved:
            table.shifts.append(line.moved)
        _put(table, line, code, accounts, gathered)


def _line(row: Row) -> _Line | None:
    cells = [tight(cell) for cell in row.cells]
    place = next((at for at, cell in enumerate(cells) if cell), None)
    if place is None:
        return None
    first = cells[place]
    if first in (TOTAL, "合 计", "总计") or first.replace(" ", "") == TOTAL:
        return _Line(row, TOTAL, TOTAL, place + 1, cells)
    if first.startswith(_NO_ROW):
        return None
    code, after = _code_at(cells, place)
    if not code:
        return None
    if re.fullmatch(r"\d+\D.*", first) and not _CODE.fullmatch(first):  # code and name in one cell
        return _Line(row, code, first[len(code) :], after, cells)
    name_at = next((at for at in range(after, len(cells)) if cells[at] and number_of(cells[at]) is None), None)
    name = cells[name_at] if name_at is not None else ""
    return _Line(row, code, name, (name_at + 1) if name_at is not None else after + 1, cells)


def _code_at(cells: list[str], place: int) -> tuple[str, int]:
    """The code and the cell after it; 类 款 项 in three cells are put together."""
    first = cells[place]
    if _CODE.fullmatch(first):
        parts, at = first, place + 1
        while (
            len(parts) < 7
            and at < len(cells)
            and re.fullmatch(r"\d{2}", cells[at])
            and len(first) == 3
            and at <= place + 2
        ):
            parts += cells[at]
            at += 1
        return parts, at
    joined = re.match(r"(\d{3}(?:\d{2}){0,2})(?=[\u4e00-\u9fff])", first)
    return (joined[1], place + 1) if joined else ("", place)


def _usual_begin(lines: list[_Line]) -> int:
    """Where amounts begin in most rows of codes."""
    found = Counter(line.amounts_at for line in lines if line.code != TOTAL)
    return found.most_common(1)[0][0] if found else 2


def _see_column_numbers(table: Table, lines: list[_Line], count: int) -> None:
    for row in table.grid.rows[:8]:
        cells = [tight(cell) for cell in row.cells]
        if "栏次" not in cells and "栏次" not in "".join(cells[:2]):
            continue
        printed = [at for at, cell in enumerate(cells) if is_integer(cell)]
        begins = _usual_begin(lines)
        if (
            lines
            and printed
            and len(printed) >= count - 1
            and printed[0] != begins
            and any(line.code != TOTAL for line in lines)
        ):
            table.column_numbers_off = True
        return


def _amounts(line: _Line, count: int, begins: int, table: str) -> list[str]:
    """The texts of the columns; the total's row may begin early, which its own sum decides."""
    if line.code != TOTAL:
        return _without_stray_blank(line, line.amounts_at, count, table)
    usual = _without_stray_blank(line, begins, count, table)
    if _row_ties(usual, table) and any(number_of(text) for text in usual):
        return usual
    for begin in dict.fromkeys((line.amounts_at, begins - 1, begins + 1)):
        moved = _padded(line.cells[begin : begin + count], count)
        if begin != begins and _row_ties(moved, table) and sum(bool(number_of(text)) for text in moved) > 1:
            line.moved = f"“合计”行按 {begin} 列起读（表内其他行从第 {begins} 列起），以本行各栏之和证明"
            return moved
    if (
        len(line.cells) < max(begins + count - 1, 0)
        and line.amounts_at < begins
        and number_of(_at(line.cells, line.amounts_at))
    ):
        return _padded(line.cells[line.amounts_at : line.amounts_at + count], count)
    return usual


def _without_stray_blank(line: _Line, begin: int, count: int, table: str) -> list[str]:
    """The amounts from a place on; a blank too many among them is left out when the row's own sum proves it."""
    usual = _padded(line.cells[begin : begin + count], count)
    wider = line.cells[begin : begin + count + 1]
    if _row_ties(usual, table) and number_of(wider[-1] if len(wider) > count else "") is None:
        return usual
    ways: list[list[str]] = []
    for place in range(len(wider)):
        if not wider[place]:
            way = _padded([*wider[:place], *wider[place + 1 :]], count)
            if way not in ways and _row_ties(way, table) and any(number_of(text) for text in way):
                ways.append(way)
    if len(ways) == 1 and ways[0] != usual:
        line.moved = f"“{line.name}”行多一空格，以本行各栏之和证明后移回原栏"
        return ways[0]
    return usual


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _padded(texts: list[str], count: int) -> list[str]:
    return [*texts, *[""] * (count - len(texts))][:count]


def _row_ties(amounts: list[str], table: str) -> bool:
    whole, parts = ROW_SUMS[table]
    values = _values(amounts)
    addends = [values[column - 1] * sign for column, sign in parts.items()]
    return abs(values[whole - 1] - sum(addends, Decimal(0))) <= CENT * 2


def _values(amounts: list[str]) -> list[Decimal]:
    return [number.value if (number := number_of(text)) else Decimal(0) for text in amounts]


def _prove_by_columns(table: Table, lines: list[_Line], count: int) -> None:
    """Move the amounts of short rows so that every column adds up to its total; only when one way alone does it."""
    total = next((line for line in lines if line.code == TOTAL), None)
    if total is None or table.grid.width == 0:
        return
    usual = Counter(len(line.cells) for line in lines if line.code != TOTAL).most_common(1)
    for line in lines:
        if line.code == TOTAL or not usual or len(line.cells) >= usual[0][0]:
            continue
        residual = _column_residuals(lines, total, count)
        if not any(abs(each) > CENT for each in residual):
            return
        ways = [way for way in _ways(line.amounts, count) if _settles(residual, line.amounts, way)]
        if len(ways) == 1 and _row_ties(ways[0], table.table):
            line.moved = f"“{line.name}”行少一格，按列合计移回原栏"
            line.amounts = ways[0]


def _column_residuals(lines: list[_Line], total: _Line, count: int) -> list[Decimal]:
    codes = [line.code for line in lines if line.code != TOTAL]
    leaves = [
        line
        for line in lines
        if line.code != TOTAL and not any(code != line.code and code.startswith(line.code) for code in codes)
    ]
    wanted = _values(total.amounts)
    sums = [Decimal(0)] * count
    for line in leaves:
        for at, value in enumerate(_values(line.amounts)):
            sums[at] += value
    return [wanted[at] - sums[at] for at in range(count)]


def _ways(amounts: list[str], count: int) -> list[list[str]]:
    """The amounts with one blank put in before one of them."""
    found = []
    for place in range(count):
        moved = _padded([*amounts[:place], "", *amounts[place:]], count)
        if moved != amounts and moved not in found and [t for t in moved if t] == [t for t in amounts if t]:
            found.append(moved)
    return found


def _settles(residual: list[Decimal], before: list[str], after: list[str]) -> bool:
    change = [new - old for old, new in zip(_values(before), _values(after), strict=True)]
    touched = [at for at, each in enumerate(change) if each]
    return bool(touched) and all(abs(residual[at] - change[at]) <= CENT * 3 for at in touched)


def _meant_codes(lines: list[_Line], accounts: Accounts) -> list[str]:
    """The code each row means: the printed one, unless the list and the row's name and turn say another."""
    found: list[str] = []
    printed = {line.code for line in lines}
    for place, line in enumerate(lines):
        code = line.code
        known = accounts.function_codes.get(code)
        named_otherwise = known is not None and fuzz.ratio(tight(known.name), line.name) < _SAME_NAME
        if code != TOTAL and line.name and (known is None or named_otherwise):
            before = found[-1] if found and found[-1] != TOTAL else ""
            after = next((each.code for each in lines[place + 1 :] if each.code in accounts.function_codes), "")
            meant = _code_of_name(line.code, line.name, before, after, accounts)
            code = meant if meant and meant not in printed else code
        found.append(code)
    return found


def _code_of_name(printed: str, name: str, before: str, after: str, accounts: Accounts) -> str:
    """The one code of this name that is near the printed one and stands in order; empty when not one alone."""
    named = [row.code for row in accounts.function_codes.values() if tight(row.name) == name]
    near = [code for code in named if fuzz.ratio(code, printed) >= 75 and abs(len(code) - len(printed)) <= 1]
    ordered = [code for code in near if before <= code and (not after or code <= after)]
    chosen = ordered or near
    longest = [code for code in chosen if len(code) == max(map(len, chosen))]
    return longest[0] if len(longest) == 1 else ""


def _put(table: Table, line: _Line, code: str, accounts: Accounts, gathered: Gathered) -> None:
    if code != TOTAL:
        if f"{table.table}.{code}.code" in gathered.cells:  # a code that stands there twice keeps its own row
            table.codes.append(CodeRow(code, line.code, line.name, line.row.place))
            return
        table.codes.append(CodeRow(code, line.code, line.name, line.row.place))
        where = f"{table.title_zh} 行“{line.name or code}”"
        doubt = SURE if code == line.code else LIKELY
        gathered.put(
            Cell(
                f"{table.table}.{code}.code", line.code, Decimal(line.code), line.row.place, doubt, where + " 科目代码"
            )
        )
        gathered.put(Cell(f"{table.table}.{code}.name", line.name, None, line.row.place, SURE, where + " 科目名称"))
    for column, text in zip(accounts.columns_of(table.table), line.amounts, strict=True):
        where = f"{table.title_zh} 行“{line.name or code}” 列“{column.label}”"
        cell = gathered.amount(
            f"{table.table}.{code}.{column.column}",
            text,
            line.row.place,
            scale=table.scale,
            where=where,
            confidence=LIKELY if line.moved else SURE,
        )
        if line.moved and cell.printed:
            gathered.cells[cell.name] = Cell(
                cell.name,
                cell.printed,
                cell.value,
                cell.place,
                LIKELY,
                where,
                cell.step,
                repaired_from="\t".join(line.row.cells),
            )
