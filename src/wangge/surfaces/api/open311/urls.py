"""The addresses of Open311: the production endpoint, and beside it the test endpoint, which writes nothing."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from wangge.surfaces.api.open311 import bulk, views

FMT = r"\.(?P<fmt>xml|json)$"


def addresses(prefix: str, *, is_test: bool) -> list[URLPattern]:
    """The resources below a prefix."""
    name = "test-" if is_test else ""
    writes = {"is_test": True} if is_test else {}
    return [
        re_path(rf"^{prefix}discovery{FMT}", views.discovery, name=f"{name}discovery"),
        re_path(rf"^{prefix}services{FMT}", views.services, name=f"{name}services"),
        re_path(
            rf"^{prefix}services/(?P<code>[^/]+?){FMT}", views.service_definition, name=f"{name}service_definition"
        ),
        re_path(rf"^{prefix}requests{FMT}", views.requests, writes, name=f"{name}requests"),
        re_path(rf"^{prefix}requests/(?P<number>[^/]+?){FMT}", views.one_request, name=f"{name}request"),
        re_path(rf"^{prefix}tokens/(?P<token>[^/]+?){FMT}", views.token, name=f"{name}token"),
        re_path(rf"^{prefix}servicerequestupdates{FMT}", views.updates, writes, name=f"{name}updates"),
        re_path(
            rf"^{prefix}bulk/requests-(?P<year>\d{{4}})-(?P<month>\d{{2}})\.(?P<fmt>csv|xml|json)$",
            bulk.bulk_month,
            name=f"{name}bulk",
        ),
    ]


urlpatterns = [
    *addresses("v2/", is_test=False),
    *addresses("test/v2/", is_test=True),
    re_path(r"^(?P<rest>.*)$", views.unknown, name="unknown"),
]
