"""The public report, screen by screen, and the code it brings; works without script and loses no word on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wangge.domains.cases.failures import BadInput, CaseRefused
from wangge.domains.citizens.logic.codes import grouped
from wangge.domains.citizens.operations.following import Followable, join_case, report_publicly
from wangge.domains.citizens.refusals import CannotJoin, TooOften
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open
from wangge.groundwork import clock
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.surfaces.web.public.filled import PHOTO, Filled, contact_of, filled_of, report_of, sent_of
from wangge.surfaces.web.public.letter_views import send_letter
from wangge.surfaces.web.public.pages import ReportedPage
from wangge.surfaces.web.public.report_steps import (
    OUTSIDE,
    STEPS,
    Screen,
    faults_of,
    near_cases,
    photo_point,
    step_page,
    taking_photo_place,
)
from wangge.surfaces.web.public.visiting import behind, public_shell

_FIELD_STEP = {
    PHOTO: "photo", "location": "place", "address": "place", "category": "matter", "description": "matter",
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@behind(PublicDoor.REPORT)
def report(request: HttpRequest) -> HttpResponseBase:
    """One screen after the other; the last makes a case, or joins one, once however often it is sent."""
    at = clock.now()
    filled = filled_of(request, at=at)
    if request.method != "POST":
        return _shown(request, filled, Screen("photo"), at)
    step, go = filled.brought.first("step"), filled.brought.first("go")
    if step not in STEPS:
        return _shown(request, filled, Screen("photo"), at)
    if go == "back":
        return _shown(request, filled, Screen(_before(step)), at)
    if go == "photo_place" and (point := photo_point(filled)) is not None:
        return _shown(request, taking_photo_place(filled, point, at), Screen("place"), at)
    if go == "outside" and step == "place":
        return _shown(request, filled.saying(hand=OUTSIDE), Screen("matter"), at)
    if step == "place" and go == "next":
        filled = filled.saying(hand="")  # the place may lie inside now
    if step == "near":
        return _shown(request, filled.saying(join=go.removeprefix("join:") if ":" in go else ""), Screen("contact"), at)
    wrong = faults_of(step, filled, at)
    if wrong:
        return _shown(request, filled, Screen(step, wrong), at, status=422)
    return _send(request, filled, at) if step == "contact" else _onward(request, filled, step, at)


def _before(step: str) -> str:
    return {"place": "photo", "matter": "place", "near": "matter", "contact": "matter"}.get(step, "photo")


def _onward(request: HttpRequest, filled: Filled, step: str, at: datetime) -> HttpResponse:
    following = STEPS[STEPS.index(step) + 1]
    if following == "near":
        near = () if filled.text("hand") else near_cases(filled, at)
        return _shown(request, filled, Screen("near", near=near) if near else Screen("contact"), at)
    return _shown(request, filled, Screen(following), at)


def _send(request: HttpRequest, filled: Filled, at: datetime) -> HttpResponse:
    for step in ("place", "matter"):  # a screen may have been left out by hand
        wrong = faults_of(step, filled, at)
        if wrong and not filled.text("join"):
            return _shown(request, filled, Screen(step, wrong), at, status=422)
    if filled.text("hand") == OUTSIDE and is_open(PublicDoor.LETTERS):
        return send_letter(request, filled, OUTSIDE, at)
    try:
        made = _made(request, filled, at)
    except TooOften as often:
        response = _shown(request, filled, Screen("contact", {"": str(often)}), at, status=429)
        response["Retry-After"] = str(often.seconds)
        return response
    except CannotJoin as ended:
        return _shown(request, filled.saying(join=""), Screen("contact", {"": str(ended)}), at, status=409)
    except BadInput as bad:
        name = bad.field.partition(".")[0]
        return _shown(request, filled, Screen(_FIELD_STEP.get(name, "contact"), {name: bad.why, "": bad.why}), at, 422)
    except (PhotoGone, PhotoUnknown):
        lost = {PHOTO: _("照片没有保存下来，请重新选择。")}
        return _shown(request, _without_photos(filled), Screen("photo", lost), at, status=422)
    except CaseRefused as refused:
        return _shown(request, filled, Screen("contact", {"": str(refused)}), at, status=422)
    return _reported(request, made, joined=bool(filled.text("join")), at=at)


def _made(request: HttpRequest, filled: Filled, at: datetime) -> Followable:
    sent, contact = sent_of(request, filled), contact_of(filled)
    if filled.text("join"):
        return join_case(number=filled.text("join"), contact=contact, sent=sent, at=at)
    return report_publicly(report=report_of(filled), contact=contact, sent=sent, at=at)


def _without_photos(filled: Filled) -> Filled:
    return replace(filled, brought=replace(filled.brought, photos={PHOTO: ()}))


def _reported(request: HttpRequest, made: Followable, *, joined: bool, at: datetime) -> HttpResponse:
    heading = _("已加入") if joined else _("已收到")
    words = (
        _("这是您的查询码，只显示这一次，请记下或截屏。"),
        _("凭它看办到哪一步、处理前后的照片，并作评价。"),
    )
    page = ReportedPage(
        public_shell(request, heading, at=at, current="public_report"), heading, grouped(made.code), words,
        reverse("public_status"), reverse("public_report"),
    )  # fmt: skip
    return render(request, "web/public/reported.html", {"page": page})


def _shown(request: HttpRequest, filled: Filled, screen: Screen, at: datetime, status: int = 200) -> HttpResponse:
    page = step_page(request, filled, screen, at=at)
    return render(request, "web/public/report.html", {"page": page}, status=status)
