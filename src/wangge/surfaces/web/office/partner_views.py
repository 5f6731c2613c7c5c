"""Partners outside on pages: the list with a form, one partner with its messages, and what is decided on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.organizations.queries import city_tables
from wangge.domains.partners.logic.messages import Wall
from wangge.domains.partners.models import Message, Partner, Stopped, WallKind
from wangge.domains.partners.operations import partners as deciding
from wangge.domains.partners.operations.partners import LARGEST_BATCH, NewPartner, add_partner
from wangge.domains.partners.queries import PartnerLine, consumer_of, messages_of, partner_numbered, partners
from wangge.domains.partners.refusals import NoSuchPartner, PartnerRefused
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import waiting
from wangge.surfaces.exchange.webhooks.posting import check_address
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import stage_name
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.partner_pages import MessageRow, PartnerAct, PartnerPage, PartnerRow, PartnersPage
from wangge.surfaces.web.shells import shell_for, tell


@require_http_methods(["GET", "HEAD", "POST"])
def partner_list(request: HttpRequest) -> HttpResponse:
    """Every partner; a further one is added here and its secret shown once."""
    if request.method != "POST":
        return _list(request, _typed(request, given=False), {})
    typed = _typed(request, given=True)
    batch = str(typed["batch"])
    new = NewPartner(
        name=str(typed["name"]), address=str(typed["address"]).strip(), wall=str(typed["wall"]),
        code=str(typed["code"]).strip(), stages=tuple(typed["stages"]),
        batch=int(batch) if batch.isascii() and batch.isdigit() and len(batch) < 5 else 0,
    )  # fmt: skip
    try:
        made, secret = add_partner(
            new=new, by=actor_on(request), at=clock.now(), installation_key=settings.SECRET_KEY,
            check_address=check_address,
        )  # fmt: skip
    except PartnerRefused as refused:
        return _list(request, typed, {refused.field: str(refused)}, status=422)
    return _one(request, made.pk, secret=secret)


def _typed(request: HttpRequest, *, given: bool) -> dict[str, str | list[str]]:
    first = {"name": "", "address": "", "wall": Wall.CITY.value, "code": "", "batch": "100"}
    texts: dict[str, str | list[str]] = {
        name: request.POST.get(name, "").replace("\0", "") if given else value for name, value in first.items()
    }
    return {**texts, "stages": request.POST.getlist("stages") if given else []}


def _list(
    request: HttpRequest, typed: dict[str, str | list[str]], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    page = PartnersPage(
        shell=shell_for(request, _("外部推送"), at=clock.now(), current="partners"),
        heading=_("外部系统推送"),
        partners=tuple(_row(each) for each in partners()),
        form=_form(typed, errors),
    )
    return render(request, "web/office/partners.html", {"page": page}, status=status)


def _form(typed: dict[str, str | list[str]], errors: dict[str, str]) -> Form:
    texts = {name: value for name, value in typed.items() if isinstance(value, str)}
    fields = (
        Field("name", _("名称"), FieldKind.TEXT, max_length=80),
        Field(
            "address", _("接收地址"), FieldKind.TEXT, max_length=500, placeholder="https://",
            help=_("只推送到公网的 https 地址，或 WANGGE_WEBHOOK_NETWORKS 所列的网络。"),
        ),
        Field(
            "wall", _("范围"), FieldKind.SELECT,
            choices=tuple(Choice(each.value, str(each.label)) for each in WallKind),
        ),
        Field(
            "code", _("区或单位代码"), FieldKind.TEXT, required=False, max_length=32, help=_("范围为全市时不填。")
        ),
        Field(
            "stages", _("环节"), FieldKind.MANY, required=False, values=tuple(typed["stages"]),
            choices=tuple(Choice(row.stage, stage_name(row.stage)) for row in city_tables().stages),
            help=_("只推送到达所选环节的步骤；不选则全部推送。"),
        ),
        Field(
            "batch", _("每条报文最多的事件数"), FieldKind.NUMBER, input_mode="numeric",
            help=_("1 至 %(most)s；对方一次只收一个事件时写 1。") % {"most": LARGEST_BATCH},
        ),
    )  # fmt: skip
    filled = tuple(
        replace(
            each, value=texts.get(each.name, each.value), errors=(errors[each.name],) if each.name in errors else ()
        )
        for each in fields
    )
    whole = (errors[""],) if "" in errors else ()
    return Form(reverse("partners"), filled, _("登记"), errors=whole)


def _row(line: PartnerLine) -> PartnerRow:
    found = line.partner
    return PartnerRow(
        found.name, reverse("partner", args=[found.pk]), _hears(found), _state(found), _is_wrong(found), line.to_go,
        line.last_sent_at, found.last_error,
    )  # fmt: skip


def _state(found: Partner) -> str:
    if found.stopped_because:
        return str(Stopped(found.stopped_because).label)
    return _("推送失败，重试中") if found.attempts else _("正常")


def _is_wrong(found: Partner) -> bool:
    return found.stopped_because in (Stopped.DEAD, Stopped.GONE) or (not found.stopped_because and found.attempts > 0)


def _hears(found: Partner) -> str:
    if found.wall == WallKind.DISTRICT:
        where = district_names().get(found.code, found.code)
    elif found.wall == WallKind.DEPARTMENT:
        unit = units().get(found.code)
        where = unit.name if unit is not None else found.code
    else:
        where = str(WallKind.CITY.label)
    return f"{where} · {'、'.join(stage_name(stage) for stage in found.stages) or _('全部环节')}"


@require_safe
def partner(request: HttpRequest, number: int) -> HttpResponse:
    """One partner."""
    return _one(request, number)


def _one(
    request: HttpRequest, number: int, *, secret: str = "", act: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    at = clock.now()
    try:
        found = partner_numbered(number)
    except NoSuchPartner as gone:
        raise Http404(str(number)) from gone
    messages = messages_of(number)
    page = PartnerPage(
        shell=shell_for(request, found.name, at=at, current="partners"),
        heading=found.name,
        list_url=reverse("partners"),
        state=_state(found),
        facts=_facts(found, at),
        acts=_acts(request, found, messages, act, error),
        messages=tuple(_message(each) for each in messages),
        secret=secret,
    )
    response = render(request, "web/office/partner.html", {"page": page}, status=status)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


def _facts(found: Partner, at: datetime) -> tuple[Fact, ...]:
    facts = [
        Fact(_("接收地址"), found.address),
        Fact(_("推送内容"), _hears(found)),
        Fact(_("每条报文最多"), _("%(number)s 个事件") % {"number": found.batch}),
        Fact(_("登记时间"), full_moment(found.added_at)),
        Fact(_("发件箱中待处理"), f"{waiting(consumer=consumer_of(found.pk)):,}"),
    ]
    if found.attempts:
        facts.append(Fact(_("连续失败"), _("%(number)s 次") % {"number": found.attempts}))
    if found.next_at is not None and found.next_at > at and not found.stopped_because:
        facts.append(Fact(_("下次重试"), full_moment(found.next_at)))
    if found.last_error:
        facts.append(Fact(_("对方答复"), found.last_error))
    return tuple(facts)


def _message(each: Message) -> MessageRow:
    state = _("已送达") if each.sent_at else _("已放弃") if each.dropped_at else _("待送达")
    return MessageRow(
        each.webhook_id, each.made_at, each.events, each.attempts, state, each.sent_at, each.last_error
    )  # fmt: skip


def _acts(request: HttpRequest, found: Partner, messages: object, tried: str, error: str) -> tuple[PartnerAct, ...]:
    rests = found.stopped_at is not None or found.next_at is not None
    since = Field("since", _("起点"), FieldKind.MOMENT, value=request.POST.get("since", ""))
    told: list[tuple[str, str, str, tuple[Field, ...]]] = []
    if rests:
        told.append(("resume", _("恢复推送"), _("立即从停下处继续。"), ()))
    if found.stopped_at is None:
        told.append(("stop", _("停发"), _("其间的内容在恢复后推送。"), ()))
    if found.attempts:
        told.append(("drop", _("放弃最早的未送达报文"), _("该报文不再发送，其后的报文继续；需要时可以重放。"), ()))
    told.append(("replay", _("重放"), _("从起点起重新推送；内容相同的报文编号不变，对方可据此去重。"), (since,)))
    told.append(("secret", _("更换签名密钥"), _("新密钥只显示一次；一天内报文同时带新旧两个签名。"), ()))
    return tuple(
        PartnerAct(
            name, heading, words,
            Form(
                reverse("partner_act", args=[found.pk, name]), fields, heading,
                errors=(error,) if name == tried else (),
            ),
        )
        for name, heading, words, fields in told
    )  # fmt: skip


@require_POST
def partner_act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do what was decided; refused ones come back with the form."""
    by, at = actor_on(request), clock.now()
    simple: dict[str, Callable[[], None]] = {
        "stop": lambda: deciding.stop_partner(partner_id=number, by=by, at=at),
        "resume": lambda: deciding.resume_partner(partner_id=number, by=by, at=at),
        "drop": lambda: deciding.drop_oldest(partner_id=number, by=by, at=at),
        "replay": lambda: deciding.replay(
            partner_id=number, to=_moment(request.POST.get("since", "")), by=by, at=at
        ),
    }  # fmt: skip
    try:
        if act == "secret":
            secret = deciding.replace_secret(
                partner_id=number, by=by, at=at, installation_key=settings.SECRET_KEY
            )  # fmt: skip
            return _one(request, number, secret=secret)
        if act not in simple:
            raise Http404(act)
        simple[act]()
    except NoSuchPartner as gone:
        raise Http404(str(number)) from gone
    except PartnerRefused as refused:
        return _one(request, number, act=act, error=str(refused), status=422)
    tell(request, Notice(NoticeKind.DONE, _("已办理。")))
    return HttpResponseRedirect(reverse("partner", args=[number]))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PartnerRefused(_("请填写重放的起点。"), "since") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)
