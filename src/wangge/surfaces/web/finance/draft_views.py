"""The document of a year before it is published: as it would be now, findings in the margin, questions to answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.budgeting.operations.recording import correct_record, enter_record
from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.budgeting.queries.records import newest_of
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.disclosure.checking.findings.finding import Finding, Result
from wangge.domains.disclosure.checking.work import Task, check_file
from wangge.domains.disclosure.document import Document, Gap
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.queries.telling import TEXT_KIND
from wangge.domains.disclosure.queries.templates import word_template
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES, FORMATS, rendered
from wangge.domains.disclosure.rendering.web import as_page_piece
from wangge.groundwork import clock
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.comparing_rows import official_notes
from wangge.surfaces.web.finance.pages import DraftPage, FindingNote
from wangge.surfaces.web.finance.trace_views import trace_url
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

SEVERITIES = {"error": gettext_noop("错误"), "warning": gettext_noop("提醒"), "note": gettext_noop("提示")}


@require_safe
def draft(request: HttpRequest) -> HttpResponse:
    """The document as it stands, checked."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_draft")
    shell = shell_for(request, _("决算公开"), at=at, current="account_draft")
    if not where.unit:
        empty = DraftPage(shell, "", "", where.year, (), (), mark_safe(""), (), (), (), "")
        return render(request, "web/finance/draft.html", {"page": empty})
    found = written(year=where.year, unit=where.unit)
    result = _checked(found.document)
    findings = tuple(_note(finding) for finding in result.findings)
    may_write = may_keep_books(by, where.unit)
    page = DraftPage(
        shell, found.document.title, where.name, where.year, where.years, where.units,
        mark_safe(as_page_piece(found.document, lambda name: trace_url(where, name))),  # noqa: S308 - escaped piece by piece
        _questions(where, found.document.gaps) if may_write else (),
        findings, _downloads(where), _summary(result, len(found.document.gaps)),
        f"{reverse('account_editions')}?unit={where.unit}&year={where.year}", official_notes(where),
    )  # fmt: skip
    return render(request, "web/finance/draft.html", {"page": page})


def _checked(document: Document) -> Result:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "draft.html"
        path.write_bytes(rendered("html", document, {}, load_accounts(str(document.year))))
        return check_file(Task(path))


def _note(finding: Finding) -> FindingNote:
    expected = _("原文 %(printed)s，应为 %(expected)s。") % {"printed": finding.printed, "expected": finding.expected}
    message = f"{finding.message}。{expected if finding.expected else ''}"
    anchor = finding.cells[0] if finding.cells else ""
    severity = str(finding.severity)
    return FindingNote(severity, _(SEVERITIES[severity]), finding.rule, finding.where, message, anchor)


def _summary(result: Result, gaps: int) -> str:
    counts = {key: sum(str(finding.severity) == key for finding in result.findings) for key in SEVERITIES}
    return _("错误 %(error)s · 提醒 %(warning)s · 提示 %(note)s · 待补充 %(gaps)s") % {**counts, "gaps": gaps}


def _questions(where: Chosen, gaps: Sequence[Gap]) -> tuple[tuple[str, Form], ...]:
    return tuple((f"gap-{number}", _question(where, gap.id, gap.question)) for number, gap in enumerate(gaps))


def _question(where: Chosen, name: str, question: str) -> Form:
    url = f"{reverse('account_text')}?unit={where.unit}&year={where.year}"
    field = Field("text", f"{name}　{question}", FieldKind.LONG_TEXT, max_length=2000)
    return Form(url, (field,), _("保存"), hidden=(("key", name),))


def _downloads(where: Chosen) -> tuple[Fact, ...]:
    return tuple(
        Fact(name.upper(), "", f"{reverse('account_file', args=[name])}?unit={where.unit}&year={where.year}")
        for name in FORMATS
    )


@require_safe
def draft_file(request: HttpRequest, format: str) -> HttpResponse:
    """The document in one format, as it stands now."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_draft")
    if format not in FORMATS or not where.unit:
        raise Http404(format)
    found = written(year=where.year, unit=where.unit)
    template = word_template(where.year) if format == "docx" else None
    response = HttpResponse(
        rendered(format, found.document, found.account.cells, found.forms, template=template),
        content_type=CONTENT_TYPES[format],
    )
    response["Content-Disposition"] = f'attachment; filename="accounts-{where.unit}-{where.year}.{format}"'
    return response


@require_POST
def text(request: HttpRequest) -> HttpResponse:
    """A reason or another text that only people can give; a correction is a further version."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_draft")
    key, said = request.POST.get("key", "").strip(), request.POST.get("text", "").strip()
    back = HttpResponseRedirect(f"{reverse('account_draft')}?unit={where.unit}&year={where.year}")
    if not key or not where.unit:
        raise Http404(key)
    common = {"kind": TEXT_KIND, "unit": where.unit, "year": where.year, "told": {"text": said}, "by": by, "at": at}
    try:
        if newest_of(kind=TEXT_KIND, unit=where.unit, year=where.year, key=key) is None:
            enter_record(key=key, **common)  # type: ignore[arg-type]
        else:
            correct_record(key=key, reason=_("改写"), **common)  # type: ignore[arg-type]
    except LedgerRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有保存。"), str(refused)))
        return back
    tell(request, Notice(NoticeKind.DONE, _("已保存：%(key)s。") % {"key": key}))
    return back
