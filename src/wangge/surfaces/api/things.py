"""The operations of ``/api/v1`` about things and places: components, likely duplicates, open cases on a map."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.answers import iso
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries.clusters import LEAST_ZOOM, MOST_ZOOM, clusters_geojson, open_clusters
from wangge.domains.cases.queries.proposal import limit_for, matter_at
from wangge.domains.cases.queries.similar import MOST, Similar, similar_cases
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.components.queries.register import MOST_NEAR, NEAR_METRES, ComponentRow, component_on, nearest
from wangge.domains.geography.queries import locate_given
from wangge.domains.ownership.logic.choosing import Rule
from wangge.domains.ownership.queries import propose
from wangge.groundwork.coordinates import CoordinateError
from wangge.surfaces.api.asked import box_of
from wangge.surfaces.api.door import caller_of, json_answer
from wangge.surfaces.api.operations import at_the_door

MOST_METRES = 500
MOST_RULES = 10


@at_the_door
def near_components(request: HttpRequest) -> HttpResponse:
    """GET /components: the nearest to a point, nearest first."""
    caller = caller_of(request, door="api-v1:near_components", writes=False)
    lon, lat = _point(request, caller.at)
    metres = _whole(request, "within", int(NEAR_METRES), 1, MOST_METRES)
    found = nearest(
        lon=lon, lat=lat, on=day_of(civil(caller.at)), category=request.GET.get("category", "").replace("\0", ""),
        count=_whole(request, "limit", 5, 1, MOST_NEAR), within_metres=metres,
    )  # fmt: skip
    return json_answer({"items": [{**_component(each.component), "metres": round(each.metres, 1)} for each in found]})


@at_the_door
def get_component(request: HttpRequest, code: str) -> HttpResponse:
    """GET /components/{code}."""
    caller = caller_of(request, door="api-v1:get_component", writes=False)
    row = None if "\0" in code else component_on(code=code, on=day_of(civil(caller.at)))
    if row is None:
        raise failures.NoSuchCase(code)
    return json_answer(_component(row))


@at_the_door
def get_proposal(request: HttpRequest) -> HttpResponse:
    """GET /proposals: whose a matter of a class at a point is, with what limit, and the rules that say so."""
    caller = caller_of(request, door="api-v1:get_proposal", writes=False)
    lon, lat = _point(request, caller.at)
    on = day_of(civil(caller.at))
    rules = rulebook_on(on)
    category, component, address = (
        request.GET.get(name, "").replace("\0", "")[:200] for name in ("category", "component", "address")
    )
    if category not in rules.categories:
        raise failures.BadInput("category", _("没有这个小类。请写作 component:0101。"))
    matter = matter_at(category=category, point=(lon, lat), address=address, component=component, on=on)
    choice = propose(matter=matter, on=on)
    limit = limit_for(choice, category=category, filed=_whole(request, "condition_seq", 0, 0, 99), rules=rules)
    return json_answer(
        {
            "department": choice.department if choice else None,
            "rule": _rule(choice.rule, choice.department) if choice else None,
            "before": [_rule(rule, unit) for rule, unit in choice.others[:MOST_RULES]] if choice else [],
            "limit": None
            if limit is None
            else {
                "condition_seq": limit.condition_seq, "value": limit.value, "unit": limit.unit,
                "because": limit.ground.value,
            },
        }
    )  # fmt: skip


def _rule(rule: Rule, department: str) -> dict[str, Any]:
    return {
        "number": rule.id, "category": rule.category or None, "place_kind": rule.place_kind.value,
        "place": rule.place or None, "department": department, "role": rule.role.value if rule.role else None,
        "source": rule.source.value, "source_text": rule.source_text, "valid_from": rule.valid_from.isoformat(),
    }  # fmt: skip


@at_the_door
def list_similar(request: HttpRequest) -> HttpResponse:
    """GET /cases/similar: what may be the same matter, the likeliest first."""
    caller = caller_of(request, door="api-v1:list_similar", writes=False)
    lon, lat = _point(request, caller.at)
    found = similar_cases(
        by=caller.actor, lon=lon, lat=lat, category=request.GET.get("category", "").replace("\0", ""), at=caller.at,
        words=request.GET.get("q", "")[:2000], most=_whole(request, "limit", MOST, 1, 20),
    )  # fmt: skip
    return json_answer({"items": [_similar(each) for each in found]})


@at_the_door
def map_clusters(request: HttpRequest) -> HttpResponse:
    """GET /cases/clusters: open cases in a box, gathered for a zoom level, as GeoJSON."""
    caller = caller_of(request, door="api-v1:map_clusters", writes=False)
    stage = request.GET.get("stage", "")
    found = open_clusters(
        by=caller.actor, at=caller.at, box=box_of(request.GET.get("bbox", "")) or (-180.0, -90.0, 180.0, 90.0),
        zoom=_whole(request, "zoom", 12, LEAST_ZOOM, MOST_ZOOM), stages=tuple(stage.split(",")) if stage else (),
        department=request.GET.get("department", "").replace("\0", ""),
    )  # fmt: skip
    return HttpResponse(clusters_geojson(found), content_type="application/geo+json")


def _point(request: HttpRequest, at: datetime) -> tuple[float, float]:
    """The point of a question in WGS-84, from any system of the contract."""
    given = request.GET
    system = given.get("system", "wgs84")
    names = ("x", "y") if system == "city" else ("lon", "lat")
    try:
        first, second = (float(given.get(name, "")) for name in names)
        if not (math.isfinite(first) and math.isfinite(second)):
            raise ValueError(first)
        found = locate_given(first=first, second=second, system=system, on=day_of(civil(at)))
    except CoordinateError as wrong:
        raise failures.BadInput(names[0], str(wrong)) from wrong
    except ValueError as wrong:
        raise failures.BadInput(names[0], _("请给出数字坐标：lon 与 lat（system=city 时为 x 与 y）。")) from wrong
    return found.lon, found.lat


def _whole(request: HttpRequest, name: str, default: int, least: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not least <= int(text) <= most:
        words = {"name": name, "least": least, "most": most}
        raise failures.BadInput(name, _("%(name)s 须为 %(least)s 至 %(most)s 的整数。") % words)
    return int(text)


def _component(row: ComponentRow) -> dict[str, Any]:
    def unit(code: str, name: str) -> dict[str, str | None] | None:
        return {"department": code or None, "name": name} if name else None

    return {
        "code": row.code,
        "name": row.name,
        "category": row.category,
        "state": row.state,
        "lon": row.lon,
        "lat": row.lat,
        "district": row.district_code,
        "unit_grid": row.unit_grid_code or None,
        "manager": unit(row.manager_code, row.manager_name),
        "owner": unit(row.owner_code, row.owner_name),
        "maintainer": unit(row.maintainer_code, row.maintainer_name),
    }


def _similar(each: Similar) -> dict[str, Any]:
    row, likeness = each.row, each.likeness
    return {
        "number": row.number,
        "stage": row.stage,
        "category": row.category or None,
        "description": row.description,
        "address": row.address,
        "reported_at": iso(row.reported_at),
        "metres": round(likeness.metres, 1),
        "hours": round(likeness.hours, 1),
        "points": round(likeness.points, 2),
    }
