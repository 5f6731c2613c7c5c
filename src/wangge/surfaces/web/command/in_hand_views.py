"""Taking a case in hand: the page of a case says that somebody began; the others see it in list and case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.rows import CaseRow as Row
from wangge.domains.desks.operations.in_hand import let_go, take_in_hand
from wangge.domains.desks.queries import InHand, in_hand
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.command.case_pages import seen_row
from wangge.surfaces.web.elements.pieces import CaseRow, Flag, FlagKind
from wangge.surfaces.web.gate import actor_on


@require_POST
def case_in_hand(request: HttpRequest, number: str) -> HttpResponse:
    """Take it in hand, or with ``let_go`` give it back; answers whose it is. Two statements."""
    by, at = actor_on(request), clock.now()
    try:
        row = seen_row(number, by)
    except NoSuchCase as gone:
        raise Http404(number) from gone
    if request.POST.get("let_go"):
        let_go(case_id=row.id, by=by)
        return HttpResponse(status=204)
    held = take_in_hand(case_id=row.id, by=by, at=at)
    if held.person_id == by.person_id:
        return JsonResponse({"mine": True})
    return JsonResponse({"mine": False, "told": told(held, at)})


def told(held: InHand, at: datetime) -> str:
    """Who has it and for how long, in words."""
    person = known([held.person_id], at=at).get(held.person_id)
    minutes = int((at - held.since).total_seconds() // 60)
    words = _("%(name)s %(minutes)s 分钟前开始办理") if minutes else _("%(name)s 刚刚开始办理")
    return words % {"name": person.name if person is not None else "—", "minutes": minutes}


def with_hands(rows: Sequence[Row], shown: Sequence[CaseRow], *, by: Actor, at: datetime) -> tuple[CaseRow, ...]:
    """The lines with a mark on those that somebody else has in hand. One statement."""
    held: Mapping[str, InHand] = {
        str(case_id): each
        for case_id, each in in_hand(case_ids=[row.id for row in rows], at=at).items()
        if each.person_id != by.person_id
    }
    return tuple(
        replace(line, flags=(*line.flags, Flag(told(held[str(row.id)], at), FlagKind.WARNING)))
        if str(row.id) in held
        else line
        for row, line in zip(rows, shown, strict=True)
    )
