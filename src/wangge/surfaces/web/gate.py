"""The gate before every page: who asks, does his session still live, may he open this page.

One place instead of a check in each view, and closed by default: a page that ``access.csv`` does not name opens to
nobody. Behind it every view finds who acts by ``actor_on(request)``. Its place in the chain is after the second
factor's middleware.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import (
    NextStep,
    actor_of_request,
    keep_session,
    next_step,
    sign_out,
)
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.access import may_open
from wangge.surfaces.doors import door_of

# Pages a signed-in person may open before he has done what stands between him and his work.
_ON_THE_WAY = frozenset({"sign_out", *(step.value for step in NextStep if step is not NextStep.NOTHING)})


class Gate:
    """Middleware: lets a request through to its view, or leads it to sign-in, to the next step, or away."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Everything happens once the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        """None lets the view answer."""
        assert request.resolver_match is not None
        door = door_of(request.resolver_match)
        actor, ended = _who(request)
        _put_on(request, actor)
        tables = city_tables()
        if actor is None:
            open_to_all = may_open(door, (), signed_in=False, tables=tables)
            return None if open_to_all else _redirect(request, _sign_in_address(request, ended))
        if door not in _ON_THE_WAY:
            step = next_step(person=_person(request), actor=actor, at=clock.now())
            open_to_all = may_open(door, (), signed_in=False, tables=tables)
            if step is not NextStep.NOTHING and not open_to_all:
                return _redirect(request, reverse(step.value))
        if not may_open(door, actor.posts, signed_in=True, tables=tables):
            raise PermissionDenied(_("您的岗位不能打开此页面。请返回，或联系系统管理员。"))
        return None


def actor_on(request: HttpRequest) -> Actor:
    """Who acts in this request, behind the gate; a page open to anyone asks ``visitor_on`` instead."""
    actor = visitor_on(request)
    if actor is None:
        raise PermissionDenied(_("请先登录。"))
    return actor


def visitor_on(request: HttpRequest) -> Actor | None:
    """Who acts in this request, or None when nobody is signed in."""
    found = getattr(request, "actor", None)
    return found if isinstance(found, Actor) else None


def _put_on(request: HttpRequest, actor: Actor | None) -> None:
    request.actor = actor  # type: ignore[attr-defined]


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _who(request: HttpRequest) -> tuple[Actor | None, str]:
    """Who acts; or None and, when a session has just ended, why."""
    if not request.user.is_authenticated:
        return None, ""
    at = clock.now()
    ended = keep_session(request=request, at=at)
    if ended is not None:
        return None, ended.value
    actor = actor_of_request(request=request, at=at)
    if actor is None:  # closed while signed in
        sign_out(request=request, at=at)
    return actor, ""


def _sign_in_address(request: HttpRequest, ended: str) -> str:
    """Where to sign in, with the page to come back to; after an order, or for a piece, the page that asked."""
    asked = {name: value for name, value in (("next", _page_wanted(request)), ("ended", ended)) if value}
    return f"{settings.LOGIN_URL}?{urlencode(asked)}" if asked else settings.LOGIN_URL


def _page_wanted(request: HttpRequest) -> str:
    """The whole page somebody is on or asks for: an order and a piece of a page are none by themselves."""
    if request.method not in ("GET", "HEAD"):
        return _own_page(request, request.headers.get("Referer", ""))
    if request.headers.get("HX-Request") == "true":
        return _own_page(request, request.headers.get("HX-Current-URL", "")) or request.get_full_path()
    return request.get_full_path()


def _own_page(request: HttpRequest, address: str) -> str:
    """An address the browser tells, as a path of ours; empty where it is none."""
    told = urlsplit(address)
    if told.netloc != request.get_host():
        return ""
    return f"{told.path}?{told.query}" if told.query else told.path


def _redirect(request: HttpRequest, address: str) -> HttpResponseBase:
    """A redirect that a page piece asked for by htmx follows with the whole page."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
