"""What is known of a place while a report is written: likely duplicates, components, whose it would be and why."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries.proposal import limit_for, matter_at
from wangge.domains.cases.queries.similar import similar_cases
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.components.queries.register import nearest
from wangge.domains.organizations.logic import Actor
from wangge.domains.ownership.queries import propose
from wangge.groundwork import clock
from wangge.surfaces.web.command import rows
from wangge.surfaces.web.command.pages import ComponentChoice, Near
from wangge.surfaces.web.command.rule_words import limit_proposal, unit_proposal
from wangge.surfaces.web.elements.pieces import CaseRow
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import Brought
from wangge.surfaces.web.pages import Audience
from wangge.surfaces.web.shells import audience_of

Point = tuple[float, float]


@require_safe
def report_similar(request: HttpRequest) -> HttpResponse:
    """Answered while the form is filled in: at most three statements."""
    by, at = actor_on(request), clock.now()
    brought = Brought({name: request.GET.getlist(name) for name in request.GET}, {}, {})
    page = {"similar_url": reverse("report_similar"), "looks": True, "near": near_of(brought, by, at)}
    return render(request, "web/elements/similar.html", {"page": page})


def near_of(brought: Brought, by: Actor, at: datetime) -> Near:
    """All that is known for what was filled in so far."""
    point = _point(brought)
    return Near(_similar(brought, point, by, at), _components(brought, point, at), _proposal(brought, point, by, at))


def _point(brought: Brought) -> Point | None:
    try:
        lon, lat = float(brought.first("location_lon")), float(brought.first("location_lat"))
    except ValueError:
        return None
    return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def _components(brought: Brought, point: Point | None, at: datetime) -> tuple[ComponentChoice, ...]:
    """The components nearest to the point, of the class where it is one of components."""
    category = brought.first("category")
    if point is None:
        return ()
    wanted = category if category.startswith("component:") else ""
    found = nearest(lon=point[0], lat=point[1], on=day_of(civil(at)), category=wanted)
    chosen = brought.first("component")
    return tuple(
        ComponentChoice(
            near.component.code,
            near.component.name,
            _("%(owner)s · %(metres)s 米 · %(code)s")
            % {
                "owner": near.component.owner_name or near.component.manager_name, "metres": round(near.metres),
                "code": near.component.code,
            },
            near.component.code == chosen,
        )
        for near in found
    )  # fmt: skip


def _similar(brought: Brought, point: Point | None, by: Actor, at: datetime) -> tuple[CaseRow, ...]:
    if point is None:
        return ()
    words = f"{brought.first('description')} {brought.first('address')}"
    found = similar_cases(by=by, lon=point[0], lat=point[1], category=brought.first("category"), at=at, words=words)
    return rows.lines([each.row for each in found], at=at)


def _proposal(brought: Brought, point: Point | None, by: Actor, at: datetime) -> str:
    """Whose matter it would be, within what limit, and why; for the desk alone, empty where no rule says so."""
    category = brought.first("category")
    if point is None or not category or audience_of(by) is Audience.FIELD:
        return ""
    on = day_of(civil(at))
    matter = matter_at(
        category=category, point=point, address=brought.first("address"), component=brought.first("component"), on=on
    )
    choice = propose(matter=matter, on=on)
    if choice is None:
        return ""
    rules = rulebook_on(on)
    limit = limit_for(choice, category=category, filed=0, rules=rules)
    return unit_proposal(choice) + limit_proposal(limit, category, rules.edition)
