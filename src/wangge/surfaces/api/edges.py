"""What every address of the API does alike: HEAD, OPTIONS and other methods, a database that is away, a clash of two.

Whatever is refused here is refused as a problem, too; nothing of the API answers in HTML or plain text.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from wangge.surfaces.api.problems import problem

log = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
RETRY_AFTER_SECONDS = "2"
# Two transactions stood in each other's way and the database ended one of them (deadlock, serialization).
CLASHES = frozenset({"40P01", "40001"})


def as_api(view: View) -> View:
    """The view of one address with the manners of the API around it; its callers bring a token, so no CSRF token."""
    exempt = with_manners(view)
    exempt.csrf_exempt = True  # type: ignore[attr-defined]
    return exempt


def with_manners(view: View) -> View:
    """The manners alone, for an address of the API that pages ask by their session: the CSRF check stays."""

    @wraps(view)
    def mannered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "HEAD":
            request.method = "GET"
            return _without_body(_answered(view, request, *args, **kwargs))
        answer = _answered(view, request, *args, **kwargs)
        return _method_refused(request, answer) if answer.status_code == 405 else answer

    return mannered


def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every path below the API that is none of its addresses."""
    return problem(404, "not_found", _("没有此地址。接口说明见 /api/v1/openapi.json。"))


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The view's answer; a clash, or a connection that died, is tried once more: what was begun was rolled back."""
    try:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError) as failure:
            if not _worth_another_try(failure):
                raise
            return view(request, *args, **kwargs)
    except (OperationalError, InterfaceError) as failure:
        log.warning("the database did not answer: %s", failure)
        return problem(
            503, "unavailable", _("数据库暂不可用，请稍后重试。"), headers={"Retry-After": RETRY_AFTER_SECONDS}
        )
    except Http404:
        return unknown_address(request)
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return problem(500, "failure", _("系统内部错误，已记录。请稍后重试，或联系管理员。"), title=_("系统内部错误"))


def _worth_another_try(failure: Exception) -> bool:
    """A clash of two writers; or a connection the database ended, now thrown away with its like in the pool."""
    if getattr(failure.__cause__, "sqlstate", None) in CLASHES:
        return True
    held = connection.connection
    if held is None or not held.closed:
        return False
    connection.close()
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()
    return True


def _without_body(answer: HttpResponseBase) -> HttpResponseBase:
    if isinstance(answer, HttpResponse):
        answer["Content-Length"] = str(len(answer.content))
        answer.content = b""
    return answer


def _method_refused(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    methods = {name.strip() for name in answer.headers.get("Allow", "").split(",") if name.strip()} | {"OPTIONS"}
    allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    return problem(
        405, "method", _("此地址支持的方法：%(methods)s。") % {"methods": allowed}, headers={"Allow": allowed}
    )
