"""Detectors on codes and their names in the tables."""

from __future__ import annotations

from collections import Counter

from wangge.domains.disclosure.checking.detectors.registry import (
    Asked,
    Checked,
    Fault,
    cause_of_word,
    detector,
    lookalikes,
)
from wangge.domains.disclosure.checking.detectors.tables import copy_cause
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.cells import tight
from wangge.domains.disclosure.checking.recognition.papers import CodeRow
from wangge.standards.accounts.names import BY_CODE


@detector("t02_dup", "t03_dup", "t05_dup")
def codes_once(asked: Asked) -> Checked:
    """No code twice in a table."""
    checked = Checked()
    table = asked.paper.tables.get(asked.table)
    if table is None or not table.codes:
        return checked
    counts = Counter(row.code for row in table.codes)
    for code, count in counts.items():
        last = [row for row in table.codes if row.code == code][-1]
        if not checked.sees(count == 1):
            checked.faults.append(
                Fault(
                    [f"{asked.table}.{code}.code"],
                    f"{table.title_zh} 行“{last.name}”",
                    f"科目 {code} 出现 {count} 次",
                    last.printed,
                    "只列一次",
                    place=last.place,
                )
            )
    return checked


@detector("t02_order", "t03_order")
def codes_sorted(asked: Asked) -> Checked:
    """Codes ascend."""
    checked = Checked()
    table = asked.paper.tables.get(asked.table)
    if table is None or len(table.codes) < 2:
        return checked
    for before, row in zip(table.codes, table.codes[1:], strict=False):
        if not checked.sees(before.code <= row.code):
            checked.faults.append(
                Fault(
                    [f"{asked.table}.{row.code}.code"],
                    f"{table.title_zh} 行“{row.name}”",
                    f"科目未按代码升序排列（排在 {before.code} 之后）",
                    row.printed,
                    place=row.place,
                )
            )
    return checked


@detector("t05_no_zero_row")
def no_zero_rows(asked: Asked) -> Checked:
    """A code is printed only with an amount."""
    checked = Checked()
    table = asked.paper.tables.get("05")
    for row in table.codes if table else ():
        name = f"05.{row.code}.c1"
        if not checked.sees(asked.amount(name) != 0):
            checked.faults.append(
                Fault([name], asked.where(name), "没有金额的科目不列示", asked.printed(name), place=row.place)
            )
    return checked


@detector("t06_rowlist")
def economic_rows(asked: Asked) -> Checked:
    """The rows of 06 are those of the form; a table that lists only what was spent is let be."""
    checked = Checked()
    table = asked.paper.tables.get("06")
    if table is None or not table.codes:
        return checked
    form = {row.row: row.label for row in asked.accounts.rows_of("06") if row.code}
    printed = {row.code for row in table.codes}
    missing = [code for code in form if code not in printed]
    if len(missing) > len(form) // 4:
        return checked
    for code, label in form.items():
        if not checked.sees(code in printed):
            checked.faults.append(
                Fault(
                    [f"06.{code}"],
                    f"{table.title_zh}",
                    f"缺少 {code}“{label}”一行",
                    "（无此行）",
                    label,
                    place=table.grid.place,
                )
            )
    return checked


@detector("t06_name")
def economic_names(asked: Asked) -> Checked:
    """The names of 06 are those of the code list."""
    checked = Checked()
    table = asked.paper.tables.get("06")
    alike = lookalikes(asked.accounts)
    known = {row.row: row for row in asked.accounts.rows_of("06") if row.code}
    for row in table.codes if table else ():
        listed = known.get(row.code)
        if listed is None:
            continue
        labels = {tight(label) for label in (listed.label, *listed.aliases)}
        expected = tight(listed.label)
        if not checked.sees(row.name in labels):
            checked.faults.append(
                Fault(
                    [f"06.{row.code}.name"],
                    f"公开06表 {row.code}",
                    "科目名称与目录不一致",
                    row.name,
                    expected,
                    cause=cause_of_word(asked.paper, row.name, expected, alike),
                    place=row.place,
                    repairable=True,
                )
            )
    return checked


@detector("t06_five_code")
def economic_codes(asked: Asked) -> Checked:
    """Codes of 06 have 3 or 5 digits and a class of the form, and are the code of their name."""
    checked = Checked()
    table = asked.paper.tables.get("06")
    classes = {"301", "302", "303", "307", "309", "310", "311", "312", "313", "399"}
    for row in table.codes if table else ():
        good = row.printed == row.code and len(row.printed) in (3, 5) and row.printed[:3] in classes
        if not checked.sees(good):
            checked.faults.append(
                Fault(
                    [f"06.{row.code}.code"],
                    f"公开06表 行“{row.name}”",
                    "经济科目代码有误",
                    row.printed,
                    row.code if row.code != row.printed else "3 位类、5 位款",
                    cause=copy_cause(asked),
                    place=row.place,
                    repairable=row.code != row.printed,
                )
            )
    return checked


@detector("t06_no_309_311")
def no_capital_construction(asked: Asked) -> Checked:
    """Basic spending has no 309 and 311."""
    checked = Checked()
    if "06" not in asked.paper.tables:
        return checked
    for code in ("309", "311"):
        name = f"06.{code}"
        if not checked.sees(not asked.amount(name)):
            checked.faults.append(
                Fault(
                    [name],
                    asked.where(name),
                    "基本支出不列基本建设类科目",
                    asked.printed(name),
                    place=asked.place(name),
                )
            )
    return checked


@detector("x_02_03_codes")
def same_codes(asked: Asked) -> Checked:
    """Without carry-over and with fiscal money only, income and spending stand under the same codes."""
    checked = Checked()
    tables = asked.paper.tables
    if "02" not in tables or "03" not in tables or "01" not in tables:
        return checked
    if any(asked.amount(f"01.{row}") for row in ("r28", "r29", "r58", "r59")):
        return checked
    if asked.amount("02.合计.c1") != asked.amount("02.合计.c2"):
        return checked
    income, spending = ({row.code for row in tables[each].codes} for each in ("02", "03"))
    if {len(code) for code in income} != {len(code) for code in spending}:
        return checked
    for code in sorted(income | spending):
        missing = "02" if code not in income else "03"
        other = "03" if missing == "02" else "02"
        if not checked.sees(code in income and code in spending):
            checked.faults.append(
                Fault(
                    [f"{missing}.{code}.c1"],
                    f"公开{missing}表",
                    f"公开{other}表有科目 {code}，公开{missing}表没有这一行",
                    "（无此行）",
                    code,
                    place=tables[missing].grid.place,
                )
            )
    return checked


@detector("x_02_03_05_names")
def same_names(asked: Asked) -> Checked:
    """One code bears one name in all tables."""
    checked = Checked()
    rows: dict[str, list[tuple[str, CodeRow]]] = {}
    for table in ("02", "03", "05"):
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            rows.setdefault(row.code, []).append((table, row))
    alike = lookalikes(asked.accounts)
    for code, found in rows.items():
        names = Counter(row.name for _, row in found)
        listed = asked.accounts.function_codes.get(code)
        usual = tight(listed.name) if listed and tight(listed.name) in names else names.most_common(1)[0][0]
        checked.count += 1
        for table, row in found:
            if row.name != usual:
                checked.faults.append(
                    Fault(
                        [f"{table}.{code}.name"],
                        f"公开{table}表 {code}",
                        "同一科目在各表名称不一致",
                        row.name,
                        usual,
                        cause=cause_of_word(asked.paper, row.name, usual, alike),
                        place=row.place,
                        repairable=True,
                    )
                )
    return checked


@detector("x_fund_code_location")
def fund_codes(asked: Asked) -> Checked:
    """Codes of the fund budget stand in 07, the others in 05."""
    checked = Checked()
    for table, wanted in (("05", False), ("07", True)):
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            known = asked.accounts.function_codes.get(row.code)
            if known is None:
                continue
            if not checked.sees(known.fund is wanted):
                checked.faults.append(
                    Fault(
                        [f"{table}.{row.code}.code"],
                        f"公开{table}表 行“{row.name}”",
                        "政府性基金科目列入一般公共预算表" if table == "05" else "一般公共预算科目列入政府性基金表",
                        row.printed,
                        place=row.place,
                    )
                )
    return checked


@detector("f_code_length")
def code_lengths(asked: Asked) -> Checked:
    """Function codes have 3, 5 or 7 digits."""
    checked = Checked()
    for table in BY_CODE:
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            meant = row.code if row.code != row.printed else "3、5 或 7 位"
            if not checked.sees(len(row.printed) in (3, 5, 7)):
                checked.faults.append(
                    Fault(
                        [f"{table}.{row.code}.code"],
                        f"公开{table}表 行“{row.name}”",
                        "功能科目代码位数有误",
                        row.printed,
                        meant,
                        cause=copy_cause(asked),
                        place=row.place,
                        repairable=row.code != row.printed,
                    )
                )
    return checked


@detector("f_code_valid")
def codes_listed(asked: Asked) -> Checked:
    """Codes are those of the year's list; our list may lack some, so one that all tables print alike is a note."""
    checked = Checked()
    seen: dict[str, set[str]] = {}
    for table in ("02", "03", "05"):
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            seen.setdefault(row.printed, set()).add(table)
    for table in BY_CODE:
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            if len(row.printed) not in (3, 5, 7):
                continue
            listed = row.printed in asked.accounts.function_codes
            agreed = len(seen.get(row.printed, set())) >= 2
            if not checked.sees(row.printed == row.code and (listed or agreed or table not in ("02", "03", "05"))):
                checked.faults.append(
                    Fault(
                        [f"{table}.{row.code}.code"],
                        f"公开{table}表 行“{row.name}”",
                        "科目代码与科目名称不符或不在当年目录",
                        row.printed,
                        row.code if row.code != row.printed else "当年目录中的代码",
                        place=row.place,
                        repairable=row.code != row.printed,
                    )
                )
    return checked


@detector("f_code_strange")
def codes_shared(asked: Asked) -> Checked:
    """A code that one table alone prints, while the others print another, one sign away, under the same name."""
    checked = Checked()
    tables = {name: asked.paper.tables[name].codes for name in ("02", "03", "05") if name in asked.paper.tables}
    for table, rows in tables.items():
        own = {row.code for row in rows}
        others = {row.code: row.name for name, found in tables.items() if name != table for row in found}
        for row in rows:
            twins = [
                code
                for code, name in others.items()
                if name == row.name and code not in own and row.code not in others and _one_sign(code, row.printed)
            ]
            if not checked.sees(not twins):
                checked.faults.append(
                    Fault(
                        [f"{table}.{row.code}.code", f"{table}.{twins[0]}.code"],
                        f"公开{table}表 行“{row.name}”",
                        "同一科目在其他表是另一个代码",
                        row.printed,
                        twins[0],
                        place=row.place,
                        repairable=True,
                    )
                )
    return checked


def _one_sign(first: str, second: str) -> bool:
    return len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) == 1


@detector("f_code_name")
def names_listed(asked: Asked) -> Checked:
    """Names of codes are those of the list; where every table prints the same other name, that is a note."""
    checked = Checked()
    alike = lookalikes(asked.accounts)
    everywhere: dict[str, set[str]] = {}
    for table in ("02", "03", "05"):
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            everywhere.setdefault(row.code, set()).add(row.name)
    for table in BY_CODE:
        for row in asked.paper.tables[table].codes if table in asked.paper.tables else ():
            listed = asked.accounts.function_codes.get(row.code)
            if listed is None or not row.name:
                continue
            expected = tight(listed.name)
            sure = listed.confidence == "A" or len(everywhere.get(row.code, set())) > 1
            if not checked.sees(row.name == expected):
                checked.faults.append(
                    Fault(
                        [f"{table}.{row.code}.name"],
                        f"公开{table}表 {row.code}",
                        "科目名称与目录不一致",
                        row.name,
                        expected,
                        cause=cause_of_word(asked.paper, row.name, expected, alike),
                        severity=None if sure else Severity.NOTE,
                        place=row.place,
                        repairable=True,
                    )
                )
    return checked
