"""The views of evaluation: one question or one step each, then a frozen page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.evaluation import policies
from wangge.domains.evaluation.logic.months import VERB_LABELS, MonthState, state_after
from wangge.domains.evaluation.logic.periods import PeriodUnknown, last_ended, parse_period
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.operations.month import MonthRefused, step
from wangge.domains.evaluation.queries import results
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.evaluation.snapshots import latest
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.groundwork.warehouse.manifest import WarehouseRefused
from wangge.surfaces.web.assessment.drawing import figure_page, month_lines, month_page, object_page
from wangge.surfaces.web.assessment.pages import MonthsPage
from wangge.surfaces.web.assessment.words import indicator_name
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

MOST_CASES = 200


@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """The months that this person may see."""
    by, at = actor_on(request), clock.now()
    shell = shell_for(request, _("考评"), at=at, current="assessment")
    lines = month_lines(by)
    page = MonthsPage(
        shell,
        lines,
        freeze_url=reverse("assessment_freeze") if by.holds("evaluator") else "",
        signs_url=reverse("assessment_signs") if policies.may_see_drafts(by) else "",
        checks_url=_checks_url() if policies.may_see_drafts(by) else "",
        empty_text=_("还没有可看的月份：考评员冻结、领导签发后在此发布。"),
    )
    return render(request, "web/assessment/months.html", {"page": page})


def _checks_url() -> str:
    """The checks of the month that is over: they are written before it is frozen."""
    ended = last_ended(clock.today(), starts_on=month_begins_on())
    return reverse("assessment_checks", args=[ended.name])


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the month that was named."""
    try:
        period = parse_period(request.POST.get("period", "").strip()).name
    except PeriodUnknown as unknown:
        tell(request, Notice(NoticeKind.REFUSED, str(unknown)))
        return redirect("assessment")
    return _made(request, period, "freeze", "")


@require_safe
def month(request: HttpRequest, period: str) -> HttpResponse:
    """One month."""
    by, at = actor_on(request), clock.now()
    result, state, steps = month_of(period, by)
    shell = shell_for(request, _("考评 %(period)s") % {"period": period}, at=at, current="assessment")
    page = month_page(shell, result, state, steps, by)
    return render(request, "web/assessment/month.html", {"page": page})


@require_POST
def month_step(request: HttpRequest, period: str) -> HttpResponse:
    """Make a step of the month."""
    verb = request.POST.get("verb", "")
    if verb not in VERB_LABELS:
        raise Http404(verb)
    return _made(request, period, verb, request.POST.get("note", "").strip())


def _made(request: HttpRequest, period: str, verb: str, note: str) -> HttpResponse:
    by, at, environment = actor_on(request), clock.now(), settings.ENVIRONMENT
    try:
        snapshot = latest(environment.warehouse_root) if verb in ("freeze", "reissue") else None
        step(period=period, verb=verb, by=by, at=at, snapshot=snapshot, overlay=environment.city_overlay, note=note)
    except (MonthRefused, WarehouseRefused) as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
        exists = MonthStep.objects.filter(period=period).exists()
        return redirect("assessment_month", period) if exists else redirect("assessment")
    return redirect("assessment_month", period)


@require_safe
def one_object(request: HttpRequest, period: str, kind: str, code: str) -> HttpResponse:
    """A district's or unit's paper."""
    by, at = actor_on(request), clock.now()
    result, state, _steps = month_of(period, by)
    if not policies.may_see_object(kind=kind, code=code, state=state, by=by):
        raise PermissionDenied(_("本月尚未发布：只能查看本单位的核对稿。"))
    content = results.content_of(result)
    score = next((each for each in content["scores"].get(kind, ()) if each["code"] == code), None)
    if score is None:
        raise Http404(code)
    shell = shell_for(request, _("考评单"), at=at, current="assessment")
    page = object_page(shell, result, content, kind, score, state=state, by=by)
    return render(request, "web/assessment/object.html", {"page": page})


@require_safe
def figure(request: HttpRequest, result_id: str) -> HttpResponse:
    """The trace of a figure."""
    by, at, environment = actor_on(request), clock.now(), settings.ENVIRONMENT
    period = Result.objects.filter(id=result_id, kind="month").values_list("period", flat=True).first()
    if period is None:
        raise Http404(result_id)
    newest, state, _steps = month_of(period, by)
    # A result is a large text: the newest, which most ask for, is read once.
    result = newest if newest.id == result_id else Result.objects.get(id=result_id)
    name = request.GET.get("figure", "")
    _check_figure(name, state, by)
    try:
        told = results.explain(
            result, name, root=environment.warehouse_root, overlay=environment.city_overlay, most=MOST_CASES
        )
    except (results.NoSuchFigure, KeyError, ValueError) as missing:
        raise Http404(str(missing)) from None
    day = parse_period(result.period, starts_on=month_begins_on()).end - timedelta(days=1)
    shell = shell_for(request, indicator_name(told["indicator"], told["name_zh"], day), at=at, current="assessment")
    return render(request, "web/assessment/figure.html", {"page": figure_page(shell, result, told, by)})


def _check_figure(name: str, state: MonthState, by: Actor) -> None:
    objects: Mapping[str, str] = dict(
        pair.split("=", 1) for part in name.split("/")[:-1] if "=" in part for pair in part.split(",")
    )
    allowed = [policies.may_see_object(kind=kind, code=code, state=state, by=by) for kind, code in objects.items()]
    if not allowed or not all(allowed):
        raise PermissionDenied(_("本月尚未发布：只能查看本单位的核对稿。"))


def month_of(period: str, by: Actor) -> tuple[Result, MonthState, list[MonthStep]]:
    """The month's newest result, state and steps; 404 for a month this person may not know of."""
    steps: list[Any] = list(MonthStep.objects.filter(period=period).order_by("seq"))
    result = Result.objects.filter(id=steps[-1].result_id).first() if steps else None
    if result is None:
        raise Http404(period)
    state = state_after([each.verb for each in steps])
    if state is not MonthState.PUBLISHED and not (policies.may_see_drafts(by) or policies.own_objects(by)):
        raise Http404(period)
    return result, state, steps
