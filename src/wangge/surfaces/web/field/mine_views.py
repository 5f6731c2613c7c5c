"""The page of one's own work: reports of this month and the last, turns and what is known of them, own scores."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries.own import own_counts
from wangge.domains.evaluation.logic.periods import last_ended
from wangge.domains.evaluation.queries.results import scores_over_time
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.patrol.logic.attendance import Presence
from wangge.domains.patrol.queries.coverage import TurnLine, day_span, own_attendance
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.field.pages import MinePage, ScoreShown, TurnShown
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for

DAYS = 14
MONTHS = 6


@require_safe
def field_mine(request: HttpRequest) -> HttpResponse:
    """His own figures and nobody else's; what is not known of a turn is called unknown, never absent."""
    by, at = actor_on(request), clock.now()
    person = by.person_id or 0
    ended = last_ended(clock.today(), starts_on=month_begins_on())
    first, begun = day_span(ended.first)[0], day_span(ended.end)[0]
    since = day_span((at - timedelta(days=DAYS)).astimezone(CITY_ZONE).date())[0]
    page = MinePage(
        shell=shell_for(request, _("我的工作量与考评"), at=at, current="account"),
        name=by.display_name,
        months=(
            (_("本期"), _counts(person, begun, at + timedelta(minutes=1))),
            (_("上期 %(month)s") % {"month": ended.name}, _counts(person, first, begun)),
        ),
        turns=tuple(
            map(_turn, own_attendance(person_id=person, since=since, until=at + timedelta(days=1), at=at))
        ),
        scores=tuple(
            ScoreShown(month, total or _("未计分"), str(rank) if rank is not None else _("不排名"))
            for month, total, rank in scores_over_time("collector", str(person), months=MONTHS)
        ),
        app_url=reverse("field_app"),
        tracker_url=reverse("field_tracker"),
    )  # fmt: skip
    return render(request, "web/field/mine.html", {"page": page})


def _counts(person: int, since: datetime, until: datetime) -> tuple[Fact, ...]:
    found = own_counts(person_id=person, since=since, until=until)
    return (
        Fact(_("上报"), str(found.reported)),
        Fact(_("其中自行处置"), str(found.self_handled)),
        Fact(_("已立案"), str(found.filed)),
        Fact(_("不予受理或审核不通过"), str(found.declined)),
        Fact(_("已结案"), str(found.closed)),
    )


def _turn(line: TurnLine) -> TurnShown:
    start, end = line.turn.starts_at.astimezone(CITY_ZONE), line.turn.ends_at.astimezone(CITY_ZONE)
    return TurnShown(
        day=f"{start:%m-%d}",
        grid=line.turn.grid_code or "",
        hours=f"{start:%H:%M}–{end:%H:%M}",
        presence=line.presence.value,
        words=_words(line),
    )


def _words(line: TurnLine) -> str:
    match line.presence:
        case Presence.PRESENT:
            return _("到岗")
        case Presence.LATE:
            return _("到岗，晚 %(minutes)s 分钟") % {"minutes": line.late_minutes}
        case Presence.ELSEWHERE:
            return _("有定位，不在责任网格")
        case Presence.UNKNOWN:
            return _("没有定位，情况不明")
        case Presence.GAP:
            return _("系统采集中断，不计")
        case Presence.TO_COME:
            return _("未开始")
