"""The census of components on pages: opening one, its tasks with progress, findings, the second person's word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.components.models import CensusFinding, Found, State
from wangge.domains.components.operations.census import (
    CensusRefused,
    NewFinding,
    decide,
    finish_task,
    note_finding,
    open_census,
)
from wangge.domains.components.policies import may_walk
from wangge.domains.components.queries.census import (
    CensusLine,
    TaskLine,
    WaitingFinding,
    censuses,
    left_of,
    tasks,
    waiting_findings,
)
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name, ground
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.editions import edition_in_force
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.component_pages import (
    CensusesPage,
    CensusPage,
    FindingLine,
    LeftLine,
    ProgressLine,
    TaskPage,
)
from wangge.surfaces.web.office.component_views import component_url, state_name
from wangge.surfaces.web.shells import opens, shell_for, tell

GRID = AreaKind.RESPONSIBILITY_GRID
Typed = Mapping[str, str]


@require_safe
def census_list(request: HttpRequest) -> HttpResponse:
    """Every census, one's own open tasks first; two statements behind the gate."""
    return _list(request)


def _list(request: HttpRequest, typed: Typed | None = None, error: str = "") -> HttpResponse:
    by, at = actor_on(request), clock.now()
    whole = opens(by, "census")
    page = CensusesPage(
        shell=shell_for(request, _("部件普查"), at=at, current="censuses"),
        heading=_("部件普查"),
        components_url=reverse("components"),
        censuses=tuple(_census_line(each, whole) for each in censuses()),
        mine=_task_lines(tasks(assignee=by.person_id or 0), at),
        open=_census_form(typed, error) if opens(by, "census_open") else None,
    )
    return render(request, "web/office/censuses.html", {"page": page}, status=422 if error else 200)


def _percent(part: int, whole: int) -> str:
    return str(part * 100 // whole) if whole else "100"


def _census_line(each: CensusLine, whole: bool) -> ProgressLine:
    return ProgressLine(
        each.title, reverse("census", args=[each.id]) if whole else reverse("censuses"),
        _("自 %(day)s 起") % {"day": each.begins_on.isoformat()}, each.ends_on.isoformat(), str(each.done),
        str(each.tasks), _percent(each.done, each.tasks), is_done=each.done == each.tasks,
    )  # fmt: skip


def _task_lines(found: Iterable[TaskLine], at: datetime) -> tuple[ProgressLine, ...]:
    listed = list(found)
    people = known([each.assignee_id for each in listed if each.assignee_id is not None], at=at)
    return tuple(
        replace(_task_line(each), who=person.name if (person := people.get(each.assignee_id or 0)) is not None else "")
        for each in listed
    )


def _task_line(each: TaskLine) -> ProgressLine:
    edition = edition_in_force(city_tables())
    return ProgressLine(
        area_name(kind=GRID, code=each.grid_code, on=clock.today()) or each.grid_code,
        reverse("census_task", args=[each.id]),
        "、".join(labels.category_name(key, edition) for key in each.categories) or _("全部类别"),
        each.ends_on.isoformat(), str(each.seen), str(each.components), _percent(each.seen, each.components),
        is_done=each.done_at is not None,
    )  # fmt: skip


def _census_form(typed: Typed | None, error: str) -> Form:
    edition = edition_in_force(city_tables())
    classes = tuple(
        Choice(key, labels.category_name(key, edition))
        for key in labels.categories(edition)
        if key.startswith("component:")
    )
    grids = tuple(Choice(area.code, area.name) for area in ground().areas_on(kind=GRID, on=clock.today()))
    fields = [
        Field("title", _("名称"), FieldKind.TEXT, max_length=100, placeholder=_("例如：2024 年井盖普查")),
        Field("begins_on", _("开始日期"), FieldKind.TEXT, max_length=10, input_mode="numeric",
              value=clock.today().isoformat()),
        Field("ends_on", _("结束日期"), FieldKind.TEXT, max_length=10, input_mode="numeric", placeholder="2024-07-01"),
        Field("grids", _("责任网格"), FieldKind.MANY, choices=grids, required=False, help=_("不选表示全市。")),
        Field("categories", _("小类"), FieldKind.MANY, choices=classes, required=False, help=_("不选表示全部类别。")),
    ]  # fmt: skip
    if typed:
        fields = [replace(each, value=typed.get(each.name, each.value)) for each in fields]
    return Form(reverse("census_open"), tuple(fields), _("开始普查"), errors=(error,) if error else ())


@require_POST
def census_open(request: HttpRequest) -> HttpResponse:
    """Open a census with a task for each grid."""
    by, at, typed = actor_on(request), clock.now(), request.POST
    begins = _day(typed.get("begins_on", ""))
    ends = _day(typed.get("ends_on", ""))
    if begins is None or ends is None:
        return _list(request, typed, _("请填写开始日期和结束日期，写作 2024-05-01。"))
    grids = typed.getlist("grids") or [area.code for area in ground().areas_on(kind=GRID, on=begins)]
    known_classes = labels.categories(edition_in_force(city_tables()))
    classes = [key for key in typed.getlist("categories") if key in known_classes]
    try:
        number = open_census(
            title=typed.get("title", ""), begins_on=begins, ends_on=ends, grids=grids, categories=classes, by=by, at=at
        )
    except CensusRefused as refused:
        return _list(request, typed, str(refused))
    return HttpResponseRedirect(reverse("census", args=[number]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
def census(request: HttpRequest, number: int) -> HttpResponse:
    """One census with its tasks and what waits for a second person; three statements behind the gate."""
    by, at = actor_on(request), clock.now()
    one = next(iter(censuses(number=number)), None)
    if one is None:
        raise Http404(number)
    listed = tasks(census=number)
    every, seen = sum(each.components for each in listed), sum(each.seen for each in listed)
    found = waiting_findings(census=number)
    may_decide = opens(by, "census_decide")
    page = CensusPage(
        shell=shell_for(request, one.title, at=at, current="censuses"),
        heading=one.title,
        list_url=reverse("censuses"),
        figures=(
            Figure(_("部件"), f"{every:,}", ""),
            Figure(_("已看"), f"{seen:,}", ""),
            Figure(_("任务完成"), f"{one.done} / {one.tasks}", ""),
            Figure(_("待确认的变化"), f"{len(found):,}", ""),
        ),
        tasks=_task_lines(listed, at),
        findings=tuple(_finding_line(each, may_decide and each.found_by != by.person_id) for each in found),
    )
    return render(request, "web/office/census.html", {"page": page})


def _finding_line(each: WaitingFinding, may_decide: bool) -> FindingLine:
    words = [str(Found(each.result).label)]
    if each.new_state:
        words.append(state_name(each.new_state))
    if each.new_lon is not None:
        words.append(f"{each.new_lon:.6f}, {each.new_lat:.6f}")
    if each.note:
        words.append(each.note)
    return FindingLine(
        each.code, component_url(each.code), each.name, " · ".join(words),
        full_moment(each.found_at),
        reverse("census_decide", args=[each.id]) if may_decide else "",
    )  # fmt: skip


@require_POST
def census_decide(request: HttpRequest, finding: int) -> HttpResponse:
    """The second person's word on a finding."""
    kept = CensusFinding.objects.select_related("task").filter(id=finding).first()
    if kept is None:
        raise Http404(finding)
    accepted = request.POST.get("accepted") == "1"
    try:
        decide(finding_id=finding, accepted=accepted, by=actor_on(request), at=clock.now(), on=clock.today())
    except CensusRefused as refused:
        tell(request, Notice(NoticeKind.WARNING, str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已确认，部件库已改。") if accepted else _("不确认，部件库不变。")))
    return HttpResponseRedirect(reverse("census", args=[kept.task.census_id]))


@require_safe
def census_task(request: HttpRequest, task: int) -> HttpResponse:
    """What one person walks; two statements behind the gate."""
    return _task(request, task)


def _task(request: HttpRequest, number: int, typed: Typed | None = None, error: str = "") -> HttpResponse:
    by, at = actor_on(request), clock.now()
    one = next(iter(tasks(task=number)), None)
    if one is None:
        raise Http404(number)
    line = _task_line(one)
    walks = one.done_at is None and may_walk(by, assignee_id=one.assignee_id)
    left = one.components - one.seen
    page = TaskPage(
        shell=shell_for(request, line.title, at=at, current="censuses"),
        heading=f"{one.title} {line.title}",
        list_url=reverse("censuses"),
        progress=line,
        left=tuple(LeftLine(code, component_url(code), name, state_name(state)) for code, name, state in
                   left_of(task=number)),
        left_text=_("还有 %(count)s 个部件没有记录") % {"count": f"{left:,}"} if left else _("全部部件都有记录"),
        note=_note_form(number, typed, error) if walks else None,
        finish_url=reverse("census_finish", args=[number]) if walks and not left else "",
    )  # fmt: skip
    return render(request, "web/office/census_task.html", {"page": page}, status=422 if error else 200)


def _note_form(number: int, typed: Typed | None, error: str) -> Form:
    states = tuple(Choice(each.value, str(each.label)) for each in State)
    fields = [
        Field("component", _("标识码"), FieldKind.TEXT, max_length=16, input_mode="numeric"),
        Field("result", _("结果"), FieldKind.CHOICE, value=Found.FOUND.value,
              choices=tuple(Choice(each.value, str(each.label)) for each in Found)),
        Field("new_state", _("新状态"), FieldKind.SELECT, required=False, choices=(Choice("", "—"), *states)),
        Field("note", _("说明"), FieldKind.LONG_TEXT, required=False, max_length=500),
    ]  # fmt: skip
    if typed:
        fields = [replace(each, value=typed.get(each.name, each.value)) for each in fields]
    return Form(reverse("census_note", args=[number]), tuple(fields), _("记录"), errors=(error,) if error else ())


def _own_task(request: HttpRequest, number: int) -> TaskLine:
    one = next(iter(tasks(task=number)), None)
    if one is None or not may_walk(actor_on(request), assignee_id=one.assignee_id):
        raise Http404(number)
    return one


@require_POST
def census_note(request: HttpRequest, task: int) -> HttpResponse:
    """Keep what was found of a component."""
    _own_task(request, task)
    typed = request.POST
    result = typed.get("result", "")
    try:
        if result not in Found.values:
            raise CensusRefused(_("请选择结果。"))
        finding = NewFinding(
            typed.get("component", "").strip(), Found(result), typed.get("new_state", ""),
            note=typed.get("note", "").replace("\0", "")[:500],
        )  # fmt: skip
        note_finding(task_id=task, finding=finding, by=actor_on(request), at=clock.now())
    except CensusRefused as refused:
        return _task(request, task, typed, str(refused))
    tell(request, Notice(NoticeKind.DONE, _("已记录。")))
    return HttpResponseRedirect(reverse("census_task", args=[task]))


@require_POST
def census_finish(request: HttpRequest, task: int) -> HttpResponse:
    """End a task."""
    _own_task(request, task)
    try:
        finish_task(task_id=task, by=actor_on(request), at=clock.now())
    except CensusRefused as refused:
        return _task(request, task, None, str(refused))
    return HttpResponseRedirect(reverse("censuses"))
