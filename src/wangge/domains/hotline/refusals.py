"""Owns the refusals of the hotline; each text says what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.hotline.logic.acting import Refusal
from wangge.domains.organizations.policies import Refused


class HotlineRefused(Refused):
    """An order of the hotline cannot be taken or moved so."""

    reason = "refused"


class BadOrder(HotlineRefused):
    """A value of an order cannot be read."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class NoSuchOrder(HotlineRefused):
    """There is no such order."""


class MessageIdTaken(HotlineRefused):
    """The message id stands for another message."""


class ActRefused(HotlineRefused):
    """An act is not open now; ``reason`` is the judgement's."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(words_of_refusal(refusal))
        self.reason = refusal.reason


def words_of_refusal(refusal: Refusal) -> str:
    """What a refused act is told with."""
    if (refusal.reason, refusal.what) == ("missing", "place"):
        return _("请填写地点：在地图上点一下，或写明地址。")
    return {
        "no_such_act": _("没有这种办理。"),
        "wrong_state": _("工单现在的状态不能这样办理，请刷新后再看。"),
        "wrong_post": _("您的岗位不能这样办理。"),
        "kind_on_spot": _("只有咨询类工单可以当场答复。"),
        "contacted": _("请先联系诉求人并登记，再拟写答复。"),
        "case_refused": _("工单已转为案卷，案卷不予受理后才能退单。"),
        "within_return_limit": _("退单期限已过。请办理，或与热线办协商。"),
        "no_extension_open": _("已申请延期，热线办尚未答复。"),
        "extension_open": _("没有待答复的延期申请。"),
        "within_extension_limit": _("距时限已近，来不及申请延期。请按时答复，或与热线办协商。"),
        "no_question_open": _("已反问，热线尚未回复。"),
        "question_open": _("没有待回复的反问。"),
        "graded": _("热线还没有回访评价，无须申诉。"),
        "not_appealed": _("这次评价已申诉过。"),
        "appeal_open": _("没有待答复的申诉。"),
        "no_suspension_open": _("已申请挂起，热线办尚未答复。"),
        "suspension_open": _("没有待答复的挂起申请。"),
        "not_drafter": _("拟写人不能审核自己的答复，请由他人审核。"),
        "missing": _("请填写必填的内容。"),
        "stale": _("工单已被他人更新，请刷新后再办理。"),
    }.get(refusal.reason, refusal.reason)
