"""The collectors' app: its shell, which holds nothing of anybody, its service worker and its manifest.

The shell is the same for everyone, so that it can lie in a telephone's cache; what is a person's own comes from
``field_state`` and lies in the telephone's storage under his name (docs/decisions/field-app.md).
"""

from __future__ import annotations

from hashlib import sha256

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from wangge.surfaces.web.elements import built
from wangge.surfaces.web.field.app_words import words
from wangge.surfaces.web.field.pages import FieldAppPage
from wangge.surfaces.web.pages import Audience, NavItem, Shell, Theme
from wangge.surfaces.web.shells import theme_of

WORKER_SOURCE = "src/worker/worker.ts"
APP_SOURCE = "src/field/app.ts"
MAP_SOURCE = "src/map.ts"
ICONS = ("wangge.svg", "sprite.svg", "app-192.png", "app-512.png", "app-maskable-512.png")
LIGHT, DARK = "#f6f7f8", "#14171a"


@ensure_csrf_cookie
@require_safe
def field_app(request: HttpRequest) -> HttpResponse:
    """The shell; no statement, no session."""
    return render(request, "web/field/app.html", {"page": app_page(theme_of(request))})


def app_page(theme: Theme) -> FieldAppPage:
    """The page object of the shell in the language of the request."""
    here = reverse("field_app")
    return FieldAppPage(
        shell=Shell(
            title=_("外勤"),
            audience=Audience.FIELD,
            navigation=(
                NavItem(_("任务"), f"{here}#tasks", icon="tasks"),
                NavItem(_("上报"), f"{here}#report", is_primary=True, icon="camera"),
                NavItem(_("地图"), f"{here}#map", icon="map"),
                NavItem(_("我的"), f"{here}#mine", icon="person"),
            ),
            theme=theme,
            language="en" if (get_language() or "").startswith("en") else "zh-hans",
            language_url=reverse("set_language"),
            home_url=here,
            ribbon=_("演示城市：人员、地点、案卷均为虚构") if settings.ENVIRONMENT.mode == "demo" else "",
            page_kind="field_app",
        ),
        words=orjson.dumps(words()).decode(),
        urls=orjson.dumps(_urls()).decode(),
        report_url=reverse("report"),
        tasks_url=reverse("field_tasks"),
    )


def _urls() -> dict[str, str]:
    names = {
        "state": "field_state", "reports": "field_send_reports", "moves": "field_send_moves",
        "components": "field_components", "positions": "field_send_positions", "uploads": "field_announce_photo",
        "worker": "field_worker", "enter": "field_enter", "account": "account", "censuses": "censuses",
        "tracker": "field_tracker", "mine": "field_mine",
    }  # fmt: skip
    return {**{name: reverse(page) for name, page in names.items()}, "case": reverse("case", args=["-"])}


@require_safe
def field_enter(request: HttpRequest) -> HttpResponse:
    """Behind the gate: leads through sign-in and whatever stands before the work, back into the app."""
    return HttpResponseRedirect(reverse("field_app"))


@require_safe
def field_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the names of what it keeps written before it: another build is another worker."""
    script = (built.BUILT / built.entry(WORKER_SOURCE).script).read_text(encoding="utf-8")
    plan = {
        "shell": reverse("field_app"),
        "first": [
            *(static(f"built/{name}") for name in built.files_of("src/main.ts", APP_SOURCE)),
            *(static(f"icons/{name}") for name in ICONS),
        ],
        # The map is large: it is fetched after the rest stands, and its lack holds up nothing.
        "later": [static(f"built/{name}") for name in built.files_of(MAP_SOURCE, with_assets=True)],
        "ground": reverse("ground_layer", args=["x"]).rpartition("/")[0] + "/",
        "pages": [reverse("home"), reverse("field_tasks")],
    }
    told = orjson.dumps(plan).decode()
    version = sha256((told + script).encode()).hexdigest()[:16]
    response = HttpResponse(
        f"self.wangge={{version:{orjson.dumps(version).decode()},plan:{told}}};\n{script}",
        content_type="text/javascript; charset=utf-8",
    )
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def field_manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to keep the app beside its own."""
    here = reverse("field_app")
    told = {
        "id": here,
        "name": _("城市运行管理服务平台 外勤"),
        "short_name": _("网格外勤"),
        "start_url": here,
        "scope": "/",
        "display": "standalone",
        "lang": get_language() or "zh-hans",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [
            {"src": static("icons/app-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("icons/app-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": static("icons/app-maskable-512.png"), "sizes": "512x512", "type": "image/png",
             "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": _("上报"), "url": f"{here}#report"},
            {"name": _("任务"), "url": f"{here}#tasks"},
        ],
    }  # fmt: skip
    response = HttpResponse(orjson.dumps(told), content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response
