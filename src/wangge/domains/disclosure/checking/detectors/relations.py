"""Relations that depend on what the paper names: projects, lines, splits; expressions, weighed like the others.

A rule whose check is ``@name`` may have a detector, a relation, or both: a relation answers with the text of clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.annexes import cost_line, project_forms, project_of
from wangge.domains.disclosure.checking.detectors.registry import Asked
from wangge.domains.disclosure.checking.detectors.report import matched_project
from wangge.domains.disclosure.checking.recognition.cells import CENT

Relation = Callable[[Asked], Iterator[str]]
RELATIONS: dict[str, Relation] = {}
_ALL_GENERAL = "if 04.r59.c4 = 0 and 04.r59.c5 = 0: "


def relation(name: str) -> Callable[[Relation], Relation]:
    """Register a function under the name by which a rule calls it."""

    def register(found: Relation) -> Relation:
        RELATIONS[name] = found
        return found

    return register


def _printed(asked: Asked, *names: str) -> list[str]:
    return [name for name in names if asked.value(name) is not None]


@relation("project_repeat")
def project_repeat(asked: Asked) -> Iterator[str]:
    """A project costs the same in the report's list, in its text and in annex 1-1."""
    yield _ALL_GENERAL + "R.project = 05.合计.c3"
    with_amount = [project for project in asked.paper.projects if asked.amount(f"1-1.{project.key}.c3")]
    for project in asked.paper.report_projects:
        other = matched_project(with_amount, project.name)
        if other is not None:
            yield f"1-1.{other.key}.c3 = R.project.{project.key}"
        if _printed(asked, f"R.result.{project.key}"):
            yield f"R.result.{project.key} = R.project.{project.key}"


@relation("forms_report")
def forms_report(asked: Asked) -> Iterator[str]:
    """A form's spending and score are what the report says of the project."""
    for form in project_forms(asked):
        project = project_of(asked.paper.report_projects, form.project) if form.project else None
        if project is not None:
            yield f"{form.form}.fund.final = R.project.{project.key}"
            if _printed(asked, f"R.score.{project.key}"):
                yield f"R.score.{project.key} = {form.form}.total.score"


@relation("forms_final")
def forms_final(asked: Asked) -> Iterator[str]:
    """With a form for every project, their spending is the project spending: of the general budget, or of all."""
    names = [f"{form.form}.fund.final" for form in project_forms(asked)]
    total = sum((asked.amount(name) for name in names), Decimal(0))
    of_all = abs(total - asked.amount("03.合计.c3")) < abs(total - asked.amount("05.合计.c3"))
    yield from _forms_sum(asked, "final", "03.合计.c3" if of_all else "05.合计.c3")


@relation("forms_budget")
def forms_budget(asked: Asked) -> Iterator[str]:
    """With a form for every project, their budgets are the project budget of 1-2."""
    yield from _forms_sum(asked, "budget", "1-2.split.项目支出")


def _forms_sum(asked: Asked, field: str, whole: str) -> Iterator[str]:
    forms = project_forms(asked)
    if forms and len(forms) == len(asked.paper.report_projects):
        yield f"{' + '.join(f'{form.form}.fund.{field}' for form in forms)} = {whole}"


@relation("a13_fund_split")
def fund_split(asked: Asked) -> Iterator[str]:
    """The year's money of a project is current, carried and other money."""
    for form in project_forms(asked):
        for field in ("initial", "budget", "final"):
            parts = _printed(asked, *(f"{form.form}.{key}.{field}" for key in ("current", "carried", "other")))
            if parts and _printed(asked, f"{form.form}.fund.{field}"):
                yield f"{form.form}.fund.{field} = {' + '.join(parts)}"


@relation("income_split")
def income_split(asked: Asked) -> Iterator[str]:
    """The sources of form 1-2 add up to its full-year budget."""
    sources = [
        name
        for name in asked.paper.cells
        if name.startswith("1-2.split.") and not name.endswith(("基本支出", "项目支出"))
    ]
    printed = _printed(asked, *sources)
    if printed:
        yield f"{' + '.join(printed)} = 1-2.fund.budget"


@relation("cost_actual")
def cost_actual(asked: Asked) -> Iterator[str]:
    """The cost line's result is the money spent."""
    line = cost_line(asked, asked.form)
    if line is not None:
        yield f"{asked.form}.{line.name}.actual = {asked.form}.fund.final"


@relation("office_cost")
def office_cost(asked: Asked) -> Iterator[str]:
    """办公经费 is 30201, with or without 30202."""
    with_prints = asked.amount("06.30201") + asked.amount("06.30202")
    printed = asked.value("1-1.办公经费.c3")
    both = asked.amount("06.30202") and printed is not None and abs(printed - with_prints) <= CENT
    yield f"1-1.办公经费.c3 = 06.30201{' + 06.30202' if both else ''}"


@relation("evaluated_amount")
def evaluated_amount(asked: Asked) -> Iterator[str]:
    """The money of self-evaluated projects is the project spending, when all projects are covered."""
    text = asked.paper.sections.get("s13", "")
    projects = asked.value("05.合计.c3") or 0
    if "全部" in text or "整体支出" in text or (asked.value("N.s13.amount") or 0) > projects:
        yield _ALL_GENERAL + "N.s13.amount = 05.合计.c3"


@relation("evaluated_share")
def evaluated_share(asked: Asked) -> Iterator[str]:
    """The share that these projects make, of what the text names."""
    part = "N.s13.amount.一般公共预算"
    part = part if _printed(asked, part) else "N.s13.amount"
    base = "05.合计.c3" if re.search("项目支出总额", asked.where("N.s13.share")) else "05.合计.c1"
    yield f"N.s13.share = percent({part}, {base})"


@relation("micro_share")
def micro_share(asked: Asked) -> Iterator[str]:
    """The 小微 share, of the base that the text names."""
    named_total = "采购支出总额" in asked.where("N.s11.micro.share").partition("小微")[2]
    yield f"N.s11.micro.share = percent(N.s11.micro, {'N.s11.total' if named_total else 'N.s11.sme'})"


@relation("n_s9_running")
def running_costs(asked: Asked) -> Iterator[str]:
    """机关运行经费 is 公用经费, of units to which it applies."""
    if asked.value("N.s9"):
        yield "N.s9 = 06.公用经费合计"
