"""The list of call-backs 回访 for the seats: chosen by rule and lot, apart from the citizens' own ratings."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.citizens.queries.call_backs import MOST, CallBack, call_backs
from wangge.groundwork import clock
from wangge.surfaces.web.command.pages import EmptyList, RowGroup, WorkListPage
from wangge.surfaces.web.command.rows import line
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.elements.pieces import CaseRow, Flag
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for


@require_safe
def call_back_list(request: HttpRequest) -> HttpResponse:
    """Who waits longest first; the case opens with the call-back among its moves. One statement behind the gate."""
    by, at = actor_on(request), clock.now()
    offset = int(text) if (text := request.GET.get("from", "0")).isdigit() and len(text) < 7 else 0
    found = call_backs(by=by, offset=offset)
    none = EmptyList(_("没有要回访的案卷。"), _("结案的公众上报按规则和抽样进入这里；没有留电话的和举报人不在其中。"))
    page = WorkListPage(
        shell=shell_for(request, _("回访"), at=at, current="call_backs"),
        heading=_("回访"),
        queues=(),
        groups=(RowGroup(tuple(_line(each) for each in found[:MOST]), empty=none),),
        next_url=f"{reverse('call_backs')}?from={offset + MOST}" if len(found) > MOST else "",
        previous_url=reverse("call_backs") if offset else "",
    )
    return render(request, "web/command/work_list.html", {"page": page})


def _line(each: CallBack) -> CaseRow:
    shown = line(each.row, at=clock.now())
    return replace(shown, flags=(Flag(word("call_back", each.rule)), *shown.flags))
