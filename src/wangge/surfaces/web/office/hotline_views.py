"""Hotline orders on pages: the list by the earlier of two clocks, one order, its acts, the reveal of who called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.hotline.logic.acting import open_acts
from wangge.domains.hotline.logic.limits import leading
from wangge.domains.hotline.operations.acting import LONGEST_NOTE, LONGEST_TEXT, act_on, asked_by
from wangge.domains.hotline.operations.sending import send_again
from wangge.domains.hotline.policies import may_reveal
from wangge.domains.hotline.queries.orders import (
    OrderFilter,
    OrderPlace,
    OrderRow,
    counts,
    dead_count,
    dead_letters,
    events_of,
    order,
    orders,
)
from wangge.domains.hotline.refusals import HotlineRefused, NoSuchOrder
from wangge.domains.hotline.tables import kinds, open_states, sections
from wangge.domains.organizations.logic import Actor, masked_name, masked_phone
from wangge.domains.organizations.operations.audit import ReasonMissing, record_reveal
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.hotline_rows import HotlineAct
from wangge.surfaces.web.command.reporting import place_fields
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import stage_name, word
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.hotline_pages import (
    ActForm,
    DeadLettersPage,
    EventLine,
    LetterLine,
    OrderLine,
    OrderPage,
    OrdersPage,
)
from wangge.surfaces.web.shells import opens, shell_for, tell

ROWS = 100
_OUTSIDE = "—"
_TOLD = ("text", "note", "section", "grade", "case")


@require_safe
def hotline_orders(request: HttpRequest) -> HttpResponse:
    """Open orders, the earlier of two clocks first."""
    at = clock.now()
    wanted = {name: request.GET.get(name, "") for name in ("channel", "state", "kind")}
    chosen = OrderFilter(**{name: value if value in _choices(name) else "" for name, value in wanted.items()})
    found = orders(filter=chosen, limit=ROWS + 1, after=_place(request.GET.get("after", "")))
    kept = {name: getattr(chosen, name) for name in wanted if getattr(chosen, name)}
    page = OrdersPage(
        shell=shell_for(request, _("热线工单"), at=at, current="hotline_orders"),
        heading=_("热线工单"),
        url=reverse("hotline_orders"),
        filters=tuple(
            Field(
                name, label, FieldKind.SELECT, required=False, value=getattr(chosen, name),
                choices=tuple(Choice(each, word(f"hotline_{name}", each)) for each in _choices(name)),
            )
            for name, label in (("channel", _("渠道")), ("kind", _("诉求类型")), ("state", _("状态")))
        ),
        figures=channel_figures(),
        orders=tuple(_line(row, at) for row in found[:ROWS]),
        next_url=f"?{urlencode({**kept, 'after': _place_text(found[ROWS - 1])})}" if len(found) > ROWS else "",
        clear_url=reverse("hotline_orders") if kept else "",
        days_url=reverse("hotline_days"),
        dead_url=reverse("hotline_dead"),
        dead_text=_("未送达 %(number)s") % {"number": dead_count()},
    )  # fmt: skip
    return render(request, "web/office/hotline_orders.html", {"page": page})


def _choices(name: str) -> tuple[str, ...]:
    tables = city_tables()
    return {
        "channel": tuple(row.channel for row in tables.hotline_channels),
        "kind": kinds(),
        "state": tuple(row.state for row in tables.hotline_states),
    }[name]


def channel_figures() -> tuple[Figure, ...]:
    """How many orders are open in each channel."""
    numbers, still_open = counts(), open_states()
    return tuple(
        Figure(
            word("hotline_channel", channel), f"{sum(numbers.get((channel, state), 0) for state in still_open):,}",
            f"{reverse('hotline_orders')}?channel={channel}",
        )
        for channel in _choices("channel")
    )  # fmt: skip


def _place_text(row: OrderRow) -> str:
    due, _whose = leading(row)
    return f"{due.astimezone(UTC).isoformat() if due else ''}~{row.id}"


def _place(text: str) -> OrderPlace | None:
    """The place a page goes on after; what is none of ours begins anew."""
    moment, _tilde, number = text.partition("~")
    try:
        due = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19) or (due is not None and due.tzinfo is None):
        return None
    return OrderPlace(due, int(number))


def _line(row: OrderRow, at: datetime) -> OrderLine:
    due, whose = leading(row)
    return OrderLine(
        row.order_no, reverse("hotline_order", args=[row.id]), word("hotline_channel", row.channel),
        word("hotline_kind", row.kind), _title(row), word("hotline_state", row.state), due,
        _clock_name(whose), due is not None and due < at, row.urgent,
    )  # fmt: skip


def _title(row: OrderRow) -> str:
    return row.title or row.content[:40] or _erased()


def _erased() -> str:
    """What stands for the words of an order that has none: one taken in has a title or a content."""
    return _("（个人信息已清除）")


def _clock_name(whose: str) -> str:
    return {"order": _("热线时限"), "case": _("案卷时限")}.get(whose, "")


@require_safe
def hotline_order(request: HttpRequest, number: int) -> HttpResponse:
    """One order."""
    return _order(request, number)


def _order(
    request: HttpRequest, number: int, *, act: str = "", error: str = "", revealed: bool = False
) -> HttpResponse:
    by, at = actor_on(request), clock.now()
    row = order(number)
    if row is None:
        raise Http404(str(number))
    acts = _acts(request, row, by, at, act, error)
    reveal = None
    if not revealed and (row.citizen_name or row.citizen_phone) and may_reveal(by, row.kind):
        reveal = _reveal_form(row, error if act == "reveal" else "")
    is_told = any(each.form.errors for each in acts) or (reveal is not None and bool(reveal.errors))
    refused = (Notice(NoticeKind.REFUSED, error),) if error and not is_told else ()
    page = OrderPage(
        shell=shell_for(request, row.order_no, at=at, current="hotline_orders", notices=refused),
        heading=row.order_no,
        list_url=reverse("hotline_orders"),
        title=row.title or (_("（无标题）") if row.content else _erased()),
        content=row.content,
        state=word("hotline_state", row.state),
        facts=_facts(row, by, revealed=revealed),
        clocks=_clocks(row, at),
        answer=row.answer,
        acts=acts,
        reveal=reveal,
        events=tuple(
            EventLine(
                each.at, word("hotline_act", each.act), word("hotline_state", each.to_state), each.person_name,
                next((str(each.detail[name]) for name in _TOLD if each.detail.get(name)), ""),
            )
            for each in events_of(row.id)
        ),
    )  # fmt: skip
    response = render(request, "web/office/hotline_order.html", {"page": page}, status=422 if error else 200)
    if revealed:
        response["Cache-Control"] = "no-store"
    return response


def _facts(row: OrderRow, by: Actor, *, revealed: bool) -> tuple[Fact, ...]:
    name, phone = row.citizen_name, row.citizen_phone
    if not revealed:
        is_closed = row.kind == "denunciation"
        name = _("保密") if is_closed and name else masked_name(name)
        phone = _("保密") if is_closed and phone else masked_phone(phone)
    facts = [
        Fact(_("渠道"), word("hotline_channel", row.channel)),
        Fact(_("诉求类型"), word("hotline_kind", row.kind) + (f" · {_('紧急')}" if row.urgent else "")),
        Fact(_("地点"), row.address or _OUTSIDE),
        Fact(_("诉求人"), " ".join(filter(None, (name, phone))) or _OUTSIDE),
    ]
    if row.redone:
        facts.append(Fact(_("发回重办"), _("%(number)s 次") % {"number": row.redone}))
    if row.grade:
        facts.append(Fact(_("热线回访"), row.grade))
    if row.extension_until is not None:
        facts.append(Fact(_("申请延期"), _("至 %(day)s，待热线办答复") % {"day": row.extension_until.isoformat()}))
    if row.question_at is not None:
        facts.append(Fact(_("反问"), _("待热线回复")))
    if row.appeal:
        states = {"open": _("已申诉，待热线办答复"), "upheld": _("申诉成立"), "refused": _("申诉不成立")}
        facts.append(Fact(_("评价申诉"), states[row.appeal]))
    if row.suspension_until is not None:
        facts.append(Fact(_("申请挂起"), _("至 %(day)s，待热线办答复") % {"day": row.suspension_until.isoformat()}))
    if row.section:
        facts.append(Fact(_("科室"), row.section))
    if row.case_number:
        shown = f"{row.case_number} · {stage_name(row.case_stage or '')}"
        url = reverse("case", args=[quote(row.case_number)]) if opens(by, "case") else ""
        facts.append(Fact(_("案卷"), shown, url))
    return tuple(facts)


def _clocks(row: OrderRow, at: datetime) -> tuple[tuple[str, datetime | None, bool], ...]:
    due = [(_("热线时限"), row.due_at)]
    if row.case_due_at is not None:
        due.append((_("案卷时限"), row.case_due_at))
    if row.contacted_at is None:
        due.append((_("联系诉求人"), row.contact_by))
    if row.state == "received" or (row.state == "with_case" and row.standing.case_refused):
        due.append((_("退单期限"), row.return_by))
    return tuple((label, moment, moment is not None and moment < at) for label, moment in due)


def _acts(request: HttpRequest, row: OrderRow, by: Actor, at: datetime, tried: str, error: str) -> tuple[ActForm, ...]:
    if not opens(by, "hotline_act"):
        return ()
    found = open_acts(city_tables().hotline_acts, row.standing, asked_by(row, by, at))
    return tuple(_act_form(request, row, act, at, error if act.act == tried else "") for act in found)


def _act_form(request: HttpRequest, row: OrderRow, act: HotlineAct, at: datetime, error: str) -> ActForm:
    label = word("hotline_act", act.act)
    fields: list[Field] = []
    if "text" in act.needs:
        fields.append(Field("text", _("答复内容"), FieldKind.LONG_TEXT, value=row.answer, max_length=LONGEST_TEXT))
    if "note" in act.needs:
        fields.append(Field("note", _("说明"), FieldKind.LONG_TEXT, max_length=LONGEST_NOTE))
    if "until" in act.needs:
        fields.append(Field("until", _("延至"), FieldKind.MOMENT))
    if "section" in act.needs:
        fields.append(
            Field(
                "section", _("科室"), FieldKind.SELECT, value=row.section,
                choices=tuple(Choice(each, each) for each in sections(at)),
            )
        )  # fmt: skip
    if "place" in act.needs:
        fields += [_of_order(each, row) for each in place_fields(at)]
    if error:
        fields = [_as_typed(each, request) for each in fields]
    form = Form(
        reverse("hotline_act", args=[row.id, act.act]), tuple(fields), label, draft_key=f"hotline-{row.id}-{act.act}",
        hidden=(("version", str(row.version)),), errors=(error,) if error else (),
    )  # fmt: skip
    return ActForm(act.act, label, form)


def _of_order(question: Field, row: OrderRow) -> Field:
    """A question for the place, with what the hotline sent of it; degrees of another system are left to the desk."""
    if question.kind is not FieldKind.POINT:
        return replace(question, value=row.address)
    known = row.lon is not None and row.lat is not None and row.system in ("", "wgs84")
    return replace(question, required=False, value=f"{row.lon:.6f},{row.lat:.6f}" if known else "")


def _as_typed(question: Field, request: HttpRequest) -> Field:
    if question.kind is not FieldKind.POINT:
        return replace(question, value=request.POST.get(question.name, question.value))
    lon, lat = (request.POST.get(f"{question.name}_{each}", "").strip() for each in ("lon", "lat"))
    return replace(question, value=f"{lon},{lat}" if lon and lat else "")


def _reveal_form(row: OrderRow, error: str) -> Form:
    reason = Field("reason", _("查看事由"), FieldKind.TEXT, max_length=200)
    return Form(reverse("hotline_reveal", args=[row.id]), (reason,), _("查看诉求人"), errors=(error,) if error else ())


@require_POST
def hotline_act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do one act; refused ones come back with the form."""
    version = request.POST.get("version", "")
    try:
        act_on(
            order_id=number, act=act, by=actor_on(request), at=clock.now(),
            args={name: request.POST.get(name, "") for name in ("text", "note", "section", "until", "address")}
            | {name: request.POST.get(f"location_{name}", "") for name in ("lon", "lat")},
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None,
            address=str(request.META.get("REMOTE_ADDR", "")),
        )  # fmt: skip
    except NoSuchOrder as gone:
        raise Http404(str(number)) from gone
    except HotlineRefused as refused:
        return _order(request, number, act=act, error=str(refused))
    tell(request, Notice(NoticeKind.DONE, _("已办理：%(act)s。") % {"act": word("hotline_act", act)}))
    return HttpResponseRedirect(reverse("hotline_order", args=[number]))


@require_POST
def hotline_reveal(request: HttpRequest, number: int) -> HttpResponse:
    """Show who called, once and recorded; without a reason ask for it."""
    by = actor_on(request)
    row = order(number)
    if row is None:
        raise Http404(str(number))
    if not may_reveal(by, row.kind):
        return _order(request, number, act="reveal", error=_("举报人的身份只对中心领导开放。"))
    try:
        record_reveal(
            by=by, at=clock.now(), object_kind="hotline_order", object_key=f"{row.channel}/{row.order_no}",
            fields=("name", "phone"), reason=request.POST.get("reason", ""),
            address=str(request.META.get("REMOTE_ADDR", "")),
        )  # fmt: skip
    except ReasonMissing as missing:
        return _order(request, number, act="reveal", error=str(missing))
    return _order(request, number, revealed=True)


@require_safe
def hotline_dead(request: HttpRequest) -> HttpResponse:
    """Messages that could not be delivered."""
    by, at = actor_on(request), clock.now()
    names = {"answer": _("答复"), "return": _("退单"), "extension": _("申请延期"), "question": _("反问"),
             "appeal": _("评价申诉"), "suspension": _("申请挂起")}  # fmt: skip
    page = DeadLettersPage(
        shell=shell_for(request, _("未送达的报文"), at=at, current="hotline_orders"),
        heading=_("未送达的报文"),
        list_url=reverse("hotline_orders"),
        letters=tuple(
            LetterLine(
                each.message_id, each.order_no, reverse("hotline_order", args=[each.order_id]),
                word("hotline_channel", each.channel), names.get(each.kind, each.kind), each.attempts, each.dead_at,
                each.last_error,
            )
            for each in dead_letters()
        ),
        again_url=reverse("hotline_again") if opens(by, "hotline_again") else "",
    )  # fmt: skip
    return render(request, "web/office/hotline_dead.html", {"page": page})


@require_POST
def hotline_again(request: HttpRequest) -> HttpResponse:
    """Send a dead letter again."""
    try:
        send_again(message_id=request.POST.get("message", "").replace("\0", ""), by=actor_on(request), at=clock.now())
    except HotlineRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已重新排入发送。")))
    return HttpResponseRedirect(reverse("hotline_dead"))
