"""Calls on pages: what rings at one's seat, the list of missed ones, one call, its number and its recording.

A number is masked and a recording closed until somebody with the right says why; both are lines of the audit log.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.queries.by_telephone import cases_of_telephone, denounces
from wangge.domains.hotline.queries.orders import orders_of_telephone
from wangge.domains.organizations.logic import Actor, masked_phone
from wangge.domains.organizations.operations.audit import ReasonMissing, record_reveal
from wangge.domains.telephone.logic.calls import FORMATS, ways_written
from wangge.domains.telephone.operations.working import LONGEST_REASON, bind_call, settle_missed, sit_at
from wangge.domains.telephone.policies import may_listen, may_reveal
from wangge.domains.telephone.queries.calls import (
    MOST,
    Call,
    call,
    calls_before,
    calls_of_case,
    cases_of_number,
    extension_of,
    missed_calls,
    reached_since,
    recent_calls,
)
from wangge.domains.telephone.refusals import NoSuchCall, TelephoneRefused
from wangge.groundwork import clock
from wangge.groundwork.attachments.recordings import open_recording
from wangge.surfaces.web.command import rows
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.telephone_pages import (
    CallAct,
    CallLine,
    CallsNow,
    CallsPage,
    Earlier,
    OneCallPage,
    OrderOfCaller,
    RingingCall,
)
from wangge.surfaces.web.ranges import file_answer
from wangge.surfaces.web.shells import SEAT_COOKIE, opens, shell_for, tell

TICKET_SECONDS = 600
_TICKETS = "wangge.recording"


def _state_name(state: str) -> str:
    return {
        "ringing": _("正在振铃"), "talking": _("通话中"), "ended": _("已接听"), "missed": _("未接"),
        "called_back": _("已回拨"), "dismissed": _("不需回拨"),
    }.get(state, state)  # fmt: skip


def _shown_number(found: Call, *, closed: bool) -> str:
    if closed:
        return _("保密")
    return masked_phone(found.caller) or (_("已按规定清除") if found.cleared_at is not None else _("未显示号码"))


# ---- before the seat -------------------------------------------------------------------------------------------


@require_safe
def calls_now(request: HttpRequest) -> HttpResponse:
    """What rings or is spoken at this person's seat; one statement, three more for each call."""
    by, at = actor_on(request), clock.now()
    found = calls_before(person_id=by.person_id or 0, at=at)
    page = CallsNow(tuple(_ringing(each, by, at) for each in found[:2]))
    response = render(request, "web/elements/calls_now.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


def _ringing(found: Call, by: Actor, at: datetime) -> RingingCall:
    return RingingCall(
        reverse("call", args=[found.id]), _shown_number(found, closed=denounces(found.case_number)),
        _state_name(found.state), found.state == "ringing", found.answered_at or found.first_at,
        _register_url(found, by), _earlier(found, by, at),
    )  # fmt: skip


def _register_url(found: Call, by: Actor) -> str:
    return f"{reverse('report')}?call={found.id}" if found.case_number is None and opens(by, "report") else ""


def _earlier(found: Call, by: Actor, at: datetime) -> Earlier:
    """What came from this number before, as far as this person sees; three statements."""
    if not found.caller:
        return Earlier()
    bound, count = cases_of_number(found.caller, but=found.id)
    cases = cases_of_telephone(phones=ways_written(found.caller), also=bound, by=by)
    orders = orders_of_telephone(phone=found.caller) if opens(by, "hotline_order") else []
    return Earlier(
        rows.lines([each for each in cases if each.number != found.case_number], at=at),
        tuple(
            OrderOfCaller(
                reverse("hotline_order", args=[each.id]), each.order_no, each.title, word("hotline_state", each.state),
                each.received_at,
            )
            for each in orders
        ),
        count,
    )  # fmt: skip


# ---- the list --------------------------------------------------------------------------------------------------


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Missed calls nobody settled, all calls, or those of a case."""
    return _list(request)


def _list(request: HttpRequest, *, error: str = "") -> HttpResponse:
    by, at = actor_on(request), clock.now()
    everything, of_case = request.GET.get("all") == "1", request.GET.get("case", "").replace("\0", "")
    before = int(text) if (text := request.GET.get("before", "0")).isdigit() and len(text) < 18 else 0
    if of_case:
        found = calls_of_case(of_case)
    else:
        found = recent_calls(before=before) if everything else missed_calls(before=before)
    shown = found[:MOST]
    reached = reached_since(shown) if shown else frozenset()
    more = f"{reverse('calls')}?all={int(everything)}&before={shown[-1].id}" if len(found) > MOST else ""
    extension = extension_of(by.person_id or 0)
    page = CallsPage(
        shell=shell_for(request, _("来电"), at=at, current="calls"),
        heading=_("案卷 %(number)s 的通话") % {"number": of_case} if of_case else _("来电"),
        tabs=(
            Figure(_("未接来电"), "", reverse("calls"), is_current=not everything and not of_case),
            Figure(_("全部来电"), "", f"{reverse('calls')}?all=1", is_current=everything and not of_case),
        ),
        calls=tuple(_line(each, closed=denounces(each.case_number), reached=each.id in reached) for each in shown),
        seat=_seat_form(extension, error) if opens(by, "call_seat") else None,
        seat_text=_("您坐在分机 %(extension)s。") % {"extension": extension} if extension else "",
        next_url=more,
        is_open=bool(settings.TELEPHONE_SECRET),
    )
    return render(request, "web/office/calls.html", {"page": page}, status=422 if error else 200)


def _seat_form(extension: str, error: str) -> Form:
    field = Field(
        "extension", _("我的分机"), FieldKind.TEXT, required=False, value=extension, max_length=20, input_mode="tel",
        help=_("打到这个分机的来电会在您的页面上弹出；离开时清空。"), errors=(error,) if error else (),
    )  # fmt: skip
    return Form(reverse("call_seat"), (field,), _("就座"))


def _line(found: Call, *, closed: bool, reached: bool) -> CallLine:
    told = _("之后已接通") if reached and found.state == "missed" else ""
    if found.settled:
        told = "：".join(filter(None, (found.settled_by_name, found.reason)))
    return CallLine(
        found.id, reverse("call", args=[found.id]), found.first_at, _shown_number(found, closed=closed),
        found.extension, _state_name(found.state), found.state == "missed", found.case_number or "",
        rows.case_url(found.case_number) if found.case_number else "", found.is_playable, told,
    )  # fmt: skip


@require_POST
def call_seat(request: HttpRequest) -> HttpResponse:
    """Sit at an extension, or leave it."""
    extension = request.POST.get("extension", "").replace("\0", "").strip()
    try:
        sit_at(extension=extension, by=actor_on(request), at=clock.now())
    except TelephoneRefused as refused:
        return _list(request, error=str(refused))
    response = HttpResponseRedirect(reverse("calls"))
    if extension:
        response.set_cookie(
            SEAT_COOKIE, "1", max_age=settings.SESSION_COOKIE_AGE, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    else:
        response.delete_cookie(SEAT_COOKIE)
    return response


# ---- one call --------------------------------------------------------------------------------------------------


@require_safe
def call_page(request: HttpRequest, number: int) -> HttpResponse:
    """One call."""
    return _shown(request, number)


def _shown(
    request: HttpRequest, number: int, *, act: str = "", error: str = "", revealed: bool = False, audio: str = ""
) -> HttpResponse:
    by, at = actor_on(request), clock.now()
    found = call(number)
    if found is None:
        raise Http404(str(number))
    closed = denounces(found.case_number)

    def errors(name: str) -> tuple[str, ...]:
        return (error,) if error and act == name else ()

    may_call = opens(by, "call_reveal") and may_reveal(by, denounces=closed)
    may_play = opens(by, "call_listen") and found.is_playable and may_listen(by, found, denounces=closed)
    page = OneCallPage(
        shell=shell_for(request, _("来电"), at=at, current="calls"),
        heading=found.caller if revealed else _shown_number(found, closed=closed),
        list_url=reverse("calls"),
        state=_state_name(found.state),
        facts=_facts(found),
        earlier=Earlier() if closed else _earlier(found, by, at),
        register_url=_register_url(found, by),
        reveal=None if revealed or not found.caller or not may_call else _reason_form("call_reveal", number, errors),
        listen=None if audio or not may_play else _reason_form("call_listen", number, errors),
        audio_url=audio,
        audio_type=FORMATS.get(found.recording_format, ""),
        acts=_acts(found, errors) if opens(by, "call_act") else (),
    )
    response = render(request, "web/office/call.html", {"page": page}, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


def _facts(found: Call) -> tuple[Fact, ...]:
    facts = [Fact(_("分机"), found.extension or _("未到分机"))]
    for label, moment in ((_("振铃"), found.rang_at), (_("接听"), found.answered_at), (_("挂断"), found.ended_at)):
        if moment is not None:
            facts.append(Fact(label, f"{moment.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M:%S}"))
    if found.case_number:
        facts.append(Fact(_("案卷"), found.case_number, rows.case_url(found.case_number)))
    if found.recording:
        state = _("已按规定清除") if found.cleared_at else "" if found.is_playable else _("尚未送达")
        facts.append(Fact(_("录音 SHA-256"), " ".join(filter(None, (found.recording, state)))))
    if found.settled:
        facts.append(Fact(_("处理"), "：".join(filter(None, (found.settled_by_name, found.reason)))))
    return tuple(facts)


def _reason_form(name: str, number: int, errors: Callable[[str], tuple[str, ...]]) -> Form:
    label = {"call_reveal": _("查看号码"), "call_listen": _("播放录音")}[name]
    value = _("回拨未接来电") if name == "call_reveal" else ""
    reason = Field("reason", _("查看事由"), FieldKind.TEXT, max_length=200, value=value)
    return Form(reverse(name, args=[number]), (reason,), label, errors=errors(name))


def _acts(found: Call, errors: Callable[[str], tuple[str, ...]]) -> tuple[CallAct, ...]:
    offered = []
    if found.state == "missed":
        note = Field("text", _("说明"), FieldKind.TEXT, required=False, max_length=LONGEST_REASON)
        why = Field("text", _("原因"), FieldKind.TEXT, max_length=LONGEST_REASON)
        offered += [("called_back", _("已回拨"), note), ("dismissed", _("不需回拨"), why)]
    if found.case_number is None:
        offered.append(("bind", _("归入案卷"), Field("text", _("案卷编号"), FieldKind.TEXT, max_length=60)))
    return tuple(
        CallAct(
            name, label, Form(reverse("call_act", args=[found.id, name]), (field,), label, errors=errors(name))
        )
        for name, label, field in offered
    )  # fmt: skip


@require_POST
def call_act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Settle a missed call, or bind one to its case; a refused act comes back with its form."""
    by, text = actor_on(request), request.POST.get("text", "").replace("\0", "")
    try:
        if act == "bind":
            bind_call(number=number, case_number=text, by=by)
        elif act in ("called_back", "dismissed"):
            settle_missed(number=number, how=act, reason=text, by=by, at=clock.now())
        else:
            raise Http404(act)
    except NoSuchCall as gone:
        raise Http404(str(number)) from gone
    except TelephoneRefused as refused:
        return _shown(request, number, act=act, error=str(refused))
    tell(request, Notice(NoticeKind.DONE, _("已办理。")))
    return HttpResponseRedirect(reverse("call", args=[number]))


@require_POST
def call_reveal(request: HttpRequest, number: int) -> HttpResponse:
    """Show the whole number, recorded first; without a reason ask for it."""
    by, found = actor_on(request), call(number)
    if found is None or not found.caller or not may_reveal(by, denounces=denounces(found.case_number)):
        raise Http404(str(number))
    try:
        _record(request, by, found, "caller")
    except ReasonMissing as missing:
        return _shown(request, number, act="call_reveal", error=str(missing))
    return _shown(request, number, revealed=True)


@require_POST
def call_listen(request: HttpRequest, number: int) -> HttpResponse:
    """Give a ticket for the recording, recorded first; without a reason ask for it."""
    by, found = actor_on(request), call(number)
    if found is None or not found.is_playable or not may_listen(by, found, denounces=denounces(found.case_number)):
        raise Http404(str(number))
    try:
        _record(request, by, found, "recording")
    except ReasonMissing as missing:
        return _shown(request, number, act="call_listen", error=str(missing))
    ticket = signing.dumps([by.person_id, number], salt=_TICKETS)
    return _shown(request, number, audio=f"{reverse('call_recording', args=[number])}?ticket={ticket}")


def _record(request: HttpRequest, by: Actor, found: Call, what: str) -> None:
    record_reveal(
        by=by, at=clock.now(), object_kind="call", object_key=found.call_id, fields=(what,),
        reason=request.POST.get("reason", ""), address=str(request.META.get("REMOTE_ADDR", "")),
    )  # fmt: skip


@require_safe
def call_recording(request: HttpRequest, number: int) -> HttpResponseBase:
    """The bytes, for the ticket of a reveal that was recorded for this very person some minutes ago."""
    by, found = actor_on(request), call(number)
    try:
        ticket = signing.loads(request.GET.get("ticket", ""), salt=_TICKETS, max_age=TICKET_SECONDS)
    except signing.BadSignature as wrong:
        raise Http404(str(number)) from wrong
    if ticket != [by.person_id, number] or found is None or not found.is_playable:
        raise Http404(str(number))
    try:
        file = open_recording(found.recording, found.recording_format)
    except FileNotFoundError as gone:
        raise Http404(str(number)) from gone
    response = file_answer(request, file, size=file.size, content_type=FORMATS[found.recording_format])
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
