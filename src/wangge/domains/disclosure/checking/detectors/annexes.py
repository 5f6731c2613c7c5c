"""Detectors on the money of 1-2 and 1-3: cost lines, splits, sums over the forms."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.detectors.report import same_project
from wangge.domains.disclosure.checking.recognition.annexes import bare_value
from wangge.domains.disclosure.checking.recognition.cells import CENT, number_of
from wangge.domains.disclosure.checking.recognition.papers import EvaluationForm, Line, Project

COST_WORDS = re.compile("经费|成本|资金|支出|预算|投入|费用")


def project_of(projects: list[Project], name: str) -> Project | None:
    exact = next((each for each in projects if each.name == name), None)
    return exact or next((each for each in projects if same_project(each.name, name)), None)


def project_forms(asked: Asked) -> list[EvaluationForm]:
    return [form for key, form in asked.paper.forms.items() if key.startswith("1-3")]


@detector("cost_base")
def cost_base(asked: Asked) -> Checked:
    """The cost line takes its target from the same base as the execution row."""
    checked = Checked()
    line, budget = cost_line(asked, "1-2"), asked.value("1-2.fund.budget")
    target = number_in(line.target) if line else None
    if line is None or target is None or budget is None:
        return checked
    if not checked.sees(target == budget):
        checked.faults.append(
            Fault(
                [f"1-2.{line.name}.target"],
                f"附件1-2 行“{line.label}”",
                "成本指标值与执行率用的全年预算数不同",
                line.target,
                plain(budget),
                target - budget,
                place=line.place,
            )
        )
    return checked


def cost_line(asked: Asked, form: str) -> Line | None:
    """The line of the cost block that speaks of the whole money."""
    read = asked.paper.forms.get(form)
    if read is None:
        return None
    return next(
        (
            line
            for line in read.lines
            if "成本" in (line.block + line.sublevel)
            and COST_WORDS.search(line.label)
            and _near_fund(asked, form, line)
        ),
        None,
    )


def _near_fund(asked: Asked, form: str, line: Line) -> bool:
    """Whether its figures are of the size of the form's money, so that it is the line of the whole."""
    final = asked.value(f"{form}.fund.final")
    actual = number_in(line.actual)
    return bool(final) and actual is not None and final is not None and final / 2 <= actual <= final * 2


def number_in(text: str) -> Decimal | None:
    number = number_of(bare_value(text))
    return number.value if number else None


@detector("cost_target")
def cost_target(asked: Asked) -> Checked:
    """The cost line's target is the initial or the full-year budget."""
    checked = Checked()
    line = cost_line(asked, asked.form)
    known = [asked.value(f"{asked.form}.fund.{field}") for field in ("initial", "budget")]
    target = number_in(line.target) if line else None
    if line is None or target is None or not any(each is not None for each in known):
        return checked
    name = f"{asked.form}.{line.name}.target"
    if not checked.sees(target in known):
        checked.faults.append(
            Fault(
                [name],
                asked.where(name),
                "成本指标值既不是年初预算数也不是全年预算数",
                line.target,
                " 或 ".join(plain(each) for each in known if each is not None),
                place=line.place,
            )
        )
    return checked


@detector("forms_budget")
def forms_budget(asked: Asked) -> Checked:
    """The project forms' budgets add up to the project budget of 1-2."""
    return _forms_sum(asked, "budget", "1-2.split.项目支出", "附件 1-2 项目支出")


@detector("forms_final")
def forms_final(asked: Asked) -> Checked:
    """The project forms' spending adds up to the project spending of table 05."""
    return _forms_sum(asked, "final", "05.合计.c3", "05 表项目支出")


def _forms_sum(asked: Asked, field: str, whole: str, title: str) -> Checked:
    checked = Checked()
    names = [f"{form.form}.fund.{field}" for form in project_forms(asked)]
    wanted = asked.value(whole)
    if not names or wanted is None or any(asked.value(name) is None for name in names):
        return checked
    total = sum((asked.amount(name) for name in names), Decimal(0))
    missing = len(asked.paper.report_projects) - len(names)
    if not missing:
        return checked  # the relation of the same name weighs it
    hint = f"（缺 {missing} 个项目的自评表）" if missing > 0 else ""
    if not checked.sees(abs(total - wanted) <= CENT * (len(names) // 2 + 1 if len(names) > 1 else 0)):
        checked.faults.append(
            Fault(
                [*(["1-3"] if missing > 0 else []), *names, whole],
                asked.where(names[0]),
                f"各项目自评表之和与{title}不一致{hint}",
                plain(total),
                plain(wanted),
                total - wanted,
                place=asked.place(names[0]),
            )
        )
    return checked


@detector("a13_carry_t04")
def carried_money(asked: Asked) -> Checked:
    """Carried-over money of the projects is not more than table 04 opens with."""
    checked = Checked()
    if "04" not in asked.paper.tables or not project_forms(asked):
        return checked
    carried = sum((asked.amount(f"{form.form}.carried.final") for form in project_forms(asked)), Decimal(0))
    opening = asked.amount("04.r28")
    if not checked.sees(carried <= opening):
        checked.faults.append(
            Fault(
                ["1-3a.carried.final", "04.r28"],
                "附件1-3 上年结转资金",
                "大于 04 表年初结转",
                plain(carried),
                plain(opening),
                carried - opening,
            )
        )
    return checked
