"""The way of an account to the public: the calendar with its warnings, editions, and the step each person may take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.disclosure.document import Document
from wangge.domains.disclosure.logic.calendar import CalendarDate, Standing
from wangge.domains.disclosure.models import EditionStep, Form, State
from wangge.domains.disclosure.operations.editions import compile_edition, take_step
from wangge.domains.disclosure.policies import may_take, steps_from
from wangge.domains.disclosure.queries.budgets import budget_document
from wangge.domains.disclosure.queries.bureaus import UnitStanding, standings_below
from wangge.domains.disclosure.queries.calendar import calendar
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.queries.editions import (
    EditionLine,
    edition_line,
    editions,
    file_of,
    formats_of,
    steps_of_all,
)
from wangge.domains.disclosure.queries.templates import word_template
from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES, FORMATS, rendered
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.standards.accounts.library import Accounts
from wangge.standards.budgeting import DisclosureStep, disclosure_steps
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Field, FieldKind
from wangge.surfaces.web.elements.forms import Form as Asked
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.finance.choosing import Chosen, chosen, units_of
from wangge.surfaces.web.finance.office_pages import DateRow, EditionPiece, EditionsPage, UnitRow
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

STANDINGS = {
    Standing.DONE: gettext_noop("已办结"),
    Standing.AHEAD: gettext_noop("未到期"),
    Standing.SOON: gettext_noop("临近"),
    Standing.LATE: gettext_noop("逾期"),
    Standing.WAITING: gettext_noop("待前一环节"),
}


@require_safe
def account_editions(request: HttpRequest) -> HttpResponse:
    """Calendar and editions of a unit and year: of the account, or of the published budget."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_editions")
    form_of = asked_form(request)
    lines = editions(unit=where.unit, year=where.year, form=form_of) if where.unit else ()
    today = timezone.localdate(at)
    dates = calendar(unit=where.unit, year=where.year, today=today, form=form_of) if where.unit else ()
    ids = [line.id for line in lines]
    steps, formats = steps_of_all(ids), formats_of(ids)
    form, blocked = _compile_form(where, by, lines, form_of)
    query = f"?unit={where.unit}&year={where.year}"
    is_final = form_of == Form.FINAL
    pieces = tuple(_piece(line, by, steps[line.id], formats.get(line.id, ())) for line in lines)
    below = standings_below(unit=where.unit, year=where.year, form=form_of) if where.unit else ()
    page = EditionsPage(
        shell_for(request, _("决算版本"), at=at, current="account_draft"), where.name, where.year, where.years,
        where.units, tuple(_date(each) for each in dates), _warning(dates), pieces, form, blocked,
        f"{reverse('account_draft')}{query}",
        f"{reverse('account_template')}{query}" if is_final else "",
        tuple(_unit(each, where.year, form_of) for each in below), _submitted(below),
        f"{reverse('register', args=['calendar_event'])}{query}" if is_final else "",
        tuple(
            Figure(str(each.label), "", editions_url(where.unit, where.year, each), is_current=each == form_of)
            for each in Form
        ),
    )  # fmt: skip
    return render(request, "web/finance/editions.html", {"page": page})


def asked_form(request: HttpRequest) -> Form:
    """Which paper is asked for; the account when nothing is said."""
    return Form.BUDGET if request.GET.get("form") == Form.BUDGET else Form.FINAL


def editions_url(unit: str, year: int, form: str) -> str:
    """The page of the editions of a unit, year and form."""
    more = f"&form={form}" if form != Form.FINAL else ""
    return f"{reverse('account_editions')}?unit={unit}&year={year}{more}"


def _unit(each: UnitStanding, year: int, form: str) -> UnitRow:
    line = each.edition
    return UnitRow(
        each.name,
        editions_url(each.code, year, form),
        _("第 %(number)d 版") % {"number": line.number} if line else "",
        str(State(line.state).label) if line else _("尚无版本") if each.has_figures else _("尚无版本（本年度无账）"),
        full_moment(line.stepped_at) if line else "",
        each.is_awaited,
    )


def _submitted(below: Sequence[UnitStanding]) -> str:
    """How many have submitted: a consolidated account holds what the others' ledgers say today."""
    if not below:
        return ""
    done = sum(each.is_submitted for each in below)
    told = _("已报送 %(done)d 个，共 %(all)d 个单位。") % {"done": done, "all": len(below)}
    if done < len(below):
        told += _("未报送单位的数字按台账现状合并。")
    if any(each.is_awaited for each in below):
        told += _("有账的单位全部报送之后，本级才能报送。")
    return told


def _date(each: CalendarDate) -> DateRow:
    due = f"{each.due_on:%Y-%m-%d}" if each.due_on else "—"
    done = f"{each.done_on:%Y-%m-%d}" if each.done_on else ""
    return DateRow(_(each.name_zh), due, done, str(each.standing), _(STANDINGS[each.standing]))


def _warning(dates: tuple[CalendarDate, ...]) -> str:
    late = [_(each.name_zh) for each in dates if each.standing is Standing.LATE]
    soon = [_(each.name_zh) for each in dates if each.standing is Standing.SOON]
    told = []
    if late:
        told.append(_("已逾期：%(names)s。") % {"names": "、".join(late)})
    if soon:
        told.append(_("即将到期：%(names)s。") % {"names": "、".join(soon)})
    return " ".join(told)


def _piece(line: EditionLine, by: Actor, steps: Sequence[EditionStep], formats: Sequence[str]) -> EditionPiece:
    before = [(step.verb, step.by_id) for step in steps]
    names = {step.verb: _(step.name_zh) for step in disclosure_steps()}
    forms = tuple(
        (f"step-{line.id}-{step.verb}", _form(line, step))
        for step in steps_from(line.state)
        if may_take(by, step, before)
    )
    files = tuple(
        Fact(name.upper(), "", reverse("account_edition_file", args=[line.id, name]))
        for name in FORMATS
        if name in formats
    )
    return EditionPiece(
        _("第 %(number)d 版") % {"number": line.number},
        str(State(line.state).label),
        _("更正第 %(number)d 版") % {"number": line.number - 1} if line.corrects else "",
        line.digest[:16],
        tuple(_told(step, names) for step in steps),
        files,
        forms,
    )


def _told(step: EditionStep, names: dict[str, str]) -> Fact:
    words = f"{full_moment(step.at)} {step.by_name}"
    return Fact(names.get(step.verb, step.verb), f"{words}　{step.reason}" if step.reason else words)


def _form(line: EditionLine, step: DisclosureStep) -> Asked:
    label = _("意见、文号或公开的理由")
    field = Field("reason", label, FieldKind.TEXT, required=step.needs_reason, max_length=400)
    return Asked(reverse("account_step", args=[line.id, step.verb]), (field,), _(step.name_zh))


def _compile_form(where: Chosen, by: Actor, lines: tuple[EditionLine, ...], form: str) -> tuple[Asked | None, str]:
    """The button that freezes the draft, or why there is none."""
    step = steps_from("")[0]
    if not where.unit or not may_take(by, step, ()) or not may_keep_books(by, where.unit):
        return None, ""
    state = lines[0].state if lines else State.SENT_BACK
    if state not in {State.SENT_BACK, State.CORRECTED}:
        return None, _("现有版本正在办理或已公开；退回或更正之后才能再编制。")
    more = f"&form={form}" if form != Form.FINAL else ""
    url = f"{reverse('account_compile')}?unit={where.unit}&year={where.year}{more}"
    return Asked(url, (), _("冻结为新版本")), ""


@require_POST
def account_compile(request: HttpRequest) -> HttpResponse:
    """Freeze the document as it stands; one with open questions stays a draft."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_editions")
    form = asked_form(request)
    back = HttpResponseRedirect(editions_url(where.unit, where.year, form))
    if not where.unit:
        raise Http404
    document, cells, forms = _document(where, form)
    if document.gaps:
        told = _("还有 %(count)d 处待补充的文字，请先在决算稿里填写。") % {"count": len(document.gaps)}
        tell(request, Notice(NoticeKind.REFUSED, _("没有冻结。"), told))
        return back
    template = word_template(where.year) if form == Form.FINAL else None
    files = {name: rendered(name, document, cells, forms, template=template) for name in FORMATS}
    try:
        compile_edition(unit=where.unit, year=where.year, by=by, at=at, form=form, files=files)
    except (DisclosureRefused, LedgerRefused) as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有冻结。"), str(refused)))
        return back
    tell(request, Notice(NoticeKind.DONE, _("已冻结为新版本，请送审核。")))
    return back


def _document(where: Chosen, form: Form) -> tuple[Document, Mapping[str, int], Accounts]:
    """The paper of a form with its cells."""
    if form == Form.BUDGET:
        return budget_document(year=where.year, unit=where.unit)
    found = written(year=where.year, unit=where.unit)
    return found.document, found.account.cells, found.forms


@require_POST
def account_step(request: HttpRequest, edition: int, verb: str) -> HttpResponse:
    """Take the next step of an edition."""
    by, at = actor_on(request), clock.now()
    line = _seen(by, edition)
    try:
        state = take_step(edition_id=edition, verb=verb, by=by, at=at, reason=request.POST.get("reason", "").strip())
    except DisclosureRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有办理。"), str(refused)))
    else:
        tell(request, Notice(NoticeKind.DONE, _("已办理，现为“%(state)s”。") % {"state": state.label}))
    return HttpResponseRedirect(editions_url(line.unit, line.year, line.form))


@require_safe
def account_edition_file(request: HttpRequest, edition: int, format: str) -> HttpResponse:
    """A file of an edition exactly as it was frozen."""
    line = _seen(actor_on(request), edition)
    content = file_of(edition, format)
    if content is None or format not in CONTENT_TYPES:
        raise Http404(format)
    response = HttpResponse(content, content_type=CONTENT_TYPES[format])
    kind = "accounts" if line.form == Form.FINAL else "budget"
    name = f"{kind}-{line.unit}-{line.year}-{line.number}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _seen(by: Actor, edition: int) -> EditionLine:
    """The edition, for whoever may look at its unit."""
    found = edition_line(edition)
    if found is None or found.unit not in units_of(by):
        raise Http404(str(edition))
    return found
