"""Lets pages of the named other origins read the API with a token of their own; without such origins it is not there.

Nothing but the API is opened, and never with cookies: a browser sends another origin's request with whatever session
it holds, and the session is for our own pages.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

PATHS = ("/api/", "/open311/")
METHODS = "GET, POST, PATCH"
ASKED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, Upload-Offset, Content-Digest"
SHOWN_HEADERS = "ETag, Location, Retry-After"
KEPT_SECONDS = 600


class CrossOrigin:
    """Middleware: answers what a browser asks beforehand, and says whose pages may read the answer."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.origins = frozenset(origin.rstrip("/").lower() for origin in settings.CORS_ORIGINS)
        if not self.origins:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Requests of our own pages and of programs name no origin, or our own, and pass unchanged."""
        if not request.path_info.startswith(PATHS):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        named = origin.lower() in self.origins
        asks_beforehand = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if named and asks_beforehand else self.get_response(request)
        patch_vary_headers(response, ("Origin",))
        if named:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = SHOWN_HEADERS
            if asks_beforehand:
                response["Access-Control-Allow-Methods"] = METHODS
                response["Access-Control-Allow-Headers"] = ASKED_HEADERS
                response["Access-Control-Max-Age"] = str(KEPT_SECONDS)
        return response
