"""Detectors on what sections seven to twelve must tell: cars, receptions, funds, running costs, assets."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.reading.blocks import Place


@detector("n_s7_vehicle_detail")
def vehicles_told(asked: Asked) -> Checked:
    """Section seven says how many cars were bought and how many are held."""
    checked = Checked()
    if asked.value("N.s7.total.final") is None:
        return checked
    bought, held = asked.value("N.s7.purchase.count"), asked.value("N.s7.vehicles")
    cost = asked.amount("N.s7.purchase.final")
    severity = Severity.WARNING if cost and not bought else None
    if not checked.sees(bought is not None and not (cost and not bought)):
        checked.faults.append(
            Fault(
                ["N.s7.purchase.count"],
                "七（二）",
                "没有写公务用车购置数量" if not cost else "有购置费而没有购置数量",
                "（无）",
                "购置数量（0 也写）",
                severity=severity,
                place=asked.place("N.s7.purchase.final"),
            )
        )
    if not checked.sees(held is not None):
        checked.faults.append(
            Fault(
                ["N.s7.vehicles"],
                "七（二）",
                "没有写公务用车保有量",
                "（无）",
                "保有量",
                place=asked.place("N.s7.running.final"),
            )
        )
    return checked


@detector("n_s7_reception_detail")
def receptions_told(asked: Asked) -> Checked:
    """Receptions with batches and persons, trips abroad with groups and persons; zero may be said too."""
    checked = Checked()
    text = asked.paper.sections.get("s7", "")
    for subject, word, title in (
        ("reception", r"\d+批次|批次\d+|\d+个?批", "接待批次、人次"),
        ("abroad", r"团组\d+|\d+个?团组|团组数", "出国团组、人次"),
    ):
        if asked.value(f"N.s7.{subject}.final") is None:
            continue
        cost = asked.amount(f"N.s7.{subject}.final")
        if not checked.sees(bool(re.search(word, text))):
            checked.faults.append(
                Fault(
                    [f"N.s7.{subject}.count"],
                    "七（二）",
                    f"没有写{title}" + ("" if cost else "（费用为 0）"),
                    "（无）",
                    "写明数量，0 也写",
                    place=asked.place(f"N.s7.{subject}.final"),
                )
            )
    return checked


@detector("n_s7_use_tautology")
def uses_told(asked: Asked) -> Checked:
    """What running cars cost was spent on is more than the item's own name."""
    checked = Checked()
    text = asked.paper.sections.get("s7", "")
    found = re.search("公务用车运行(?:维护)?费[^。\n]{0,60}?主要(?:是|用于|为)([^，。；\n]+)", text)
    if not found or not asked.amount("N.s7.running.final"):
        return checked
    use = found[1].removesuffix("支出")
    if not checked.sees(use not in ("公务用车运行维护费", "公务用车运行费", "运行维护费", "公车运行维护费")):
        checked.faults.append(
            Fault(
                ["N.s7.running.use"],
                "七（二）",
                "支出用途只重复了科目名称",
                found[1],
                "写明燃料、维修、保险、过路等",
                place=asked.place("N.s7.running.final"),
            )
        )
    return checked


_NO_FUND = re.compile(
    "(?:没有|无|未安排|不涉及)[^。]{0,14}政府性基金|政府性基金[^。]{0,24}(?:没有|无此|未安排|未发生|为零)"
)


@detector("n_s8_fund")
def fund_statement(asked: Asked) -> Checked:
    """Section eight says none exactly when table 07 is empty."""
    checked = Checked()
    text = asked.paper.sections.get("s8", "")
    table = asked.paper.tables.get("07")
    if not text or table is None:
        return checked
    none = bool(_NO_FUND.search(text))
    empty = not table.codes and not any(asked.amount(f"07.合计.c{k}") for k in range(1, 7))
    if not checked.sees(none == empty):
        checked.faults.append(
            Fault(
                ["N.s8", "07.合计.c3"],
                "八",
                "政府性基金的说明与 07 表不一致",
                "说明没有" if none else "说明有收支",
                "07 表为空" if empty else "07 表有数",
                place=table.place,
            )
        )
    return checked


@detector("n_s8_capital")
def capital_statement(asked: Asked) -> Checked:
    """The narrative says something of the state-capital budget."""
    checked = Checked()
    if "p3" not in asked.paper.sections and "s8" not in asked.paper.sections:
        return checked
    texts = "".join(text for key, text in asked.paper.sections.items() if key in ("s8", "s14") or key == "s3")
    body = "".join(text for key, text in asked.paper.sections.items() if re.fullmatch(r"s(?:[1-9]|1[0-2]|14)", key))
    if not checked.sees("国有资本经营" in body or ("s14" in asked.paper.sections and "国有资本" in texts)):
        checked.faults.append(
            Fault(["N.s14"], "第三部分", "没有国有资本经营预算支出的说明", "（无）", "一节或一句说明")
        )
    return checked


@detector("n_s9_running")
def running_costs(asked: Asked) -> Checked:
    """机关运行经费: an amount equal to 公用经费 for offices, or the statement that it does not apply."""
    checked = Checked()
    text = asked.paper.sections.get("s9", "")
    if not text:
        return checked
    found = re.search(r"机关运行经费(?:支出|决算)?(?:为|合计)?(-?[\d,]+(?:\.\d+)?)万元", text)
    applies_not = bool(re.search("不属于|不适用|不在|无机关运行经费|没有机关运行经费|未安排|不纳入|非行政", text))
    if not found:
        if not checked.sees(applies_not):
            checked.faults.append(
                Fault(
                    ["N.s9"],
                    "九",
                    "机关运行经费既没有金额也没有“不适用”的说明",
                    "（无）",
                    "金额或不适用",
                    severity=Severity.WARNING,
                )
            )
        return checked
    amount, public = Decimal(found[1].replace(",", "")), asked.value("06.公用经费合计")
    if not checked.sees(public is None or amount == public or (amount == 0 and applies_not)):
        checked.faults.append(
            Fault(
                ["N.s9"],
                "九",
                "机关运行经费与 06 表公用经费合计不一致",
                found[1],
                plain(public or Decimal(0)),
                amount - (public or 0),
                place=_line(asked, found[0]),
            )
        )
    return checked


def _line(asked: Asked, words: str) -> Place:
    return next((place for text, place in asked.paper.paragraphs if words in text), Place())


@detector("n_s10_count")
def heads_counted(asked: Asked) -> Checked:
    """Meetings and trainings that cost money name their persons."""
    checked = Checked()
    for subject, title in (("meeting", "会议"), ("training", "培训")):
        final = asked.value(f"N.s10.{subject}.final")
        if final is None or not final:
            continue
        persons = asked.value(f"N.s10.{subject}.persons")
        if not checked.sees(bool(persons)):
            checked.faults.append(
                Fault(
                    [f"N.s10.{subject}.persons"],
                    "十",
                    f"有{title}费而没有写人数",
                    "（无）",
                    "人数与内容",
                    place=asked.place(f"N.s10.{subject}.final"),
                )
            )
    return checked


@detector("n_s12_other_use")
def other_cars(asked: Asked) -> Checked:
    """Other cars need their use."""
    checked = Checked()
    count = asked.value("N.s12.vehicles.其他用车")
    if not count:
        return checked
    text = asked.paper.sections.get("s12", "")
    if not checked.sees(bool(re.search("其他用车(?:主要)?(?:是|为|用于)", text))):
        checked.faults.append(
            Fault(
                ["N.s12.vehicles.其他用车"],
                "十二",
                "其他用车没有写用途",
                plain(count),
                "其他用车主要用于…",
                place=asked.place("N.s12.vehicles.其他用车"),
            )
        )
    return checked


@detector("n_s12_equipment")
def equipment_counted(asked: Asked) -> Checked:
    checked = Checked()
    text = asked.paper.sections.get("s12", "")
    if not text:
        return checked
    if not checked.sees(bool(re.search(r"设备[^。]{0,16}\d+台|无[^。]{0,20}设备|没有[^。]{0,20}设备", text))):
        checked.faults.append(Fault(["N.s12.equipment"], "十二", "没有写大型设备台数", "（无）", "台（套）数，0 也写"))
    return checked


@detector("n_s12_threshold")
def equipment_threshold(asked: Asked) -> Checked:
    checked = Checked()
    text = asked.paper.sections.get("s12", "")
    found = re.search(r"(\d+)万元(?:（含）)?(?:及)?以上[^。]{0,12}设备", text)
    if not found:
        return checked
    if not checked.sees(found[1] in ("100",) or "100万元" in text):
        checked.faults.append(
            Fault(
                ["N.s12.threshold"],
                "十二",
                "大型设备的单价标准应为 100 万元",
                found[1],
                "100",
                place=_line(asked, found[0]),
            )
        )
    return checked
