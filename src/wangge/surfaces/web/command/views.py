"""The pages of the seat and of whoever opens a case: work list, search, case, its file, the reveal of a reporter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.failures import BadInput, NoSuchCase
from wangge.domains.cases.logic.rings import MOST_CORNERS, box_around
from wangge.domains.cases.operations.revealing import reveal
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.counts import open_by_stage
from wangge.domains.cases.sight import stands_outside
from wangge.domains.desks.queries import KeptList, kept_of
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.operations.audit import ReasonMissing
from wangge.groundwork import clock
from wangge.surfaces.web.command import columns, queues, rows
from wangge.surfaces.web.command.case_pages import Asked, case_page, read_case, seen_row
from wangge.surfaces.web.command.filters import SEARCH, Narrowing, narrowing_of
from wangge.surfaces.web.command.in_hand_views import with_hands
from wangge.surfaces.web.command.kept_views import kept_views
from wangge.surfaces.web.command.pages import CasePage, EmptyList, RowGroup, WithinPane, WorkListPage
from wangge.surfaces.web.command.telephone_search import telephone_pane
from wangge.surfaces.web.elements.pieces import NoticeKind
from wangge.surfaces.web.fixed_addresses import address_of
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.maps import map_of_city, map_over
from wangge.surfaces.web.shells import opens, shell_for

ROWS = 50
_WORK = (
    "work_list", "department_list", "field_tasks", "case_search", "evaluation_list", "ground", "audit_log", "people",
)  # fmt: skip
"""The first of these that a person may open is where he works."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the person's own work: the desk, the unit, the field, an administrator's office, else his messages."""
    actor = actor_on(request)
    return HttpResponseRedirect(reverse(next((name for name in _WORK if opens(actor, name)), "notices")))


@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """The seat's queues by remaining time. Four statements behind the gate."""
    by, at = actor_on(request), clock.now()
    queue = queues.queue_or_first(by, request.GET.get("queue", ""))
    asked = columns.asked_for(request)
    hidden = (("queue", queue), (columns.ASKED, asked))
    narrowing = narrowing_of(request, hidden=hidden)
    kept = kept_of(person_id=by.person_id, page="work_list")
    shown_columns = columns.chosen(asked, kept.columns)
    try:
        found = queues.page_of(
            by=by, at=at, queue=queue, filter=narrowing.filter, limit=ROWS, cursor=request.GET.get("cursor", "")
        )
    except BadInput:
        return HttpResponseRedirect(queues.list_url(queue))
    counts = open_by_stage(by=by, at=at)
    lines = columns.with_more(found.rows, rows.lines(found.rows, at=at, queue=queue), shown_columns)
    shown = with_hands(found.rows, lines, by=by, at=at)
    page = WorkListPage(
        shell=shell_for(
            request, queues.queue_name(queue), at=at, current="work_list", search_text=narrowing.filter.words
        ),
        heading=queues.queue_name(queue),
        queues=queues.figures(by, counts, queue),
        groups=(RowGroup(shown, empty=_empty_queue(narrowing, queue)),),
        filters=narrowing.fields,
        filter_url=address_of("work_list"),
        columns=columns.headings(shown_columns),
        columns_chosen=shown_columns != columns.USUAL,
        filter_hidden=tuple(each for each in hidden if each[1]),
        clear_url=narrowing.clear_url if narrowing.is_active else "",
        found_text=_found(len(shown), more=bool(found.next), by_time=True),
        next_url=narrowing.address("work_list", cursor=found.next) if found.next else "",
        previous_url=narrowing.address("work_list") if request.GET.get("cursor") else "",
        refresh_url=request.get_full_path(),
        pulse_url=address_of("pulse"),
        pulse_stages=() if queue == queues.ALL else queues.stages_of(by),
        map_url=address_of("case_map"),
        kept=kept_views(request, "work_list", kept, shown_columns),
        together_url=narrowing.address("together") if shown and opens(by, "together") else "",
        exports=_exports(by, narrowing, shown_columns),
    )
    return render(request, "web/command/work_list.html", {"page": page})


@require_safe
def case_search(request: HttpRequest) -> HttpResponse:
    """Every case the person may see, the newest report first: by number, place, words and filters."""
    by, at = actor_on(request), clock.now()
    asked, keeps = columns.asked_for(request), opens(by, "view_keep")
    narrowing = narrowing_of(request, SEARCH, hidden=((columns.ASKED, asked),))
    kept = kept_of(person_id=by.person_id, page="case_search") if keeps else KeptList((), ())
    shown_columns = columns.chosen(asked, kept.columns)
    try:
        found = lists.cases(by=by, at=at, filter=narrowing.filter, limit=ROWS, cursor=request.GET.get("cursor", ""))
    except BadInput:
        return HttpResponseRedirect(reverse("case_search"))
    shown = columns.with_more(found.rows, rows.lines(found.rows, at=at, named=not stands_outside(by)), shown_columns)
    page = WorkListPage(
        shell=shell_for(request, _("案卷查询"), at=at, current="case_search", search_text=narrowing.filter.words),
        heading=_("案卷查询"),
        queues=(),
        groups=(RowGroup(shown, empty=_nothing_found(narrowing)),),
        filters=narrowing.fields,
        filter_url=address_of("case_search"),
        columns=columns.headings(shown_columns),
        columns_chosen=shown_columns != columns.USUAL,
        filter_hidden=tuple(
            (name, value) for name, value in ((columns.ASKED, asked), ("within", narrowing.within)) if value
        ),
        clear_url=narrowing.clear_url if narrowing.is_active else "",
        found_text=_found(len(shown), more=bool(found.next), by_time=False),
        next_url=narrowing.address("case_search", cursor=found.next) if found.next else "",
        kept=kept_views(request, "case_search", kept, shown_columns) if keeps else None,
        previous_url=narrowing.address("case_search") if request.GET.get("cursor") else "",
        exports=_exports(by, narrowing, shown_columns) if shown else (),
        within=_within(narrowing, at),
        telephone=telephone_pane(by, narrowing.filter.words),
    )
    return render(request, "web/command/work_list.html", {"page": page})


def _within(narrowing: Narrowing, at: datetime) -> WithinPane:
    ring = narrowing.filter.within
    return WithinPane(
        summary=_("限于图上 %(count)s 个顶点的范围") % {"count": len(ring)} if ring else _("在地图上画范围查找"),
        url=address_of("case_search"),
        text=narrowing.within,
        most=MOST_CORNERS,
        others=tuple((name, value) for name, value in narrowing.without("within") if value),
        map=map_over(box_around(ring), at) if ring else map_of_city(at),
        clear_url=replace(narrowing, asked=narrowing.without("within")).address("case_search") if ring else "",
    )


def _exports(by: Actor, narrowing: Narrowing, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The list as files: in the columns a person chose, else in all there are."""
    if not opens(by, "case_export"):
        return ()
    chosen = ((columns.ASKED, ",".join(names)),) if tuple(names) != columns.USUAL else ()
    whole = replace(narrowing, asked=(*(each for each in narrowing.asked if each[0] != columns.ASKED), *chosen))
    return tuple((name, whole.address("case_export", kind=kind)) for name, kind in (("CSV", "csv"), ("Excel", "xlsx")))


def _found(number: int, *, more: bool, by_time: bool) -> str:
    if not number:
        return ""
    order = _("按剩余时间排序") if by_time else _("按上报时间排序")
    text = _("本页 %(number)s 件，后面还有，%(order)s") if more else _("共 %(number)s 件，%(order)s")
    return text % {"number": number, "order": order}


def _empty_queue(narrowing: Narrowing, queue: str) -> EmptyList:
    if narrowing.is_active:
        return _nothing_found(narrowing)
    return EmptyList(
        _("“%(queue)s”里没有案卷。") % {"queue": queues.queue_name(queue)},
        _("新的案卷到来时会自动出现，不用刷新。"),
    )


def _nothing_found(narrowing: Narrowing) -> EmptyList:
    if not narrowing.is_active:
        return EmptyList(_("还没有案卷。"), _("您可查看的案卷会列在这里。"))
    return EmptyList(
        _("没有符合条件的案卷。"),
        _("请少用一个条件，或换一个词。案卷编号可只输入前半部分，地点与描述至少输入一个字。"),
        narrowing.clear_url,
        _("清除条件"),
    )


# ---- one case --------------------------------------------------------------------------------------------------


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a case: at most five statements behind the gate."""
    page = _page(request, number, Asked(queue=request.GET.get("queue", "")))
    return render(request, "web/command/case.html", {"page": _with_next_link(page)})


def _page(request: HttpRequest, number: str, asked: Asked) -> CasePage:
    by, at = actor_on(request), clock.now()
    try:
        row = seen_row(number, by)
    except NoSuchCase as gone:
        raise Http404(number) from gone
    return case_page(request, read_case(row, by, at), by, at, asked)


def _with_next_link(page: CasePage) -> CasePage:
    """After something was done, the next case of the queue is one key away."""
    if page.queue is None or not page.queue.next_url:
        return page
    notices = tuple(
        replace(
            told,
            link_url=page.queue.next_url,
            link_text=_("下一件"),
            link_key="" if page.usual is not None else "Enter",
        )
        if told.kind is NoticeKind.DONE and not told.link_url
        else told
        for told in page.shell.notices
    )
    return replace(page, shell=replace(page.shell, notices=notices))


@require_POST
def reveal_reporter(request: HttpRequest, number: str) -> HttpResponse:
    """Show the reporter in full, once and recorded; without a reason ask for it."""
    by, at = actor_on(request), clock.now()
    queue = request.POST.get("queue", "")
    try:
        row = seen_row(number, by)
        told = read_case(row, by, at)
        identity = reveal(
            by=by, at=at, row=row, words=told.steps[0].words, reason=request.POST.get("reason", ""),
            address=str(request.META.get("REMOTE_ADDR", "")),
        )  # fmt: skip
    except NoSuchCase as gone:
        raise Http404(number) from gone
    except ReasonMissing as missing:
        page = _page(request, number, Asked(queue, reveal_error=str(missing)))
        return render(request, "web/command/case.html", {"page": page}, status=422)
    page = case_page(request, told, by, at, Asked(queue, revealed=identity))
    response = render(request, "web/command/case.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response
