"""The maintenance page of the platform's own running, and the explanation of a fault."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.platform.logic import Stretch, total_seconds
from wangge.domains.platform.models import UpkeepKind
from wangge.domains.platform.operations import note
from wangge.domains.platform.queries import UpkeepLine, explanations, faults, first_beat_at, recent_upkeep
from wangge.groundwork import clock
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.platform_checks import groups
from wangge.surfaces.web.office.platform_pages import FaultRow, PlatformPage, Standing, UpkeepRow
from wangge.surfaces.web.shells import shell_for, tell

MOST_SHOWN = 30
LONGEST_WORDS = 200


@require_safe
def platform(request: HttpRequest) -> HttpResponse:
    """How everything stands."""
    at = clock.now()
    here = at.astimezone(clock.CITY_ZONE)
    month = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    looked = groups(at)
    of_year = faults(begins_at=month.replace(month=1), ends_at=at)
    page = PlatformPage(
        shell=shell_for(request, _("平台运行"), at=at, current="platform"),
        heading=_("平台运行"),
        looked_at=at,
        to_do=sum(row.standing is not Standing.GOOD for group in looked for row in group.rows),
        groups=looked,
        upkeep=tuple(map(_upkeep, recent_upkeep(most=MOST_SHOWN))),
        known_since=first_beat_at(),
        hours_month=_hours(faults(begins_at=month, ends_at=at)),
        hours_year=_hours(of_year),
        faults=_faults(of_year),
    )
    return render(request, "web/office/platform.html", {"page": page})


def _hours(found: tuple[Stretch, ...]) -> str:
    tenths = round(timedelta(seconds=total_seconds(found)) / timedelta(minutes=6))
    return f"{tenths // 10}.{tenths % 10}"


def _faults(found: tuple[Stretch, ...]) -> tuple[FaultRow, ...]:
    newest = tuple(reversed(found))[:MOST_SHOWN]
    told = explanations([each.begins_at for each in newest])
    return tuple(
        FaultRow(
            each.begins_at, each.ends_at, each.seconds // 60, told.get(each.begins_at, ""),
            None if each.begins_at in told else _form(each.begins_at),
        )
        for each in newest
    )  # fmt: skip


def _form(begins_at: datetime) -> Form:
    field = Field("why", _("原因"), FieldKind.TEXT, max_length=LONGEST_WORDS, placeholder=_("如：计划内升级"))
    hidden = Field("begins_at", "", FieldKind.HIDDEN, value=begins_at.isoformat())
    return Form(reverse("platform_explain"), (field, hidden), _("写明"))


@require_POST
def platform_explain(request: HttpRequest) -> HttpResponse:
    """Write down why the platform was not whole; a fault that is none of ours is refused."""
    why = request.POST.get("why", "").replace("\0", "").strip()[:LONGEST_WORDS]
    by, at = actor_on(request), clock.now()
    begins_at = _known_fault(request.POST.get("begins_at", ""), at)
    if why and begins_at is not None:
        detail = {"begins_at": begins_at.isoformat(), "why": why, "by": by.display_name}
        note(kind=UpkeepKind.EXPLAINED, well=True, at=at, detail=detail)
        tell(request, Notice(NoticeKind.DONE, _("已记录。")))
    else:
        tell(request, Notice(NoticeKind.REFUSED, _("没有记录：请写明原因。")))
    return HttpResponseRedirect(reverse("platform"))


def _known_fault(text: str, at: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return moment if any(each.begins_at == moment for each in faults(begins_at=moment, ends_at=at)) else None


def _upkeep(line: UpkeepLine) -> UpkeepRow:
    detail = line.detail
    told = detail.get("why") or detail.get("where") or detail.get("to") or ""
    if line.kind is UpkeepKind.REHEARSAL and "cases" in detail:
        told = _("%(cases)s 件案卷，%(breaks)s 处不符，缺 %(photos)s 张照片，%(seconds)s 秒") % {
            "cases": f"{detail['cases']:,}", "breaks": detail["breaks"], "photos": detail["missing_photos"],
            "seconds": line.seconds,
        }  # fmt: skip
    return UpkeepRow(line.at, str(line.kind.label), line.well, str(told))
