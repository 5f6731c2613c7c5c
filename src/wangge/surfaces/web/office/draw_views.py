"""A grid's border drawn on the map for a coming day: the page, what a figure does to its neighbours, the dry run."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.geography.areas import AreaKind, BoundaryRefused
from wangge.domains.geography.logic.drawing import Redrawn, Sheet, redrawn
from wangge.domains.geography.logic.measures import square_metres
from wangge.domains.geography.operations.uploads import keep_upload, waiting_upload
from wangge.domains.geography.operations.versions import GroundRefused
from wangge.domains.geography.sheets import DRAWN_KINDS, sheet_on
from wangge.groundwork import clock
from wangge.surfaces.exchange.spatial.drawn import MOST_BYTES, as_file, figure_in, geometry_of
from wangge.surfaces.exchange.spatial.reading import FileUnreadable
from wangge.surfaces.exchange.spatial.uploads import Wanted
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_of_areas
from wangge.surfaces.web.office.import_views import dry_run
from wangge.surfaces.web.office.pages import DrawPage
from wangge.surfaces.web.office.words import kind_name, size
from wangge.surfaces.web.shells import shell_for


def first_of_next_month(today: date) -> date:
    """The day a new border usually begins on."""
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


@require_http_methods(["GET", "HEAD", "POST"])
def ground_draw(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Draw, paste or send a grid's border; a sent one is looked at in a dry run and awaits its yes there."""
    today = clock.today()
    day = _day(request.POST.get("from_on") or request.GET.get("from", "")) or first_of_next_month(today)
    sheet = _sheet(kind, code, day)
    if request.method != "POST":
        return _page(request, sheet, day, _kept_figure(request, code))
    text, follows = _sent_text(request), bool(request.POST.get("follows"))
    if day <= today:
        why = _("边界从明天起才能变动；要更正已生效的边界，请用导入。")
        return _page(request, sheet, day, text, follows=follows, error=why)
    try:
        content = as_file(sheet, _drawn(sheet, text, follows=follows), on=day)
        name = _("边界调整 %(code)s.geojson") % {"code": code}
        wanted = Wanted(kind, "wgs84", drawn=code)
        report = dry_run(request, name, content, wanted, day)
        if report["sound"] and not report["changed"]:
            return _page(request, sheet, day, text, follows=follows, error=_("边界没有变化。"))
    except (FileUnreadable, BoundaryRefused, GroundRefused) as refused:
        return _page(request, sheet, day, text, follows=follows, error=str(refused))
    kept = keep_upload(
        by=actor_on(request), at=clock.now(), what=kind, file_name=name, sha256=hashlib.sha256(content).hexdigest(),
        content=content, options=wanted.as_json(), report=report, from_on=day,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("ground_import_report", args=[kept]))


@require_safe
def ground_sheet(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The grid's border with the corners of its neighbours, these and the parent, as GeoJSON; no statement."""
    sheet = _sheet(kind, code, _day(request.GET.get("from", "")) or clock.today())
    features = [_feature(code, sheet.own.name, "own", sheet.border)]
    features += [_feature(each.code, each.name, "neighbour", each.boundary) for each in sheet.neighbours]
    if sheet.parent is not None:
        features.append(_feature(sheet.parent.code, sheet.parent.name, "parent", sheet.parent.boundary))
    response = HttpResponse(
        orjson.dumps({"type": "FeatureCollection", "features": features}), content_type="application/geo+json"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def ground_draw_preview(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """What a figure does to the neighbours, while it is drawn; no statement, nothing is kept."""
    sheet = _sheet(kind, code, _day(request.POST.get("from_on", "")) or clock.today())
    try:
        found = _drawn(sheet, request.POST.get("figure", ""), follows=bool(request.POST.get("follows")))
    except (FileUnreadable, BoundaryRefused) as refused:
        return JsonResponse({"type": "FeatureCollection", "features": [], "lines": [], "problems": [str(refused)]})
    others = {each.code: each for each in sheet.neighbours}
    lines = [_change_line(sheet.own.code, sheet.own.name, sheet.border, found.border)]
    lines += [_change_line(key, others[key].name, others[key].boundary, new) for key, new in found.neighbours.items()]
    told = {
        "type": "FeatureCollection",
        "features": [_feature(key, others[key].name, "neighbour", new) for key, new in found.neighbours.items()],
        "lines": [line for line in lines if line],
        "problems": _problems(found),
    }
    return HttpResponse(orjson.dumps(told), content_type="application/geo+json")


def _sheet(kind: str, code: str, day: date) -> Sheet:
    if kind not in tuple(each.value for each in DRAWN_KINDS):
        raise Http404(kind)
    found = sheet_on(kind=AreaKind(kind), code=code, on=day)
    if found is None:
        raise Http404(code)
    return found


def _drawn(sheet: Sheet, text: str, *, follows: bool) -> Redrawn:
    figure = figure_in(text, code=sheet.own.code)
    return redrawn(sheet, figure) if follows else Redrawn(figure, {})


def _feature(code: str, name: str, part: str, figure: object) -> dict[str, object]:
    cells = {"code": code, "name": name, "part": part}
    return {"type": "Feature", "properties": cells, "geometry": geometry_of(figure)}  # type: ignore[arg-type]


def _change_line(code: str, name: str, before: object, after: object) -> str:
    was, now = square_metres(np.array([before, after], dtype=object)).tolist()
    if round(now) == round(was):
        return ""
    sign = "+" if now > was else "−"
    return f"{name} {code} · {size(was)} → {size(now)} · {sign}{size(abs(now - was))}"


def _problems(found: Redrawn) -> list[str]:
    told = []
    if found.cut_off_m2:
        told.append(_("画到上级区域之外的 %(size)s 不计入。") % {"size": size(found.cut_off_m2)})
    told += [_("在 %(place)s 附近让出的部分没有相邻网格接手。") % {"place": place} for place in found.left_open]
    return told


def _sent_text(request: HttpRequest) -> str:
    """The figure as drawn or pasted; a file that was chosen goes before."""
    chosen = request.FILES.get("file")
    if chosen is None:
        return request.POST.get("figure", "").strip()
    content: bytes = chosen.read(MOST_BYTES + 1)
    return content.decode("utf-8-sig", "replace")


def _kept_figure(request: HttpRequest, code: str) -> str:
    """The border of a file that awaits its yes, to be drawn on."""
    asked = request.GET.get("upload", "")
    kept = waiting_upload(by=actor_on(request), upload_id=int(asked[:15])) if asked.isdigit() else None
    if kept is None or kept.options.get("drawn") != code:
        return ""
    return orjson.dumps(geometry_of(figure_in(kept.content.decode(), code=code))).decode()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(
    request: HttpRequest, sheet: Sheet, day: date, figure: str, *, follows: bool = True, error: str = ""
) -> HttpResponse:
    own, today = sheet.own, clock.today()
    place = [own.kind.value, own.code]
    view = map_of_areas([own], own.kind, day)
    heading = _("调整边界：%(name)s") % {"name": own.name}
    page = DrawPage(
        shell=shell_for(request, heading, at=clock.now(), current="ground"),
        heading=heading,
        area_url=reverse("ground_area", args=place),
        url=reverse("ground_draw", args=place),
        sheet_url=f"{reverse('ground_sheet', args=place)}?from={day.isoformat()}",
        preview_url=reverse("ground_draw_preview", args=place),
        kind=kind_name(own.kind),
        code=own.code,
        size=size(float(square_metres(own.boundary)[0])),
        neighbours="、".join(each.name for each in sheet.neighbours) or _("无"),
        day=day.isoformat(),
        least_day=(today + timedelta(days=1)).isoformat(),
        map=replace(view, layers=tuple(each for each in view.layers if each.name == "districts")),
        figure=figure[:MOST_BYTES] or orjson.dumps(geometry_of(sheet.border)).decode(),
        follows=follows,
        error=error,
    )
    return render(request, "web/office/draw.html", {"page": page}, status=422 if error else 200)
