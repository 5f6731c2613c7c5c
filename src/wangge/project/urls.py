"""Which surface answers which address: each surface brings its own ``urls`` module."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path


def _surface(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    try:
        return [path(prefix, include(module))] if find_spec(module) else []
    except ModuleNotFoundError:
        return []


urlpatterns = [
    *_surface("", "wangge.surfaces.api.urls"),
    *_surface("", "wangge.surfaces.exchange.urls"),
    *_surface("", "wangge.surfaces.web.urls"),
]
