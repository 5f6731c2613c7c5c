"""The nine tables as grids: the printed form with its labels, row numbers and columns, cells by name.

Each cell is printed by itself from its fen; sums of printed cells may differ in the last digit (尾差), which the note
under the first table says. Within one table nothing is printed in one way only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wangge.domains.disclosure.document import Align, Cell, Grid
from wangge.domains.disclosure.narrative.numbers import amount_in_table, hundredths
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.names import PERSONNEL_TOTAL, PUBLIC_TOTAL, TOTAL
from wangge.standards.accounts.rows import FormRow

Row = tuple[Cell, ...]
NOTES: Mapping[str, tuple[str, ...]] = {
    "01": ("本表列示单位本年度的总收支和年末结转结余。", "各数以元为准，分别取整到0.01万元，合计可能有尾差。"),
    "02": ("本表列示单位本年度取得的各项收入。",),
    "03": ("本表列示单位本年度发生的各项支出。",),
    "04": ("本表列示一般公共预算、政府性基金预算和国有资本经营预算财政拨款的总收支和年末结转结余。",),
    "05": ("本表列示单位本年度一般公共预算财政拨款支出。",),
    "06": ("本表列示单位本年度一般公共预算财政拨款基本支出的明细。",),
    "07": ("本表列示单位本年度政府性基金预算财政拨款的收入、支出和结转结余。",),
    "08": ("本表列示单位本年度国有资本经营预算财政拨款支出。",),
    "09": ("预算数为按规定程序调整后的全年预算数，决算数包括当年财政拨款和以前年度结转资金安排的支出。",),
}


@dataclass(frozen=True, slots=True)
class Tables:
    """What the nine tables are printed from: cells in fen by name, names of codes, the sentences of empty tables."""

    unit: str
    cells: Mapping[str, int]
    names: Mapping[str, str]
    empty_fund: str
    empty_capital: str
    empty_three: str


def nine_tables(tables: Tables, forms: Accounts) -> tuple[Grid, ...]:
    """The grids 01 to 09 of an edition, in order."""
    by_kind = {"two_sided": _two_sided, "by_code": _by_code, "economic": _economic, "three_public": _three_public}
    return tuple(by_kind[form.kind](form.table, tables, forms) for form in forms.forms)


def _grid(
    table: str,
    tables: Tables,
    forms: Accounts,
    rows: Sequence[Row],
    head_rows: int,
    widths: tuple[int, ...],
    statement: str = "",
) -> Grid:
    notes = [
        f"注：{note}" if len(NOTES[table]) == 1 else f"注：{index}．{note}"
        for index, note in enumerate(NOTES[table], 1)
    ]
    return Grid(
        table, forms.form(table).title, f"公开{table}表", f"部门：{tables.unit}", "单位：万元", tuple(rows), head_rows,
        widths, (*notes, *([statement] if statement else [])), is_landscape=table in {"04", "06", "07", "09"},
        small=table in {"01", "04", "06"},
    )  # fmt: skip


def _two_sided(table: str, tables: Tables, forms: Accounts) -> Grid:
    columns = forms.columns_of(table)
    right_columns = [column for column in columns if column.side == "支出"]
    sides = {side: [row for row in forms.rows_of(table) if row.side == side] for side in ("收入", "支出")}
    rows: list[Row] = [
        (_head("收入", 3), _head("支出", 2 + len(right_columns))),
        (
            *(_head(text) for text in ("项目", "行次", columns[0].label)),
            *(_head(text) for text in ("项目", "行次")),
            *(_head(column.label) for column in right_columns),
        ),
        (
            _head("栏次"), _head(""), _head("1"), _head("栏次"), _head(""),
            *(_head(column.column.removeprefix("c")) for column in right_columns),
        ),
    ]  # fmt: skip
    for left, right in zip(sides["收入"], sides["支出"], strict=True):
        rows.append(
            (
                _label(left),
                _center(left.row.removeprefix("r")),
                _two_sided_cell(f"{table}.{left.row}", left, tables),
                _label(right),
                _center(right.row.removeprefix("r")),
                *_right_cells(table, right, [column.column for column in right_columns], tables),
            )
        )
    widths = (30, 6, 12, 30, 6, 12) if table == "01" else (24, 5, 10, 24, 5, 10, 10, 10, 10)
    return _grid(table, tables, forms, rows, 3, widths)


def _right_cells(table: str, row: FormRow, columns: Sequence[str], tables: Tables) -> Iterator[Cell]:
    for column in columns:
        # Table 01 has one amount a side and its names carry no column.
        name = f"{table}.{row.row}" if table == "01" else f"{table}.{row.row}.{column}"
        yield _two_sided_cell(name, row, tables)


def _two_sided_cell(name: str, row: FormRow, tables: Tables) -> Cell:
    return _amount(name, tables) if row.label else Cell("")


def _by_code(table: str, tables: Tables, forms: Accounts) -> Grid:
    columns = forms.columns_of(table)
    codes = sorted(
        {
            name.split(".")[1]
            for name, fen in tables.cells.items()
            if name.startswith(f"{table}.") and hundredths(fen) and name.split(".")[1].isdigit()
        }
    )
    grouped = table in {"05", "07", "08"}
    rows: list[Row] = list(_grouped_head(table, columns) if grouped else _plain_head(columns))
    head_rows = len(rows)
    empty = not codes and not any(tables.cells.get(f"{table}.{TOTAL}.{column.column}") for column in columns)
    rows.append(
        (_head("合计", 2), *(_blank_or(f"{table}.{TOTAL}.{column.column}", tables, empty) for column in columns))
    )
    for code in codes:
        amounts = (_amount(f"{table}.{code}.{column.column}", tables) for column in columns)
        rows.append(
            (Cell(code, f"{table}.{code}.code"), Cell(tables.names.get(code, code), f"{table}.{code}.name"), *amounts)
        )
    statement = {"07": tables.empty_fund, "08": tables.empty_capital}.get(table, "") if empty else ""
    return _grid(table, tables, forms, rows, head_rows, (12, 30, *[11] * len(columns)), statement)


def _plain_head(columns: Sequence[object]) -> Iterator[Row]:
    labels = [str(getattr(column, "label", "")) for column in columns]
    yield (_head("项目", 2), *(_head(label, rows=2) for label in labels))
    yield (_head("科目代码"), _head("科目名称"))
    yield _numbers(len(columns))


def _grouped_head(table: str, columns: Sequence[object]) -> Iterator[Row]:
    """Spending split under one head (本年支出), as the forms 05, 07 and 08 print it."""
    labels = [str(getattr(column, "label", "")).removeprefix("本年支出 ") for column in columns]
    if table == "07":
        yield (
            _head("项目", 2),
            _head(labels[0], rows=2),
            _head(labels[1], rows=2),
            _head("本年支出", 3),
            _head(labels[5], rows=2),
        )
        labels = labels[2:5]
    else:
        yield (_head("项目", 2), _head("本年支出", len(labels)))
    yield (_head("科目代码"), _head("科目名称"), *(_head(label) for label in labels))
    yield _numbers(len(columns))


def _numbers(count: int) -> Row:
    return (_head("栏次", 2), *(_head(str(number)) for number in range(1, count + 1)))


def _economic(table: str, tables: Tables, forms: Accounts) -> Grid:
    blocks = {
        block: [row for row in forms.rows_of(table) if row.block == block and row.code]
        for block in ("left", "middle", "right")
    }
    rows: list[Row] = [
        (_head("人员经费", 3), _head("公用经费", 6)),
        tuple(_head(text) for text in ("科目代码", "科目名称", "决算数") * 3),
    ]
    for index in range(max(len(found) for found in blocks.values())):
        row: list[Cell] = []
        for found in blocks.values():
            row += _economic_cells(found[index], tables) if index < len(found) else [Cell(""), Cell(""), Cell("")]
        rows.append(tuple(row))
    rows.append(
        (
            _head(PERSONNEL_TOTAL, 2),
            _amount(f"06.{PERSONNEL_TOTAL}", tables),
            _head(PUBLIC_TOTAL, 5),
            _amount(f"06.{PUBLIC_TOTAL}", tables),
        )
    )
    return _grid(table, tables, forms, rows, 2, (8, 20, 9, 8, 18, 9, 8, 22, 9))


def _economic_cells(row: FormRow, tables: Tables) -> list[Cell]:
    return [
        Cell(row.code, f"06.{row.code}.code"),
        Cell(row.label, f"06.{row.code}.name"),
        _amount(f"06.{row.code}", tables),
    ]


def _three_public(table: str, tables: Tables, forms: Accounts) -> Grid:
    labels = ("合计", "因公出国（境）费", "公务用车购置及运行维护费", "公务接待费")
    car = ("小计", "公务用车购置费", "公务用车运行维护费")
    half: Row = (_head(labels[0], rows=2), _head(labels[1], rows=2), _head(labels[2], 3), _head(labels[3], rows=2))
    empty = not any(tables.cells.get(f"09.c{number}") for number in range(1, 13))
    rows: list[Row] = [
        (_head("预算数", 6), _head("决算数", 6)),
        (*half, *half),
        tuple(_head(text) for text in car * 2),
        tuple(_head(str(number)) for number in range(1, 13)),
        tuple(_blank_or(f"09.c{number}", tables, empty) for number in range(1, 13)),
    ]
    return _grid(table, tables, forms, rows, 4, (8,) * 12, tables.empty_three if empty else "")


def _amount(name: str, tables: Tables) -> Cell:
    """A cell by name; what is nothing is printed 0.00, in every table alike."""
    value = hundredths(tables.cells.get(name, 0))
    return Cell(amount_in_table(value), name, Align.RIGHT, hundredths=value)


def _blank_or(name: str, tables: Tables, empty: bool) -> Cell:
    return Cell("", align=Align.RIGHT) if empty else _amount(name, tables)


def _label(row: FormRow) -> Cell:
    return Cell(row.label)


def _center(text: str) -> Cell:
    return Cell(text, align=Align.CENTER)


def _head(text: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(text, align=Align.CENTER, columns=columns, rows=rows, is_head=True)
