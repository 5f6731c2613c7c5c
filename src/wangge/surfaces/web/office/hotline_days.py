"""Days reconciled with the hotline, on a page: both counts of each, and the differences of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.hotline.logic.reconciling import Difference
from wangge.domains.hotline.queries.reconciling import Reconciliation, differences_of, reconciliations
from wangge.groundwork import clock
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.office.hotline_pages import DayLine, DaysPage, DifferenceLine
from wangge.surfaces.web.shells import shell_for


@require_safe
def hotline_days(request: HttpRequest) -> HttpResponse:
    """The last reconciliations; of the one asked for, or the newest that does not agree, each difference."""
    found = reconciliations()
    chosen = _chosen(found, request.GET.get("of", ""))
    url = reverse("hotline_days")
    page = DaysPage(
        shell=shell_for(request, _("热线对账"), at=clock.now(), current="hotline_orders"),
        heading=_("热线对账"),
        list_url=reverse("hotline_orders"),
        days=tuple(
            DayLine(
                each.day.isoformat(), word("hotline_channel", each.channel), each.at, each.theirs, each.ours,
                each.differences, f"{url}?of={each.id}" if each.differences else "", each is chosen,
            )
            for each in found
        ),
        differences_heading="" if chosen is None else _("%(day)s 的差异") % {"day": chosen.day.isoformat()},
        differences=() if chosen is None else tuple(_line(each) for each in differences_of(chosen.id)),
    )  # fmt: skip
    return render(request, "web/office/hotline_days.html", {"page": page})


def _chosen(found: list[Reconciliation], wanted: str) -> Reconciliation | None:
    named = [each for each in found if str(each.id) == wanted]
    return next((each for each in (*named, *found) if each.differences), None)


def _line(difference: Difference) -> DifferenceLine:
    theirs, ours = difference.theirs, difference.ours
    if difference.what == "kind":
        theirs, ours = word("hotline_kind", theirs), word("hotline_kind", ours)
    if difference.what in ("missing_here", "missing_there"):
        theirs, ours = (_("有此单"), _("无此单")) if difference.what == "missing_here" else (_("无此单"), _("有此单"))
    return DifferenceLine(difference.order_no, _what(difference.what), theirs, ours)


def _what(what: str) -> str:
    return {
        "missing_here": _("本系统缺单"), "missing_there": _("热线缺单"), "day": _("交办日期"), "kind": _("诉求类型"),
        "answers": _("答复次数"), "returns": _("退单次数"), "redone": _("重办次数"), "grade": _("满意度"),
    }[what]  # fmt: skip
