"""Refusals of the self-evaluation: what is refused and what to do; database constraints put into words."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext, gettext_noop

from wangge.domains.self_evaluation.logic.duties import Duty


class EvaluationRefused(Exception):
    """A step or entry is refused; the text tells the user what to do. ``duties`` are what stands in the way."""

    def __init__(self, message: str, duties: tuple[Duty, ...] = (), constraint: str = "") -> None:
        super().__init__(message)
        self.duties = duties
        self.constraint = constraint


_WORDS = {
    "form_once": gettext_noop("该单位本年度已有这张自评表。"),
    "form_step_follows_state": gettext_noop("自评表的状态刚刚变了，请刷新后再办理。"),
    "form_step_seq_once": gettext_noop("自评表的状态刚刚变了，请刷新后再办理。"),
    "form_step_by_second_person": gettext_noop("申报、报送的人不能自己批复或审核，请换一人办理。"),
    "form_step_says_why": gettext_noop("请写明理由。"),
    "form_weights_add_up": gettext_noop("各项分值与预算执行分值合计须为 100。"),
    "declared_targets_are_closed": gettext_noop("目标已经申报，不能再改；确需调整请走“调整绩效目标”。"),
    "target_set_follows": gettext_noop("目标刚刚被他人修改，请刷新后再改。"),
    "line_name_once": gettext_noop("同一张表中有两个同名指标。"),
    "line_number_or_words": gettext_noop("定量指标须填数值，定性指标须填文字。"),
    "result_within_weight": gettext_noop("得分不能超过分值。"),
    "result_of_open_form": gettext_noop("自评表现在不能填报结果：请先批复目标，或等待审核退回。"),
    "result_judgement_has_name_and_reason": gettext_noop("认定得分须写明评审人和理由。"),
    "monitoring_off_course_is_corrected": gettext_noop("进度偏离的须写明偏差原因和纠偏措施。"),
    "statement_has_evidence": gettext_noop("请写明佐证材料。"),
    "statement_is_signed": gettext_noop("请写明签字人。"),
    "statement_says_something": gettext_noop("请填数值，或选择达成程度并写明完成情况。"),
}


def refusal_of(error: IntegrityError) -> EvaluationRefused:
    """The refusal for a violated constraint; an unknown one keeps the database's own first line."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    name = (diagnosis.constraint_name if diagnosis else "") or ""
    if name in _WORDS:
        return EvaluationRefused(gettext(_WORDS[name]), constraint=name)
    detail = str(error).splitlines()[0]
    return EvaluationRefused(gettext("数据库拒绝了这笔录入：%(detail)s") % {"detail": detail}, constraint=name)
