"""What every Open311 resource does alike: its door, its methods, its refusals; and a published case as an item."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.queries.published import PublishedCase
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import units
from wangge.groundwork import clock
from wangge.surfaces.api.edges import RETRY_AFTER_SECONDS
from wangge.surfaces.api.open311.asking import Refused, check_open
from wangge.surfaces.api.open311.services import Service, code_of, services_of
from wangge.surfaces.api.open311.telling import FORMATS, told_errors, zulu

log = logging.getLogger(__name__)
Resource = Callable[..., HttpResponseBase]


def resource(*methods: str) -> Callable[[Resource], Resource]:
    """A view of one resource: its methods, its door, and whatever is refused told as Open311 errors."""

    def decorate(view: Resource) -> Resource:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, fmt: str, **kwargs: Any) -> HttpResponseBase:
            error_format = fmt if fmt in FORMATS else "xml"
            allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers={"Allow": allowed})
            method = "GET" if request.method == "HEAD" else request.method
            try:
                check_open(request)
                if method not in methods:
                    refusal = told_errors(
                        405, _("此地址支持的方法：%(methods)s。") % {"methods": allowed}, error_format
                    )
                    refusal["Allow"] = allowed
                    return refusal
                return view(request, *args, fmt=fmt, **kwargs)
            except Refused as refused:
                return told_errors(refused.status, refused.why, error_format, code=refused.code)
            except (OperationalError, InterfaceError) as failure:
                log.warning("the database did not answer: %s", failure)
                away = told_errors(503, _("数据库暂不可用，请稍后重试。"), error_format)
                away["Retry-After"] = RETRY_AFTER_SECONDS
                return away
            except Exception:
                log.exception("%s %s failed", request.method, request.path)
                return told_errors(500, _("系统内部错误，已记录。请稍后重试，或联系管理员。"), error_format)

        answered.csrf_exempt = True  # type: ignore[attr-defined]
        return answered

    return decorate


def rules_now(at: datetime | None = None) -> Rulebook:
    return rulebook_on(day_of(civil(at or clock.now())))


def services_now() -> Mapping[str, Service]:
    return services_of(rules_now())


def service_named(code: str) -> Service:
    found = services_now().get(code)
    if found is None:
        raise Refused(404, _("没有服务“%(code)s”。") % {"code": code})
    return found


def items_of(cases: Iterable[PublishedCase]) -> list[dict[str, Any]]:
    rules, known, all_units = rules_now(), services_now(), units()
    return [item_of(case, rules, known, all_units) for case in cases]


def item_of(
    case: PublishedCase, rules: Rulebook, known: Mapping[str, Service], all_units: Mapping[str, Any]
) -> dict[str, Any]:
    code = code_of(case.category)
    service = known.get(code)
    stage = rules.stages[case.stage]
    unit = all_units.get(case.department_code)
    return {
        "service_request_id": case.number,
        "status": stage.open311_status,
        "status_notes": stage.stage_zh,
        "service_name": service.name if service else _("未分类"),
        "service_code": code or None,
        "description": case.description or None,
        "agency_responsible": unit.name if unit is not None else None,
        "service_notice": None,
        "requested_datetime": zulu(case.reported_at),
        "updated_datetime": zulu(
            case.closed_at if stage.open311_status == "closed" and case.closed_at else case.changed_at
        ),
        "expected_datetime": zulu(case.due_at),
        "address": case.address or None,
        "address_id": None,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": case.media_url or None,
    }
