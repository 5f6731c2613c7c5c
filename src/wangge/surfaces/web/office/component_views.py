"""The register of components on pages: the list, one component with its units, pictures and cases."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.queries.of_component import cases_of_component
from wangge.domains.cases.surroundings import district_names
from wangge.domains.components.models import State
from wangge.domains.components.operations.photos import add_photos
from wangge.domains.components.queries.register import (
    PAGE,
    ComponentRow,
    RegisterFilter,
    component_on,
    components,
    counts_by_state,
    photos_of,
    units_over_time,
)
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.editions import edition_in_force
from wangge.surfaces.web.command.rows import case_url, unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form, picture_limits
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import read_form
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.office.component_pages import (
    CaseLine,
    ComponentLine,
    ComponentPage,
    ComponentPhotoLine,
    ComponentsPage,
    UnitsLine,
)
from wangge.surfaces.web.office.words import day_text
from wangge.surfaces.web.pictures import picture_answer
from wangge.surfaces.web.shells import opens, shell_for, tell

ALL = ""
AMISS = frozenset({State.DAMAGED.value, State.LOST.value, State.ABANDONED.value})


@lru_cache(maxsize=1)
def _beginning() -> str:
    return reverse("component", args=["-"]).removesuffix("-")


def component_url(code: str) -> str:
    """The page of a component."""
    return f"{_beginning()}{code}"


def state_name(state: str) -> str:
    """A state in words."""
    return str(State(state).label) if state in State.values else state


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The components of a filter, a page by code; two statements behind the gate."""
    asked = {name: "q" if name == "words" else name for name in RegisterFilter.__slots__}
    given = {name: request.GET.get(key, "").replace("\0", "").strip()[:60] for name, key in asked.items()}
    wanted = RegisterFilter(**given)
    after, today = request.GET.get("after", "")[:16], clock.today()
    rows = components(filter=wanted, on=today, after=after, limit=PAGE + 1)
    counts = counts_by_state(district=wanted.district)
    edition = edition_in_force(city_tables())
    page = ComponentsPage(
        shell=shell_for(request, _("部件"), at=clock.now(), current="components"),
        heading=_("部件"),
        states=tuple(
            Figure(name, f"{count:,}", _address(given, state=state), is_current=state == wanted.state)
            for state, name, count in (
                (ALL, _("全部"), sum(counts.values())),
                *((each.value, str(each.label), counts.get(each.value, 0)) for each in State),
            )
        ),
        state=wanted.state,
        words=wanted.words,
        district=wanted.district,
        districts=tuple(district_names().items()),
        category=wanted.category,
        categories=tuple(
            (key, labels.category_name(key, edition))
            for key in labels.categories(edition)
            if key.startswith("component:")
        ),
        unit=wanted.unit,
        form_url=reverse("components"),
        components=tuple(_line(row) for row in rows[:PAGE]),
        census_url=reverse("censuses") if opens(actor_on(request), "censuses") else "",
        first_url=_address(given) if after else "",
        next_url=_address(given, after=rows[PAGE - 1].code) if len(rows) > PAGE else "",
        is_narrowed=any(given.values()) or bool(after),
    )
    return render(request, "web/office/components.html", {"page": page})


def _address(given: dict[str, str], **changed: str) -> str:
    asked = {"q" if name == "words" else name: value for name, value in {**given, **changed}.items() if value}
    return f"{reverse('components')}?{urlencode(asked)}" if asked else reverse("components")


def _line(row: ComponentRow) -> ComponentLine:
    return ComponentLine(
        row.code, component_url(row.code), row.name, state_name(row.state), row.unit_grid_code, row.owner_name,
        row.maintainer_name, row.state in AMISS,
    )  # fmt: skip


@require_safe
def component(request: HttpRequest, code: str) -> HttpResponse:
    """One component; four statements behind the gate."""
    return _component(request, code)


def _component(request: HttpRequest, code: str, errors: tuple[str, ...] = ()) -> HttpResponse:
    by, at, today = actor_on(request), clock.now(), clock.today()
    row = _row(code, today)
    cases, count = cases_of_component(code=code, by=by)
    page = ComponentPage(
        shell=shell_for(request, row.name, at=at, current="components"),
        heading=f"{row.name} {row.code}",
        list_url=reverse("components"),
        facts=_facts(row, today),
        units=tuple(
            UnitsLine(
                day_text(each.valid_from), day_text(each.valid_to), each.manager_name, each.owner_name,
                each.maintainer_name, each.valid_from <= today and (each.valid_to is None or today < each.valid_to),
            )
            for each in units_over_time(component_id=row.id)
        ),
        cases=tuple(
            CaseLine(
                each.number, case_url(each.number), labels.stage_name(each.stage),
                unit_name(each.department_code) if each.department_code else "", full_moment(each.reported_at),
                full_moment(each.closed_at) if each.closed_at else "",
            )
            for each in cases
        ),
        cases_text=_("案卷 %(count)s 件") % {"count": f"{count:,}"},
        photos=tuple(
            ComponentPhotoLine(
                reverse("component_thumbnail", args=[code, photo]), reverse("component_photo", args=[code, photo]),
                _("%(name)s 的照片 %(number)s") % {"name": row.name, "number": number},
            )
            for number, photo in enumerate(photos_of(component_id=row.id), start=1)
        ),
        map=map_at(row.lon, row.lat, at),
        add_photo=_photo_form(code, errors) if opens(by, "component_add_photo") else None,
    )  # fmt: skip
    return render(request, "web/office/component.html", {"page": page}, status=422 if errors else 200)


def _row(code: str, on: date) -> ComponentRow:
    row = component_on(code=code, on=on) if code.isascii() and code.isdigit() else None
    if row is None:
        raise Http404(code)
    return row


def _facts(row: ComponentRow, today: date) -> tuple[Fact, ...]:
    grid = area_name(kind=AreaKind.UNIT_GRID, code=row.unit_grid_code, on=today) if row.unit_grid_code else ""
    told = (
        (_("小类"), labels.category_name(row.category, edition_in_force(city_tables()))),
        (_("状态"), state_name(row.state)),
        (_("区"), district_names().get(row.district_code, row.district_code)),
        (_("单元网格"), " ".join(dict.fromkeys(filter(None, (grid, row.unit_grid_code))))),
        (_("坐标"), f"{row.lon:.6f}, {row.lat:.6f}"),
        (_("初始日期"), day_text(row.initial_on)),
        (_("变更日期"), day_text(row.changed_on)),
        (_("数据来源"), row.data_source),
        (_("备注"), row.note),
    )
    return tuple(Fact(name, value) for name, value in told if value)


def _photo_form(code: str, errors: tuple[str, ...]) -> Form:
    field = Field("photo", _("照片"), FieldKind.PHOTOS, max_count=6, errors=errors, help=picture_limits())
    return Form(reverse("component_add_photo", args=[code]), (field,), _("加入照片"))


@require_POST
def component_add_photo(request: HttpRequest, code: str) -> HttpResponse:
    """Keep pictures with a component."""
    by, at = actor_on(request), clock.now()
    _row(code, clock.today())
    brought = read_form(request, ("photo",), by=by, at=at)
    if brought.errors or not brought.photos["photo"]:
        return _component(request, code, (brought.errors.get("photo") or _("请选择照片。"),))
    count = add_photos(code=code, photos=brought.photos["photo"], by=by, at=at)
    tell(request, Notice(NoticeKind.DONE, _("已加入 %(count)s 张照片。") % {"count": count}))
    return HttpResponseRedirect(component_url(code))


@require_safe
def component_photo(request: HttpRequest, code: str, photo_id: str) -> FileResponse:
    """The copy for looking at: re-encoded, without notes."""
    return _copy(code, photo_id, thumbnail=False)


@require_safe
def component_thumbnail(request: HttpRequest, code: str, photo_id: str) -> FileResponse:
    """The small copy for lists."""
    return _copy(code, photo_id, thumbnail=True)


def _copy(code: str, photo_id: str, *, thumbnail: bool) -> FileResponse:
    row = _row(code, clock.today())
    if photo_id not in photos_of(component_id=row.id):
        raise Http404(photo_id)
    return picture_answer(photo_id, thumbnail=thumbnail)
