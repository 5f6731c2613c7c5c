"""Detectors on section thirteen: evaluated projects, their money, their forms, the grade."""

from __future__ import annotations

from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain


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
