"""The pictures of a case: copies without notes for those who may see it, and one at a time with its facts."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.rows import CaseRow
from wangge.groundwork import clock
from wangge.surfaces.web.command.case_pages import Told, read_case, seen_row
from wangge.surfaces.web.command.pages import PhotoPage
from wangge.surfaces.web.command.rows import case_url, category_of
from wangge.surfaces.web.command.timeline import photo_shown
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.pieces import Fact, Photo
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pictures import picture_answer
from wangge.surfaces.web.shells import shell_for


@require_safe
def photo_copy(request: HttpRequest, number: str, photo_id: str) -> FileResponse:
    """The copy for looking at: re-encoded, without notes."""
    return _copy(request, number, photo_id, thumbnail=False)


@require_safe
def photo_thumbnail(request: HttpRequest, number: str, photo_id: str) -> FileResponse:
    """The small copy for lists."""
    return _copy(request, number, photo_id, thumbnail=True)


def _copy(request: HttpRequest, number: str, photo_id: str, *, thumbnail: bool) -> FileResponse:
    _seen(request, number, photo_id)
    return picture_answer(photo_id, thumbnail=thumbnail)


def _seen(request: HttpRequest, number: str, photo_id: str) -> CaseRow:
    """The case, if it lies before the wall and the picture is one of its own."""
    try:
        row = seen_row(number, actor_on(request))
    except NoSuchCase as gone:
        raise Http404(number) from gone
    if photo_id not in {photo for _kind, photo, _seq in row.photos}:
        raise Http404(photo_id)
    return row


@require_safe
def photo(request: HttpRequest, number: str, photo_id: str) -> HttpResponse:
    """One picture large, with what it says of itself and its neighbours."""
    row = _seen(request, number, photo_id)
    by, at = actor_on(request), clock.now()
    told = read_case(row, by, at)
    ids = [photo for _kind, photo, _seq in row.photos]
    place = ids.index(photo_id)
    page = PhotoPage(
        shell=shell_for(request, _("照片"), at=at),
        number=row.number,
        case_url=case_url(row.number),
        category_zh=category_of(told.draft.rules, row),
        photo=_shown(told, row, place),
        position_text=f"{place + 1} / {len(ids)}",
        facts=_facts(told, row, place),
        previous_url=_address(row, place - 1) if place else "",
        next_url=_address(row, place + 1) if place + 1 < len(ids) else "",
        others=tuple(_shown(told, row, index) for index in range(len(ids))),
    )
    return render(request, "web/command/photo.html", {"page": page})


def _address(row: CaseRow, place: int) -> str:
    return reverse("photo", args=[row.number, row.photos[place][1]])


def _shown(told: Told, row: CaseRow, place: int) -> Photo:
    kind, photo_id, seq = row.photos[place]
    step = next((step for step in told.steps if step.seq == seq), None)
    return photo_shown(kind, photo_id, told.reading, step=step, whole=True)


def _facts(told: Told, row: CaseRow, place: int) -> tuple[Fact, ...]:
    """Who sent it when, when and where it was taken by its own notes, its size and check code."""
    _kind, photo_id, seq = row.photos[place]
    step = next((step for step in told.steps if step.seq == seq), None)
    known = told.reading.photos.get(photo_id)
    shown = _shown(told, row, place)
    facts = []
    if step is not None:
        sent = f"{shown.uploaded_by} {full_moment(step.at)}".strip()
        facts.append(Fact(_("上传"), sent))
    if known is not None:
        if known.taken_at is not None:
            taken = full_moment(known.taken_at)
            facts.append(Fact(_("拍摄"), _("%(moment)s（照片记录）") % {"moment": taken}))
        if known.lon is not None and known.lat is not None:
            facts.append(Fact(_("拍摄位置"), f"{known.lon:.6f}, {known.lat:.6f}"))
        facts.append(Fact(_("尺寸"), f"{known.width} × {known.height}"))
    return tuple(facts)
