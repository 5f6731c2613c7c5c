"""Road sections and the city's own layers on a day: one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.surroundings import district_names
from wangge.domains.geography.models.layers import Colour
from wangge.domains.geography.models.roads import Side
from wangge.domains.geography.road_queries import PAGE, own_layers, road_sections
from wangge.groundwork import clock
from wangge.surfaces.web.office.words import day_text
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for


@dataclass(frozen=True, slots=True)
class RoadLine:
    """A section of a road."""

    code: str
    road: str
    side: str
    stretch: str
    district: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A layer of the city's own."""

    key: str
    name: str
    colour: str
    figures: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class RoadsPage:
    """The road sections of a day, and the layers in force."""

    shell: Shell
    heading: str
    list_url: str
    form_url: str
    import_url: str
    day: str
    words: str
    roads: tuple[RoadLine, ...]
    found_text: str
    layers: tuple[LayerLine, ...]
    first_url: str = ""
    next_url: str = ""


@require_safe
def ground_roads(request: HttpRequest) -> HttpResponse:
    """Sections and layers; two statements behind the gate."""
    day = _day(request.GET.get("on", ""))
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    text = request.GET.get("from", "")
    first = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    found, count = road_sections(on=day, words=words, first=first)
    page = RoadsPage(
        shell=shell_for(request, _("路段与自有图层"), at=clock.now(), current="ground"),
        heading=_("路段与自有图层"),
        list_url=reverse("ground"),
        form_url=reverse("ground_roads"),
        import_url=reverse("ground_import"),
        day=day.isoformat(),
        words=words,
        roads=tuple(
            RoadLine(
                each.code, each.road_name, str(Side(each.side).label),
                " — ".join(filter(None, (each.begins_at, each.ends_at))),
                district_names().get(each.district_code, each.district_code), day_text(each.valid_from),
                day_text(each.valid_to),
            )
            for each in found
        ),
        found_text=_("共 %(count)s 个") % {"count": f"{count:,}"},
        layers=tuple(
            LayerLine(
                each.key, each.name, str(Colour(each.colour).label), f"{each.figures:,}", day_text(each.valid_from),
                day_text(each.valid_to),
            )
            for each in own_layers(on=day)
        ),
        first_url=_address(day, words, 0) if first else "",
        next_url=_address(day, words, first + PAGE) if first + PAGE < count else "",
    )  # fmt: skip
    return render(request, "web/office/roads.html", {"page": page})


def _address(day: date, words: str, first: int) -> str:
    asked = {"on": day.isoformat(), "q": words, "from": first or ""}
    return f"{reverse('ground_roads')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()
