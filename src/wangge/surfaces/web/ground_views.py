"""The city's own ground for the maps: borders as GeoJSON, kept by the browser for some minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zlib import crc32

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from wangge.domains.geography.queries import Box, ground, layer_geojson
from wangge.groundwork import clock
from wangge.surfaces.places import BadQuestion, place_at, places_for
from wangge.surfaces.web.maps import LAYERS

KEPT_FOR_SECONDS = 300


@require_safe
def ground_layer(request: HttpRequest, name: str) -> HttpResponse:
    """One layer, whole or within ``bbox`` (west,south,east,north in degrees), today or ``on`` a day; no statement."""
    if name not in LAYERS:
        raise Http404(name)
    day = _day(request.GET.get("on", ""))
    mark = f'"{ground().version}-{name}-{day:%Y%m%d}-{crc32(request.GET.get("bbox", "").encode()):x}"'
    response = HttpResponse(content_type="application/geo+json")
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        response.content = layer_geojson(kind=LAYERS[name], on=day, bbox=_box(request.GET.get("bbox", "")))
    response["ETag"] = mark
    response["Cache-Control"] = f"private, max-age={KEPT_FOR_SECONDS}"
    return response


@require_safe
def find_places_view(request: HttpRequest) -> JsonResponse:
    """Candidates for an address field; no statement once the gazetteer is loaded."""
    return _answer(places_for, request)


@require_safe
def place_at_view(request: HttpRequest) -> JsonResponse:
    """The words for a point; no statement once the gazetteer is loaded."""
    return _answer(place_at, request)


def _answer(question: Callable[..., dict[str, Any]], request: HttpRequest) -> JsonResponse:
    try:
        answer = JsonResponse(question(request.GET, on=clock.today()), json_dumps_params={"ensure_ascii": False})
    except BadQuestion as wrong:
        return JsonResponse({"field": wrong.field, "detail": str(wrong)}, status=422)
    answer["Cache-Control"] = "private, max-age=60"
    return answer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


def _box(text: str) -> Box | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else None
