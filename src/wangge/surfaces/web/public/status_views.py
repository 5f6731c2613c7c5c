"""Status by code: the letter, the citizen's rating by one tap, his answer to a question, and pictures without notes.

The code travels in the body of a form only: it stands in no address and in no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.cases.failures import CaseRefused
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.counting import count_wrong_code, too_many_wrong_codes
from wangge.domains.citizens.queries.followers import Followed, citizen_of, followed_by
from wangge.domains.citizens.queries.letters import Letter, letter_of_code
from wangge.domains.organizations.models import PublicDoor
from wangge.groundwork import clock
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.pictures import picture_answer
from wangge.surfaces.web.public.status_page import (
    LONGEST_CODE,
    OPEN_PHOTO_SALT,
    PHOTO_SALT,
    Asked,
    letter_status_page,
    question_page,
    status_page,
)
from wangge.surfaces.web.public.visiting import address_of, behind, secret

LONGEST_TEXT = 2000
PHOTO_SECONDS = 3600
WINDOW_SECONDS = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@behind(PublicDoor.STATUS)
def status(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code, or tell how the case behind it stands."""
    at = clock.now()
    if request.method != "POST":
        return _asked(request, Asked(), at)
    return _told(request, at, Asked())


@never_cache
@require_POST
@behind(PublicDoor.STATUS)
def act(request: HttpRequest) -> HttpResponseBase:
    """Rate, answer a question, ask to have it taken up again; then the letter as it stands."""
    at = clock.now()
    found = _found(request, at)
    if not isinstance(found, Followed):
        return _told(request, at, Asked())
    order = _order(request, found)
    if order is None:
        return _told(request, at, Asked(told=Notice(NoticeKind.WARNING, _("请写明内容。"))))
    try:
        move_case(order=order, by=citizen_of(found), at=at, address=address_of(request))
    except CaseRefused:
        if _said_before(found, order):
            return _told(request, at, Asked(told=Notice(NoticeKind.DONE, _("已记录，谢谢。"))))
        told = Notice(NoticeKind.WARNING, _("没有记录"), _("案卷的情况变了，请看下面的最新进度。"))
        return _told(request, at, Asked(told=told))
    return _told(request, at, Asked(told=Notice(NoticeKind.DONE, _("已记录，谢谢。"))))


@require_safe
@behind(PublicDoor.STATUS)
def photo(request: HttpRequest, token: str) -> HttpResponseBase:
    """The copy of a picture, for an hour after it was shown."""
    return picture_answer(_photo_id(token))


@require_safe
@behind(PublicDoor.STATUS)
def thumbnail(request: HttpRequest, token: str) -> HttpResponseBase:
    """The small copy."""
    return picture_answer(_photo_id(token), thumbnail=True)


@require_safe
@behind(PublicDoor.MAP)
def open_thumbnail(request: HttpRequest, token: str) -> HttpResponseBase:
    """The small copy of a picture on the public map."""
    return picture_answer(_photo_id(token, OPEN_PHOTO_SALT), thumbnail=True)


def _photo_id(token: str, salt: str = PHOTO_SALT) -> str:
    try:
        _number, photo_id = signing.loads(token, salt=salt, max_age=PHOTO_SECONDS)
    except (signing.BadSignature, ValueError) as wrong:
        raise Http404(token) from wrong
    return str(photo_id)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("code", "")[: 2 * LONGEST_CODE]


def _found(request: HttpRequest, at: datetime) -> Followed | Letter | str | None:
    """The case or letter of the code; None where there is none, or why it was not looked up."""
    address, code = address_of(request), typed_code(_typed(request))
    if too_many_wrong_codes(at=at, secret=secret(), address=address):
        return _("查询码输错太多次，请一小时后再试。")
    found = (followed_by(code) or letter_of_code(code)) if code else None
    if found is None:
        count_wrong_code(at=at, secret=secret(), address=address)
    return found


def _told(request: HttpRequest, at: datetime, asked: Asked) -> HttpResponse:
    found = _found(request, at)
    typed = _typed(request)[:LONGEST_CODE].replace("\0", "")
    if isinstance(found, str):
        response = _asked(request, Asked((found,), typed), at, 429)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    if found is None:
        return _asked(request, Asked((_("没有这个查询码，请核对。"),), typed), at, 422)
    if isinstance(found, Letter):
        page_of_letter = letter_status_page(request, found, at=at)
        return render(request, "web/public/letter_status.html", {"page": page_of_letter})
    page = status_page(request, typed_code(typed), found, asked, at=at)
    return render(request, "web/public/status.html", {"page": page})


def _asked(request: HttpRequest, asked: Asked, at: datetime, status: int = 200) -> HttpResponse:
    return render(request, "web/public/status.html", {"page": question_page(request, asked, at=at)}, status=status)


def _order(request: HttpRequest, found: Followed) -> Order | None:
    """The move asked for; None where its words are missing."""
    text = request.POST.get("text", "").replace("\0", "").strip()[:LONGEST_TEXT]
    grade = request.POST.get("grade", "").replace("\0", "").strip()[:40]
    orders: Mapping[str, tuple[str, str, str]] = {
        "rate": ("rate", "grade", grade),
        "answer": ("reporter_answered", "answer", text),
        "reopen": ("request_reopen", "reason", text),
    }
    verb, name, value = orders.get(request.POST.get("act", ""), ("", "", ""))
    return Order(found.row.number, verb, {name: value}, {}) if value else None


def _said_before(found: Followed, order: Order) -> bool:
    """Whether the same tap was made before: pressing twice is no mistake."""
    return order.verb == "rate" and found.row.state.grade == order.args["grade"]
