"""Rulings 权属确认 on pages: those that wait, one made a rule of the register by minutes, or left to its case alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wangge.domains.cases.surroundings import district_names
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.ownership.logic.choosing import PlaceKind
from wangge.domains.ownership.models import Ruling
from wangge.domains.ownership.operations.rule_sets import RuleSetRefused
from wangge.domains.ownership.operations.rulings import Minutes, leave_ruling_alone, make_rule_of_ruling
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.command.rule_words import class_words
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form, picture_limits
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import read_form
from wangge.surfaces.web.office.ownership_pages import RulingLine, RulingPage
from wangge.surfaces.web.shells import opens, shell_for, tell

MOST = 50
Typed = Mapping[str, str]


def waiting_rulings(*, may_settle: bool) -> tuple[RulingLine, ...]:
    """The rulings of which nothing has come yet, the latest first; one statement."""
    found = Ruling.objects.filter(decision__isnull=True, left_alone="")[:MOST]
    return tuple(
        RulingLine(
            each.case_number, class_words(each.category), _place_of(each), unit_name(each.department_code),
            each.ruled_at.astimezone(CITY_ZONE).date().isoformat(),
            reverse("ownership_ruling", args=[each.id]) if may_settle else "",
        )
        for each in found
    )  # fmt: skip


def _place_of(ruling: Ruling) -> str:
    grid = _grid_name(ruling)
    return " ".join(filter(None, (_district_name(ruling), grid))) or _("区外")


def _district_name(ruling: Ruling) -> str:
    return district_names().get(ruling.district_code, ruling.district_code)


def _grid_name(ruling: Ruling) -> str:
    return area_name(kind=AreaKind.RESPONSIBILITY_GRID, code=ruling.grid_code, on=clock.today())


@require_http_methods(["GET", "HEAD", "POST"])
def ownership_ruling(request: HttpRequest, number: int) -> HttpResponse:
    """One ruling; sent, its minutes are kept and it becomes a rule of a draft."""
    if request.method != "POST":
        return _page(request, number)
    by, at = actor_on(request), clock.now()
    brought = read_form(request, ("paper",), by=by, at=at)
    if brought.errors:
        return _page(request, number, request.POST, brought.errors["paper"], "rule")
    try:
        draft = make_rule_of_ruling(
            ruling_id=number,
            minutes=_minutes(request.POST, next(iter(brought.photos["paper"]), "")),
            by=by, at=at, on=clock.today(),
        )  # fmt: skip
    except RuleSetRefused as refused:
        return _page(request, number, request.POST, str(refused), "rule")
    tell(request, Notice(NoticeKind.DONE, _("已登记会议纪要并写入草案；发布后，同类案卷按它派遣。")))
    return HttpResponseRedirect(reverse("ownership_set", args=[draft]))


def _minutes(typed: Typed, paper: str) -> Minutes:
    try:
        held_on, reach = date.fromisoformat(typed.get("held_on", "")), PlaceKind(typed.get("reach", ""))
    except ValueError as wrong:
        raise RuleSetRefused(_("请填写会议日期，并选择规则的范围。")) from wrong
    return Minutes(typed.get("minutes_no", ""), held_on, typed.get("decision", ""), paper, reach)


@require_POST
def ownership_aside(request: HttpRequest, number: int) -> HttpResponse:
    """Leave a ruling to its case alone, with the reason."""
    try:
        leave_ruling_alone(ruling_id=number, why=request.POST.get("why", ""), by=actor_on(request), at=clock.now())
    except RuleSetRefused as refused:
        return _page(request, number, request.POST, str(refused), "aside")
    tell(request, Notice(NoticeKind.DONE, _("已记下：这项权属确认不成规则。")))
    return HttpResponseRedirect(reverse("ownership"))


def _page(
    request: HttpRequest, number: int, typed: Typed | None = None, error: str = "", form: str = ""
) -> HttpResponse:
    ruling = Ruling.objects.select_related("decision", "ruled_by").filter(id=number).first()
    if ruling is None:
        raise Http404(number)
    by, at = actor_on(request), clock.now()
    settled = _settled(ruling)
    page = RulingPage(
        shell=shell_for(request, _("权属确认"), at=at, current="ownership"),
        heading=_("权属确认 %(number)s") % {"number": ruling.case_number},
        list_url=reverse("ownership"),
        case_url=reverse("case", args=[ruling.case_number]) if opens(by, "case") else "",
        facts=_facts(ruling),
        settled=settled,
        rule=None if settled else _rule_form(ruling, typed if form == "rule" else None, error),
        aside=None if settled else _aside_form(number, typed if form == "aside" else None, error),
    )
    return render(request, "web/office/ruling.html", {"page": page}, status=422 if error else 200)


def _facts(ruling: Ruling) -> tuple[Fact, ...]:
    return (
        Fact(_("类别"), class_words(ruling.category)),
        Fact(_("地点"), _place_of(ruling)),
        Fact(_("确认的责任单位"), unit_name(ruling.department_code)),
        Fact(_("确认时间"), f"{ruling.ruled_at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"),
        Fact(_("确认人"), ruling.ruled_by.display_name if ruling.ruled_by else _("系统")),
    )


def _settled(ruling: Ruling) -> Notice | None:
    if ruling.decision is not None:
        words = _("已按%(minutes)s写成规则。") % {"minutes": ruling.decision.minutes_no}
        return Notice(NoticeKind.INFORMATION, words, ruling.decision.decision)
    if ruling.left_alone:
        return Notice(NoticeKind.INFORMATION, _("只管这一件，不成规则。"), ruling.left_alone)
    return None


def _rule_form(ruling: Ruling, typed: Typed | None, error: str) -> Form:
    """The minutes, with what they say already written: a class at a place belongs to a unit."""
    said = _("%(place)s%(what)s由%(unit)s负责。") % {
        "place": _district_name(ruling), "what": class_words(ruling.category), "unit": unit_name(ruling.department_code)
    }  # fmt: skip
    reaches = _reaches(ruling)
    fields = (
        Field("minutes_no", _("会议纪要文号"), FieldKind.TEXT, max_length=60),
        Field(
            "held_on", _("会议日期"), FieldKind.TEXT, value=clock.today().isoformat(), max_length=10,
            input_mode="numeric",
        ),
        Field("reach", _("范围"), FieldKind.CHOICE, choices=reaches, value=reaches[0].value),
        Field("decision", _("决定"), FieldKind.LONG_TEXT, value=said, max_length=2000),
        Field(
            "paper", _("纪要扫描件"), FieldKind.FILE, required=False, max_count=1,
            help=picture_limits(),
        ),
    )  # fmt: skip
    shown = tuple(replace(each, value=typed.get(each.name, each.value)) for each in fields) if typed else fields
    return Form(
        reverse("ownership_ruling", args=[ruling.id]), shown, _("登记纪要并写入草案"),
        draft_key=f"ruling-{ruling.id}", errors=(error,) if typed is not None and error else (),
    )  # fmt: skip


def _reaches(ruling: Ruling) -> tuple[Choice, ...]:
    offered = []
    if ruling.district_code:
        name = _district_name(ruling)
        offered.append(Choice(PlaceKind.DISTRICT.value, _("本区同类案卷"), hint=name))
    if ruling.grid_code:
        offered.append(Choice(PlaceKind.RESPONSIBILITY_GRID.value, _("本网格同类案卷"), hint=_grid_name(ruling)))
    return (*offered, Choice(PlaceKind.CITY.value, _("全市同类案卷")))


def _aside_form(number: int, typed: Typed | None, error: str) -> Form:
    value = typed.get("why", "") if typed else ""
    why = Field("why", _("不成规则的原因"), FieldKind.TEXT, value=value, max_length=300)
    errors = (error,) if typed is not None and error else ()
    return Form(reverse("ownership_aside", args=[number]), (why,), _("不成规则"), errors=errors)
