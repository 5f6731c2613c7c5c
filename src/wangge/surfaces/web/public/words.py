"""The plain words of the public pages: what a stage means to who is waiting."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: Mapping[str, Promise] = {
    "reported": _("已收到，工作人员正在查看"),
    "verifying": _("正在到现场核实"),
    "accepted": _("已受理，正在确认由谁处理"),
    "filed": _("已立案，正在安排处理单位"),
    "returned": _("正在重新安排处理单位"),
    "awaiting_ruling": _("涉及几个单位，正在协调由谁处理"),
    "handling": _("处理单位正在处理"),
    "outside": _("已转交其他部门办理，等待答复"),
    "outside_answered": _("其他部门已答复，正在核对"),  # no stage: filed again, with the answer in hand
    "awaiting_children": _("几个单位正在分别处理"),
    "feedback": _("处理单位已反馈，正在审核结果"),
    "awaiting_inspection": _("正在安排到现场检查"),
    "inspecting": _("正在到现场检查处理结果"),
    "awaiting_close": _("检查已通过，正在办结"),
    "closed": _("已办结"),
    "archived": _("已办结"),
    "declined": _("没有受理"),
    "voided": _("已终止办理"),
    "merged": _("与另一件合并办理"),
    "self_handled": _("已收到，工作人员正在查看"),
}

# The usual five grades of 好差评; a city's own words stay as they are.
GRADES: Mapping[str, Promise] = {
    "非常满意": _("非常满意"),
    "满意": _("满意"),
    "基本满意": _("基本满意"),
    "不满意": _("不满意"),
    "非常不满意": _("非常不满意"),
}

LETTER_STATES: Mapping[str, Promise] = {
    "received": _("待答复"),
    "forwarded": _("已转送，待回执"),
    "receipted": _("已有回执，待答复"),
    "answered": _("已答复"),
}
