"""Owns the words of an answer, in the citizen's language: what became of his matter, no names or words of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from wangge.groundwork.clock import CITY_ZONE


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: its id, the number of the case, its state in a word, the whole text, and when it happened."""

    message_id: str
    number: str
    state: str
    text: str
    subject: str
    at: datetime
    link: str
    phrase: str = ""
    """The state in five Chinese characters at most, whatever the language: a field of WeChat takes no more."""


def reply_of(*, message_id: str, number: str, verb: str, stage: str, at: datetime, language: str, link: str) -> Reply:
    """The answer of a step."""
    with translation.override(language if language in ("en", "zh-hans") else "zh-hans"):
        state = _state(verb, stage)
        told = {"number": number, "state": state, "at": f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}", "link": link}
        text = _("您反映的事项（%(number)s）：%(state)s。%(at)s") % told
        if link:
            text += _(" 查询与评价：%(link)s") % told
        subject = _("您反映的事项：%(state)s") % told
    with translation.override("zh-hans"):
        whole = _state(verb, stage)
    return Reply(message_id, number, state, text, subject, at, link, _SHORT.get(whole, whole))


_SHORT = {
    "需要您补充情况": "请您补充", "已转交有关部门": "已转交", "不再重新办理": "不再重办",
    "已与同一事项合并办理": "合并办理",
}  # fmt: skip


def reply_of_letter(*, message_id: str, act: str, at: datetime, language: str, link: str) -> Reply:
    """The answer about a letter: that something was done with it; the words are read by its query code."""
    with translation.override(language if language in ("en", "zh-hans") else "zh-hans"):
        state = {"receive": _("已收到"), "forward": _("已转交有关部门"), "answer": _("已答复")}[act]
        told = {"state": state, "at": f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}", "link": link}
        text = _("您的来信：%(state)s。%(at)s 请凭查询码查看。") % told
        if link:
            text += " " + link
        subject = _("您的来信：%(state)s") % told
    return Reply(message_id, "", state, text, subject, at, link)


def _state(verb: str, stage: str) -> str:
    by_verb = {
        "register_report": _("已收到"), "receive_report": _("已收到"), "decline_report": _("不予受理"),
        "decline_filing": _("不予立案"), "ask_reporter": _("需要您补充情况"), "forward_outside": _("已转交有关部门"),
        "refuse_reopen": _("不再重新办理"), "reopen": _("已重新办理"),
    }  # fmt: skip
    by_stage = {
        "filed": _("已立案"), "closed": _("已办结"), "archived": _("已办结"), "declined": _("不予受理"),
        "merged": _("已与同一事项合并办理"), "voided": _("已撤销"), "outside": _("已转交有关部门"),
    }  # fmt: skip
    return by_verb.get(verb) or by_stage.get(stage) or _("办理中")
