"""What the collectors' app asks for when it has a network: who he is, his tasks, classes, his grid, his own reports.

All of it is his own and goes into the telephone's storage under his name; nothing of it lies in the app's shell.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wangge.domains.cases.answers import iso, open_verbs
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.rows import CaseRow, draft_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.tables import Move, Tables
from wangge.surfaces.web.command.argument_fields import category_choices
from wangge.surfaces.web.command.rows import case_url, line
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.field.views import TASKS
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.shells import draft_scope

OWN = 30
VERIFIER = "verifier"


@never_cache
@require_safe
def field_state(request: HttpRequest) -> HttpResponse:
    """Everything for the next hours without a network; two statements behind the gate."""
    by, at = actor_on(request), clock.now()
    tasks = lists.queue(by=by, at=at, stages=TASKS, filter=Filter(assignee_id=by.person_id), limit=lists.MOST)
    own = lists.cases(by=by, at=at, filter=Filter(reporter_id=by.person_id), limit=OWN)
    answer = {
        "scope": draft_scope(by),
        "name": by.display_name,
        "csrf": get_token(request),
        "now": iso(at),
        "may_report": by.holds("collector"),
        "catalogue": _catalogue(rulebook_on(day_of(civil(at))), request.GET.get("catalogue", "")),
        "tasks": [_task(row, by, at) for row in tasks.rows],
        "own": [_own(row, at) for row in own.rows],
        "grids": _grids(by, at),
        "map": _map(at),
    }
    return HttpResponse(orjson.dumps(answer), content_type="application/json")


def _task(row: CaseRow, by: Actor, at: datetime) -> dict[str, Any]:
    draft = draft_of(row, at)
    shown = line(row, at=at)
    verbs = set(open_verbs(draft.rules, draft.state, draft.around, row, by, civil(at)))
    return {
        "number": row.number, "version": row.version, "stage": row.stage, "stage_words": shown.stage.stage_zh,
        "url": case_url(row.number), "category": shown.category_zh, "place": shown.place, "lon": row.lon,
        "lat": row.lat, "description": row.description, "due_at": iso(row.burns_at),
        "time_words": shown.time_left.text, "urgency": shown.time_left.urgency.value,
        "pictures": [
            reverse("photo_thumbnail", args=[row.number, photo]) for _kind, photo, _seq in (row.photos or [])[:4]
        ],
        "verbs": [
            _verb(move)
            for move in draft.rules.by_stage.get(row.stage, ())
            if move.verb in verbs and VERIFIER in move.posts
        ],
    }  # fmt: skip


def _verb(move: Move) -> dict[str, Any]:
    """A verb with the questions of its row: what the form asks offline is what the table of moves wants."""
    return {
        "verb": move.verb,
        "label": labels.verb_name(move.verb),
        "questions": [*map(_argument, move.args), *map(_evidence, move.evidence)],
    }


def _argument(name: str) -> dict[str, Any]:
    bare = name.removesuffix("?")
    choices = ("true", "false") if bare == "result" else ()
    return {
        "name": bare, "label": labels.argument_name(bare), "required": bare == name,
        "kind": "choice" if choices else "text",
        "choices": [[term, str(labels.VALUES.get((bare, term), term))] for term in choices],
    }  # fmt: skip


def _evidence(name: str) -> dict[str, Any]:
    bare = name.removesuffix("?")
    return {
        "name": bare, "label": labels.argument_name(bare), "required": bare == name,
        "kind": "place" if bare == "location" else "photos", "choices": [],
    }  # fmt: skip


def _own(row: CaseRow, at: datetime) -> dict[str, Any]:
    shown = line(row, at=at)
    return {
        "number": row.number, "url": case_url(row.number), "category": shown.category_zh, "place": shown.place,
        "stage": shown.stage.stage_zh, "reported_at": iso(row.reported_at),
    }  # fmt: skip


def _catalogue(rules: Rulebook, known_version: str) -> dict[str, Any]:
    """The classes; their list only where the telephone has another one."""
    version, items = _classes(city_tables(), rules.edition, get_language() or "")
    return {"version": version} if version == known_version else {"version": version, "items": items}


@lru_cache(maxsize=8)
def _classes(_tables: Tables, edition: str, _language: str) -> tuple[str, list[list[str]]]:
    items = [[each.value, each.label, each.group, each.hint, each.keywords] for each in category_choices(edition)]
    return sha256(orjson.dumps(items)).hexdigest()[:16], items


def _grids(by: Actor, at: datetime) -> list[dict[str, Any]]:
    """The responsibility grids he is on duty in, each with its box."""
    return [
        {"code": area.code, "name": area.name, "box": [round(edge, 6) for edge in area.boundary.bounds]}
        for area in own_grids(by, at)
    ]


def own_grids(by: Actor, at: datetime) -> list[Area]:
    """The responsibility grids a collector is on duty in, with their borders of the day."""
    person = known([by.person_id], at=at).get(by.person_id) if by.person_id is not None else None
    codes = sorted(person.on_duty_in) if person is not None else []
    kind, day = AreaKind.RESPONSIBILITY_GRID, day_of(civil(at))
    return [area for code in codes if (area := ground().area(kind=kind, code=code, on=day)) is not None]


def _map(at: datetime) -> dict[str, Any] | None:
    view = map_at(None, None, at)
    if view is None:
        return None
    return {
        "lon": view.lon, "lat": view.lat, "zoom": view.zoom,
        "layers": [[layer.name, layer.label, layer.url] for layer in view.layers],
    }  # fmt: skip
