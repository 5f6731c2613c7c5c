"""Detectors on the nine tables: signs, row numbers, labels, headers, empty tables, styles."""

from __future__ import annotations

from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import (
    Asked,
    Checked,
    Fault,
    cause_of_word,
    detector,
    lookalikes,
)
from wangge.domains.disclosure.checking.findings.finding import Cause
from wangge.domains.disclosure.checking.recognition.cells import number_of, tight

_ALL = tuple(f"0{number}" for number in range(1, 10))


@detector("t01_nonneg", "t06_nonneg", "t09_nonneg")
def no_negative_amounts(asked: Asked) -> Checked:
    """Amounts below zero; closing balances of 01 may be."""
    checked = Checked()
    for name, cell in asked.paper.cells.items():
        if name.startswith(asked.table + ".") and cell.value is not None and not name.endswith((".code", ".name")):
            if name == "01.r59":
                continue
            if not checked.sees(cell.value >= 0):
                checked.faults.append(
                    Fault([name], cell.where, "金额为负数", cell.printed, "不小于 0", place=cell.place)
                )
    return checked


@detector("t01_rownum", "t04_rownum")
def row_numbers(asked: Asked) -> Checked:
    """Every printed 行次 is that of its row."""
    checked = Checked()
    table = asked.paper.tables.get(asked.table)
    if table is None or not any(number for number, _ in table.row_numbers.values()):
        return checked
    for row, (number, place) in table.row_numbers.items():
        if not number and not table.row_labels.get(row, ("", place))[0]:
            continue
        expected = row[1:]
        if not checked.sees(number == expected):
            checked.faults.append(
                Fault(
                    [f"{asked.table}.{row}"],
                    f"{table.title_zh} 第 {expected} 行",
                    "行次不连续或重复",
                    number or "（空）",
                    expected,
                    cause=copy_cause(asked),
                    place=place,
                )
            )
    return checked


def copy_cause(asked: Asked) -> Cause:
    return Cause.DOCUMENT if asked.paper.document.exact_cells else Cause.READING


@detector("t01_rowlabels")
def class_labels(asked: Asked) -> Checked:
    """The function classes bear their names, in the form's order."""
    return _labels(asked, "01", {})


@detector("t04_rowlabels")
def same_labels(asked: Asked) -> Checked:
    """The classes of 04 bear the names that 01 prints."""
    first = asked.paper.tables.get("01")
    if first is None:
        return Checked()
    by_code = {row.code: row.row for row in asked.accounts.rows_of("01") if row.code}
    printed = {code: first.row_labels[row][0] for code, row in by_code.items() if row in first.row_labels}
    return _labels(asked, "04", printed)


def _labels(asked: Asked, table_name: str, instead: dict[str, str]) -> Checked:
    checked = Checked()
    table = asked.paper.tables.get(table_name)
    if table is None:
        return checked
    alike = lookalikes(asked.accounts)
    for row in asked.accounts.rows_of(table_name):
        if not row.code or row.row not in table.row_labels:
            continue
        printed, place = table.row_labels[row.row]
        known = {tight(label) for label in (row.label, *row.aliases)}
        if instead.get(row.code):
            known.add(instead[row.code])
        expected = tight(row.label)
        if not checked.sees(not printed or printed in known):
            checked.faults.append(
                Fault(
                    [f"{table_name}.{row.row}.label"],
                    f"{table.title_zh} 第 {row.row[1:]} 行",
                    "项目名称与表式不一致",
                    printed,
                    expected,
                    cause=cause_of_word(asked.paper, printed, expected, alike),
                    place=place,
                    repairable=True,
                )
            )
    return checked


@detector("t03_colheader", "t04_colheader")
def column_numbers(asked: Asked) -> Checked:
    """栏次 stands over its columns, and the total's row is as long as the others."""
    checked = Checked()
    table = asked.paper.tables.get(asked.table)
    if table is None:
        return checked
    off = table.column_numbers_off or bool(table.shifts)
    detail = "；".join(dict.fromkeys(table.shifts)) or "栏次行的数字没有对准各栏"
    if not checked.sees(not off):
        checked.faults.append(
            Fault(
                [f"{asked.table}.header"],
                f"{table.title_zh} 栏次",
                detail,
                "栏次错位",
                "栏次 1 对准第一个金额栏",
                cause=copy_cause(asked),
                place=table.grid.place,
            )
        )
    return checked


@detector("t07_empty", "t08_empty")
def empty_statement(asked: Asked) -> Checked:
    """An empty table says so in a sentence."""
    checked = Checked()
    table = asked.paper.tables.get(asked.table)
    if table is None or table.codes or any(asked.amount(f"{asked.table}.合计.c{k}") for k in range(1, 7)):
        return checked
    if not checked.sees(bool(table.statement)):
        checked.faults.append(
            Fault(
                [f"{asked.table}.statement"],
                table.title_zh,
                "空表没有说明“本单位无此项收支，故本表无数据”",
                "（无说明）",
                "附一句说明",
                place=table.grid.place,
            )
        )
    return checked


@detector("t09_budget_eq_final")
def budget_is_final(asked: Asked) -> Checked:
    """Budget and final alike in every item: legal, yet asked about."""
    checked = Checked()
    if "09" not in asked.paper.tables:
        return checked
    pairs = [(asked.amount(f"09.c{k}"), asked.amount(f"09.c{k + 6}")) for k in range(1, 7)]
    same = bool(pairs[0][0]) and all(budget == final for budget, final in pairs)
    if not checked.sees(not same):
        checked.faults.append(
            Fault(
                ["09.c1", "09.c7"],
                "公开09表",
                "预算数与决算数逐项相同，请确认预算数是否照决算数填列",
                asked.printed("09.c1"),
                "全年预算数",
                place=asked.place("09.c7"),
            )
        )
    return checked


@detector("f_two_decimals")
def two_decimals(asked: Asked) -> Checked:
    """Amounts of the tables are printed with two decimals; a sheet holds numbers, not print."""
    checked = Checked()
    if asked.paper.document.kind == "xlsx":
        return checked
    for table in _ALL:
        if table not in asked.paper.tables or asked.paper.tables[table].unit == "元":
            continue
        wrong = [
            (name, cell)
            for name, cell in asked.paper.cells.items()
            if name.startswith(f"{table}.") and not name.endswith((".code", ".name")) and _undecimal(cell.printed)
        ]
        if not checked.sees(not wrong):
            checked.faults.append(
                Fault(
                    [name for name, _ in wrong[:10]],
                    f"公开{table}表",
                    f"{len(wrong)} 处金额未保留两位小数",
                    wrong[0][1].printed,
                    "两位小数",
                    place=wrong[0][1].place,
                )
            )
    return checked


def _undecimal(text: str) -> bool:
    number = number_of(text)
    return number is not None and number.value != 0 and number.decimals != 2


@detector("f_zero_style")
def zero_style(asked: Asked) -> Checked:
    """One table shows nothing in one way: blank or 0.00."""
    checked = Checked()
    for table in ("01", "03", "06"):
        if table not in asked.paper.tables:
            continue
        cells = [
            c for n, c in asked.paper.cells.items() if n.startswith(f"{table}.") and not n.endswith((".code", ".name"))
        ]
        labelled = {row.row for row in asked.accounts.rows_of(table) if row.label}
        if table == "01":
            cells = [c for c in cells if c.name.split(".")[1] in labelled and int(c.name.split(".")[1][1:]) <= 8]
        zeros = sum(c.value == Decimal(0) for c in cells)
        blanks = sum(c.value is None for c in cells)
        if not checked.sees(not (zeros and blanks) or (table == "03" and blanks > zeros * 20)):
            checked.faults.append(
                Fault(
                    [f"{table}.header"],
                    f"公开{table}表",
                    f"零值有 {zeros} 处写 0.00、{blanks} 处留空，表示不一致",
                    "0.00 与空白并存",
                    "统一一种写法",
                    place=asked.paper.tables[table].grid.place,
                )
            )
    return checked
