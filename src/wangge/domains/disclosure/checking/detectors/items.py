"""Detectors on five (three): the items with their names, directions and reasons."""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.cells import tight


@detector("n_s5_3_item_count")
def items_complete(asked: Asked) -> Checked:
    """Five (three) lists every item of table 05 once."""
    checked = Checked()
    if not asked.paper.items or "05" not in asked.paper.tables:
        return checked
    rows = [row for row in asked.paper.tables["05"].codes if len(row.code) == 7]
    if not rows:
        return checked
    listed = Counter(item.code for item in asked.paper.items)
    for row in rows:
        if not checked.sees(listed[row.code] == 1):
            checked.faults.append(
                Fault(
                    [f"N.s53.{row.code}.final"],
                    "五（三）",
                    f"没有列出 {row.code}“{row.name}”",
                    "（无）",
                    row.name,
                    place=asked.paper.items[0].place,
                )
            )
    known = {row.code for row in rows}
    for item in asked.paper.items:
        if not checked.sees(item.code in known):
            checked.faults.append(
                Fault(
                    [f"N.s53.{item.code}.final" if item.code else "N.s53"],
                    f"五（三）“{item.names[2]}”",
                    "05 表没有这一项，或与别的一项重复",
                    item.names[2],
                    "05 表各项各一次",
                    place=item.place,
                )
            )
    return checked


@detector("n_s5_3_zero_budget")
def no_rate_on_nothing(asked: Asked) -> Checked:
    """No completion where the initial budget was nothing."""
    checked = Checked()
    for item in asked.paper.items:
        if item.code and asked.value(f"N.s53.{item.code}.budget") == 0:
            name = f"N.s53.{item.code}.completion"
            if not checked.sees(not item.rate_printed):
                checked.faults.append(
                    Fault(
                        [name],
                        asked.where(name),
                        "年初预算为 0，不计算完成率",
                        asked.printed(name),
                        "不写完成率",
                        place=item.place,
                    )
                )
    return checked


_WORDS = {
    "大于": 1,
    "高于": 1,
    "多于": 1,
    "小于": -1,
    "低于": -1,
    "少于": -1,
    "等于": 0,
    "持平": 0,
    "一致": 0,
    "相同": 0,
}


@detector("n_s5_3_direction")
def item_directions(asked: Asked) -> Checked:
    """大于, 小于, 等于 say what the figures say."""
    checked = Checked()
    for item in asked.paper.items:
        budget, final = (asked.value(f"N.s53.{item.code}.{field}") for field in ("budget", "final"))
        if not item.code or budget is None or final is None or item.direction not in _WORDS:
            continue
        sign = (final > budget) - (final < budget)
        right = {1: "大于", -1: "小于", 0: "等于"}[sign]
        if not checked.sees(_WORDS[item.direction] == sign):
            checked.faults.append(
                Fault(
                    [f"N.s53.{item.code}.direction", f"N.s53.{item.code}.final", f"N.s53.{item.code}.budget"],
                    f"五（三）“{item.names[2]}”",
                    "决算与年初预算的大小关系写反",
                    item.direction,
                    right,
                    place=item.place,
                    repairable=True,
                )
            )
    return checked


@detector("n_s5_3_reason")
def item_reasons(asked: Asked) -> Checked:
    """A reason stands wherever final and budget differ."""
    checked = Checked()
    for item in asked.paper.items:
        budget, final = (asked.value(f"N.s53.{item.code}.{field}") for field in ("budget", "final"))
        if not item.code or budget is None or final is None or budget == final:
            continue
        if not checked.sees(bool(item.reason)):
            checked.faults.append(
                Fault(
                    [f"N.s53.{item.code}.reason"],
                    f"五（三）“{item.names[2]}”",
                    "决算与年初预算有差异而没有写原因",
                    "（空）",
                    "写明原因",
                    place=item.place,
                )
            )
    return checked


@detector("n_s5_3_reason_plausible")
def item_reasons_vary(asked: Asked) -> Checked:
    """One reason for more than half of the items is asked about."""
    checked = Checked()
    reasons = Counter(item.reason for item in asked.paper.items if item.reason)
    if len(asked.paper.items) < 5 or not reasons:
        return checked
    reason, count = reasons.most_common(1)[0]
    if not checked.sees(count * 2 <= len(asked.paper.items)):
        checked.faults.append(
            Fault(
                ["N.s53.reasons"],
                "五（三）",
                f"{len(asked.paper.items)} 项中 {count} 项用同一原因",
                reason,
                "按项写明原因",
                place=asked.paper.items[0].place,
            )
        )
    return checked


def _names_of(asked: Asked, level: int) -> list[tuple[str, str, str, str]]:
    """Code, printed and listed name of a level of each item; 款 whose list is silent are left out."""
    found = []
    for item in asked.paper.items:
        length = (3, 5, 7)[level]
        listed = asked.accounts.function_codes.get(item.code[:length]) if item.code else None
        if listed is not None:
            found.append((item.code, item.names[level], tight(listed.name), item.names[2]))
    return found


def _name_fault(asked: Asked, code: str, printed: str, expected: str, label: str, what: str) -> Fault:
    place = next(item.place for item in asked.paper.items if item.code == code)
    return Fault([f"N.s53.{code}.name"], f"五（三）“{label}”", what, printed, expected, place=place, repairable=True)


def _shortened(printed: str, expected: str) -> bool:
    """Whether one is the other with words left out, or a stray sign."""
    return bool(printed) and (printed in expected or expected in printed or fuzz.ratio(printed, expected) >= 80)


@detector("n_s5_3_name_lei")
def class_names(asked: Asked) -> Checked:
    checked = Checked()
    for code, printed, expected, label in _names_of(asked, 0):
        severity = None if _shortened(printed, expected) else Severity.ERROR
        if not checked.sees(printed == expected):
            checked.faults.append(
                _with(_name_fault(asked, code, printed, expected, label, "类名与目录不一致"), severity)
            )
    return checked


@detector("n_s5_3_name_kuan")
def section_names(asked: Asked) -> Checked:
    """The 款 named belongs to the code."""
    checked = Checked()
    for code, printed, expected, label in _names_of(asked, 1):
        others = [
            row for row in asked.accounts.function_codes.values() if row.level == "款" and tight(row.name) == printed
        ]
        wrong = printed != expected and (bool(others) or not _shortened(printed, expected))
        if not checked.sees(not wrong):
            checked.faults.append(_name_fault(asked, code, printed, expected, label, f"款名不是 {code[:5]} 的名称"))
    return checked


@detector("n_s5_3_name_kuan_full")
def section_names_whole(asked: Asked) -> Checked:
    """The 款 is named in full."""
    checked = Checked()
    for code, printed, expected, label in _names_of(asked, 1):
        if not checked.sees(printed == expected or not _shortened(printed, expected) or _is_section(asked, printed)):
            checked.faults.append(_name_fault(asked, code, printed, expected, label, "款名有简写"))
    return checked


def _is_section(asked: Asked, name: str) -> bool:
    return any(row.level == "款" and tight(row.name) == name for row in asked.accounts.function_codes.values())


@detector("n_s5_3_name_xiang")
def item_names(asked: Asked) -> Checked:
    checked = Checked()
    for code, printed, expected, label in _names_of(asked, 2):
        in_table = (
            next((row.name for row in asked.paper.tables["05"].codes if row.code == code), "")
            if "05" in asked.paper.tables
            else ""
        )
        severity = None if _shortened(printed, expected) else Severity.ERROR
        if not checked.sees(printed in (expected, in_table)):
            checked.faults.append(
                _with(_name_fault(asked, code, printed, expected, label, "项名与目录不一致"), severity)
            )
    return checked


def _with(fault: Fault, severity: Severity | None) -> Fault:
    fault.severity = severity
    return fault


@detector("n_s5_wording_fiscal")
def wording_of_five(asked: Asked) -> Checked:
    """Section five speaks of 一般公共预算财政拨款支出."""
    checked = Checked()
    cell = asked.paper.cells.get("N.s51")
    text = asked.paper.sections.get("s5", "")
    if cell is None:
        return checked
    line = next((part for part in text.split("\n") if cell.printed in part.replace(",", "")), "")
    named = bool(
        re.search(r"一般公共预算(?:财政拨款)?支出", line.split(cell.printed)[0][-40:] if cell.printed in line else line)
    )
    if not checked.sees(named):
        checked.faults.append(
            Fault(
                ["N.s51.wording"],
                cell.where,
                "本节应称“一般公共预算财政拨款支出”",
                "财政拨款支出",
                "一般公共预算财政拨款支出",
                place=cell.place,
            )
        )
    return checked
