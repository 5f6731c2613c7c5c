"""Detectors on annex 1-1: costs, projects, procurement, buildings."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.annexes import project_forms, project_of
from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.cells import CENT


def _told_otherwise(asked: Asked) -> bool:
    """Whether another place gives other budgets: then the column was copied, and not simply spent to the cent."""
    told, column = asked.value("1-2.split.项目支出"), asked.value("1-1.项目支出.c2")
    return told is not None and column is not None and told != column


@detector("a11_budget_copied")
def budget_copied(asked: Asked) -> Checked:
    """The budget column is not the final column over again."""
    checked = Checked()
    rows = [
        (asked.value(f"1-1.{key}.c2"), asked.value(f"1-1.{key}.c3"))
        for key in asked.paper.annex_rows
        if asked.value(f"1-1.{key}.c3") is not None and asked.value(f"1-1.{key}.c2") is not None
    ]
    if len(rows) < 5:
        return checked
    if not checked.sees(any(budget != final for budget, final in rows)):
        checked.faults.append(
            Fault(
                ["1-1.三公经费.c2"],
                "附件1-1 预算数列",
                "预算数与决算数逐行相同，疑似照抄",
                "两列全同",
                "本年预算数",
                severity=None if _told_otherwise(asked) else Severity.NOTE,
                place=asked.place("1-1.三公经费.c2"),
            )
        )
    return checked


@detector("a11_project_budget")
def project_budgets(asked: Asked) -> Checked:
    """A project's budget is that of its form; all of them are the project budget of 1-2."""
    checked = Checked()
    for form in project_forms(asked):
        project = project_of(asked.paper.projects, form.project)
        budget = asked.value(f"{form.form}.fund.budget")
        if project is None or budget is None or asked.value(f"1-1.{project.key}.c2") is None:
            continue
        name = f"1-1.{project.key}.c2"
        printed = asked.amount(name)
        if not checked.sees(printed == budget):
            checked.faults.append(
                Fault(
                    [name],
                    asked.where(name),
                    f"“{project.name}”的预算数与项目自评表不一致",
                    plain(printed),
                    plain(budget),
                    printed - budget,
                    place=asked.place(name),
                )
            )
    total, split = asked.value("1-1.项目支出.c2"), asked.value("1-2.split.项目支出")
    told = sum((fault.difference or Decimal(0) for fault in checked.faults), Decimal(0))
    if total is not None and split is not None and total - split == told and told:
        for fault in checked.faults:  # the total is off by what its parts are: one cause
            fault.cells += ["1-1.项目支出.c2", "1-2.split.项目支出"]
    elif total is not None and split is not None and not checked.sees(total == split):
        checked.faults.append(
            Fault(
                ["1-1.项目支出.c2", "1-2.split.项目支出"],
                asked.where("1-1.项目支出.c2"),
                "项目支出预算与附件 1-2 不一致",
                plain(total),
                plain(split),
                total - split,
                place=asked.place("1-1.项目支出.c2"),
            )
        )
    return checked


@detector("a11_project_names")
def project_names(asked: Asked) -> Checked:
    """A project bears one name in 1-1, 1-3 and the report."""
    checked = Checked()
    for form in project_forms(asked):
        if not form.project:
            continue
        names = {form.project}
        for projects in (asked.paper.projects, asked.paper.report_projects):
            found = project_of(projects, form.project)
            if found is not None:
                names.add(found.name)
        if not checked.sees(len(names) == 1):
            checked.faults.append(
                Fault(
                    [f"{form.form}.project.name"],
                    f"附件1-3 “{form.project}”",
                    "同一项目在各处名称不一致",
                    "、".join(sorted(names)),
                    form.project,
                    place=form.place,
                )
            )
    return checked


@detector("a11_procurement_yoy")
def procurement_moves(asked: Asked) -> Checked:
    """A change of procurement by more than 30 % asks for a reason."""
    checked = Checked()
    prior, final = asked.value("1-1.政府采购.c1"), asked.value("1-1.政府采购.c3")
    if not prior or final is None:
        return checked
    change = (final / prior - 1) * 100
    told = bool(re.search("政府采购[^。]{0,80}(?:原因|由于|因为)", asked.paper.sections.get("s11", "")))
    if not checked.sees(abs(change) <= 30 or told):
        checked.faults.append(
            Fault(
                ["1-1.政府采购.c3", "1-1.政府采购.c1"],
                asked.where("1-1.政府采购.c3"),
                f"政府采购金额比上年变动 {change:.2f}%，没有说明",
                plain(final),
                "变动 30% 以内，或说明原因",
                final - prior,
                place=asked.place("1-1.政府采购.c3"),
            )
        )
    return checked


@detector("a11_building_consistent")
def buildings_agree(asked: Asked) -> Checked:
    """Approved and actual are both nothing or both something, and actual is not more."""
    checked = Checked()
    for approved, actual in (("批复规模", "实际规模"), ("预算投资", "实际投资")):
        first, second = (asked.value(f"1-1.building.{each}") for each in (approved, actual))
        if first is None or second is None:
            continue
        if not checked.sees(bool(first) == bool(second) and second <= first):
            checked.faults.append(
                Fault(
                    [f"1-1.building.{actual}", f"1-1.building.{approved}"],
                    f"附件1-1 {actual}",
                    f"{actual}与{approved}不相符",
                    plain(second),
                    f"不超过 {plain(first)}",
                    second - first,
                    place=asked.place(f"1-1.building.{actual}"),
                )
            )
    return checked


@detector("a11_adjust")
def basic_adjustment(asked: Asked) -> Checked:
    """The adjustment of basic spending is full-year less initial basic budget."""
    checked = Checked()
    printed, full = asked.value("1-1.基本支出预算调整.c1"), asked.value("1-2.split.基本支出")
    if printed is None:
        printed = asked.value("1-1.基本支出预算调整.c3")
    initial = [
        asked.value(f"N.s53.{item.code}.budget") for item in asked.paper.items if asked.amount(f"05.{item.code}.c2")
    ]
    if printed is None or full is None or not initial or any(each is None for each in initial):
        return checked
    true = full - sum((each for each in initial if each is not None), Decimal(0))
    if not checked.sees(abs(printed - true) <= CENT):
        checked.faults.append(
            Fault(
                ["1-1.基本支出预算调整.c3"],
                "附件1-1 部门基本支出预算调整",
                "与附件 1-2 全年基本支出预算减年初数不符",
                plain(printed),
                plain(true),
                printed - true,
                place=asked.place("1-1.基本支出预算调整.c1"),
            )
        )
    return checked
