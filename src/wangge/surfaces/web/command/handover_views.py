"""The handover of a shift 交接班: who goes writes down what is open, promised and unusual; who comes signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.guards.persons import shift_at
from wangge.domains.cases.queries.counts import open_by_stage
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.desks.operations.handovers import LONGEST, hand_over, take_over
from wangge.domains.desks.queries import Handover, latest_handovers
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.city_settings import shift_names
from wangge.surfaces.web.command import queues
from wangge.surfaces.web.command.handover_pages import HandoverPage, HandoverRow
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import stage_name
from wangge.surfaces.web.elements.pieces import Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, shift_name, tell

SHOWN = 10
_LATE = "late"


@require_http_methods(["GET", "HEAD", "POST"])
def handovers(request: HttpRequest) -> HttpResponse:
    """The handovers, newest first, and the form for the one that is due. Two statements behind the gate."""
    by, at = actor_on(request), clock.now()
    if request.method != "POST":
        return _page(request, by, at)
    given = {name: request.POST.get(name, "").replace("\0", "") for name in ("shift", "promised", "unusual")}
    try:
        if given["shift"] not in _shifts(at):
            raise DeskRefused(_("请选择交出的班次。"))
        hand_over(by=by, at=at, standing=_standing(by, at), **given)
    except DeskRefused as refused:
        return _page(request, by, at, given, str(refused), status=422)
    tell(request, Notice(NoticeKind.DONE, _("交接已写下，等接班的人签收。")))
    return redirect("handovers")


@require_POST
def handover_sign(request: HttpRequest, number: int) -> HttpResponse:
    """Take a shift over."""
    by, at = actor_on(request), clock.now()
    try:
        take_over(by=by, at=at, handover_id=number, remark=request.POST.get("remark", "").replace("\0", ""))
        tell(request, Notice(NoticeKind.DONE, _("已签收。")))
    except DeskRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    return redirect("handovers")


def _shifts(at: datetime) -> tuple[str, ...]:
    return shift_names(rulebook_on(at.astimezone(clock.CITY_ZONE).date()).settings["shifts"])


def _standing(by: Actor, at: datetime) -> dict[str, int]:
    """Open cases by stage, and of all of them those past their deadline."""
    counts = open_by_stage(by=by, at=at)
    late = sum(late for _number, late in counts.values())
    return _in_order({_LATE: late, **{stage: number for stage, (number, _late) in counts.items()}})


def _in_order(standing: Mapping[str, int]) -> dict[str, int]:
    """What is late, then the stages as a case goes through them: the database keeps them in no order."""
    names = (_LATE, *(row.stage for row in city_tables().stages))
    return {name: standing[name] for name in names if name in standing}


def _page(
    request: HttpRequest, by: Actor, at: datetime, typed: Mapping[str, str] | None = None, error: str = "",
    *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    before = request.GET.get("before", "")
    found = latest_handovers(
        limit=SHOWN + 1, before=int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None
    )
    people = known({each for row in found for each in (row.written_by, row.signed_by) if each is not None}, at=at)
    names = {number: person.name for number, person in people.items()}
    page = HandoverPage(
        shell=shell_for(request, _("交接班"), at=at, current="handovers"),
        heading=_("交接班"),
        standing=tuple(_figure(name, number) for name, number in _standing(by, at).items()),
        form=_form(at, typed or {}, error),
        handovers=tuple(_row(row, names, by) for row in found[:SHOWN]),
        next_url=f"?before={found[SHOWN - 1].number}" if len(found) > SHOWN else "",
    )
    return render(request, "web/command/handover.html", {"page": page}, status=status)


def _figure(name: str, number: int) -> Figure:
    if name == _LATE:
        return Figure(
            _("超过时限"), str(number), queues.list_url(queues.LATE), Urgency.OVERDUE if number else None, False
        )
    return Figure(stage_name(name), str(number), queues.list_url(name), None, False)


def _form(at: datetime, typed: Mapping[str, str], error: str) -> Form:
    rules = rulebook_on(at.astimezone(clock.CITY_ZONE).date())
    shifts = shift_names(rules.settings["shifts"])
    return Form(
        reverse("handovers"),
        (
            Field("shift", _("交出的班次"), FieldKind.SELECT, value=typed.get("shift", shift_at(rules, civil(at))),
                  choices=tuple(Choice(name, shift_name(name)) for name in shifts)),
            Field("promised", _("答应过的事"), FieldKind.LONG_TEXT, required=False, max_length=LONGEST,
                  value=typed.get("promised", ""),
                  help=_("答应诉求人或单位、须由下一班办的。请写案卷编号，不写个人信息。")),
            Field("unusual", _("异常情况"), FieldKind.LONG_TEXT, required=False, max_length=LONGEST,
                  value=typed.get("unusual", ""), help=_("天气、断线、群体诉求等下一班须知道的。")),
        ),
        _("写下交接"), draft_key="handover", errors=(error,) if error else (),
    )  # fmt: skip


def _name_of(name: str) -> str:
    return _("超过时限") if name == _LATE else stage_name(name)


def _row(row: Handover, names: Mapping[int, str], by: Actor) -> HandoverRow:
    told = tuple((_name_of(name), number) for name, number in _in_order(row.standing).items())
    remark = Field("remark", _("接班意见"), FieldKind.TEXT, required=False, max_length=200)
    may_sign = row.signed_by is None and row.written_by != by.person_id
    sign = Form(reverse("handover_sign", args=[row.number]), (remark,), _("签收接班")) if may_sign else None
    return HandoverRow(
        row.number, shift_name(row.shift), row.written_at, names.get(row.written_by, "—"), told, row.promised,
        row.unusual, row.signed_at, names.get(row.signed_by, "—") if row.signed_by is not None else "", row.remark,
        sign,
    )  # fmt: skip
