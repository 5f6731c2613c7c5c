"""Measures every request by its route, and writes one line for each where the city wants its requests logged."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from wangge.groundwork import clock
from wangge.surfaces.watching.figures import REQUESTS, SECONDS

log = logging.getLogger("wangge.requests")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measure:
    """The outermost middleware. A route is the address's pattern, so that strangers cannot make up labels."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.logs = bool(settings.ENVIRONMENT.log_requests)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Time the answer, as far as its first byte."""
        began = clock.monotonic()
        response = self.get_response(request)
        seconds = clock.monotonic() - began
        match = getattr(request, "resolver_match", None)
        route = match.route if match is not None else "(none)"
        method = request.method if request.method in _METHODS else "OTHER"
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route, method).observe(seconds)
        if self.logs:
            _write(request, response, route, seconds)
        return response


def _write(request: HttpRequest, response: HttpResponseBase, route: str, seconds: float) -> None:
    """Who asked what from where, and what came of it; never what was typed, nor the query of the address."""
    person = getattr(getattr(request, "user", None), "pk", None) or getattr(request, "person_id", None)
    told = {
        "method": request.method, "path": request.path, "route": route, "code": response.status_code,
        "milliseconds": round(seconds * 1000, 1), "person": person, "address": request.META.get("REMOTE_ADDR", ""),
    }  # fmt: skip
    line = "%s %s %s %.1f ms"
    log.info(line, request.method, request.path, response.status_code, seconds * 1000, extra=told)
