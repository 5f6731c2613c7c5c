"""A month by responsibility grid: the table of frozen figures, the map of one of them beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.evaluation import policies
from wangge.domains.evaluation.evaluating import indicators_on
from wangge.domains.evaluation.logic.bulletins import SHOWN
from wangge.domains.evaluation.logic.months import MonthState
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.queries import results
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.queries import ground, layer_geojson
from wangge.groundwork import clock
from wangge.surfaces.web.assessment.drawing import source_of
from wangge.surfaces.web.assessment.pages import Cell
from wangge.surfaces.web.assessment.views import month_of
from wangge.surfaces.web.assessment.words import figure_cell, indicator_name, object_name
from wangge.surfaces.web.elements.pieces import MapLayer, MapView
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_of_areas
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

FIRST = "handle_intime_rate_reached"


@dataclass(frozen=True, slots=True)
class GridLine:
    """One grid with its figures."""

    name: str
    code: str
    district: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A figure one may order and colour by."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class GridsPage:
    """The grids of a month, by one figure."""

    shell: Shell
    period: str
    columns: tuple[Column, ...]
    heads: tuple[str, ...]  # the figure one looks at stands first
    lines: tuple[GridLine, ...]
    map: MapView | None
    legend: str
    back_url: str
    source: str


@require_safe
def grids(request: HttpRequest, period: str) -> HttpResponse:
    """The page."""
    result, rows, indicator = _asked(request, period)
    day = _last_day(result)
    areas = {area.code: area for area in ground().areas_on(kind=AreaKind.RESPONSIBILITY_GRID, on=day, bbox=None)}
    names = {each: _indicator_name(each, day) for each in SHOWN}
    shares = _shares(rows, indicator, day)
    ordered = sorted(rows, key=lambda row: (-shares.get(_code(row), -1), _code(row)))
    page = GridsPage(
        shell=shell_for(request, _("按网格"), at=clock.now(), current="assessment"),
        period=result.period,
        columns=tuple(Column(names[each], f"?{urlencode({'indicator': each})}", each == indicator) for each in SHOWN),
        heads=tuple(names[each] for each in _first(indicator)),
        lines=tuple(_line(row, result, areas, indicator) for row in ordered),
        map=_map(result, indicator, list(areas.values()), day) if areas and rows else None,
        legend=_legend(names[indicator], indicator, day),
        back_url=reverse("assessment_month", args=[result.period]),
        source=source_of(result),
    )
    return render(request, "web/assessment/grids.html", {"page": page})


@require_safe
def grids_layer(request: HttpRequest, period: str) -> HttpResponse:
    """The grids' borders with how deep each is coloured."""
    result, rows, indicator = _asked(request, period)
    day = _last_day(result)
    shares = _shares(rows, indicator, day)
    layer = json.loads(layer_geojson(kind=AreaKind.RESPONSIBILITY_GRID, on=day))
    layer["features"] = [
        {**each, "properties": {"name": each["properties"]["name"], "share": round(shares[each["id"]], 3)}}
        for each in layer["features"]
        if each["id"] in shares
    ]
    return HttpResponse(json.dumps(layer, ensure_ascii=False), content_type="application/geo+json")


def _asked(request: HttpRequest, period: str) -> tuple[Result, Sequence[Mapping[str, Any]], str]:
    by = actor_on(request)
    result, state, _steps = month_of(period, by)
    if state is not MonthState.PUBLISHED and not policies.may_see_drafts(by):
        raise PermissionDenied(_("本月尚未发布：只能查看本单位的核对稿。"))
    indicator = request.GET.get("indicator", FIRST)
    if indicator not in SHOWN:
        raise Http404(indicator)
    return result, results.content_of(result).get("themes", {}).get("grid", ()), indicator


def _last_day(result: Result) -> date:
    return date.fromisoformat(results.content_of(result)["period"]["end"]) - timedelta(days=1)


def _code(row: Mapping[str, Any]) -> str:
    return str(row["objects"]["grid"])


def _shares(rows: Sequence[Mapping[str, Any]], indicator: str, day: date) -> dict[str, float]:
    """Grid → 0 (best, or fewest) to 1; those without a value are not coloured."""
    values = {_code(row): row["figures"][indicator]["value"] for row in rows}
    known = {code: Decimal(value) for code, value in values.items() if value is not None}
    if not known:
        return {}
    low, high = min(known.values()), max(known.values())
    span = high - low or Decimal(1)
    deeper_is_less = _higher_is_better(indicator, day)
    return {code: float((high - value if deeper_is_less else value - low) / span) for code, value in known.items()}


def _higher_is_better(indicator: str, day: date) -> bool:
    return indicators_on(None, day)[indicator].better == "higher"


def _indicator_name(indicator: str, day: date) -> str:
    return indicator_name(indicator, indicators_on(None, day)[indicator].name_zh, day)


def _legend(name: str, indicator: str, day: date) -> str:
    words = _("颜色越深，%(name)s越低。") if _higher_is_better(indicator, day) else _("颜色越深，%(name)s越高。")
    return words % {"name": name}


def _first(indicator: str) -> tuple[str, ...]:
    return (indicator, *(each for each in SHOWN if each != indicator))


def _line(row: Mapping[str, Any], result: Result, areas: Mapping[str, Area], indicator: str) -> GridLine:
    code = _code(row)
    area = areas.get(code)
    cells = (
        figure_cell(row["figures"][each], result=result.id, name=f"grid={code}/{each}") for each in _first(indicator)
    )
    district = object_name("district", area.district_code) if area is not None else ""
    return GridLine(area.name if area is not None else code, code, district, tuple(cells))


def _map(result: Result, indicator: str, areas: Sequence[Area], day: date) -> MapView:
    view = map_of_areas(areas, AreaKind.RESPONSIBILITY_GRID, day)
    address = f"{reverse('assessment_grids_layer', args=[result.period])}?{urlencode({'indicator': indicator})}"
    measured = MapLayer("measured", "", address)
    return MapView(lon=view.lon, lat=view.lat, layers=(measured, view.layers[0]), zoom=view.zoom)
