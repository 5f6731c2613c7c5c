"""Tells an open page that cases moved, so that it may ask for itself again: which stages, never which cases.

A seat is told besides that something rang at its extension, and never who.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from wangge.domains.organizations.queries import city_tables
from wangge.domains.telephone.operations.taking import TOPIC
from wangge.groundwork import clock
from wangge.groundwork.outbox.watching import Seen, Watch
from wangge.standards.tables import Tables
from wangge.surfaces.web.gate import actor_on

WATCH = Watch(most=settings.LIVE_PAGES)
BEAT_SECONDS = 10.0
"""How often a silent stream says that it is alive; so long it takes to notice that nobody reads it any more."""
LONGEST_SECONDS = 600.0
"""After this the page has to ask again, with the rights its person has by then."""
RETRY_MILLISECONDS = 2000


@require_safe
def pulse(request: HttpRequest) -> HttpResponseBase:
    """An event stream of ``moved`` with the stages concerned; 204 (the page goes on asking by itself) when full."""
    if WATCH.is_full:
        return HttpResponse(status=204)
    response = StreamingHttpResponse(_stream(actor_on(request).person_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return response


def _stream(person_id: int | None) -> Iterator[str]:
    connection.close()  # a page that listens holds no connection
    until = clock.monotonic() + LONGEST_SECONDS
    with WATCH.listening() as hear:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while clock.monotonic() < until:
            seen = hear(BEAT_SECONDS)
            stages, rang = stages_moved(seen), rang_at(seen, person_id)
            if rang:
                yield "event: rang\ndata: {}\n\n"
            if stages:
                yield f"event: moved\ndata: {orjson.dumps(stages).decode()}\n\n"
            elif not rang:
                yield ": still here\n\n"


def stages_moved(seen: Iterable[Seen]) -> list[str]:
    """The stages that may have lost or got a case by these facts, sorted."""
    tables, found = city_tables(), set[str]()
    for fact in seen:
        told = orjson.loads(fact.payload)
        verb, stage = told.get("verb"), told.get("stage")
        if isinstance(verb, str) and isinstance(stage, str):
            found |= {stage, *_left_by(tables, verb)}
    return sorted(found)


def rang_at(seen: Iterable[Seen], person_id: int | None) -> bool:
    """Whether one of these facts is a call at this person's seat."""
    return any(fact.topic == TOPIC and orjson.loads(fact.payload).get("seat") == person_id for fact in seen)


@lru_cache(maxsize=512)
def _left_by(tables: Tables, verb: str) -> frozenset[str]:
    return frozenset(row.from_stage for row in tables.moves if row.verb == verb)
