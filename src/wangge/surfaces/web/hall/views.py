"""The wall of the command hall: today against the same weekday, who is late, what arrives, who is outside, the hotline.

Each figure is counted as the list behind it is, at the moment the page was made; the page asks for itself anew every
few seconds and keeps nothing of what it showed before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.queries.counts import Counts, open_by_unit
from wangge.domains.cases.queries.day_figures import SpanFigures, figures_of_spans
from wangge.domains.patrol.queries.duty import OnDuty, on_duty_now
from wangge.domains.patrol.queries.settings import assigning_rule
from wangge.groundwork import clock
from wangge.surfaces.web.command import queues, rows
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.hall.pages import CountLine, HallPage, UnitLine, WallFigure
from wangge.surfaces.web.maps import map_of_city
from wangge.surfaces.web.office.hotline_views import channel_figures
from wangge.surfaces.web.pages import Theme
from wangge.surfaces.web.shells import opens, shell_for

ARRIVALS = 11
UNITS = 10
WEEK = timedelta(days=7)


@require_safe
def hall(request: HttpRequest) -> HttpResponse:
    """The whole wall. Five statements behind the gate, however large the city is."""
    by, at = actor_on(request), clock.now()
    began = datetime.combine(clock.today(), datetime.min.time(), clock.CITY_ZONE)
    today, week_ago = figures_of_spans(by=by, spans=[(began, at), (began - WEEK, at - WEEK)])
    arrived = lists.cases(by=by, at=at, filter=Filter(since=began), limit=ARRIVALS)
    held = open_by_unit(by=by, at=at)
    shell = replace(shell_for(request, _("指挥大厅"), at=at, current="hall", page_kind="hall"), theme=Theme.DARK)
    local = at.astimezone(clock.CITY_ZONE)
    page = HallPage(
        shell=shell,
        day_text=formats.date_format(local, "DATE_FORMAT") + " " + formats.date_format(local, "l"),
        clock_text=f"{local:%H:%M:%S}",
        figures=(*_of_today(today, week_ago), *_open_now(held)),
        units=unit_lines(held),
        arrivals=rows.lines(arrived.rows, at=at),
        patrol=_patrol(on_duty_now(at=at), at),
        hotline=channel_figures() if opens(by, "hotline_orders") else (),
        hotline_url=reverse("hotline_orders"),
        map=map_of_city(at),
        clusters_url=reverse("case_clusters"),
        case_url=reverse("case", args=["-"]).removesuffix("-"),
        refresh_url=request.get_full_path(),
        pulse_url=reverse("pulse"),
        map_url=reverse("case_map"),
    )
    return render(request, "web/hall/hall.html", {"page": page})


def _of_today(today: SpanFigures, week_ago: SpanFigures) -> tuple[WallFigure, ...]:
    reported = f"{reverse('case_search')}?{urlencode({'days': 1})}"
    return (
        _compared(_("今日上报"), today.reported, week_ago.reported, reported),
        _compared(_("今日立案"), today.filed, week_ago.filed),
        _compared(_("今日结案"), today.closed, week_ago.closed),
    )


def _compared(label: str, now: int, before: int, url: str = "") -> WallFigure:
    """A figure beside the one of the same weekday up to the same minute; no change is shown where that was nothing."""
    change = f"{(now - before) * 100 / before:+.0f}%" if before else ""
    return WallFigure(label, f"{now:,}", _("上周同期 %(number)s") % {"number": f"{before:,}"}, change, url)


def _open_now(held: Counts) -> tuple[WallFigure, ...]:
    everything = sum(number for number, _late in held.values())
    late = sum(late for _number, late in held.values())
    share = f"{late * 100 / everything:.1f}%" if everything else ""
    urgency = Urgency.OVERDUE if late else None
    return (
        WallFigure(_("在办案卷"), f"{everything:,}", url=queues.list_url(queues.ALL)),
        WallFigure(
            _("超过时限"), f"{late:,}", _("占在办 %(share)s") % {"share": share} if share else "",
            url=f"{reverse('case_search')}?{urlencode({'late': 'yes'})}", urgency=urgency,
        ),
    )  # fmt: skip


def unit_lines(held: Counts) -> tuple[UnitLine, ...]:
    """Who holds open cases, the one with the most late ones first; what no unit holds is in no line."""
    found = [(unit, number, late) for unit, (number, late) in held.items() if unit]
    found.sort(key=lambda each: (-each[2], -each[1], each[0]))
    return tuple(
        UnitLine(
            rows.unit_name(unit),
            f"{number:,}",
            f"{late:,}",
            late * 100 // number,
            f"{reverse('case_search')}?{urlencode({'department': unit, 'late': 'yes'})}",
        )
        for unit, number, late in found[:UNITS]
    )


def _patrol(turns: Sequence[OnDuty], at: datetime) -> tuple[CountLine, ...]:
    """Who is outside: a last position too old to be believed is shown as unknown, never as absent."""
    fresh = at - timedelta(minutes=assigning_rule(at).fresh_minutes)
    people = {turn.person_id: turn for turn in turns}.values()
    known = sum(1 for turn in people if turn.fix_at is not None and turn.fix_at > fresh)
    unknown = len(people) - known
    tasks = sum(turn.tasks for turn in people)
    late = sum(turn.late_tasks for turn in people)
    return (
        CountLine(_("在岗采集员"), f"{len(people):,}"),
        CountLine(_("位置有效"), f"{known:,}"),
        CountLine(_("位置不明"), f"{unknown:,}", Urgency.SOON if unknown else None),
        CountLine(_("外勤任务"), f"{tasks:,}"),
        CountLine(_("任务超时"), f"{late:,}", Urgency.OVERDUE if late else None),
    )
