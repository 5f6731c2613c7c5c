"""The pages of the public surface standing alone: report, letter, status; what crosses goes through the spool."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.letter_tables import kind_of
from wangge.domains.citizens.logic.codes import grouped, hash_of, typed_code
from wangge.domains.citizens.logic.limits import Limit, Most, area_of
from wangge.domains.citizens.refusals import TooOften
from wangge.groundwork import clock
from wangge.surfaces.exchange.spool.packages import Package
from wangge.surfaces.outer.forms import filled_outside, language, place_faults, sending_of
from wangge.surfaces.outer.store import Store
from wangge.surfaces.outer.telling import letter_page, question_page, shell, status_page
from wangge.surfaces.web.command.argument_fields import category_field
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.public.filled import LONGEST, PHOTO, Filled, contact_faults, contact_of, too_long
from wangge.surfaces.web.public.letter_views import letter_fields
from wangge.surfaces.web.public.pages import Door, LetterPage, PublicHomePage, ReportedPage
from wangge.surfaces.web.public.report_steps import contact_fields, photo_fields
from wangge.surfaces.web.public.visiting import address_of

RETRY_SECONDS = 3600


@lru_cache(maxsize=1)
def store() -> Store:
    """The folder of this process."""
    environment = settings.ENVIRONMENT
    return Store(environment.spool_folder, environment.spool_secret.encode())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What may be done here."""
    doors = (
        Door(
            _("我要上报"), _("路面、井盖、垃圾、路灯等问题，拍照即可上报，不用注册。"), reverse("public_report"), True
        ),
        Door(_("查询进度"), _("凭上报时得到的查询码，看办到哪一步，并作评价。"), reverse("public_status")),
        Door(_("写信"), _("投诉工作人员、市场监管线索、其他部门的事、不公开的意见。"), reverse("public_letter")),
    )  # fmt: skip
    page = PublicHomePage(shell(request, _("市民服务"), current="public_home"), _("城市管理市民服务"), doors)
    return render(request, "web/public/home.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """One page: what, where, to whom to answer; sent twice it is one package."""
    return _form(request, "report")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """A letter that is no case."""
    return _form(request, "letter")


def _form(request: HttpRequest, kind: str) -> HttpResponse:
    at = clock.now()
    filled = filled_outside(request, store(), at=at)
    if request.method != "POST":
        store().drop_pictures(at=at)
        return _shown(request, kind, filled, {}, at)
    wrong = _faults(kind, filled, at)
    return _shown(request, kind, filled, wrong, at, 422) if wrong else _send(request, kind, filled, at)


def _faults(kind: str, filled: Filled, at: datetime) -> Mapping[str, str]:
    wrong = {**contact_faults(filled), **too_long(filled, ("description", "address")), **filled.brought.errors}
    if not filled.text("description"):
        wrong.setdefault("description", _("请用一句话说明是什么问题。"))
    if kind == "letter":
        return wrong if kind_of(filled.text("kind")) else {**wrong, "kind": _("请选择来信的类别。")}
    category = filled.text("category")
    if category and category not in rulebook_on(day_of(civil(at))).categories:
        wrong["category"] = _("请从列表中选，或留空由工作人员判断。")
    return {**wrong, **place_faults(filled)}


def _send(request: HttpRequest, kind: str, filled: Filled, at: datetime) -> HttpResponse:
    key = settings.SECRET_KEY.encode()
    sending = sending_of(request, filled, key)
    before = store().sent_before(sending.code_hash, sending.digest)
    if before is False:  # the page was used again with other words: a sending of its own
        filled = replace(filled, key=str(uuid4()))
        sending = sending_of(request, filled, key)
    if not before:
        limit = _limit(request, kind, filled, at)
        if limit is not None:
            response = _shown(request, kind, filled, {"": str(TooOften(limit))}, at, 429)
            response["Retry-After"] = str(RETRY_SECONDS)
            return response
        # Ended before it is noted, the next press writes the same package again, and the house takes it once.
        store().send(_package(request, kind, filled, sending.code_hash, at), _name(at))
        store().note_sent(sending.code_hash, sending.digest)
    is_letter = kind == "letter"
    use = _("凭它看办到哪一步和答复。") if is_letter else _("凭它看办到哪一步、处理前后的照片，并作评价。")
    words = (_("这是您的查询码，只显示这一次，请记下或截屏。"), use)
    page = ReportedPage(
        shell(request, _("已收到")), _("已收到"), grouped(sending.code), words, reverse("public_status"),
        reverse("public_letter" if is_letter else "public_report"), is_letter=is_letter,
    )  # fmt: skip
    return render(request, "web/public/reported.html", {"page": page})


def _limit(request: HttpRequest, kind: str, filled: Filled, at: datetime) -> Limit | None:
    rules = rulebook_on(day_of(civil(at)))
    most = Most(*(rules.number(f"public_limit_{each}") for each in ("address", "phone", "area")))
    point = filled.point or (None, None)
    area = area_of(*point) if kind == "report" else ""
    return store().count(kind, at=at, most=most, address=address_of(request), phone=contact_of(filled).phone, area=area)


def _name(at: datetime) -> str:
    return f"{int(at.timestamp() * 1000):015d}-{uuid4().hex[:12]}"


def _package(request: HttpRequest, kind: str, filled: Filled, code_hash: bytes, at: datetime) -> Package:
    contact, point = contact_of(filled), filled.point
    body: dict[str, Any] = {
        "code_hash": base64.b64encode(code_hash).decode(),
        "at": at.isoformat(),
        "address": address_of(request),
        "place": filled.text("address"),
        "lon": point[0] if point else None,
        "lat": point[1] if point else None,
        "wish": contact.wish,
        "reporter_name": contact.name,
        "reporter_phone": contact.phone,
        "reporter_email": contact.email,
        "language": language(),
        **{name: filled.text(name) for name in ("category", "description", "openness", "kind")},
    }
    pictures = tuple(data for name in filled.photos if (data := store().picture(name)) is not None)
    # one code, one package: written twice, it is the same one
    return Package(f"{kind}-{code_hash.hex()[:40]}", kind, body, pictures)


def _shown(
    request: HttpRequest, kind: str, filled: Filled, wrong: Mapping[str, str], at: datetime, status: int = 200
) -> HttpResponse:
    heading = _("写信") if kind == "letter" else _("我要上报")
    name = f"public_{kind}"
    questions = letter_fields(at) if kind == "letter" else _report_fields(at)
    form = Form(
        reverse(name), tuple(_filled(question, filled, wrong) for question in questions),
        _("寄出") if kind == "letter" else _("提交"), hidden=(("key", filled.key),),
        errors=(wrong[""],) if "" in wrong else (),
    )  # fmt: skip
    page = LetterPage(shell(request, heading, current=name), heading, form)
    return render(request, "web/public/letter.html", {"page": page}, status=status)


def _report_fields(at: datetime) -> tuple[Field, ...]:
    edition = rulebook_on(day_of(civil(at))).edition
    return (
        *photo_fields(at),
        Field("description", _("是什么问题"), FieldKind.LONG_TEXT, max_length=LONGEST["description"]),
        replace(category_field(edition, required=False), label=_("类别"), placeholder=_("如：井盖、垃圾、路灯")),
        Field("address", _("地址"), FieldKind.TEXT, required=False, max_length=LONGEST["address"],
              placeholder=_("路名、门牌、参照物")),
        Field("location", _("位置"), FieldKind.POINT, required=False),
        *contact_fields(at),
    )  # fmt: skip


def _filled(question: Field, filled: Filled, wrong: Mapping[str, str]) -> Field:
    changed = replace(question, errors=(wrong[question.name],) if wrong.get(question.name) else ())
    if question.kind is FieldKind.PHOTOS:
        return replace(changed, kept=filled.brought.photos.get(PHOTO, ()))
    if question.kind is FieldKind.POINT:
        lon, lat = filled.text("location_lon"), filled.text("location_lat")
        return replace(changed, value=f"{lon},{lat}") if lon and lat else changed
    return replace(changed, value=filled.text(question.name) or question.value)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """How the matter behind a code stands, as the house told it last."""
    if request.method != "POST":
        return render(request, "web/public/status.html", {"page": question_page(request)})
    return _told(request)


@never_cache
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """A rating, an answer, a wish to have it taken up again: a package of its own."""
    at, code = clock.now(), typed_code(request.POST.get("code", "")[:80])
    told = store().status(hash_of(code)) if code else None
    name = request.POST.get("act", "")
    text = request.POST.get("grade" if name == "rate" else "text", "").replace("\0", "").strip()[:2000]
    if not told or name not in ("rate", "answer", "reopen") or not text:
        return _told(request)
    code_hash = hash_of(code)
    body = {
        "code_hash": base64.b64encode(code_hash).decode(), "at": at.isoformat(), "address": address_of(request),
        "act": name, "text": text,
    }  # fmt: skip
    # the same tap twice is one package: its id follows from what it says
    digest = hash_of(f"{code}/{name}/{text}").hex()[:40]
    store().send(Package(f"act-{digest}", "act", body), _name(at))
    thanks = Notice(NoticeKind.DONE, _("已收到，谢谢。"), _("稍后会显示在这里。"))
    return _told(request, thanks)


def _told(request: HttpRequest, notice: Notice | None = None) -> HttpResponse:
    at, typed = clock.now(), request.POST.get("code", "")[:40].replace("\0", "")
    rules = rulebook_on(day_of(civil(at)))
    code, address = typed_code(typed), address_of(request)
    store().take_statuses()
    told = store().status(hash_of(code)) if code else None
    if told is None:
        tried = rules.number("public_limit_codes")
        often = store().count("wrong_code", at=at, most=Most(tried, tried, tried), address=address)
        error = _("没有这个查询码，请核对。") if often is None else _("查询码输错太多次，请一小时后再试。")
        page = question_page(request, errors=(error,), typed=typed)
        return render(request, "web/public/status.html", {"page": page}, status=422 if often is None else 429)
    if told.get("kind") == "letter":
        return render(request, "web/public/letter_status.html", {"page": letter_page(request, told)})
    page = status_page(request, grouped(code), told, rules.edition, notice=notice, at=at)
    return render(request, "web/public/status.html", {"page": page})
