"""The addresses of the pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from wangge.surfaces.web.elements import gallery


def _gallery() -> list[URLPattern | URLResolver]:
    """Only where everything is invented anyway, or a developer looks."""
    if not (settings.DEBUG or settings.ENVIRONMENT.mode == "demo"):
        return []
    return [
        path("gallery/", gallery.index, name="gallery"),
        path("gallery/photo/<int:number>.svg", gallery.photo),
        path("gallery/ground/<slug:name>.geojson", gallery.layer),
        path("gallery/<slug:name>", gallery.sample, name="gallery_sample"),
    ]


urlpatterns: list[URLPattern | URLResolver] = _gallery()
