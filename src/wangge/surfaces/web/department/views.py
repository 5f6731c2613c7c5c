"""The unit's page: due today, the rest in hand, sent back for checking; one list of cases in three parts.

A district's platform has its own parts: what it must pass on, what its streets handed in, what lies with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.counts import open_by_stage
from wangge.domains.cases.rows import CaseRow as Row
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.command.filters import narrowing_of
from wangge.surfaces.web.command.pages import EmptyList, RowGroup, WorkListPage
from wangge.surfaces.web.command.rows import lines
from wangge.surfaces.web.department.figures_views import own_rate
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import place_of, shell_for

IN_HAND = ("handling",)
WAITING = ("feedback", "awaiting_inspection", "inspecting", "awaiting_close")
ROWS = 100


@require_safe
def department_list(request: HttpRequest) -> HttpResponse:
    """Three lists on one page; four statements behind the gate."""
    by, at = actor_on(request), clock.now()
    narrowing = narrowing_of(request, ("source", "late"))
    asked = {"by": by, "at": at, "filter": narrowing.filter}
    in_hand = lists.queue(**asked, stages=IN_HAND, limit=ROWS, cursor=_cursor(request))  # type: ignore[arg-type]
    waiting = lists.queue(**asked, stages=WAITING, limit=ROWS)  # type: ignore[arg-type]
    counts = open_by_stage(by=by, at=at)
    names = dict.fromkeys(place_of(code, None) for code in sorted(by.department_codes))
    number, late = counts.get("handling", (0, 0))
    page = WorkListPage(
        shell=shell_for(request, _("本单位"), at=at, current="department_list", search_text=narrowing.filter.words),
        heading="、".join(names) or _("本单位"),
        queues=(),
        groups=(
            *(_of_district(in_hand.rows, at) if _passes_on(by) else _of_unit(in_hand.rows, at)),
            RowGroup(lines(waiting.rows, at=at), _("待核查"), str(len(waiting.rows)), _none(_("没有等待核查的案卷。"))),
        ),
        filters=narrowing.fields,
        filter_url=reverse("department_list"),
        clear_url=reverse("department_list") if narrowing.is_active else "",
        next_url=narrowing.address("department_list", cursor=in_hand.next) if in_hand.next else "",
        previous_url=narrowing.address("department_list") if _cursor(request) else "",
        refresh_url=request.get_full_path(),
        pulse_url=reverse("pulse"),
        pulse_stages=(*IN_HAND, *WAITING),
        corner=(
            Figure(_("在办"), str(number), f"{reverse('case_search')}?stage=handling"),
            Figure(
                _("超过时限"), str(late), f"{reverse('department_list')}?late=yes", Urgency.OVERDUE if late else None
            ),
            own_rate(by, at),
        ),
    )
    return render(request, "web/command/work_list.html", {"page": page})


def _passes_on(by: Actor) -> bool:
    """Whether he sits at a district's platform in a city that lets districts dispatch inside."""
    return by.holds("district_dispatcher") and rulebook_on(clock.today()).settings["district_level"] == "on"


def _of_unit(rows: Sequence[Row], at: datetime) -> tuple[RowGroup, ...]:
    today = [row for row in rows if _due_today(row, at)]
    rest = [row for row in rows if not _due_today(row, at)]
    return (
        RowGroup(lines(today, at=at), _("今天到期"), str(len(today)), _none(_("今天没有到期的案卷。"))),
        RowGroup(lines(rest, at=at), _("其余在办"), str(len(rest)), _none(_("没有其他在办案卷。"))),
    )


def _of_district(rows: Sequence[Row], at: datetime) -> tuple[RowGroup, ...]:
    """What waits for the platform itself stands first: orders to pass on, then what came back from its units."""
    waiting, reported, out = (
        [row for row in rows if _inner_status(row) == status] for status in ("waiting", "reported", "out")
    )
    return (
        RowGroup(lines(waiting, at=at), _("待区级派遣"), str(len(waiting)), _none(_("没有等待区级派遣的案卷。"))),
        RowGroup(lines(reported, at=at), _("区内已反馈，待审"), str(len(reported)), _none(_("没有等待审核的反馈。"))),
        RowGroup(lines(out, at=at), _("区内在办"), str(len(out)), _none(_("没有在街道、单位手上的案卷。"))),
    )


def _inner_status(row: Row) -> str:
    return row.state.inner.status if row.state.inner is not None else "waiting"


def _cursor(request: HttpRequest) -> str:
    from wangge.domains.cases.failures import BadInput

    cursor = request.GET.get("cursor", "")
    try:
        if cursor:
            lists.read_cursor(cursor)
    except BadInput:
        return ""
    return cursor


def _due_today(row: Row, at: datetime) -> bool:
    """Whether its running clock ends today or has ended."""
    return row.burns_at is not None and day_of(civil(row.burns_at)) <= day_of(civil(at))


def _none(text: str) -> EmptyList:
    return EmptyList(text, _("新派来的案卷会自动出现。"))
