"""Owns who may plan and record what in patrol: ``check_…`` raises, ``may_…`` answers, one truth."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.policies import NotYours

PLANNERS = ("duty_leader", "section_head", "system_administrator")
RECORDERS = ("duty_leader", "section_head")
CHECKERS = ("evaluator",)


def may_plan(by: Actor) -> bool:
    """Whether ``by`` keeps teams and rosters."""
    return by is TERMINAL or by.holds(*PLANNERS)


def may_record_gap(by: Actor) -> bool:
    """Whether ``by`` records and withdraws collection gaps: they change figures, so it is no collector's act."""
    return by is TERMINAL or by.holds(*RECORDERS)


def may_check(by: Actor) -> bool:
    """Whether ``by`` records what a second check found: the evaluation section, independent of the collectors."""
    return by is TERMINAL or by.holds(*CHECKERS)


def check_may_plan(by: Actor) -> None:
    """Raise ``NotYours`` unless ``by`` keeps rosters."""
    if not may_plan(by):
        raise NotYours(_("班组与排班由值班长、科室负责人或系统管理员维护，您没有这些岗位。"))


def check_may_record_gap(by: Actor) -> None:
    """Raise ``NotYours`` unless ``by`` records gaps."""
    if not may_record_gap(by):
        raise NotYours(_("采集中断由值班长或科室负责人登记，您没有这些岗位。"))


def check_may_check(by: Actor) -> None:
    """Raise ``NotYours`` unless ``by`` records second checks."""
    if not may_check(by):
        raise NotYours(_("复核结果由考核员登记，您没有这个岗位。"))
