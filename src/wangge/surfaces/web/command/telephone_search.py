"""Cases of a telephone number: posted, so that no address, log or history of a browser holds the number."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import Actor, masked_phone
from wangge.domains.organizations.operations.audit import ReasonMissing
from wangge.domains.telephone.logic.calls import is_whole, number_of
from wangge.domains.telephone.operations.asking import MOST, ask_for_telephone
from wangge.domains.telephone.refusals import NoSuchNumber
from wangge.groundwork import clock
from wangge.surfaces.web.command import columns, rows
from wangge.surfaces.web.command.pages import EmptyList, RowGroup, TelephonePane, WorkListPage
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import opens, shell_for


def telephone_pane(by: Actor, words: str) -> TelephonePane | None:
    """The question as it stands beside the search, for who may ask it; open where a number was searched as a word,
    which finds nobody: personal words are in no index of words.
    """
    if not opens(by, "case_telephone"):
        return None
    number = number_of(words)
    phone = number if is_whole(number) and number[0] in "01" else ""  # without its area code it may be a day
    return TelephonePane(reverse("case_telephone"), phone, _("来电人询问自己的上报"), is_open=bool(phone))


@require_POST
def case_telephone(request: HttpRequest) -> HttpResponse:
    """The newest cases of a number; four statements behind the gate."""
    by, at = actor_on(request), clock.now()
    phone, reason = (request.POST.get(name, "").replace("\0", "") for name in ("phone", "reason"))
    found: Sequence[CaseRow] = ()
    error = ""
    try:
        found = ask_for_telephone(
            typed=phone, reason=reason, by=by, at=at, address=str(request.META.get("REMOTE_ADDR", ""))
        )
    except (NoSuchNumber, ReasonMissing) as refused:
        error = str(refused)
    nothing = EmptyList(
        _("这个号码下没有您可查看的案卷。"), _("请与来电人核对号码；举报不按号码列出。"), reverse("case_search"),
        _("按其他条件查询"),
    )  # fmt: skip
    masked = masked_phone(number_of(phone))
    page = WorkListPage(
        shell=shell_for(request, _("按电话号码查找"), at=at, current="case_search"),
        heading=_("按电话号码查找") if error else _("号码 %(phone)s 的案卷") % {"phone": masked},
        queues=(),
        groups=() if error else (RowGroup(rows.lines(found, at=at), empty=nothing),),
        columns=columns.headings(columns.USUAL),
        filter_url=reverse("case_search"),
        found_text=_told(len(found)),
        telephone=TelephonePane(reverse("case_telephone"), phone if error else "", reason, error, is_open=bool(error)),
    )
    response = render(request, "web/command/work_list.html", {"page": page}, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


def _told(number: int) -> str:
    if not number:
        return ""
    text = _("最近 %(number)s 件，按上报时间排序") if number == MOST else _("共 %(number)s 件，按上报时间排序")
    return text % {"number": number}
