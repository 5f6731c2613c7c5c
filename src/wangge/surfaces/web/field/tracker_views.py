"""The page of background positions: a tracker app is set up by a QR code, and its tokens are listed and ended here.

A page cannot tell where it is with the screen off, so tracks come from an app made for that, by the OsmAnd form which
the client of Traccar speaks; it reads address, device and intervals from the code.
"""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from wangge.domains.organizations.operations.tokens import add_own_tracker, revoke_own_tracker
from wangge.domains.organizations.policies import Refused
from wangge.domains.organizations.queries import own_trackers
from wangge.groundwork import clock
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.field.pages import TrackerLine, TrackerPage
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for

INTERVAL_SECONDS = 60
DISTANCE_METRES = 30
QR_SCALE = 6


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def field_tracker(request: HttpRequest) -> HttpResponse:
    """List one's trackers, or make one: its code is shown in the answer to that and never again."""
    by, at = actor_on(request), clock.now()
    picture, error = "", ""
    facts: tuple[Fact, ...] = ()
    if request.method == "POST":
        name = request.POST.get("name", "").replace("\x00", "").strip() or _("手机")
        try:
            token = add_own_tracker(by=by, at=at, name=name)
        except Refused as refused:
            error = str(refused)
        else:
            picture, facts = _set_up(request, token)
    page = TrackerPage(
        shell=shell_for(request, _("后台定位"), at=at, current="account"),
        url=reverse("field_tracker"),
        trackers=tuple(
            TrackerLine(
                each.name, each.created_at, each.expires_at, reverse("field_tracker_revoke", args=[each.pk])
            )
            for each in own_trackers(by=by, at=at)
        ),
        qr_svg_url=picture,
        facts=facts,
        error=error,
        app_url=reverse("field_app"),
    )  # fmt: skip
    return render(request, "web/field/tracker.html", {"page": page}, status=422 if error else 200)


def _set_up(request: HttpRequest, token: str) -> tuple[str, tuple[Fact, ...]]:
    """The code as a picture, and what it says in words."""
    address = request.build_absolute_uri(reverse("api-v1:send_osmand"))
    asked: dict[str, str | int] = {
        "id": token, "interval": INTERVAL_SECONDS, "distance": DISTANCE_METRES, "accuracy": "high", "buffer": "true",
    }  # fmt: skip
    drawn = segno.make(f"{address}?{urlencode(asked)}", error="m")
    facts = (
        Fact(_("服务器地址"), address),
        Fact(_("设备标识"), token),
        Fact(_("上报间隔"), _("%(seconds)s 秒或 %(metres)s 米") % {
            "seconds": INTERVAL_SECONDS, "metres": DISTANCE_METRES,
        }),
    )  # fmt: skip
    return drawn.svg_data_uri(scale=QR_SCALE, border=4, light="#fff"), facts


@require_POST
def field_tracker_revoke(request: HttpRequest, token: int) -> HttpResponse:
    """End one of one's own trackers."""
    revoke_own_tracker(by=actor_on(request), at=clock.now(), token_id=token)
    return HttpResponseRedirect(reverse("field_tracker"))
