"""Tables 01 and 04: two sides with 行次; a row is known by its label, else by its number, else by its turn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Row
from wangge.domains.disclosure.checking.recognition.cells import (
    DOUBTFUL,
    LIKELY,
    SURE,
    Gathered,
    is_integer,
    number_of,
    tight,
)
from wangge.domains.disclosure.checking.recognition.papers import Table
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.rows import FormRow

_ORDINAL = re.compile(r"^[一二三四五六七八九十]+、")
_CLOSE = 80
_INCOME_ROWS = {"01": 30, "04": 32}
_LAST_ROW = {"01": 60, "04": 64}
_AMOUNT_COLUMNS = {"01": 1, "04": 4}


@dataclass(slots=True)
class _Side:
    """A half of a row: label, printed 行次, amounts as text."""

    label: str
    number: str
    amounts: list[str]


def recognise_two_sided(table: Table, accounts: Accounts, gathered: Gathered) -> None:
    """Put the cells of 01 or 04, and keep printed numbers and labels for the rules on them."""
    rows = accounts.rows_of(table.table)
    income = [row for row in rows if int(row.row[1:]) <= _INCOME_ROWS[table.table]]
    spending = [row for row in rows if int(row.row[1:]) > _INCOME_ROWS[table.table]]
    turn_in, turn_out = 0, 0
    numbers_at = _number_columns(table)
    for row in table.grid.rows:
        if _is_header(row):
            _see_column_numbers(table, row, numbers_at)
            continue
        left, right = _halves(row, table.table, numbers_at)
        if left is not None:
            turn_in = _put_side(table, left, income, turn_in, gathered, row, spending_side=False)
        if right is not None:
            turn_out = _put_side(table, right, spending, turn_out, gathered, row, spending_side=True)


def _number_columns(table: Table) -> list[int]:
    for row in table.grid.rows[:6]:
        found = [place for place, cell in enumerate(row.cells) if tight(cell) == "行次"]
        if len(found) == 2:
            return found
    return []


def _is_header(row: Row) -> bool:
    text = tight("".join(row.cells))
    return (
        "行次" in text
        or "栏次" in text
        or (not any(sign.isdigit() for sign in text) and ("项目" in text or text.startswith("收入")))
    )


def _see_column_numbers(table: Table, row: Row, numbers_at: list[int]) -> None:
    """栏次 must stand over the columns of amounts: beside 行次, not above it."""
    if "栏次" not in tight("".join(row.cells)) or not numbers_at:
        return
    printed = {place for place, cell in enumerate(row.cells) if is_integer(cell)}
    first, second = numbers_at
    expected = {first + 1, *range(second + 1, second + 1 + _AMOUNT_COLUMNS[table.table])}
    if printed and printed != expected:
        table.column_numbers_off = True


def _halves(row: Row, table: str, numbers_at: list[int]) -> tuple[_Side | None, _Side | None]:
    """The income half and the spending half of a row."""
    cells = [tight(cell) for cell in row.cells]
    places = [
        (place, int(cell))
        for place, cell in enumerate(cells)
        if is_integer(cell) and 1 <= int(cell) <= _LAST_ROW[table]
    ]
    border = _INCOME_ROWS[table]
    lefts = [place for place, number in places if number <= border]
    rights = [place for place, number in places if number > border]
    left_at = numbers_at[0] if numbers_at and numbers_at[0] in lefts else (lefts[0] if lefts else None)
    right_at = numbers_at[1] if numbers_at and numbers_at[1] in rights else (rights[0] if rights else None)
    if left_at is None and right_at is None:
        return _unnumbered(cells)
    if numbers_at and left_at is None and right_at is not None and right_at == numbers_at[1]:
        left_at = numbers_at[0] if len(cells) > numbers_at[0] else None
    if numbers_at and right_at is None and left_at is not None and left_at == numbers_at[0]:
        right_at = numbers_at[1] if len(cells) > numbers_at[1] else None
    left = right = None
    if left_at is not None:
        label_at = max(0, left_at - 1)
        left = _Side(cells[label_at] if left_at else "", cells[left_at], _single(cells, left_at + 1))
    if right_at is not None:
        label = cells[right_at - 1] if right_at else ""
        if left_at is not None and right_at - 1 <= left_at:
            label = ""
        if left is not None and left_at is not None and right_at - left_at < 3:
            left.amounts = [cell for cell in cells[left_at + 1 : right_at - 1] if number_of(cell)][:1]
        right = _Side(label, cells[right_at], _right_amounts(cells, right_at + 1, table))
    return left, right


def _single(cells: list[str], place: int) -> list[str]:
    """The one amount after 行次; a blank too many before it is passed over."""
    text = cells[place] if place < len(cells) else ""
    if not text and place + 1 < len(cells) and re.fullmatch(r"-?[\d,]+\.\d{2}", cells[place + 1]):
        return [cells[place + 1]]
    return [text] if place < len(cells) else []


def _right_amounts(cells: list[str], place: int, table: str) -> list[str]:
    count = _AMOUNT_COLUMNS[table]
    return _single(cells, place) if count == 1 else cells[place : place + count]


def _unnumbered(cells: list[str]) -> tuple[_Side | None, _Side | None]:
    """A row of a form without 行次: label, amount, label, amounts."""
    words = [
        place
        for place, cell in enumerate(cells)
        if cell and number_of(cell) is None and re.search("[\u4e00-\u9fff]", cell)
    ]
    if not words or cells[words[0]].startswith(("注", "说明", "部门", "单位")):
        return None, None
    left = _Side(cells[words[0]], "", cells[words[0] + 1 : words[0] + 2]) if words[0] <= 1 else None
    if len(words) > 1:
        return left, _Side(cells[words[1]], "", cells[words[1] + 1 :])
    return left, None


def _put_side(
    table: Table, side: _Side, rows: list[FormRow], turn: int, gathered: Gathered, row: Row, *, spending_side: bool
) -> int:
    if not side.label and not side.number and not side.amounts:
        return turn
    known, confidence = _row_of(side, rows, turn)
    if known is None:
        return turn
    place = rows.index(known)
    table.row_numbers[known.row] = (side.number, row.place)
    table.row_labels[known.row] = (side.label, row.place)
    label = _ORDINAL.sub("", known.label) or known.row
    for count, text in enumerate(side.amounts):
        columned = spending_side and table.table == "04"
        column = f".c{count + 2}" if columned else ""
        where = f"{table.title_zh} 第 {known.row[1:]} 行“{label}”" + (f" 第 {count + 2} 栏" if columned else "")
        name = f"{table.table}.{known.row}{column}"
        gathered.amount(name, text, row.place, scale=table.scale, where=where, confidence=confidence)
    return place + 1


def _row_of(side: _Side, rows: list[FormRow], turn: int) -> tuple[FormRow | None, float]:
    """The row of the form, and how sure: label and number agree, one of them, or its turn."""
    by_label = [row for row in rows if side.label and _same_label(side.label, row)]
    by_number = next((row for row in rows if side.number and row.row == f"r{int(side.number)}"), None)
    expected = rows[turn] if turn < len(rows) else None
    if by_number is not None and by_number in by_label:
        return by_number, SURE
    if by_label and side.label:
        # The same words may stand twice on a side (一般公共预算财政拨款): the next one in turn.
        later = [row for row in by_label if rows.index(row) >= turn]
        return (later or by_label)[0], LIKELY if side.number else SURE
    if by_number is not None and (by_number is expected or not side.label):
        return by_number, SURE if not side.label and not by_number.label else LIKELY
    if by_number is not None:
        return by_number, DOUBTFUL
    return None, 0.0


def _same_label(printed: str, row: FormRow) -> bool:
    if not row.label:
        return False
    for label in (row.label, *row.aliases):
        known = tight(label)
        if printed == known:
            return True
        bare, known_bare = _ORDINAL.sub("", printed), _ORDINAL.sub("", known)
        if _ORDINAL.match(printed) and _ORDINAL.match(known):
            if bare == known_bare:
                return True
            if fuzz.ratio(bare, known_bare) >= _CLOSE and _ORDINAL.match(printed)[0] == _ORDINAL.match(known)[0]:  # type: ignore[index]
                return True
        elif (
            bool(_ORDINAL.match(printed)) == bool(_ORDINAL.match(known)) and fuzz.ratio(bare, known_bare) >= _CLOSE + 8
        ):
            return True
    return False
