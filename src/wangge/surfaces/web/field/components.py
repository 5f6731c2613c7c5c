"""What stands in a collector's grids, for the map of his app; kept there for the time without a network."""

from __future__ import annotations

from hashlib import sha256

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.components.models import State
from wangge.domains.components.queries.standing import standing_within
from wangge.groundwork import clock
from wangge.surfaces.web.field.state import own_grids
from wangge.surfaces.web.gate import actor_on

MOST = 3000


@never_cache
@require_safe
def field_components(request: HttpRequest) -> HttpResponse:
    """The components of his grids; without their list where the telephone has it. One statement behind the gate."""
    by, at = actor_on(request), clock.now()
    grids = own_grids(by, at)
    found = standing_within([grid.boundary for grid in grids], on=day_of(civil(at)), most=MOST)[:MOST]
    items = [
        [each.code, each.name, each.category, str(State(each.state).label), each.state == State.INTACT,
         round(each.lon, 6), round(each.lat, 6), each.maintainer]
        for each in found
    ]  # fmt: skip
    mark = sha256(orjson.dumps(items)).hexdigest()[:16]
    told: dict[str, object] = {"mark": mark, "grids": [grid.code for grid in grids]}
    if mark != request.GET.get("mark", ""):
        told["items"] = items
    return HttpResponse(orjson.dumps(told), content_type="application/json")
