"""What lies over a case without being its stage, in words: requests, suspensions, supervision, appeals, questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic.narrowing import next_endorser, tier_of_request
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.organizations.directory import Known
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import Overlay
from wangge.surfaces.web.elements.words import Urgency, span_text

_APPEAL_AT = {
    "at_dispatcher": "dispatcher", "at_acceptor": "acceptor", "at_evaluator": "evaluator",
    "at_centre_leader": "centre_leader",
}  # fmt: skip


def overlays_of(
    rules: Rulebook, state: CaseState, people: dict[int, Known], at: datetime, *, outside: bool = False
) -> tuple[Overlay, ...]:
    """The overlays, the most pressing first; to somebody outside only what he was asked and what he said."""
    if outside:
        return (*_question(rules, state), *_rating(state))
    found = (*_supervision(state, at), *_request(rules, state, people), *_pauses(state), *_appeal(state))
    return (*found, *_question(rules, state), *_inner(state), *_ends(state))


def _supervision(state: CaseState, at: datetime) -> Iterable[Overlay]:
    supervision = state.supervision
    if supervision is None:
        return
    level = _("%(level)s 级督办") % {"level": supervision.level} if supervision.level else _("督办")
    if supervision.answered:
        yield Overlay(level, _("责任单位已回复，待解除"), urgency=Urgency.ON_TIME)
        return
    late = 0 < supervision.reply_by < civil(at)
    yield Overlay(
        level,
        _("限期未回复") if late else _("等待回复"),
        until=exact(supervision.reply_by) if supervision.reply_by else None,
        urgency=Urgency.OVERDUE if late else Urgency.SOON,
    )


def _request(rules: Rulebook, state: CaseState, people: dict[int, Known]) -> Iterable[Overlay]:
    request = state.request
    if request is None:
        return
    from wangge.surfaces.web.command.clocks import handling_counting

    asked = []
    if request.amount:
        asked.append(span_text(request.amount, counting=handling_counting(rules, state)))
    person = people.get(int(request.by)) if request.by.isdigit() else None
    if person is not None:
        asked.append(_("%(name)s申请") % {"name": person.name})
    waiting = next_endorser(rules, state)
    decides = tier_of_request(rules, state).deciding_post
    waiting_text = _("待%(post)s会签") if waiting else _("待%(post)s审批")
    asked.append(waiting_text % {"post": labels.post_name(waiting or decides)})
    yield Overlay(
        labels.request_name(request.kind),
        "，".join(asked),
        since=exact(request.at),
        until=exact(request.until) if request.until else None,
        urgency=Urgency.SOON,
    )


def _pauses(state: CaseState) -> Iterable[Overlay]:
    for until, label in ((state.suspended_until, _("挂账")), (state.postponed_until, _("缓办"))):
        if until:
            yield Overlay(label, _("处置计时暂停"), until=exact(until), urgency=Urgency.PAUSED)


def _appeal(state: CaseState) -> Iterable[Overlay]:
    appeal = state.appeal
    if appeal is None:
        return
    kind = labels.word("appeal", appeal.kind)
    if appeal.status in _APPEAL_AT:
        post = labels.post_name(_APPEAL_AT[appeal.status])
        yield Overlay(_("申诉"), _("%(kind)s，待%(post)s审核") % {"kind": kind, "post": post}, urgency=Urgency.SOON)
    elif appeal.status == "granted":
        yield Overlay(_("申诉"), labels.word("granted_appeal", appeal.kind), urgency=Urgency.MET)
    else:
        yield Overlay(_("申诉"), _("%(kind)s，已驳回") % {"kind": kind})


def _question(rules: Rulebook, state: CaseState) -> Iterable[Overlay]:
    question = state.question
    if question is None:
        return
    why = _(rules.ask_reasons[question.why].why_zh) if question.why in rules.ask_reasons else question.why
    text = _("%(why)s，处置计时暂停") % {"why": why} if question.pauses else why
    urgency = Urgency.PAUSED if question.pauses else None
    yield Overlay(_("询问诉求人"), text, until=exact(question.until), urgency=urgency)


def _inner(state: CaseState) -> Iterable[Overlay]:
    inner = state.inner
    if inner is None:
        return
    text = {
        "waiting": _("待区级派遣"),
        "out": _("%(unit)s在办") % {"unit": unit_name(inner.unit)},
        "reported": _("%(unit)s已反馈，待区级审核") % {"unit": unit_name(inner.unit)},
    }.get(inner.status, inner.status)
    yield Overlay(_("区级平台"), text)


def _rating(state: CaseState) -> Iterable[Overlay]:
    if state.grade:
        yield Overlay(_("市民评价"), _(state.grade))


def _ends(state: CaseState) -> Iterable[Overlay]:
    if state.outside:
        text = _("已办结") if state.outside == "done" else _("不予办理")
        yield Overlay(_("外单位答复"), text)
    if state.children:
        told = {"done": len(state.children_ended), "all": len(state.children)}
        yield Overlay(_("分案办理"), _("%(all)s 件子案卷，已办结 %(done)s 件") % told)
    yield from _rating(state)
    if state.excluded:
        yield Overlay(_("剔除"), _("不参加考评，计数照旧"))
