"""The operations on places: candidates for words, the address of a point."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from wangge.groundwork import clock
from wangge.surfaces.api.door import caller_of, json_answer
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.problems import problem
from wangge.surfaces.places import BadQuestion, place_at, places_for


@at_the_door
def find(request: HttpRequest) -> HttpResponse:
    """GET /places: the likeliest first."""
    caller_of(request, door="api-v1:find_places", writes=False)
    try:
        return json_answer(places_for(request.GET, on=clock.today()))
    except BadQuestion as wrong:
        return problem(422, "bad_input", str(wrong), field=wrong.field)


@at_the_door
def at(request: HttpRequest) -> HttpResponse:
    """GET /places/at: the point in words."""
    caller_of(request, door="api-v1:place_at", writes=False)
    try:
        return json_answer(place_at(request.GET, on=clock.today()))
    except BadQuestion as wrong:
        return problem(422, "bad_input", str(wrong), field=wrong.field)
