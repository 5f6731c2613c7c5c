"""The open cases on a map: the page, and the clusters it draws for the box and zoom one looks at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries.clusters import LEAST_ZOOM, MOST_ZOOM, Box, clusters_geojson, open_clusters
from wangge.groundwork import clock
from wangge.surfaces.web.command import queues
from wangge.surfaces.web.command.pages import CaseMapPage
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.shells import shell_for

EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)


@require_safe
def case_map(request: HttpRequest) -> HttpResponse:
    """The map with a list of the biggest clusters of the city beside it, which also works without script."""
    by, at = actor_on(request), clock.now()
    found = open_clusters(by=by, at=at, box=EVERYWHERE, zoom=LEAST_ZOOM)
    total, late = sum(each.count for each in found), sum(each.late for each in found)
    page = CaseMapPage(
        shell=shell_for(request, _("在办案卷地图"), at=at, current="work_list"),
        heading=_("在办案卷地图"),
        list_url=queues.list_url(queues.ALL),
        clusters_url=reverse("case_clusters"),
        case_url=reverse("case", args=["-"]).removesuffix("-"),
        map=map_at(None, None, at),
        found_text=_("在办 %(total)s 件，其中超时 %(late)s 件。") % {"total": f"{total:,}", "late": f"{late:,}"},
    )
    return render(request, "web/command/case_map.html", {"page": page})


@require_safe
def case_clusters(request: HttpRequest) -> HttpResponse:
    """Clusters as GeoJSON for ``bbox`` (west,south,east,north) and ``zoom``; one statement."""
    by, at = actor_on(request), clock.now()
    zoom = request.GET.get("zoom", "")
    level = int(zoom) if zoom.isascii() and zoom.isdigit() and len(zoom) < 3 else LEAST_ZOOM
    found = open_clusters(by=by, at=at, box=_box(request.GET.get("bbox", "")), zoom=min(level, MOST_ZOOM))
    response = HttpResponse(clusters_geojson(found), content_type="application/geo+json")
    response["Cache-Control"] = "private, no-store"
    return response


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return EVERYWHERE
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if inside else EVERYWHERE
