"""The self-evaluation: the list of forms, one form's sheet, and what is done on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.disclosure.queries.evidence_books import evidence_book as book_of
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES
from wangge.domains.disclosure.rendering.pdf import as_pdf
from wangge.domains.disclosure.rendering.word import as_word
from wangge.domains.organizations.logic import Actor
from wangge.domains.self_evaluation.logic.lines import Judgement, plain
from wangge.domains.self_evaluation.operations.evaluating import Correction, Filling, fill_results, record_monitoring
from wangge.domains.self_evaluation.operations.evidence import sign_statement, take_readings
from wangge.domains.self_evaluation.operations.targets import NewLine, open_form, take_step, write_targets
from wangge.domains.self_evaluation.policies import city_performance_tables, may_do
from wangge.domains.self_evaluation.queries.forms import FormView, form_of, forms_of
from wangge.domains.self_evaluation.refusals import EvaluationRefused
from wangge.groundwork import clock
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.finance import sheets
from wangge.surfaces.web.finance.choosing import Chosen, chosen, units_of
from wangge.surfaces.web.finance.pages import (
    EvaluationListPage,
    EvaluationSheetPage,
    FillingInput,
    FormLine,
    TargetInput,
)
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """The forms of a unit and year; a POST opens another."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "evaluation_list")
    errors: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            made = open_form(
                by=by, at=at, unit_code=where.unit, year=where.year, edition=request.POST.get("edition", ""),
                project=request.POST.get("project", "").strip(),
            )  # fmt: skip
        except EvaluationRefused as refused:
            errors = (str(refused),)
        else:
            return HttpResponseRedirect(reverse("evaluation_sheet", args=[made.id]))
    views = forms_of(unit_code=where.unit, year=where.year) if where.unit else ()
    page = EvaluationListPage(
        shell_for(request, _("绩效自评"), at=at, current="evaluation_list"), where.name, where.year, where.years,
        where.units, tuple(_line(view) for view in views), _new_form(request, where, by, errors),
        sheets.book_urls(where.unit, where.year) if views else (),
    )  # fmt: skip
    return render(request, "web/finance/evaluation_list.html", {"page": page}, status=422 if errors else 200)


def _line(view: FormView) -> FormLine:
    sheet, _missing = sheets.sheet_of(view)
    scored = sheet is not None and all(each.result for each in view.lines)
    return FormLine(
        reverse("evaluation_sheet", args=[view.form.id]), view.name, str(view.form.get_kind_display()),
        sheets.state_name(view.state), _("%(number)s 项指标") % {"number": len(view.lines)},
        plain(sheet.total) if sheet and scored else "—", sheet.grade_zh if sheet and scored else "",
    )  # fmt: skip


def _new_form(request: HttpRequest, where: Chosen, by: Actor, errors: tuple[str, ...]) -> Form | None:
    if not where.unit or not may_do(by, "declare", where.unit):
        return None
    editions = dict.fromkeys((block.form, block.form_zh) for block in city_performance_tables().blocks)
    fields = (
        Field(
            "project", _("项目名称"), FieldKind.TEXT, required=False, max_length=120,
            value=request.POST.get("project", ""), help=_("留空为整体支出自评表；名称须与预算指标中的项目一致。"),
        ),
        Field("edition", _("表式"), FieldKind.SELECT, choices=tuple(Choice(key, name) for key, name in editions)),
    )  # fmt: skip
    url = f"{reverse('evaluation_list')}?unit={where.unit}&year={where.year}"
    return Form(url, fields, _("建立自评表"), errors=errors)


@require_safe
def evaluation_sheet(request: HttpRequest, form_id: int) -> HttpResponse:
    """One form as it stands."""
    by, at = actor_on(request), clock.now()
    view = _seen(form_id, by)
    return render(request, "web/finance/evaluation_sheet.html", {"page": _page(request, view, by, at)})


def _seen(form_id: int, by: Actor) -> FormView:
    view = form_of(form_id)
    if view is None or view.form.unit_code not in units_of(by):
        raise Http404(str(form_id))
    return view


def _page(
    request: HttpRequest,
    view: FormView,
    by: Actor,
    at: datetime,
    errors: tuple[str, ...] = (),
    targets: tuple[TargetInput, ...] | None = None,
    fillings: tuple[FillingInput, ...] | None = None,
) -> EvaluationSheetPage:
    sheet, missing = sheets.sheet_of(view)
    complete = sheet is not None and bool(view.lines) and all(each.result for each in view.lines)
    title = _("%(year)s 年度%(name)s绩效自评") % {"year": view.form.year, "name": view.name}
    others = forms_of(unit_code=view.form.unit_code, year=view.form.year) if complete else ()
    unit, year = view.form.unit_code, view.form.year
    goal = request.POST.get("goal") if targets is not None else None
    return EvaluationSheetPage(
        shell=shell_for(request, title, at=at, current="evaluation_list"),
        title=title,
        state_zh=sheets.state_name(view.state),
        goal=view.targets.goal if view.targets else "",
        money=sheets.money_of(view),
        rows=sheets.rows_of(view, sheet, by),
        total=plain(sheet.total) if sheet is not None and complete else "",
        grade=sheet.grade_zh if sheet is not None and complete else "",
        missing=missing if view.lines else "",
        duties=sheets.duties_of(view, others),
        watches=sheets.watches_of(view),
        history=sheets.history_of(view),
        list_url=f"{reverse('evaluation_list')}?unit={unit}&year={year}",
        steps=sheets.steps_open(view, by),
        editor=sheets.editor_of(view, by, targets, goal),
        readings_form=sheets.readings_form(view, by, _cut_off(year, at)),
        statement_form=sheets.statement_form(view, by, f"{timezone.localtime(at):%Y-%m-%d}"),
        filling=sheets.filling_of(view, by, fillings),
        monitoring=sheets.monitoring_of(view, by, _watched_on(request, year, at), request.POST),
        book_urls=sheets.book_urls(unit, year),
        errors=errors,
    )


def _watched_on(request: HttpRequest, year: int, at: datetime) -> date:
    """The day that was typed, else today while the form's year runs."""
    try:
        typed = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return min(timezone.localdate(at), date(year, 12, 31))
    return typed


def _cut_off(year: int, at: datetime) -> str:
    """The end of the year, or now while it has not ended."""
    end = timezone.make_aware(datetime(year + 1, 1, 1))  # noqa: DTZ001 - made aware in the city's zone
    return f"{timezone.localtime(min(end, at)):%Y-%m-%dT%H:%M}"


@require_POST
def evaluation_act(request: HttpRequest, form_id: int, act: str) -> HttpResponse:
    """Something done on the sheet: targets, readings, statement, results, mid-year watch, or a step."""
    by, at = actor_on(request), clock.now()
    view = _seen(form_id, by)
    acts: Mapping[str, Callable[[HttpRequest, FormView, Actor, datetime], str]] = {
        "targets": _write_targets,
        "readings": _take_readings,
        "statement": _sign,
        "results": _fill,
        "monitoring": _monitor,
    }
    if act not in acts and act not in city_performance_tables().steps:
        raise Http404(act)
    try:
        done = acts[act](request, view, by, at) if act in acts else _step(request, view, by, at, act)
    except EvaluationRefused as refused:
        targets = sheets.typed_targets(request) if act == "targets" else None
        fillings = sheets.typed_fillings(request, view) if act == "results" else None
        page = _page(request, view, by, at, _errors(refused), targets, fillings)
        return render(request, "web/finance/evaluation_sheet.html", {"page": page}, status=422)
    tell(request, Notice(NoticeKind.DONE, done))
    return HttpResponseRedirect(reverse("evaluation_sheet", args=[form_id]))


def _errors(refused: EvaluationRefused) -> tuple[str, ...]:
    return tuple(duty.text(_) for duty in refused.duties) or (str(refused),)


def _step(request: HttpRequest, view: FormView, by: Actor, at: datetime, step: str) -> str:
    take_step(by=by, at=at, form_id=view.form.id, step=step, reason=request.POST.get("reason", ""))
    return _("已办理：%(step)s。") % {"step": city_performance_tables().steps[step].step_zh}


def _write_targets(request: HttpRequest, view: FormView, by: Actor, at: datetime) -> str:
    lines = [_new_line(row) for row in sheets.typed_targets(request)]
    if not lines:
        raise EvaluationRefused(_("请至少填写一项指标。"))
    write_targets(
        by=by, at=at, form_id=view.form.id, goal=request.POST.get("goal", ""), lines=lines,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return _("目标已保存，尚未申报。")


def _new_line(row: TargetInput) -> NewLine:
    soft = row.sign == "定性"
    target = None if soft else _number(row.target, row.name)
    return NewLine(
        row.block, row.second, row.name, _number(row.weight, row.name), row.sign, target, row.target if soft else "",
        row.unit, row.fact, proof=row.proof,
    )  # fmt: skip


def _number(text: str, name: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise EvaluationRefused(_("“%(name)s”的“%(text)s”不是数。") % {"name": name, "text": text})
    return found


def _take_readings(request: HttpRequest, view: FormView, by: Actor, at: datetime) -> str:
    told = parse_datetime(request.POST.get("cut_off", ""))
    if told is None:
        raise EvaluationRefused(_("请填写截止时点。"))
    cut = timezone.make_aware(told) if timezone.is_naive(told) else told
    made = take_readings(by=by, at=at, unit_code=view.form.unit_code, year=view.form.year, cut_off_at=cut)
    return _("已取数 %(number)s 项。") % {"number": len(made)}


def _sign(request: HttpRequest, view: FormView, by: Actor, at: datetime) -> str:
    given = {key: request.POST.get(key, "").strip() for key in ("subject", "value", "band", "words", "evidence")}
    signed_on = _day(request.POST.get("signed_on", ""))
    sign_statement(
        by=by, at=at, unit_code=view.form.unit_code, year=view.form.year, subject=given["subject"],
        value=_number(given["value"], given["subject"]) if given["value"] and not given["band"] else None,
        band=given["band"], words=given["words"], evidence=given["evidence"],
        signed_by=request.POST.get("signed_by", ""), signed_on=signed_on,
    )  # fmt: skip
    return _("签字说明已登记。")


def _day(text: str) -> date:
    try:
        found = parse_date(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise EvaluationRefused(_("日期写成 2025-01-15。"))
    return found


def _fill(request: HttpRequest, view: FormView, by: Actor, at: datetime) -> str:
    fillings = {}
    for row in sheets.typed_fillings(request, view):
        judged = None
        if row.judged:
            judged = Judgement(_number(row.judged, row.name), by.display_name, row.judged_reason)
        fillings[row.name] = Filling(row.deviation, row.measure, judged)
    fill_results(by=by, at=at, form_id=view.form.id, fillings=fillings)
    return _("自评结果已填报。")


def _monitor(request: HttpRequest, view: FormView, by: Actor, at: datetime) -> str:
    names = ["", *(each.line.name for each in view.lines)]
    corrections = {
        name: Correction(request.POST.get(f"reason_{number}", ""), request.POST.get(f"correction_{number}", ""))
        for number, name in enumerate(names)
    }
    record_monitoring(by=by, at=at, form_id=view.form.id, on=_day(request.POST.get("on", "")), corrections=corrections)
    return _("年中双监控已登记。")


@require_safe
def evidence_book(request: HttpRequest, format: str) -> HttpResponse:
    """The evidence book of a unit and year."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "evaluation_list")
    makers = {"pdf": as_pdf, "docx": as_word}
    if format not in makers or not where.unit:
        raise Http404(format)
    book = book_of(unit_code=where.unit, unit_name=where.name, year=where.year)
    response = HttpResponse(makers[format](book), content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="evidence-{where.unit}-{where.year}.{format}"'
    return response
