"""Which surface answers which address: each surface brings its own ``urls`` module."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from wangge.surfaces.api import health


def _surface(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    try:
        return [path(prefix, include(module))] if find_spec(module) else []
    except ModuleNotFoundError:
        return []


urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("", include("wangge.surfaces.api.urls")),
    *_surface("", "wangge.surfaces.exchange.urls"),
    path("", include("wangge.surfaces.web.urls")),
]
handler400 = "wangge.surfaces.web.errors.bad_request"
handler403 = "wangge.surfaces.web.errors.forbidden"
handler404 = "wangge.surfaces.web.errors.not_found"
handler500 = "wangge.surfaces.web.errors.failed"
