"""Detectors on section thirteen: evaluated projects, their money, their forms, the grade."""

from __future__ import annotations

from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.recognition.cells import CENT
from wangge.domains.disclosure.checking.rules.weighing import HUNDRED, rounded


@detector("evaluated_amount")
def evaluated_amount(asked: Asked) -> Checked:
    """The money of self-evaluated projects is the project spending when all projects are covered."""
    checked = Checked()
    amount, projects = asked.value("N.s13.amount"), asked.value("05.合计.c3")
    if amount is None or projects is None or any(asked.amount(f"04.r59.c{k}") for k in (4, 5)):
        return checked
    covered = "全部" in asked.paper.sections.get("s13", "") or "整体支出" in asked.paper.sections.get("s13", "")
    if not covered and amount < projects:
        return checked
    if not checked.sees(amount == projects):
        checked.faults.append(
            Fault(
                ["N.s13.amount"],
                asked.where("N.s13.amount"),
                "自评项目金额与 05 表项目支出不一致",
                plain(amount),
                plain(projects),
                amount - projects,
                place=asked.place("N.s13.amount"),
                repairable=True,
            )
        )
    return checked


@detector("evaluated_share")
def evaluated_share(asked: Asked) -> Checked:
    """The share that these projects make, of what the text names."""
    checked = Checked()
    share = asked.value("N.s13.share")
    amount = asked.value("N.s13.amount.general")
    amount = asked.value("N.s13.amount") if amount is None else amount
    named_projects = "项目支出总额" in asked.where("N.s13.share")
    base = asked.value("05.合计.c3" if named_projects else "05.合计.c1")
    if share is None or amount is None or not base:
        return checked
    cell = asked.paper.cells["N.s13.share"]
    true = amount * HUNDRED / base
    step = CENT if cell.step == 1 and share in (0, 100) else cell.step
    if not checked.sees(abs(true - share) <= step / 2 + HUNDRED * CENT / base):
        checked.faults.append(
            Fault(
                ["N.s13.share"],
                cell.where,
                "占比与金额不符",
                f"{cell.printed}%",
                f"{plain(rounded(true, CENT))}%",
                share - true,
                place=cell.place,
                repairable=True,
            )
        )
    return checked


@detector("n_s13_projects_report")
def projects_counted(asked: Asked) -> Checked:
    """As many projects as the report lists, and as annex 1-1 has with an amount."""
    checked = Checked()
    count = asked.value("N.s13.count")
    if count is None:
        return checked
    with_amount = [p for p in asked.paper.projects if asked.amount(f"1-1.{p.key}.c3")]
    for known, title in (
        (len(asked.paper.report_projects), "自评报告列示项目"),
        (len(with_amount), "附件 1-1 有金额的项目"),
    ):
        if known and not checked.sees(count == known):
            checked.faults.append(
                Fault(
                    ["N.s13.count"],
                    asked.where("N.s13.count"),
                    f"项目个数与{title}数不一致",
                    plain(count),
                    str(known),
                    count - known,
                    place=asked.place("N.s13.count"),
                    repairable=True,
                )
            )
    return checked


@detector("n_s13_count")
def forms_attached(asked: Asked) -> Checked:
    """As many 1-3 forms as projects."""
    checked = Checked()
    count = asked.value("N.s13.count")
    forms = [form for form in asked.paper.forms if form.startswith("1-3")]
    if not count or not forms:
        return checked
    if not checked.sees(count == len(forms)):
        checked.faults.append(
            Fault(
                ["1-3", "N.s13.count"],
                asked.where("N.s13.count"),
                f"涉及项目 {plain(count)} 个，所附项目自评表 {len(forms)} 份",
                str(len(forms)),
                plain(count),
                Decimal(len(forms)) - count,
                place=asked.paper.forms[forms[-1]].place,
            )
        )
    return checked


@detector("n_s13_grade")
def grade_fits(asked: Asked) -> Checked:
    """The grade is that of the score's band."""
    checked = Checked()
    score, cell = asked.value("N.s13.score"), asked.paper.cells.get("N.s13.grade")
    if score is None or cell is None:
        return checked
    band = "优" if score >= 90 else "良" if score >= 80 else "中" if score >= 60 else "差"
    words = {"优": ("优", "优秀"), "良": ("良", "良好"), "中": ("中", "合格"), "差": ("差", "不合格")}
    if not checked.sees(cell.printed in words[band]):
        checked.faults.append(
            Fault(
                ["N.s13.grade", "N.s13.score"],
                cell.where,
                f"得分 {plain(score)} 的等级应为“{band}”",
                cell.printed,
                band,
                place=cell.place,
                repairable=True,
            )
        )
    return checked
