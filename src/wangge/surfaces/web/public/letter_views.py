"""Letters of the public that are no cases: about the centre's own people, for another authority, in confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wangge.domains.citizens.letter_tables import kind_of, takers_of
from wangge.domains.citizens.logic.codes import grouped
from wangge.domains.citizens.operations.letters import Written, write_letter
from wangge.domains.citizens.refusals import LetterRefused, TooOften
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.public.filled import (
    LONGEST,
    PHOTO,
    Filled,
    contact_faults,
    contact_of,
    filled_of,
    sent_of,
    too_long,
)
from wangge.surfaces.web.public.pages import LetterPage, ReportedPage
from wangge.surfaces.web.public.report_steps import OUTSIDE, area_code_words, contact_fields, photo_fields
from wangge.surfaces.web.public.visiting import behind, public_shell


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@behind(PublicDoor.LETTERS)
def letter(request: HttpRequest) -> HttpResponseBase:
    """The form, or a letter taken in once however often it is sent."""
    at = clock.now()
    filled = filled_of(request, at=at)
    if request.method != "POST":
        return _shown(request, filled, {}, at)
    wrong = _faults(filled)
    if wrong:
        return _shown(request, filled, wrong, at, 422)
    return send_letter(request, filled, filled.text("kind"), at)


def send_letter(request: HttpRequest, filled: Filled, kind: str, at: datetime) -> HttpResponse:
    """Take the letter in and show its code; a refusal shows the form with everything in it."""
    written = Written(kind, filled.text("description"), filled.text("address"), filled.point, filled.photos)
    try:
        code = write_letter(written=written, contact=contact_of(filled), sent=sent_of(request, filled), at=at)
    except TooOften as often:
        response = _shown(request, filled, {"": str(often)}, at, 429)
        response["Retry-After"] = str(often.seconds)
        return response
    except LetterRefused as refused:
        return _shown(request, filled, {"kind": str(refused)}, at, 422)
    except (PhotoGone, PhotoUnknown):
        lost = replace(filled, brought=replace(filled.brought, photos={PHOTO: ()}))
        return _shown(request, lost, {PHOTO: _("照片没有保存下来，请重新选择。")}, at, 422)
    return _taken(request, kind, code, at)


def _faults(filled: Filled) -> Mapping[str, str]:
    wrong = {**contact_faults(filled), **too_long(filled, ("description", "address")), **filled.brought.errors}
    if kind_of(filled.text("kind")) is None:
        wrong["kind"] = _("请选择来信的类别。")
    if not filled.text("description"):
        wrong.setdefault("description", _("请写明内容。"))
    return wrong


def _taken(request: HttpRequest, kind: str, code: str, at: datetime) -> HttpResponse:
    words = [_("这是您的查询码，只显示这一次，请记下或截屏。"), _("凭它看办到哪一步和答复。")]
    row, takers = kind_of(kind), takers_of(kind)
    if row is not None and row.forwards and takers:
        told = _("已转送%(authority)s，电话 %(phone)s；紧急的请直接拨打。")
        words.insert(0, told % {"authority": word("authority", takers[0].authority), "phone": takers[0].phone})
        if kind == OUTSIDE:
            words.insert(1, area_code_words())
    page = ReportedPage(
        public_shell(request, _("来信已收到"), at=at, current="public_letter"), _("来信已收到"), grouped(code),
        tuple(words), reverse("public_status"), reverse("public_letter"), is_letter=True,
    )  # fmt: skip
    return render(request, "web/public/reported.html", {"page": page})


def _shown(
    request: HttpRequest, filled: Filled, wrong: Mapping[str, str], at: datetime, status: int = 200
) -> HttpResponse:
    form = Form(
        reverse("public_letter"),
        tuple(_filled(question, filled, wrong) for question in letter_fields(at)),
        _("寄出"),
        hidden=(("key", filled.key),),
        errors=(wrong[""],) if "" in wrong else (),
    )
    page = LetterPage(public_shell(request, _("写信"), at=at, current="public_letter"), _("写信"), form)
    return render(request, "web/public/letter.html", {"page": page}, status=status)


def letter_fields(at: datetime) -> tuple[Field, ...]:
    """What a letter asks."""
    kinds = tuple(
        Choice(row.kind, word("letter_kind", row.kind), hint=word("letter_hint", row.kind))
        for row in city_tables().letter_kinds
    )
    contact = tuple(question for question in contact_fields(at) if question.name != "openness")
    return (
        Field("kind", _("关于什么"), FieldKind.CHOICE, choices=kinds),
        Field("description", _("内容"), FieldKind.LONG_TEXT, max_length=LONGEST["description"]),
        Field("address", _("地点"), FieldKind.TEXT, required=False, max_length=LONGEST["address"]),
        *photo_fields(at),
        *contact,
    )


def _filled(question: Field, filled: Filled, wrong: Mapping[str, str]) -> Field:
    errors = (wrong[question.name],) if wrong.get(question.name) else ()
    if question.kind is FieldKind.PHOTOS:
        return replace(question, errors=errors, kept=filled.photos)
    return replace(question, errors=errors, value=filled.text(question.name) or question.value)
