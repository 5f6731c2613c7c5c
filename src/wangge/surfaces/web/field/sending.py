"""What the collectors' app sends: the field API's own operations, asked by the session of the pages.

No key of the API lies in the telephone's browser: the cookie cannot be read by a script, its end ends the sending, and
every request carries the CSRF token. Whose work it is stands in ``Sent-For``; a telephone on which another person has
signed in meanwhile is refused before anything is read (docs/decisions/field-app.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wangge.surfaces.api.edges import with_manners
from wangge.surfaces.api.field import moves, photos, positions, reports
from wangge.surfaces.api.problems import problem
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import draft_scope

SENT_FOR = "Sent-For"
View = Callable[..., HttpResponse]


def _own(view: View) -> Callable[..., HttpResponseBase]:
    """The operation for whoever is signed in, if he is the one whose work is sent."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get(SENT_FOR) != draft_scope(actor_on(request)):
            detail = _("现在登录的不是保存这些内容的人。内容仍在本机，等本人登录后再发送。")
            return problem(409, "other_person", detail, title=_("登录的人不同"))
        return view(request, *args, **kwargs)

    return with_manners(checked)


@require_POST
def send_reports(request: HttpRequest) -> HttpResponseBase:
    """Reports in a batch, each with its key and its result."""
    return _own(reports.send_reports)(request)


@require_POST
def send_moves(request: HttpRequest) -> HttpResponseBase:
    """Results of field tasks in a batch, each with its key and its result."""
    return _own(moves.send_moves)(request)


@require_POST
def send_positions(request: HttpRequest) -> HttpResponseBase:
    """Where he was while the app was open."""
    return _own(positions.send_positions)(request)


@require_POST
def announce_photo(request: HttpRequest) -> HttpResponseBase:
    """A photo that will come in pieces, by its length and hash."""
    return _own(photos.announce_photo)(request)


@require_http_methods(["GET", "PATCH"])
def photo_upload(request: HttpRequest, upload: str) -> HttpResponseBase:
    """How far a photo is, or its next piece."""
    return _own(photos.send_piece if request.method == "PATCH" else photos.get_upload)(request, upload)
