"""What a refused order tells a person: why not, and what to do; the same words on pages and in answers of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge.domains.cases.failures import MoveRefused
from wangge.domains.organizations.queries import city_tables
from wangge.standards.wording import words_of

Name = Callable[[str], str]

_WHAT_TO_DO: Mapping[str, Any] = {
    "same_person": gettext_lazy("您已在另一环节办理过此案卷，请由同岗位的其他人办理。"),
    "not_assignee": gettext_lazy("这项任务派给了别人。如需改派，请受理员先撤回。"),
    "wrong_department": gettext_lazy("案卷现不在您的单位。请刷新后查看。"),
    "suspended": gettext_lazy("案卷正在挂账或缓办，恢复后才能办理。"),
    "not_suspended": gettext_lazy("案卷没有挂账或缓办，无需恢复。"),
    "overdue": gettext_lazy("处置时限已过，不能再作此申请。请尽快处置并反馈。"),
    "not_overdue": gettext_lazy("案卷没有超期，无需就超期申诉。"),
    "handled_late": gettext_lazy("处置已超期，请按一般程序派发核查后结案。"),
    "limit_reached": gettext_lazy("允许的次数已用完。请按期办理，或报值班长协调。"),
    "return_right_ended": gettext_lazy("回退次数已用完或案卷已返工，请处置，或申请疑难案卷协调。"),
    "ruling_not_open": gettext_lazy("请先用完回退次数，再申请疑难案卷协调。"),
    "request_pending": gettext_lazy("另有申请、询问或申诉未决，请等其办结。"),
    "no_request": gettext_lazy("没有等待办理的申请，可能已由他人办理。请刷新后查看。"),
    "not_endorsed": gettext_lazy("会签未齐，请等会签岗位办理。"),
    "too_long": gettext_lazy("申请的时间超出上限，请改短后再提交。"),
    "bad_argument": gettext_lazy("填写的内容不在可选范围内，请重新选择。"),
    "window_passed": gettext_lazy("已超过可办理的期限。"),
    "not_reworked": gettext_lazy("案卷没有返工，不能就返工申诉。"),
    "kind_not_open": gettext_lazy("此类申诉请在结案后提出。"),
    "needs_verification": gettext_lazy("公众反映的问题须先派发核实，属实后再受理。"),
    "verification_false": gettext_lazy("核实不属实，请不予受理；如有疑问可再次派发核实。"),
    "bad_lead": gettext_lazy("主案卷不存在、已办结或就是本案卷。请核对案卷编号。"),
    "reworked": gettext_lazy("案卷已返工，请派发核查后结案。"),
    "not_on_quick_list": gettext_lazy("该小类不在快速处置清单，请按一般程序办理。"),
    "wrong_source": gettext_lazy("该来源的案卷没有诉求人，或不能走此程序。"),
    "not_supervised": gettext_lazy("案卷没有在途督办。"),
    "not_unsatisfied": gettext_lazy("评价并非不满意，不能申请重新立案。"),
    "rule_forbids": gettext_lazy("不符合一次办结或自动办理的条件，请逐步办理。"),
    "level_off": gettext_lazy("该单位没有启用区级平台。"),
    "inner_open": gettext_lazy("区内单位尚未办结，请先等其反馈或收回。"),
    "inner_not_open": gettext_lazy("区内没有在办单位。请刷新后查看。"),
    "outside_not_done": gettext_lazy("外单位尚未答复办结。"),
    "no_condition": gettext_lazy("案卷尚未确定小类和立案条件，没有处置时限。请先回退立案。"),
    "children_open": gettext_lazy("子案卷尚未全部办结。"),
    "excluded": gettext_lazy("案卷已经剔除。"),
    "not_excluded": gettext_lazy("案卷没有剔除。"),
}


def reason_title(reason: str) -> str:
    """The short name of a reason of refusals.csv: 岗位不符."""
    return _(words_of(city_tables(), "reason").get(reason, reason))


def post_name(post: str) -> str:
    """A post's short name: 责任单位."""
    return _(words_of(city_tables(), "post").get(post, post)).partition("(")[0].strip()


def what_to_do(refused: MoveRefused, *, name_of: Name = str) -> str:
    """One sentence for the person: why not, and what to do. ``name_of`` names arguments and evidence."""
    if refused.reason == "no_such_move":
        return _("案卷现处于其他环节，不能进行此操作。请刷新后查看可用操作。")
    if refused.reason == "wrong_post":
        names = "、".join(post_name(post) for post in refused.posts)
        return _("此操作由以下岗位办理：%(posts)s。") % {"posts": names or _("无")}
    if refused.reason == "missing_argument":
        return _("请补充：%(names)s。") % {"names": "、".join(map(name_of, refused.missing))}
    if refused.reason == "missing_evidence":
        return _("请附上凭证：%(names)s。") % {"names": "、".join(map(name_of, refused.missing))}
    return hint_for(refused.reason)


def hint_for(reason: str) -> str:
    """What to do about a guard's reason."""
    if reason in _WHAT_TO_DO:
        return str(_WHAT_TO_DO[reason])
    return _("%(title)s，未作任何改动。请查看案卷现状后再办理。") % {"title": reason_title(reason)}
