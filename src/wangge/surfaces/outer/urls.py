"""The addresses of the public surface standing alone; the same as in the house, so that links hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.i18n import set_language

from wangge.surfaces.outer import views


def alive(_request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", views.home),
    path("healthz", alive),
    path("public", views.home, name="public_home"),
    path("public/report", views.report, name="public_report"),
    path("public/letters", views.letter, name="public_letter"),
    path("public/status", views.status, name="public_status"),
    path("public/status/acts", views.act, name="public_act"),
    path("language", set_language, name="set_language"),
]
