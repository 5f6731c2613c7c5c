"""The pages of what went wrong: what happened, whether anything was saved, and the next step. They ask no database."""

from __future__ import annotations

import logging
import sys
from secrets import token_hex

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.groundwork import clock
from wangge.surfaces.web.elements.built import NotBuilt
from wangge.surfaces.web.gate import visitor_on
from wangge.surfaces.web.pages import ErrorPage, NavItem, Shell
from wangge.surfaces.web.shells import shell_for, theme_of

RETRY_AFTER_SECONDS = 30
_log = logging.getLogger("wangge.pages")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form cannot be read."""
    return _page(
        request,
        400,
        _("请求无法读取"),
        _("地址或表单的内容不完整。"),
        _("请返回上一页重新提交；如仍不行，请从工作台重新打开。"),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the posts do not open this page."""
    happened = str(exception) if exception is not None and str(exception) else _("您的岗位不能查看这一页。")
    return _page(
        request, 403, _("没有查看权限"), happened, _("如因工作需要，请联系系统管理员调整岗位；也可回到工作台。")
    )


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token, mostly because the page was left open over a sign-out."""
    return _page(
        request, 403, _("页面已过期"), _("这一页打开之后登录状态变了，提交没有被接受。"),
        _("请重新打开页面再提交；填写的内容保留在本机，打开后会自动恢复。"),
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or behind a wall: the two look the same."""
    return _page(
        request, 404, _("没有找到"), _("这个地址没有内容，或案卷不在您可查看的范围内。"),
        _("请核对案卷编号，或从工作台查找。"),
    )  # fmt: skip


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away."""
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        response = _page(
            request, 503, _("暂时无法服务"), _("数据库暂时不可用，正在恢复。"), _("请稍候约一分钟后刷新本页。"),
            kept=True,
        )  # fmt: skip
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    reference = f"{clock.now():%Y%m%d%H%M%S}-{token_hex(3)}"
    _log.error("page failed, reference %s: %s %s", reference, request.method, request.path, exc_info=error)
    if isinstance(error, NotBuilt):
        return HttpResponse(str(error), status=500, content_type="text/plain; charset=utf-8")
    return _page(
        request, 500, _("系统出错"), _("处理时发生了意外错误，已自动记录。"),
        _("请稍后重试；如再次出现，请把下面的编号告知系统管理员。"), kept=True, reference=reference,
    )  # fmt: skip


def too_often(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """429: too many requests in a short time."""
    response = _page(
        request, 429, _("操作太频繁"), _("短时间内请求过多。"),
        _("请在 %(seconds)s 秒后再试。") % {"seconds": seconds}, kept=True,
    )  # fmt: skip
    response["Retry-After"] = str(seconds)
    return response


def _page(
    request: HttpRequest, status: int, title: str, happened: str, following: str, *, kept: bool = False,
    reference: str = "",
) -> HttpResponse:  # fmt: skip
    saved = _("这次提交没有保存；填写的内容保留在本机。") if kept else _("没有写入任何内容。")
    page = ErrorPage(
        shell=_shell(request, title),
        status=status,
        title=title,
        what_happened=happened,
        was_saved=saved,
        next_step=following,
        links=_links(request),
        reference=reference,
    )
    return HttpResponse(loader.render_to_string("web/error.html", {"page": page}, request), status=status)


def _links(request: HttpRequest) -> tuple[NavItem, ...]:
    if visitor_on(request) is None:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # no page, no gate: who it is was not asked
            return (NavItem(_("回到工作台"), reverse("home"), is_primary=True),)
        return (NavItem(_("去登录"), reverse("sign_in"), is_primary=True),)
    return (NavItem(_("回到工作台"), reverse("home"), is_primary=True), NavItem(_("案卷查询"), reverse("case_search")))


def _shell(request: HttpRequest, title: str) -> Shell:
    """The usual frame where it can be made without asking anything; else a bare one."""
    try:
        return shell_for(request, title, at=clock.now(), page_kind="error")
    except Exception:  # the frame of an error page must never be the next error
        _log.warning("the frame of an error page could not be made", exc_info=True)
        return Shell(title=title, theme=theme_of(request), page_kind="error")
