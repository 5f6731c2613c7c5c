"""The addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from wangge.surfaces.api import wechat
from wangge.surfaces.api.edges import as_api, unknown_address
from wangge.surfaces.api.router import api


def _addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Those of the document, each with the manners of the API; behind them whatever else lies below."""
    patterns, application, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = as_api(pattern.callback)
    unknown = path("<path:rest>", unknown_address, name="unknown_address")
    return [*patterns, unknown], application, namespace


urlpatterns = [
    path("api/v1/", _addresses()),
    path("api/wechat", as_api(wechat.callback), name="wechat"),
    path("open311/", include(("wangge.surfaces.api.open311.urls", "open311"), namespace="open311")),
]
