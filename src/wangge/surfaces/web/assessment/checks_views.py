"""The checks of a month: draws by lot, findings with points off, bonus and malus, the quality check of case files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.failures import CaseRefused
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.evaluation import policies
from wangge.domains.evaluation.logic.drawing import Drawn
from wangge.domains.evaluation.logic.periods import Period, PeriodUnknown, parse_period
from wangge.domains.evaluation.models import CheckDraw, CheckFinding
from wangge.domains.evaluation.operations import checks as writing
from wangge.domains.evaluation.operations.finding_cases import Matter, make_case
from wangge.domains.evaluation.queries.checks import MonthChecks, checks_of
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.photo_reading import MOST_BYTES
from wangge.groundwork.attachments.refusals import PhotoRefused, RefusalReason
from wangge.standards.measures import CheckItem
from wangge.surfaces.object_names import object_name
from wangge.surfaces.web.command.argument_fields import category_field
from wangge.surfaces.web.command.together import why_refused
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice as Chosen
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form, picture_limits
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import MOST_PHOTOS, Brought, place_of
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for, tell

_SHOWN_FILES = 10
_SHOWN_PERSONS = 40


@dataclass(frozen=True, slots=True)
class Choice:
    """An object or item one may choose; ``group`` stands above those of a kind."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DrawBlock:
    """A draw: how it was made, or the button that makes it; of grids also which."""

    kind: str
    title: str
    told: str
    drawn: tuple[str, ...]
    may_draw: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding, with a way to take it back."""

    number: int
    form: str
    object_name: str
    item: str
    points: str
    place: str
    note: str
    case: str
    case_url: str
    at: str
    is_taken_back: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """Bonus or malus."""

    object_name: str
    points: str
    reason: str
    order_no: str
    at: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """The valid case files of a person."""

    name: str
    post: str
    made_of: str
    rate: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """A drawn case file that waits."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class ChecksPage:
    """The checks of a month."""

    shell: Shell
    period: str
    may_write: bool
    act_url: str
    back_url: str
    draws: tuple[DrawBlock, ...]
    objects: tuple[tuple[str, tuple[Choice, ...]], ...]
    items: tuple[tuple[str, tuple[Choice, ...]], ...]
    faults: tuple[Choice, ...]
    findings: tuple[FindingLine, ...]
    adjustments: tuple[AdjustmentLine, ...]
    files: tuple[FileLine, ...]
    files_told: str
    persons: tuple[PersonLine, ...]
    to_case: Form | None = None  # makes a case of a finding that names none


@require_safe
def checks(request: HttpRequest, period: str) -> HttpResponse:
    """The page."""
    by, at, environment = actor_on(request), clock.now(), settings.ENVIRONMENT
    month = _month(period)
    found = checks_of(month, overlay=environment.city_overlay)
    may = policies.may_check(by)
    waiting = found.waiting
    judged = len(found.verdicts)
    page = ChecksPage(
        shell=shell_for(request, _("考评检查"), at=at, current="assessment"),
        period=month.name,
        may_write=may,
        act_url=reverse("assessment_checks_act", args=[month.name]),
        back_url=reverse("assessment"),
        draws=tuple(_draw(kind, found.draws.get(kind), may) for kind in Drawn),
        objects=_objects(),
        items=_items(found),
        faults=tuple(Choice(item, _(row.name_zh)) for (form, item), row in found.items.items() if form == "quality"),
        findings=tuple(_finding(each, found, may) for each in found.findings if each.takes_back is None),
        adjustments=tuple(
            AdjustmentLine(
                object_name(each.object_kind, each.object_code), f"{each.points_hundredths / 100:+.2f}", each.reason,
                each.order_no, full_moment(each.at),
            )
            for each in found.adjustments
        ),
        files=tuple(FileLine(number, reverse("case", args=[number])) for number in waiting[:_SHOWN_FILES]),
        files_told=_("抽中 %(drawn)d 件，已质检 %(judged)d 件，其中有效 %(valid)d 件；待质检 %(waiting)d 件。")
        % {
            "drawn": judged + len(waiting), "judged": judged, "waiting": len(waiting),
            "valid": sum(each.valid for each in found.verdicts.values()),
        },
        persons=tuple(
            PersonLine(
                object_name("collector", str(each.person_id), at=at),
                _("核查") if each.post == "inspector" else post_name(each.post), f"{each.valid} / {each.judged}",
                str(each.rate),
            )
            for each in found.valid_files[:_SHOWN_PERSONS]
        ),
        to_case=_to_case(found, month, at) if may else None,
    )  # fmt: skip
    return render(request, "web/assessment/checks.html", {"page": page})


def _month(period: str) -> Period:
    try:
        return parse_period(period, starts_on=month_begins_on())
    except PeriodUnknown as unknown:
        raise Http404(str(unknown)) from None


def _draw(kind: Drawn, made: CheckDraw | None, may: bool) -> DrawBlock:
    title = _("案卷质检") if kind is Drawn.QUALITY else _("实地考评")
    if made is None:
        return DrawBlock(kind.value, title, _("本月还没有抽取。"), (), may)
    told = _("从 %(pool)d 个对象中抽中 %(drawn)d 个 · 种子 %(seed)s · 总体 SM3 %(mark)s · %(at)s") % {
        "pool": made.pool, "drawn": len(made.drawn), "seed": made.seed, "mark": bytes(made.pool_sm3).hex()[:12],
        "at": full_moment(made.at),
    }  # fmt: skip
    return DrawBlock(kind.value, title, told, tuple(made.drawn) if kind is Drawn.SPOT else (), False)


def _objects() -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    districts = tuple(Choice(f"district={code}", name) for code, name in sorted(district_names().items()))
    departments = tuple(Choice(f"department={code}", each.name) for code, each in sorted(units().items()))
    return ((_("各区"), districts), (_("责任单位"), departments))


def _items(found: MonthChecks) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    forms = {"spot": _("实地考评"), "special": _("专项检查")}
    return tuple(
        (
            title,
            tuple(
                Choice(f"{form}/{item}", _item_label(row))
                for (of, item), row in found.items.items()
                if of == form
            ),
        )
        for form, title in forms.items()
    )  # fmt: skip


def _item_label(row: CheckItem) -> str:
    return _("%(name)s（最多 %(most)d 分）") % {"name": _(row.name_zh), "most": row.most_points}


def _finding(each: CheckFinding, found: MonthChecks, may: bool) -> FindingLine:
    row = found.items.get((each.form, each.item))
    gone, case = each.id in found.taken_back, found.case_of(each)
    return FindingLine(
        each.id, _("实地考评") if each.form == "spot" else _("专项检查"),
        object_name(each.object_kind, each.object_code), _(row.name_zh) if row is not None else each.item,
        f"−{each.points_hundredths / 100:.2f}", each.place, each.note, case,
        reverse("case", args=[case]) if case else "", full_moment(each.at), gone,
        may and not gone,
    )  # fmt: skip


def _to_case(found: MonthChecks, month: Period, at: datetime) -> Form | None:
    """The form that makes a case of a finding; None where every finding has one."""
    open_ones = [
        each
        for each in found.findings
        if each.takes_back is None and each.id not in found.taken_back and not found.case_of(each)
    ]
    if not open_ones:
        return None
    findings = tuple(
        Chosen(str(each.id), " · ".join(filter(None, (f"#{each.id}", each.place, each.note[:40]))))
        for each in open_ones
    )
    category = category_field(rulebook_on(day_of(civil(at))).edition)
    return Form(
        reverse("assessment_checks_act", args=[month.name]),
        (
            Field("number", _("发现"), FieldKind.SELECT, choices=findings),
            category,
            Field(
                "address", _("地址"), FieldKind.TEXT, max_length=200, help=_("不填的，用发现里的地点。"), required=False
            ),
            Field("location", _("位置"), FieldKind.POINT, required=False, map=map_at(None, None, at)),
            Field(
                "photo_before", labels.argument_name("photo_before"), FieldKind.PHOTOS, required=False,
                help=picture_limits(),
            ),
        ),
        _("登记成案卷"),
        hidden=(("what", "case"),),
    )  # fmt: skip


@require_POST
def act(request: HttpRequest, period: str) -> HttpResponse:
    """Draw, write or take back; what was refused is said on the page."""
    work = _ACTS.get(request.POST.get("what", ""))
    if work is None:
        raise Http404(period)
    try:
        work(request, _month(period).name)
    except (CheckRefused, PhotoRefused) as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    except CaseRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, why_refused(refused)))
    return redirect("assessment_checks", period)


def _do_draw(request: HttpRequest, period: str) -> None:
    kind = request.POST.get("kind", "")
    if kind not in set(Drawn):
        raise Http404(kind)
    writing.draw(
        kind=Drawn(kind), period=period, by=actor_on(request), at=clock.now(), instance=settings.ENVIRONMENT.instance
    )


def _do_find(request: HttpRequest, period: str) -> None:
    given = request.POST
    kind, _mark, code = given.get("object", "").partition("=")
    form, _mark, item = given.get("item", "").partition("/")
    found = writing.Found(
        period, form, kind, code, item, given.get("points", ""), given.get("place", ""), given.get("note", ""),
        given.get("case_number", ""), given.get("wants_case") == "yes",
    )  # fmt: skip
    writing.record_finding(found=found, by=actor_on(request), at=clock.now(), overlay=settings.ENVIRONMENT.city_overlay)


def _do_take_back(request: HttpRequest, period: str) -> None:
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Http404(number)
    writing.take_back(finding_id=int(number), note=request.POST.get("note", ""), by=actor_on(request), at=clock.now())


def _do_case(request: HttpRequest, period: str) -> None:
    given, by, at = request.POST, actor_on(request), clock.now()
    number = given.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise Http404(number)
    policies.check_may_check(by)
    finding = CheckFinding.objects.filter(id=int(number), period=period).first()
    if finding is None:
        raise CheckRefused(_("没有这条考评发现。"))
    brought = Brought({name: [str(value) for value in given.getlist(name)] for name in given}, {}, {})
    matter = Matter(
        brought.first("category"),
        place_of(brought, address=brought.first("address")[:200] or finding.place),
        _photos(request, at),
    )
    case = make_case(
        finding_id=finding.id, matter=matter, by=by, at=at, address=str(request.META.get("REMOTE_ADDR", ""))
    )
    told = _("考评发现 #%(id)d 已登记为案卷 %(number)s。") % {"id": finding.id, "number": case}
    tell(request, Notice(NoticeKind.DONE, told))


def _photos(request: HttpRequest, at: datetime) -> tuple[str, ...]:
    """The pictures, received as the system's own: it reports the case."""
    files = request.FILES.getlist("photo_before")[:MOST_PHOTOS]
    if any(file.size is not None and file.size > MOST_BYTES for file in files):
        raise PhotoRefused(RefusalReason.TOO_LARGE)
    return tuple(dict.fromkeys(receive_photo(data=file.read(), by=0, at=at).id for file in files))


def _do_adjust(request: HttpRequest, period: str) -> None:
    given = request.POST
    kind, _mark, code = given.get("object", "").partition("=")
    writing.adjust(
        period=period, object_kind=kind, object_code=code, points=given.get("points", ""),
        reason=given.get("reason", ""), order_no=given.get("order_no", ""), by=actor_on(request), at=clock.now(),
    )  # fmt: skip


def _do_judge(request: HttpRequest, period: str) -> None:
    writing.judge_file(
        period=period, case_number=request.POST.get("case_number", ""), faults=request.POST.getlist("fault"),
        by=actor_on(request), at=clock.now(), overlay=settings.ENVIRONMENT.city_overlay,
    )  # fmt: skip


_ACTS: dict[str, Callable[[HttpRequest, str], None]] = {
    "draw": _do_draw,
    "find": _do_find,
    "take_back": _do_take_back,
    "case": _do_case,
    "adjust": _do_adjust,
    "judge": _do_judge,
}
