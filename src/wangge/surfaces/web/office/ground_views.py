"""The areas of the city by kind and day, one area with its history, who is responsible for a grid, coming changes."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.queries.coming_borders import coming_borders
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.logic.measures import square_metres
from wangge.domains.geography.operations.responsible import Appointment, appoint
from wangge.domains.geography.operations.uploads import ComingEdition, coming_editions
from wangge.domains.geography.operations.versions import GroundRefused
from wangge.domains.geography.operations.withdrawing import withdraw
from wangge.domains.geography.people_queries import (
    ResponsiblePeriod,
    coming_days,
    duties_of,
    responsible_history,
    responsible_on,
)
from wangge.domains.geography.queries import area_name, ground
from wangge.domains.geography.sheets import DRAWN_KINDS
from wangge.groundwork import clock
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_of_areas
from wangge.surfaces.web.office.pages import AreaLine, AreaPage, ComingPage, EditionLine, GroundPage, PeriodLine
from wangge.surfaces.web.office.words import day_text, kind_name, move_lists, size
from wangge.surfaces.web.shells import shell_for, tell

ROWS = 100
GRID = AreaKind.RESPONSIBILITY_GRID


@require_safe
def ground_list(request: HttpRequest) -> HttpResponse:
    """Areas of a kind on a day; at most two statements behind the gate."""
    at = clock.now()
    kind, day, words = _kind(request), _day(request), request.GET.get("q", "").strip()[:60]
    index = ground()
    every = {each: index.areas_on(kind=each, on=day) for each in AreaKind}
    found = [area for area in every[kind] if words in area.name or area.code.startswith(words)]
    first = _number(request.GET.get("from", "")) if request.GET.get("from") else 0
    responsible = responsible_on(day) if kind is GRID else {}
    vacant = [area for area in every[GRID] if area.code not in responsible] if kind is GRID else []
    coming = coming_days(clock.today())
    page = GroundPage(
        shell=shell_for(request, _("区域与网格"), at=at, current="ground"),
        heading=_("区域与网格"),
        kinds=tuple(
            Figure(kind_name(each), f"{len(areas):,}", _list_url(each, day), is_current=each is kind)
            for each, areas in every.items()
        ),
        kind=kind.value,
        day=day.isoformat(),
        words=words,
        areas=tuple(_line(area, responsible, day) for area in found[first : first + ROWS]),
        found_text=_("共 %(count)s 个") % {"count": f"{len(found):,}"},
        form_url=reverse("ground"),
        import_url=reverse("ground_import"),
        coming_url=reverse("ground_coming"),
        roads_url=reverse("ground_roads"),
        coming_text=_("%(count)s 次变动即将生效") % {"count": len(coming)} if coming else "",
        vacant=_vacant(vacant),
        map=map_of_areas(found, kind, day) if found else None,
        has_responsible=kind is GRID,
        next_url=_list_url(kind, day, words, first + ROWS) if first + ROWS < len(found) else "",
        previous_url=_list_url(kind, day, words) if first else "",
    )
    return render(request, "web/office/ground.html", {"page": page})


def _vacant(grids: list[Area]) -> Notice | None:
    if not grids:
        return None
    title = _("%(count)s 个责任网格当日没有相关责任人。") % {"count": len(grids)}
    return Notice(NoticeKind.WARNING, title, "、".join(grid.name for grid in grids[:5]))


def _line(area: Area, responsible: dict[str, ResponsiblePeriod], day: date) -> AreaLine:
    person = responsible.get(area.code)
    return AreaLine(
        code=area.code,
        name=area.name,
        url=reverse("ground_area", args=[area.kind.value, area.code]),
        parent=_parent_name(area, day),
        size=size(float(square_metres(area.boundary)[0])),
        since=day_text(area.valid_from),
        until=day_text(area.valid_to),
        responsible=" ".join(filter(None, (person.name, person.unit))) if person else "",
        is_vacant=area.kind is GRID and person is None,
    )


def _parent_name(area: Area, day: date) -> str:
    kinds = {6: AreaKind.DISTRICT, 9: AreaKind.STREET, 12: AreaKind.COMMUNITY}
    kind = kinds.get(len(area.parent_code))
    return area_name(kind=kind, code=area.parent_code, on=day) if kind else area.parent_code


def _list_url(kind: AreaKind, day: date, words: str = "", first: int = 0) -> str:
    asked = {"kind": kind.value, "on": day.isoformat(), "q": words, "from": first}
    return f"{reverse('ground')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _kind(request: HttpRequest) -> AreaKind:
    try:
        return AreaKind(request.GET.get("kind", GRID))
    except ValueError:
        return GRID


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


def _number(text: str) -> int:
    return int(text[:7]) if text.isascii() and text.isdigit() else 0


# ---- one area --------------------------------------------------------------------------------------------------


@require_safe
def ground_area(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One area with its borders over time; two statements behind the gate for a grid, else none."""
    return render(request, "web/office/area.html", {"page": _area_page(request, kind, code)})


@require_POST
def ground_appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Appoint who is responsible for a grid from a day on."""
    by, at = actor_on(request), clock.now()
    typed = {name: request.POST.get(name, "") for name in ("name", "unit", "from_on", "username")}
    try:
        day = date.fromisoformat(typed["from_on"])
    except ValueError:
        return _refused(request, code, typed, _("请填写开始日期。"))
    try:
        appointment = Appointment(code, typed["name"], typed["unit"], day, typed["username"].strip())
        appoint(by=by, at=at, appointment=appointment)
    except GroundRefused as refused:
        return _refused(request, code, typed, str(refused))
    values = {"name": typed["name"], "day": day.isoformat(), "grid": code}
    tell(request, Notice(NoticeKind.DONE, _("%(name)s 自 %(day)s 起负责 %(grid)s。") % values))
    return HttpResponseRedirect(reverse("ground_area", args=[GRID.value, code]))


def _refused(request: HttpRequest, code: str, typed: dict[str, str], why: str) -> HttpResponse:
    page = _area_page(request, GRID.value, code, typed, why)
    return render(request, "web/office/area.html", {"page": page}, status=422)


def _area_page(
    request: HttpRequest, kind: str, code: str, typed: dict[str, str] | None = None, error: str = ""
) -> AreaPage:
    at, today = clock.now(), clock.today()
    if kind not in tuple(AreaKind):
        raise Http404(kind)
    versions = [area for area in ground().areas if area.kind == kind and area.code == code]
    if not versions:
        raise Http404(code)
    shown = next((area for area in versions if area.holds_on(today)), versions[-1])
    is_grid = shown.kind is GRID
    return AreaPage(
        shell=shell_for(request, shown.name, at=at, current="ground"),
        heading=shown.name,
        list_url=_list_url(shown.kind, today),
        facts=(
            Fact(_("类别"), kind_name(kind)),
            Fact(_("代码"), code),
            Fact(_("上级"), _parent_name(shown, today) or _("无")),
            Fact(_("面积"), size(float(square_metres(shown.boundary)[0]))),
            *(Fact(name, value) for name, value in shown.properties),
        ),
        borders=tuple(_border(area, today) for area in reversed(versions)),
        map=map_of_areas([shown], shown.kind, today),
        has_people=is_grid,
        responsible=_responsible(code, today) if is_grid else (),
        collectors=tuple(
            PeriodLine(day_text(each.valid_from), day_text(each.valid_to), each.name, str(each.rank), True)
            for each in (duties_of([code], on=today) if is_grid else ())
        ),
        appoint=_appoint_form(code, typed or {}, error, at) if is_grid else None,
        draw_url=reverse("ground_draw", args=[kind, code]) if shown.kind in DRAWN_KINDS else "",
    )


def _border(area: Area, today: date) -> PeriodLine:
    return PeriodLine(
        day_text(area.valid_from), day_text(area.valid_to), size(float(square_metres(area.boundary)[0])), area.name,
        area.holds_on(today),
    )  # fmt: skip


def _responsible(code: str, today: date) -> tuple[PeriodLine, ...]:
    return tuple(
        PeriodLine(
            day_text(each.valid_from), day_text(each.valid_to), each.name, each.unit,
            each.valid_from <= today and (each.valid_to is None or today < each.valid_to),
        )
        for each in responsible_history(code)
    )  # fmt: skip


def _appoint_form(code: str, typed: dict[str, str], error: str, at: datetime) -> Form:
    day = typed.get("from_on") or at.astimezone(clock.CITY_ZONE).date().isoformat()
    return Form(
        reverse("ground_appoint", args=[code]),
        (
            Field("name", _("姓名"), FieldKind.TEXT, value=typed.get("name", ""), max_length=60),
            Field("unit", _("单位"), FieldKind.TEXT, required=False, value=typed.get("unit", ""), max_length=100),
            Field(
                "from_on", _("开始日期"), FieldKind.TEXT, value=day, placeholder="2024-05-01", max_length=10,
                help=_("写作 2024-05-01。原责任人到前一天为止。"),
            ),
            Field(
                "username", _("用户名"), FieldKind.TEXT, required=False, value=typed.get("username", ""), max_length=60,
                help=_("在本平台有账号的，填用户名。"),
            ),
        ),
        _("任命"),
        errors=(error,) if error else (),
    )  # fmt: skip


# ---- coming changes --------------------------------------------------------------------------------------------


@require_safe
def ground_coming(request: HttpRequest) -> HttpResponse:
    """What moves on a coming day, and what was brought for it; six statements behind the gate."""
    days = coming_days(clock.today())
    chosen = next(
        (day for day, _areas in days if day.isoformat() == request.GET.get("on")), days[0][0] if days else None
    )
    found = coming_borders(ground(), day=chosen).as_json() if chosen else {}
    page = ComingPage(
        shell=shell_for(request, _("即将生效的变动"), at=clock.now(), current="ground"),
        heading=_("即将生效的变动"),
        list_url=reverse("ground"),
        days=tuple(
            Figure(each.isoformat(), str(areas), f"{reverse('ground_coming')}?on={each}", is_current=each == chosen)
            for each, areas in days
        ),
        moves=move_lists(found),
        empty_text="" if days else _("今天之后没有已登记的边界变动。导入时选择以后的生效日期，变动会列在这里。"),
        editions=tuple(map(_edition, coming_editions(day=chosen) if chosen else ())),
    )
    return render(request, "web/office/coming.html", {"page": page})


def _edition(found: ComingEdition) -> EditionLine:
    return EditionLine(
        found.file_name, kind_name(found.what), str(found.areas), found.by or _("命令行"), full_moment(found.at),
        reverse("ground_withdraw", args=[found.id]),
    )  # fmt: skip


@require_POST
def ground_withdraw(request: HttpRequest, edition: int) -> HttpResponse:
    """Take a coming change back before its day."""
    try:
        areas = withdraw(by=actor_on(request), at=clock.now(), import_id=edition)
    except GroundRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有撤回。"), str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已撤回，%(count)s 个区域保持原来的边界。") % {"count": areas}))
    return HttpResponseRedirect(reverse("ground_coming"))
