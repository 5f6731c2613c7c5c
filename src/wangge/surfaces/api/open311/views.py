"""The resources of Open311 GeoReport v2 that are read: discovery, services, requests, tokens, updates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from wangge.domains.cases.queries.published import (
    Wanted,
    number_of_token,
    published_case,
    published_cases,
    published_steps,
)
from wangge.groundwork import clock
from wangge.surfaces.api.open311.answering import items_of, resource, rules_now, service_named, services_now
from wangge.surfaces.api.open311.asking import MOST_ROWS, Refused, listed, page_of, window_of
from wangge.surfaces.api.open311.creating import add_update, create_request
from wangge.surfaces.api.open311.telling import FORMATS, MEDIA_TYPES, told, told_errors, zulu

CHANGESET = "2024-11-01T00:00:00Z"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
STATUSES = ("open", "closed")


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every path below Open311 that is none of its resources."""
    return told_errors(404, _("没有此资源。接口说明见 discovery.xml。"), "json" if rest.endswith(".json") else "xml")


# ---- discovery and services ----------------------------------------------------------------------------------------


@resource("GET")
def discovery(request: HttpRequest, *, fmt: str) -> HttpResponseBase:
    """Where the endpoints are and in which formats."""
    base = f"{request.scheme}://{request.get_host()}/open311"
    formats = [MEDIA_TYPES[each].partition(";")[0] for each in FORMATS]
    kinds = (("production", f"{base}/v2"), ("test", f"{base}/test/v2"))
    endpoints = [
        {"specification": SPECIFICATION, "url": url, "changeset": CHANGESET, "type": kind, "formats": formats}
        for kind, url in kinds
    ]
    value = {
        "changeset": CHANGESET,
        "contact": _("如有问题，请联系本市城市管理监督指挥中心。"),
        "key_service": _("申请 api_key 请联系本市城市管理监督指挥中心的安全管理员。"),
        "endpoints": endpoints,
    }
    return told("discovery", value, fmt)


@resource("GET")
def services(request: HttpRequest, *, fmt: str) -> HttpResponseBase:
    """The service list."""
    return told("services", [each.as_item() for each in services_now().values()], fmt)


@resource("GET")
def service_definition(request: HttpRequest, *, code: str, fmt: str) -> HttpResponseBase:
    """One service's attributes."""
    return told("service_definition", service_named(code).as_definition(), fmt)


# ---- requests ------------------------------------------------------------------------------------------------------


@resource("GET", "POST")
def requests(request: HttpRequest, *, fmt: str, is_test: bool = False) -> HttpResponseBase:
    """The list, or a new request."""
    return create_request(request, fmt, is_test=is_test) if request.method == "POST" else _list(request, fmt)


def _list(request: HttpRequest, fmt: str) -> HttpResponse:
    limit, offset = page_of(request.GET)
    numbers = listed(request.GET, "service_request_id")
    if numbers:
        # the ids override every other argument
        found = published_cases(wanted=Wanted(numbers=numbers[:MOST_ROWS]), limit=limit, offset=offset)
        return told("service_requests", items_of(found), fmt)
    since, before = window_of(request.GET, clock.now())
    codes = listed(request.GET, "service_code")
    known = services_now()
    for code in codes:
        if code not in known:
            raise Refused(404, _("没有服务“%(code)s”。") % {"code": code})
    wanted = Wanted(
        categories=tuple(known[code].category for code in codes),
        stages=_stages_of(listed(request.GET, "status")),
        since=since,
        before=before,
    )
    return told("service_requests", items_of(published_cases(wanted=wanted, limit=limit, offset=offset)), fmt)


def _stages_of(statuses: tuple[str, ...]) -> tuple[str, ...] | None:
    for status in statuses:
        if status not in STATUSES:
            raise Refused(400, _("status 只能是 open 或 closed。"))
    if not statuses or set(statuses) == set(STATUSES):
        return None
    return tuple(stage for stage, row in rules_now().stages.items() if row.open311_status in statuses)


@resource("GET")
def one_request(request: HttpRequest, *, number: str, fmt: str) -> HttpResponseBase:
    """One request, in a list of one."""
    found = published_case(number=number)
    if found is None:
        raise Refused(404, _("没有编号为“%(number)s”的请求。") % {"number": number})
    return told("service_requests", items_of([found]), fmt)


@resource("GET")
def token(request: HttpRequest, *, token: str, fmt: str) -> HttpResponseBase:
    """The request a token stands for."""
    number = number_of_token(token=token)
    if number is None:
        raise Refused(404, _("没有此令牌对应的请求。"))
    return told("service_requests", [{"service_request_id": number, "token": token}], fmt)


# ---- updates -------------------------------------------------------------------------------------------------------


@resource("GET", "POST")
def updates(request: HttpRequest, *, fmt: str, is_test: bool = False) -> HttpResponseBase:
    """What has changed (the extension servicerequestupdates), or an answer of the reporter's own system."""
    return add_update(request, fmt, is_test=is_test) if request.method == "POST" else _list_updates(request, fmt)


def _list_updates(request: HttpRequest, fmt: str) -> HttpResponse:
    since, before = window_of(request.GET, clock.now())
    numbers = listed(request.GET, "service_request_id")
    rules = rules_now()
    items = [
        {
            "update_id": f"{step.number}.{step.seq}",
            "service_request_id": step.number,
            "status": rules.stages[step.stage].open311_status,
            "updated_datetime": zulu(step.at),
            "description": rules.stages[step.stage].stage_zh,
            "media_url": None,
        }
        for step in published_steps(numbers=numbers, since=since, before=before, limit=MOST_ROWS)
    ]
    return told("service_requests_updates", items, fmt)
