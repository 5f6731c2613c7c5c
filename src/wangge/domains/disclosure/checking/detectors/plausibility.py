"""Detectors of plausibility: the kind of unit against its codes, reasons against figures, budgets."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.cells import CENT


@detector("p_unit_kind_function")
def unit_and_function(asked: Asked) -> Checked:
    """A plain institution does not book basic spending under 行政运行."""
    checked = Checked()
    table = asked.paper.tables.get("05")
    text = asked.paper.sections.get("s9", "")
    plain_unit = bool(re.search("不属于|不适用|非行政", text)) and "事业单位" in text
    if table is None or not plain_unit:
        return checked
    wrong = [row for row in table.codes if row.name == "行政运行" and asked.amount(f"05.{row.code}.c2")]
    first = wrong[0] if wrong else None
    if not checked.sees(first is None):
        checked.faults.append(
            Fault(
                [f"05.{first.code}.c2" if first else "05"],
                asked.where(f"05.{first.code}.c2") if first else "",
                "不适用机关运行经费的事业单位，基本支出列在“行政运行”，请确认",
                asked.printed(f"05.{first.code}.c2") if first else "",
                "事业运行或其他科目",
                place=first.place if first else asked.place("05.合计.c1"),
            )
        )
    return checked


@detector("p_unit_kind_wage")
def unit_and_wages(asked: Asked) -> Checked:
    """An institution pays 绩效工资, an office 津贴补贴; both large at once is asked about."""
    checked = Checked()
    performance, allowance = asked.amount("06.30107"), asked.amount("06.30102")
    if "06" not in asked.paper.tables or not (performance or allowance):
        return checked
    institution = bool(re.search("不属于|不适用", asked.paper.sections.get("s9", "")))
    if not checked.sees(not (institution and not performance and allowance)):
        checked.faults.append(
            Fault(
                ["06.30102", "06.30107"],
                asked.where("06.30102"),
                "事业单位没有绩效工资而有津贴补贴，请确认",
                asked.printed("06.30102"),
                "30107 绩效工资",
                place=asked.place("06.30102"),
            )
        )
    return checked


@detector("p_unit_kind_medical")
def unit_and_medical(asked: Asked) -> Checked:
    """An institution's medical item is 2101102, an office's 2101101."""
    checked = Checked()
    office, institution = asked.amount("05.2101101.c1"), asked.amount("05.2101102.c1")
    if not office and not institution:
        return checked
    plain_unit = bool(re.search("不属于|不适用", asked.paper.sections.get("s9", "")))
    if not checked.sees(not (plain_unit and office and not institution)):
        checked.faults.append(
            Fault(
                ["05.2101101.c1"],
                asked.where("05.2101101.c1"),
                "事业单位的医疗支出列在“行政单位医疗”",
                asked.printed("05.2101101.c1"),
                "2101102",
                place=asked.place("05.2101101.c1"),
            )
        )
    return checked


@detector("reason_project")
def reason_supported(asked: Asked) -> Checked:
    """A fall explained by less project money is borne out by annex 1-1."""
    checked = Checked()
    change = asked.value("N.s1.change")
    prior, final = asked.value("1-1.项目支出.c1"), asked.value("1-1.项目支出.c3")
    if change is None or prior is None or final is None or "项目" not in asked.paper.sections.get("s1", ""):
        return checked
    moved = final - prior
    if not checked.sees(
        (moved * change > 0 and abs(moved - change) <= max(abs(change) / 10, CENT))
        or (abs(moved) >= abs(change) / 2 and moved * change > 0)
    ):
        checked.faults.append(
            Fault(
                ["N.s1.change", "1-1.项目支出.c3"],
                asked.where("N.s1.change"),
                "增减原因与项目支出的变动不相符",
                plain(change),
                plain(moved),
                place=asked.place("N.s1.change"),
            )
        )
    return checked


@detector("temporary_staff")
def temporary_staff(asked: Asked) -> Checked:
    """Cost per head of temporary staff in a project of labour is within reason."""
    checked = Checked()
    heads = asked.value("R.temporary")
    project = next((p for p in asked.paper.report_projects if re.search("劳务|临聘|人员", p.purpose)), None)
    if not heads or project is None:
        return checked
    each = asked.amount(f"R.project.{project.key}") / heads
    if not checked.sees(2 <= each <= 15):
        checked.faults.append(
            Fault(
                [f"R.project.{project.key}", "R.temporary"],
                f"自评报告“{project.name}”",
                "按临聘人数计算的人均经费超出常见范围",
                f"{each:.2f} 万元/人",
                "2 至 15 万元/人",
                place=project.place,
            )
        )
    return checked


@detector("budget_changes")
def budget_changes(asked: Asked) -> Checked:
    """The full-year budget can be followed from the initial one: items without initial budget were added."""
    checked = Checked()
    full, initial = asked.value("1-2.fund.budget"), asked.value("N.s53.budget")
    if full is None or initial is None:
        return checked
    added = sum(
        (
            asked.amount(f"N.s53.{item.code}.final")
            for item in asked.paper.items
            if item.code and asked.value(f"N.s53.{item.code}.budget") == 0
        ),
        Decimal(0),
    )
    text = "".join(asked.paper.sections.values())
    told = bool(re.search(r"(?:追加|调增|调减|调剂|调整)[^。；]{0,24}?\d[\d.,]*万元", text)) and full != initial
    # Changes of the budget need not be told in the paper; a round figure beside one with cents looks made up.
    rough = "." not in asked.printed("1-2.fund.budget") and initial != initial.to_integral()
    if not checked.sees(full in (initial, initial + added) or told):
        checked.faults.append(
            Fault(
                ["1-2.fund.budget"],
                asked.where("1-2.fund.budget"),
                f"全年预算数与年初预算 {plain(initial)} 加无年初预算的项 {plain(added)} 不符，未说明调整",
                plain(full),
                plain(initial + added),
                full - initial - added,
                severity=None if rough else Severity.NOTE,
                place=asked.place("1-2.fund.budget"),
            )
        )
    return checked


@detector("p_round_budget")
def round_budget(asked: Asked) -> Checked:
    """A round full-year budget beside an initial one with cents is asked about."""
    checked = Checked()
    full, initial = asked.value("1-2.fund.budget"), asked.value("1-2.fund.initial")
    if full is None or initial is None:
        return checked
    if not checked.sees(not (full == full.to_integral() and initial != initial.to_integral())):
        checked.faults.append(
            Fault(
                ["1-2.fund.budget"],
                asked.where("1-2.fund.budget"),
                "全年预算数为整数，年初预算数带小数，请确认不是估列",
                plain(full),
                "精确到 0.01",
                place=asked.place("1-2.fund.budget"),
            )
        )
    return checked


_LABOUR = re.compile("劳务|委托|外包|购买服务|聘用|临聘|协管")
_BACKED = re.compile("合同|协议|招标|采购|名单|花名册|考勤|工资表")
_LARGE = Decimal(50)


@detector("labour_contracts")
def labour_backed(asked: Asked) -> Checked:
    """Large labour and service spending names its contract or list, or lies within the services procured."""
    checked = Checked()
    services = asked.value("N.s11.services") or Decimal(0)
    spots = [
        (f"R.project.{project.key}", project.name, project.purpose)
        for project in asked.paper.report_projects
        if _LABOUR.search(project.name + project.purpose)
    ]
    spots += [(f"06.{code}", label, "") for code, label in (("30226", "劳务费"), ("30227", "委托业务费"))]
    for name, label, purpose in spots:
        amount = asked.amount(name)
        if amount < _LARGE:
            continue
        if not checked.sees(amount <= services or bool(_BACKED.search(purpose))):
            checked.faults.append(
                Fault(
                    [name],
                    asked.where(name),
                    f"“{label}”金额较大，请备合同、人员名单或考勤以供查验（服务类采购 {plain(services)} 万元）",
                    asked.printed(name),
                    place=asked.place(name),
                )
            )
    return checked
