"""What the audit log speaks of, in the words of the office; a file of the log keeps the codes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge.domains.self_evaluation.policies import city_performance_tables
from wangge.standards.budgeting import disclosure_steps
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.shells import shift_name

_OBJECTS: Mapping[str, object] = {
    "audit_log": gettext_lazy("审计记录"), "call": gettext_lazy("来电"), "case": gettext_lazy("案卷"),
    "cases": gettext_lazy("案卷"), "census": gettext_lazy("部件普查"), "collection_gap": gettext_lazy("漏采"),
    "component": gettext_lazy("部件"), "components": gettext_lazy("部件"), "department": gettext_lazy("责任单位"),
    "district": gettext_lazy("区"), "door": gettext_lazy("公众开放"), "edition": gettext_lazy("决算版本"),
    "evaluation_check": gettext_lazy("考评核对"), "evaluation_month": gettext_lazy("考评月份"),
    "evaluation_template": gettext_lazy("通报模板"), "follower": gettext_lazy("查询登记"),
    "grid_responsible": gettext_lazy("相关责任人"),
    "ground": gettext_lazy("区域与网格"), "handover": gettext_lazy("交接班"), "hotline_order": gettext_lazy("热线工单"),
    "hotline_outgoing": gettext_lazy("热线回传"), "import_run": gettext_lazy("案卷导入"),
    "ledger": gettext_lazy("台账导入"), "letter": gettext_lazy("公众来信"), "month_away": gettext_lazy("数据归档"),
    "partner": gettext_lazy("外部推送"), "patrol_team": gettext_lazy("采集班组"), "people": gettext_lazy("人员与岗位"),
    "person": gettext_lazy("人员"), "roster": gettext_lazy("排班"), "rule_set": gettext_lazy("权属规则"),
    "ruling": gettext_lazy("权属确认"), "second_look": gettext_lazy("抽查复核"),
    "self_evaluation": gettext_lazy("绩效自评"), "standard_text": gettext_lazy("常用语"),
    "telephone": gettext_lazy("电话号码"), "token": gettext_lazy("接口令牌"), "turns": gettext_lazy("排班"),
    "units": gettext_lazy("单位"),
}  # fmt: skip

_NAMES: Mapping[str, object] = {
    "reason": gettext_lazy("事由"), "fields": gettext_lazy("查看的内容"), "verb": gettext_lazy("办理"),
    "verbs": gettext_lazy("办理"), "act": gettext_lazy("办理"), "to": gettext_lazy("转到"), "from": gettext_lazy("起"),
    "post": gettext_lazy("岗位"), "rows": gettext_lazy("行数"), "file": gettext_lazy("文件"),
    "kind": gettext_lazy("类别"), "new": gettext_lazy("新增"), "added": gettext_lazy("新增"),
    "changed": gettext_lazy("变更"), "refused": gettext_lazy("退回"), "same": gettext_lazy("未变"),
    "ended": gettext_lazy("停用"), "opens": gettext_lazy("开放"), "decision": gettext_lazy("决定"),
    "decided_by": gettext_lazy("决定单位"), "people": gettext_lazy("人员"), "departments": gettext_lazy("责任单位"),
    "districts": gettext_lazy("区"), "turns": gettext_lazy("排班"), "shift": gettext_lazy("班次"),
    "seq": gettext_lazy("流转序号"), "name": gettext_lazy("名称"), "person": gettext_lazy("人员"),
    "finding": gettext_lazy("结论"), "photos": gettext_lazy("照片"),
}  # fmt: skip


_DONE = ("verb", "act", "hotline_act")
_LABELLED: Mapping[str, tuple[str, ...]] = {
    "verb": _DONE, "verbs": _DONE, "act": _DONE, "step": _DONE, "to": ("stage",), "post": ("post",),
}  # fmt: skip
"""Particulars whose values are terms of the tables, and the kinds of terms they are looked for among."""
_ACTS: Mapping[str, object] = {
    "add": gettext_lazy("新增"), "stop": gettext_lazy("停用"), "resume": gettext_lazy("恢复推送"),
    "replace_secret": gettext_lazy("更换密钥"), "replay": gettext_lazy("重新推送"), "drop": gettext_lazy("放弃"),
    "send_again": gettext_lazy("重新发送"),
}  # fmt: skip
"""What is done to a partner or to a message that waits, which no table names."""


def object_name(kind: str) -> str:
    """What a line of the log is about."""
    return str(_OBJECTS.get(kind, kind))


def detail_name(name: str) -> str:
    """The name of a particular of a line; a rare one stands as it was written."""
    return str(_NAMES.get(name, name))


def detail_value(name: str, value: object) -> str:
    """A particular in words where its value is a term of the tables; numbers, names and reasons as written."""
    if isinstance(value, list):
        return " ".join(detail_value(name, each) for each in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    term = str(value)
    if name == "shift":
        return shift_name(term)
    if name == "fields":
        return labels.argument_name(term)
    if name in _LABELLED:
        told = (labels.word(of, term) for of in _LABELLED[name])
        return next((each for each in told if each != term), "") or _of_other_tables(term)
    return term


def _of_other_tables(term: str) -> str:
    """A step of a published account or of a self-evaluation, or an act no table names; the term where it is none."""
    for step in disclosure_steps():
        if step.verb == term:
            return _(step.name_zh)
    found = city_performance_tables().steps.get(term)
    return _(found.step_zh) if found is not None else str(_ACTS.get(term, term))
