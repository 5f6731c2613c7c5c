"""A unit's own figures: what it closed in the running statistical month, how much of it in time, and its months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries.unit_closed import Closed, cases_closed_by_units, closed_by_units
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.evaluation.logic.months import MonthState, state_after
from wangge.domains.evaluation.logic.periods import last_ended
from wangge.domains.evaluation.models import MonthStep
from wangge.domains.evaluation.queries.results import scores_over_time
from wangge.domains.evaluation.queries.settings import appeals_end, month_begins_on
from wangge.domains.organizations.logic import Actor
from wangge.domains.patrol.queries.coverage import day_span
from wangge.groundwork import clock
from wangge.surfaces.web.assessment.words import state_name
from wangge.surfaces.web.command.pages import EmptyList, RowGroup
from wangge.surfaces.web.command.rows import lines
from wangge.surfaces.web.department.pages import MonthOfUnit, UnitFiguresPage
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import opens, place_of, shell_for

ROWS = 100
MONTHS = 12


def running_month(at: datetime) -> tuple[datetime, datetime]:
    """The statistical month that runs, as far as it has gone."""
    begun = last_ended(clock.today(), starts_on=month_begins_on()).end
    return day_span(begun)[0], at + timedelta(minutes=1)


def rate_text(closed: Closed) -> str:
    """The share in time, cut and not rounded: 100% is said only where every case was in time."""
    return f"{closed.on_time * 100 // closed.cases}%" if closed.cases else "—"


def own_rate(by: Actor, at: datetime) -> Figure:
    """The figure in the corner of the unit's list, open to the cases behind it; one statement."""
    since, before = running_month(at)
    closed = closed_by_units(units=by.department_codes, since=since, before=before)
    return Figure(_("时限内结案率"), rate_text(closed), reverse("department_figures"))


@require_safe
def department_figures(request: HttpRequest) -> HttpResponse:
    """The figures with their cases; five statements behind the gate."""
    by, at = actor_on(request), clock.now()
    since, before = running_month(at)
    units = sorted(by.department_codes)
    closed = closed_by_units(units=units, since=since, before=before)
    late, in_time = (
        lines(cases_closed_by_units(units=units, since=since, before=before, late=late, limit=ROWS), at=at)
        for late in (True, False)
    )
    names = "、".join(place_of(code, None) for code in units)
    page = UnitFiguresPage(
        shell=shell_for(request, _("本单位时限与考评"), at=at, current="department_list"),
        heading=_("%(unit)s：本期时限情况") % {"unit": names} if names else _("本期时限情况"),
        list_url=reverse("department_list"),
        span=_span(since),
        figures=(
            Figure(_("结案"), f"{closed.cases:,}", ""),
            Figure(_("时限内"), f"{closed.on_time:,}", "#in-time"),
            Figure(_("超过时限"), f"{closed.late:,}", "#late", Urgency.OVERDUE if closed.late else None),
            Figure(_("时限内占比"), rate_text(closed), ""),
        ),
        groups=(
            RowGroup(
                late, _("超过时限结案"), _shown(len(late), closed.late),
                _none(_("本期没有超过时限结案的案卷。")), "late",
            ),
            RowGroup(
                in_time, _("时限内结案"), _shown(len(in_time), closed.on_time),
                _none(_("本期还没有在时限内结案的案卷。")), "in-time",
            ),
        ),
        months=tuple(_months(by, at)),
    )  # fmt: skip
    return render(request, "web/department/figures.html", {"page": page})


def _span(since: datetime) -> str:
    """What is counted, and for whom."""
    day = {"first": since.astimezone(clock.CITY_ZONE).date().isoformat()}
    text = _("统计期 %(first)s 起，至此刻。按各次处置是否在时限内计，申诉已支持的计入；剔除以月度考评为准。") % day
    if rulebook_on(clock.today()).settings["district_level"] != "on":
        return text
    return text + _("区级平台派到街道、单位的案卷计入区级平台。")


def _shown(shown: int, all_of_them: int) -> str:
    return str(shown) if shown == all_of_them else f"{shown} / {all_of_them:,}"


def _none(text: str) -> EmptyList:
    return EmptyList(text, _("结案后自动列在这里。"))


def _months(by: Actor, at: datetime) -> Iterator[MonthOfUnit]:
    """The months of the evaluation, newest first: of a published one the unit's score, of a frozen one the appeals."""
    if not opens(by, "assessment_month"):
        return
    scores: dict[str, str] = {}
    for code in sorted(by.department_codes):
        for period, total, _rank in scores_over_time("department", code, months=MONTHS):
            scores.setdefault(period, total or _("未计分"))
    steps: dict[str, list[MonthStep]] = {}
    for step in MonthStep.objects.order_by("period", "seq"):
        steps.setdefault(step.period, []).append(step)
    for period in sorted(steps, reverse=True)[:MONTHS]:
        state = state_after([each.verb for each in steps[period]])
        until = appeals_end(steps[period][0].at) if state is MonthState.FROZEN else None
        is_open = state is MonthState.FROZEN and (until is None or at <= until) and opens(by, "assessment_appeals")
        yield MonthOfUnit(
            period, reverse("assessment_month", args=[period]), state_name(state), scores.get(period, "—"),
            reverse("assessment_appeals", args=[period]) if is_open else "", full_moment(until) if until else "",
        )  # fmt: skip
