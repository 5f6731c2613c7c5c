"""Who may do which step of a form: by the posts of ``steps.csv``, for one's own unit where the post names one."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import SYSTEM, TERMINAL, Actor
from wangge.domains.self_evaluation.refusals import EvaluationRefused
from wangge.standards.performance import PerformanceTables, performance_tables

FILLING_STEP, DECLARING_STEP, JUDGING_STEP = "evaluate", "declare", "accept"


def city_performance_tables() -> PerformanceTables:
    """The tables of performance budgeting with this city's overlay."""
    return performance_tables(settings.CITY_OVERLAY)


def post_for(by: Actor, step: str, unit_code: str) -> str:
    """The post under which ``by`` may do a step for a unit; empty when none opens it."""
    if by is TERMINAL or by is SYSTEM:
        return "system"
    for post in city_performance_tables().steps[step].posts:
        if any(holding.department_code in (None, unit_code) for holding in by.holdings_of(post)):
            return post
    return ""


def may_do(by: Actor, step: str, unit_code: str) -> bool:
    """Whether a post of his opens the step."""
    return bool(post_for(by, step, unit_code))


def check_may_do(by: Actor, step: str, unit_code: str) -> str:
    """The post under which he acts. Raises EvaluationRefused when none opens the step."""
    post = post_for(by, step, unit_code)
    if not post:
        raise EvaluationRefused(_("您的岗位不能办理这一步。请交有此职责的人办理。"), constraint="not_yours")
    return post
