"""The city's borders and names for the maps and address fields of the public pages, while a door is open."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.organizations.models import PublicDoor
from wangge.surfaces.web import ground_views
from wangge.surfaces.web.elements.pieces import MapLayer, MapView
from wangge.surfaces.web.maps import city_middle
from wangge.surfaces.web.public.visiting import behind

LAYERS = ("districts", "streets")


@behind(PublicDoor.REPORT, PublicDoor.MAP)
def public_layer(request: HttpRequest, name: str) -> HttpResponse:
    """A layer anyone may see: borders of districts and streets."""
    if name not in LAYERS:
        raise Http404(name)
    return ground_views.ground_layer(request, name)


@behind(PublicDoor.REPORT)
def public_places(request: HttpRequest) -> HttpResponseBase:
    """Places of the city's own gazetteer by words."""
    return ground_views.find_places_view(request)


@behind(PublicDoor.REPORT)
def public_place_at(request: HttpRequest) -> HttpResponseBase:
    """The words for a point."""
    return ground_views.place_at_view(request)


def public_map(at: datetime, lon: float | None = None, lat: float | None = None) -> MapView | None:
    """A map of borders alone, about a point or the middle of the city."""
    known = lon is not None and lat is not None
    middle = (lon, lat) if lon is not None and lat is not None else city_middle(at)
    if middle is None:
        return None
    return MapView(
        f"{middle[0]:.6f}", f"{middle[1]:.6f}",
        (
            MapLayer("streets", _("街道"), reverse("public_layer", args=["streets"])),
            MapLayer("districts", _("区界"), reverse("public_layer", args=["districts"])),
        ),
        zoom="16" if known else "12",
    )  # fmt: skip
