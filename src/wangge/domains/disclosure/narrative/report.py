"""Part five: the self-evaluation report in its nine sections (自评报告)."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.domains.disclosure.document import Block, Figure, Heading, Paragraph, Run
from wangge.domains.disclosure.narrative.account import EvaluationForm, Project
from wangge.domains.disclosure.narrative.numbers import amount, hundredths
from wangge.domains.disclosure.narrative.part_three import people_and_office
from wangge.domains.disclosure.narrative.writing import Pen, joined
from wangge.domains.self_evaluation.logic.lines import plain

# Facts whose figures have a name of their own in the grammar of cells.
CASE_FIGURES = {
    "cases_reported": "R.case.reported",
    "cases_filed": "R.case.filed",
    "cases_closed": "R.case.closed",
    "close_rate": "R.case.rate",
    "cases_self_handled": "R.case.self",
    "cases_public": "R.report.total",
    "cases_platform": "R.report.platform",
    "cases_hotline": "R.report.hotline",
}
SECTIONS = (
    "一、单位基本情况",
    "二、一般公共预算支出情况",
    "三、政府性基金预算支出情况",
    "四、国有资本经营预算支出情况",
    "五、社会保险基金预算支出情况",
    "六、资金使用及绩效情况",
    "七、存在的问题及原因分析",
    "八、下一步改进措施",
    "九、结果拟应用和公开情况",
)


def report(pen: Pen) -> Iterator[Block]:
    """The nine sections."""
    yield Heading(2, f"{pen.account.year}年度{pen.account.unit.name}整体支出绩效自评报告", in_contents=False)
    bodies = (_basics, _general_budget, _fund, _capital, _insurance, _performance, _problems, _measures, _use)
    for title, body in zip(SECTIONS, bodies, strict=True):
        yield Heading(3, title, in_contents=False)
        yield from body(pen)


def duties(pen: Pen) -> Iterator[Paragraph]:
    """The unit's duties, numbered; the same list stands in part one and in the report."""
    from wangge.domains.disclosure.narrative.writing import chinese_number

    if not pen.account.unit.duties:
        yield Paragraph((pen.said("unit.duties", "", "单位职责有哪些？"),))
    last = len(pen.account.unit.duties)
    for number, duty in enumerate(pen.account.unit.duties, start=1):
        end = "。" if number == last else "；"
        yield Paragraph((f"（{chinese_number(number)}）{duty.strip().rstrip('。；')}{end}",))


def _basics(pen: Pen) -> Iterator[Block]:
    unit, staff = pen.account.unit, pen.account.staff
    yield pen.paragraph("report.superior", superior=unit.superior, kind=unit.kind_zh)
    yield from duties(pen)
    yield pen.paragraph(
        "report.staff",
        posts=Figure("R.posts", str(staff.posts)),
        in_service=Figure("R.actual", str(staff.in_service)),
        retired=Figure("R.retired", str(staff.retired)),
        temporary=Figure("R.temporary", str(staff.temporary)),
        count=Figure("R.sections", str(len(unit.sections))),
        names="、".join(unit.sections),
    )


def _general_budget(pen: Pen) -> Iterator[Block]:
    year, basic = str(pen.account.year), pen.account.shown("05.合计.c2")
    yield Heading(4, "（一）基本支出情况", in_contents=False)
    yield pen.paragraph("report.basic", year=year, basic=pen.money("R.basic", basic))
    yield from people_and_office(pen, "R", basic)
    yield Heading(4, "（二）项目支出情况", in_contents=False)
    projects = _with_money(pen)
    if not projects:
        yield pen.paragraph("report.projects_none", year=year)
        return
    total = pen.account.shown("05.合计.c3")
    count = Figure("R.project.count", str(len(projects)))
    yield pen.paragraph("report.projects", year=year, total=pen.money("R.project", total), count=count)
    for number, project in enumerate(projects, start=1):
        yield pen.paragraph(
            "report.project",
            number=str(number),
            name=project.name,
            amount=pen.money(f"R.project.{project.name}", hundredths(project.final_fen)),
            purpose=pen.said(f"project.{project.name}.purpose", project.purpose, f"“{project.name}”用于什么？"),
        )


def _fund(pen: Pen) -> Iterator[Block]:
    value = pen.account.shown("07.合计.c3")
    yield (
        pen.paragraph("report.fund", amount=pen.money("R.fund", value)) if value else pen.paragraph("report.fund_none")
    )


def _capital(pen: Pen) -> Iterator[Block]:
    value = pen.account.shown("08.合计.c1")
    yield (
        pen.paragraph("report.capital", amount=pen.money("R.capital", value))
        if value
        else pen.paragraph("report.capital_none")
    )


def _insurance(pen: Pen) -> Iterator[Block]:
    yield pen.paragraph("report.insurance_none")


def _performance(pen: Pen) -> Iterator[Block]:
    yield Heading(4, "（一）整体支出绩效情况", in_contents=False)
    if pen.account.business:
        yield pen.paragraph("report.business", year=str(pen.account.year), parts=_business(pen))
    whole = pen.account.whole_form
    if whole is not None:
        yield pen.paragraph(
            "report.score", score=Figure("R.score", plain(whole.sheet.total)), grade=whole.sheet.grade_zh
        )
    yield Heading(4, "（二）项目支出绩效情况", in_contents=False)
    for number, project in enumerate(_with_money(pen), start=1):
        yield _project_result(pen, number, project)


def _business(pen: Pen) -> tuple[Run, ...]:
    return joined(
        pen.runs(
            "report.business_part",
            name=figure.name,
            value=Figure(CASE_FIGURES.get(figure.fact, f"R.fact.{figure.fact}"), plain(figure.value)),
            unit=figure.unit,
        )
        for figure in pen.account.business
    )


def _project_result(pen: Pen, number: int, project: Project) -> Paragraph:
    asked = f"“{project.name}”取得了什么效果？"
    results = pen.said(f"project.{project.name}.results", project.results, asked)
    slots: dict[str, str | Figure | tuple[Run, ...]] = {
        "number": str(number),
        "name": project.name,
        "amount": Figure(f"R.result.{project.name}", amount(hundredths(project.final_fen))),
        "results": f"{results}。",
    }
    form = form_of(pen, project)
    if form is None:
        return pen.paragraph("report.project_result_unscored", **slots)
    return pen.paragraph(
        "report.project_result", score=Figure(f"R.score.{project.name}", plain(form.sheet.total)), **slots
    )


def form_of(pen: Pen, project: Project) -> EvaluationForm | None:
    """The form of a project, by its one name."""
    return next((form for form in pen.account.forms if form.project == project.name), None)


def _problems(pen: Pen) -> Iterator[Block]:
    yield from _listed(pen, "report.problems", pen.account.words.problems, "存在哪些问题，原因是什么？")


def _measures(pen: Pen) -> Iterator[Block]:
    yield from _listed(pen, "report.measures", pen.account.words.measures, "下一步采取哪些措施？")


def _use(pen: Pen) -> Iterator[Block]:
    said = pen.said("report.use", pen.account.words.use_of_results, "自评结果如何应用、在哪里公开？")
    yield Paragraph((f"{said}。",))


def _listed(pen: Pen, id: str, said: tuple[str, ...], question: str) -> Iterator[Block]:
    if not said:
        yield Paragraph((f"{pen.said(id, '', question)}。",))
    for number, sentence in enumerate(said, start=1):
        yield Paragraph((f"{number}．{sentence.strip().rstrip('。；')}。",))


def _with_money(pen: Pen) -> list[Project]:
    return [project for project in pen.account.projects if hundredths(project.final_fen)]
