"""Who stands at the public door: whence he comes, whether the door is open, and the frame of its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open, open_doors
from wangge.surfaces.web.elements.pieces import Notice
from wangge.surfaces.web.pages import Audience, NavItem, Shell
from wangge.surfaces.web.shells import shell_for

View = Callable[..., HttpResponseBase]
_WAYS = ((PublicDoor.REPORT, "public_report"), (PublicDoor.STATUS, "public_status"))


def behind(*doors: PublicDoor) -> Callable[[View], View]:
    """The view answers only while one of the doors stands open; else there is no such page."""

    def around(view: View) -> View:
        @wraps(view)
        def ask(request: HttpRequest, *args: object, **named: object) -> HttpResponseBase:
            if not any(is_open(door) for door in doors):
                raise Http404(request.path)
            return view(request, *args, **named)

        return ask

    return around


def address_of(request: HttpRequest) -> str:
    """The address the request comes from; behind one of our own proxies the last one it names."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.PROXIES
    if address not in proxies:
        return address
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return next((part for part in reversed(named) if part not in proxies), address)[:64]


def secret() -> bytes:
    """What codes and marks are made with."""
    return bytes(settings.SECRET_KEY.encode())


def public_shell(
    request: HttpRequest, title: str, *, at: datetime, current: str = "", notices: tuple[Notice, ...] = ()
) -> Shell:
    """The frame for whoever walks in: no name, no way into the house."""
    opened = open_doors()
    ways = [NavItem(_("首页"), reverse("public_home"), is_current=current == "public_home")]
    words = {"public_report": _("我要上报"), "public_status": _("查询进度")}
    ways += [NavItem(words[name], reverse(name), is_current=current == name) for door, name in _WAYS if door in opened]
    frame = shell_for(request, title, at=at, notices=notices)
    return replace(
        frame, audience=Audience.PUBLIC, viewer=None, navigation=tuple(ways), home_url=reverse("public_home"),
        sign_out_url="", search_url="", notices_url="", notices_count_url="", account_url="",
    )  # fmt: skip
