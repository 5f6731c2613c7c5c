"""Taking in through Open311: a request becomes a report, an update the reporter's answer to a question."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.cases.queries.published import published_case
from wangge.domains.cases.rows import load_by_external_number
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.api.open311.answering import service_named
from wangge.surfaces.api.open311.asking import (
    Refused,
    check_jurisdiction,
    form_of,
    key_holder,
    parameter,
)
from wangge.surfaces.api.open311.services import CONDITION, Service
from wangge.surfaces.api.open311.telling import told

LONGEST_DESCRIPTION = 4000
LONGEST_WORD = 200
EXTERNAL_CONSTRAINT = "case_external_number_once_per_source"


def create_request(request: HttpRequest, fmt: str, *, is_test: bool) -> HttpResponse:
    at = clock.now()
    form = form_of(request)
    check_jurisdiction(request, form)
    by = key_holder(request, form, at)
    code = parameter(form, "service_code")
    if not code:
        raise Refused(400, _("请给出 service_code。"))
    service = service_named(code)
    external = f"open311:{_token_of(request, by)}"
    report = _report_of(form, service, external)
    try:
        number = _tried(report, by, at) if is_test else _reported(request, report, by, at)
    except failures.BadInput as wrong:
        raise Refused(400, f"{wrong.field}: {wrong.why}") from wrong
    except failures.CaseRefused as refused:
        raise Refused(400, _("上报不符合流转规则：%(why)s。") % {"why": refused}) from refused
    except IntegrityError as clash:
        if EXTERNAL_CONSTRAINT not in str(clash):
            raise
        row = load_by_external_number("public", external)
        assert row is not None
        number = row.number
    account = parameter(form, "account_id")
    notice = _("已受理，办理结果请用编号查询。") if not is_test else _("测试：没有登记。")
    answer = {"service_request_id": number, "service_notice": notice, "account_id": account or None}
    return told("service_requests", [answer], fmt)


def _token_of(request: HttpRequest, by: Actor) -> str:
    """By chance; with an Idempotency-Key the same key of the same holder gives the same request."""
    key = request.headers.get("Idempotency-Key", "").strip()
    return sha256(f"{by.person_id}/{key}".encode()).hexdigest()[:32] if key else secrets.token_hex(16)


def _reported(request: HttpRequest, report: Report, by: Actor, at: datetime) -> str:
    made = report_case(report=report, by=by, at=at, address=str(request.META.get("REMOTE_ADDR", "")))
    after_report(reported=made, at=at)
    return made.number


class _Undone(Exception):
    pass


def _tried(report: Report, by: Actor, at: datetime) -> str:
    """What a test endpoint does: everything, and then nothing of it."""
    number = ""
    try:
        with transaction.atomic():
            number = report_case(report=report, by=by, at=at).number
            raise _Undone
    except _Undone:
        return number


def _report_of(form: QueryDict, service: Service, external: str) -> Report:
    description = parameter(form, "description")
    if len(description) > LONGEST_DESCRIPTION:
        raise Refused(400, _("description 不能超过 %(most)s 字。") % {"most": LONGEST_DESCRIPTION})
    words = {name: parameter(form, name) for name in ("first_name", "last_name", "phone", "email", "media_url",
                                                      "device_id", "account_id")}  # fmt: skip
    for name, text in words.items():
        if len(text) > (2000 if name == "media_url" else LONGEST_WORD):
            raise Refused(400, _("%(name)s 过长。") % {"name": name})
    if words["media_url"] and not words["media_url"].startswith(("http://", "https://")):
        raise Refused(400, _("media_url 须为 http 或 https 的网址。"))
    attributes = _attributes_of(form, service)
    foreign = {name: words[name] for name in ("media_url", "device_id", "account_id") if words[name]}
    return Report(
        source="public",
        category=service.category,
        description=description or service.name,
        location=_location_of(form),
        reporter_name=_full_name(words["first_name"], words["last_name"]),
        reporter_phone=words["phone"],
        reporter_email=words["email"],
        external_no=external,
        foreign={**foreign, **({"attributes": attributes} if attributes else {})},
    )


def _full_name(first: str, last: str) -> str:
    """Chinese names have the family name first and no blank."""
    western = " ".join(filter(None, (first, last)))
    return western if western.isascii() else f"{last}{first}"


def _location_of(form: QueryDict) -> dict[str, Any]:
    lat, lon = parameter(form, "lat"), parameter(form, "long")
    address = parameter(form, "address_string") or parameter(form, "address_id")
    if len(address) > LONGEST_WORD * 2:
        raise Refused(400, _("%(name)s 过长。") % {"name": "address_string"})
    if bool(lat) != bool(lon):
        raise Refused(400, _("lat 与 long 须同时给出。"))
    if not lat:
        if not address:
            raise Refused(400, _("请给出位置：lat 与 long，或 address_string，或 address_id。"))
        return {"address": address}
    try:
        place = {"lon": float(lon), "lat": float(lat), "system": "wgs84", "address": address}
    except ValueError:
        raise Refused(400, _("lat 与 long 须为十进制度数。")) from None
    if not (abs(float(lat)) <= 90 and abs(float(lon)) <= 180):
        raise Refused(400, _("lat 与 long 不是地球上的位置。"))
    return place


def _attributes_of(form: QueryDict, service: Service) -> dict[str, str]:
    """attribute[code] and attribute[code][]; values of a list must be of it."""
    found: dict[str, str] = {}
    choices = dict(service.conditions)
    for name in form:
        if not name.startswith("attribute["):
            continue
        code = name.removeprefix("attribute[").removesuffix("[]").removesuffix("]")
        values = [value.strip() for value in form.getlist(name) if value.strip()]
        if not values:
            continue
        if code == CONDITION and service.has_metadata:
            wrong = [value for value in values if value not in choices]
            if wrong or len(values) > 1:
                raise Refused(400, _("attribute[%(code)s] 的值不在服务定义中。") % {"code": code})
        if len(code) <= LONGEST_WORD:
            found[code] = ",".join(values)[:LONGEST_DESCRIPTION]
    return found


def add_update(request: HttpRequest, fmt: str, *, is_test: bool) -> HttpResponse:
    """The reporter's answer to an open question; anything else a partner may not change."""
    at = clock.now()
    form = form_of(request)
    by = key_holder(request, form, at)
    number, description = parameter(form, "service_request_id"), parameter(form, "description")
    if not number or not description:
        raise Refused(400, _("请给出 service_request_id 与 description。"))
    if len(description) > LONGEST_DESCRIPTION // 2:
        raise Refused(400, _("description 不能超过 %(most)s 字。") % {"most": LONGEST_DESCRIPTION // 2})
    if published_case(number=number) is None:
        raise Refused(404, _("没有编号为“%(number)s”的请求。") % {"number": number})
    order = Order(number=number, verb="reporter_answered", args={"answer": description}, photos={})
    try:
        if is_test:
            return told("service_requests_updates", [{"update_id": f"{number}.0"}], fmt)
        moved = move_case(order=order, by=by, at=at, address=str(request.META.get("REMOTE_ADDR", "")))
    except failures.CaseRefused as refused:
        raise Refused(400, _("这件请求现在没有等待答复的问题。")) from refused
    return told("service_requests_updates", [{"update_id": f"{number}.{moved.draft.version}"}], fmt)
