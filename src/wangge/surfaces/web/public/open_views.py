"""What is open to read: the map of recent cases with coarse places, and the published bulletins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.queries.recent import RecentCase, recent_cases
from wangge.domains.disclosure.rendering.web import as_page_piece
from wangge.domains.evaluation.logic.bulletins import whole_periods
from wangge.domains.evaluation.queries.results import published_months
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name, locate
from wangge.domains.organizations.models import PublicDoor
from wangge.groundwork import clock
from wangge.surfaces.web.assessment.bulletin import title_of
from wangge.surfaces.web.assessment.bulletin_views import paper_of
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.public.ground_views import public_map
from wangge.surfaces.web.public.pages import Door, OpenListPage, PublicMapPage, PublicPaperPage, RecentLine
from wangge.surfaces.web.public.status_page import OPEN_PHOTO_SALT
from wangge.surfaces.web.public.visiting import behind, public_shell
from wangge.surfaces.web.public.words import STAGES

MOST_LINES = 50
KEPT_FOR_SECONDS = 120


@require_safe
@behind(PublicDoor.MAP)
def recent_map(request: HttpRequest) -> HttpResponseBase:
    """Recent cases on a map and in words; no number, no words of a citizen, no exact place."""
    at = clock.now()
    page = PublicMapPage(
        public_shell(request, _("近期案卷"), at=at, current="public_map"),
        _("近期案卷"),
        public_map(at),
        reverse("public_recent"),
        tuple(_lines(recent_cases(at=at)[:MOST_LINES], at)),
    )
    return render(request, "web/public/map.html", {"page": page})


@require_safe
@behind(PublicDoor.MAP)
def recent_points(request: HttpRequest) -> HttpResponseBase:
    """The squares in which something was reported, as GeoJSON."""
    squares = sorted({(each.lon, each.lat) for each in recent_cases(at=clock.now())})
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for lon, lat in squares
    ]
    answer = JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")
    answer["Cache-Control"] = f"public, max-age={KEPT_FOR_SECONDS}"
    return answer


def _lines(found: Sequence[RecentCase], at: datetime) -> list[RecentLine]:
    today = day_of(civil(at))
    edition = rulebook_on(today).edition
    return [
        RecentLine(
            labels.category_name(each.category, edition) if each.category else _("待分类"),
            area_name(kind=AreaKind.STREET, code=locate(lon=each.lon, lat=each.lat, on=today).street, on=today),
            str(STAGES.get(each.stage, "")),
            unit_name(each.department_code) if each.department_code else "",
            each.reported_at,
            _picture(each.photo_id),
        )
        for each in found
    ]


def _picture(photo_id: str) -> str:
    return reverse("public_open_photo", args=[signing.dumps(["", photo_id], salt=OPEN_PHOTO_SALT)]) if photo_id else ""


@require_safe
@behind(PublicDoor.BULLETINS)
def public_bulletins(request: HttpRequest) -> HttpResponseBase:
    """The bulletins of published months, quarters and years."""
    periods = whole_periods(each.period for each in published_months(whole=False))
    lines = tuple(Door(title_of(each), "", reverse("public_bulletin", args=[each])) for each in periods)
    page = OpenListPage(
        public_shell(request, _("考评通报"), at=clock.now(), current="public_bulletins"), _("考评通报"), lines,
        _("还没有公布的通报。"),
    )  # fmt: skip
    return render(request, "web/public/open_list.html", {"page": page})


@require_safe
@behind(PublicDoor.BULLETINS)
def public_bulletin(request: HttpRequest, period: str) -> HttpResponse:
    """One bulletin to read; its figures open nothing of the house."""
    _paper, document, _results = paper_of(request, period, absolute=False)
    body = mark_safe(as_page_piece(document, lambda _name: ""))  # noqa: S308 - escaped piece by piece
    page = PublicPaperPage(
        public_shell(request, document.title, at=clock.now(), current="public_bulletins"), document.title, body,
        reverse("public_bulletins"),
    )  # fmt: skip
    return render(request, "web/public/paper.html", {"page": page})
