"""Tables 06 (economic codes in blocks) and 09 (三公 in one row, or one row per item)."""

from __future__ import annotations

import re
from decimal import Decimal

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Row
from wangge.domains.disclosure.checking.recognition.cells import (
    CENT,
    DOUBTFUL,
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
from wangge.standards.accounts.names import PERSONNEL_TOTAL, PUBLIC_TOTAL

_CODE = re.compile(r"(?:3\d{2}|3\d{4}|\d{2,6})")
_TOTALS = (PERSONNEL_TOTAL, PUBLIC_TOTAL)
_THREE_PUBLIC_ROWS = (
    ("c6", "c12", "公务接待"),
    ("c2", "c8", "因公出国"),
    ("c5", "c11", "运行"),
    ("c3", "c9", "购置及运行"),
    ("c4", "c10", "购置"),
    ("c1", "c7", "合计"),
)


def recognise_economic(table: Table, accounts: Accounts, gathered: Gathered) -> None:
    """Put the cells of 06: wherever a code, a name and an amount follow each other in a row."""
    names = {tight(row.label): row.row for row in accounts.rows_of("06") if row.code}
    for row in table.grid.rows:
        cells = [tight(cell) for cell in row.cells]
        place = 0
        while place < len(cells):
            if cells[place] in _TOTALS:
                _put_total(table, cells, place, row, gathered)
                place += 1
            elif _CODE.fullmatch(cells[place]) and _has_name(cells, place):
                _put_row(table, cells, place, row, names, accounts, gathered)
                place += 2
            else:
                place += 1


def _has_name(cells: list[str], place: int) -> bool:
    following = cells[place + 1] if place + 1 < len(cells) else ""
    if not following and place + 2 < len(cells) and len(cells[place]) in (3, 5):
        del cells[place + 1]  # a blank too many between code and name
        following = cells[place + 1]
    return bool(re.search("[\u4e00-\u9fff]", following)) and following not in _TOTALS


def _put_total(table: Table, cells: list[str], place: int, row: Row, gathered: Gathered) -> None:
    """The next number of the row, before the other total's label: merged cells leave blanks between."""
    ahead: list[str] = []
    for cell in cells[place + 1 :]:
        if cell in _TOTALS:
            break
        ahead.append(cell)
    text = next((cell for cell in ahead if number_of(cell)), "")
    moved = bool(text) and ahead[0] != text
    where = f"{table.title_zh} “{cells[place]}”"
    gathered.amount(
        f"06.{cells[place]}", text, row.place, scale=table.scale, where=where, confidence=LIKELY if moved else SURE
    )


def _put_row(
    table: Table, cells: list[str], place: int, row: Row, names: dict[str, str], accounts: Accounts, gathered: Gathered
) -> None:
    printed, name = cells[place], cells[place + 1]
    code = printed
    known = accounts.economic_codes.get(printed)
    by_name = names.get(name, "")
    if (known is None and by_name) or (
        known is not None
        and by_name
        and by_name != printed
        and fuzz.ratio(tight(known.name), name) < 60
        and len(by_name) == len(printed)
    ):
        code = by_name
    text = _amount_after(cells, place + 2)
    if text and number_of(text) is None and re.search("[\u4e00-\u9fff]", text):
        text = ""
    table.codes.append(CodeRow(code, printed, name, row.place))
    where = f"{table.title_zh} {code}“{name}”"
    gathered.put(
        Cell(
            f"06.{code}.code",
            printed,
            Decimal(printed),
            row.place,
            SURE if code == printed else LIKELY,
            where + " 科目代码",
        )
    )
    gathered.put(Cell(f"06.{code}.name", name, None, row.place, SURE, where + " 科目名称"))
    gathered.amount(f"06.{code}", text, row.place, scale=table.scale, where=where)


def _amount_after(cells: list[str], place: int) -> str:
    """The cell after a name; when it is blank and the next is an amount with decimals, a blank too many was read."""
    text = cells[place] if place < len(cells) else ""
    if not text and place + 1 < len(cells) and re.fullmatch(r"-?[\d,]+\.\d{2}", cells[place + 1]):
        return cells[place + 1]
    return text


def recognise_three_public(table: Table, accounts: Accounts, gathered: Gathered) -> None:
    """Put the cells of 09: the row of twelve amounts, or rows by item with budget and final."""
    columns = accounts.columns_of("09")
    if _by_items(table, gathered):
        return
    rows = [row for row in table.grid.rows if _is_amounts(row)]
    if not rows:
        # A form without any such spending prints its one row blank: every figure is nothing.
        blank = next((row for row in table.grid.rows if not row.filled), table.grid.rows[-1])
        for column in columns:
            gathered.amount(
                f"09.{column.column}", "", blank.place, scale=table.scale, where=f"{table.title_zh} “{column.label}”"
            )
        return
    row = rows[-1]
    texts, confidence = _twelve([tight(cell) for cell in row.cells])
    if confidence < SURE:
        table.shifts.append("09 表数据行格数不足，按合计关系还原各栏")
    for column, text in zip(columns, texts, strict=True):
        where = f"{table.title_zh} {column.side}“{column.label}”"
        gathered.amount(f"09.{column.column}", text, row.place, scale=table.scale, where=where, confidence=confidence)


def _is_amounts(row: Row) -> bool:
    cells = [tight(cell) for cell in row.cells]
    numbers = [cell for cell in cells if number_of(cell)]
    if not numbers or sum(bool(re.search("[\u4e00-\u9fff]", cell)) for cell in cells) > 1:
        return False
    return not (
        len(numbers) >= 10
        and all(is_integer(cell) for cell in numbers)
        and [int(c) for c in numbers[:4]] == [1, 2, 3, 4]
    )


def _twelve(cells: list[str]) -> tuple[list[str], float]:
    """The twelve texts; a row with blanks lost is filled so that its own sums hold."""
    while len(cells) > 12 and (not cells[0] or re.search("[\u4e00-\u9fff]", cells[0])):
        cells = cells[1:]
    if len(cells) >= 12:
        return cells[:12], SURE
    if len(cells) < 12 and sum(bool(number_of(cell)) for cell in cells) == len(cells):
        half, rest = divmod(len(cells), 2)
        if not rest and half < 6:
            for way in _placings(half):
                left = [cells[way.index(k)] if k in way else "" for k in range(6)]
                right = [cells[half + way.index(k)] if k in way else "" for k in range(6)]
                if _sums_hold(left) and _sums_hold(right):
                    return [*left, *right], DOUBTFUL
    return [*cells, *[""] * (12 - len(cells))], SURE if len(cells) >= 11 else LIKELY


def _placings(count: int) -> list[tuple[int, ...]]:
    """Which of the six columns hold the numbers, the likeliest (running cost alone) first."""
    known: dict[int, list[tuple[int, ...]]] = {
        1: [(0,)],
        2: [(0, 5)],
        3: [(0, 2, 4), (0, 2, 3)],
        4: [(0, 2, 4, 5), (0, 1, 2, 4), (0, 2, 3, 4)],
        5: [(0, 1, 2, 4, 5), (0, 2, 3, 4, 5), (0, 1, 2, 3, 4)],
    }
    return known.get(count, [])


def _sums_hold(six: list[str]) -> bool:
    values = [number.value if (number := number_of(text)) else Decimal(0) for text in six]
    return abs(values[0] - values[1] - values[2] - values[5]) <= CENT and abs(values[2] - values[3] - values[4]) <= CENT


def _by_items(table: Table, gathered: Gathered) -> bool:
    """The other form of the table: an item per row, budget and final as columns."""
    found = 0
    for row in table.grid.rows:
        cells = [tight(cell) for cell in row.cells]
        label = next((cell for cell in cells if re.search("[\u4e00-\u9fff]", cell)), "")
        numbers = [cell for cell in cells if number_of(cell)]
        if not label or len(label) > 20 or len(cells) > 6 or not 0 < len(numbers) <= 3:
            continue
        item = next((each for each in _THREE_PUBLIC_ROWS if each[2] in label), None)
        if item is None:
            continue
        budget, final, _ = item
        if len(numbers) < 2:
            continue
        found += 1
        for column, text, side in ((budget, numbers[0], "预算数"), (final, numbers[1], "决算数")):
            where = f"{table.title_zh} {side}“{label}”"
            gathered.amount(f"09.{column}", text, row.place, scale=table.scale, where=where, confidence=LIKELY)
    return found >= 3
