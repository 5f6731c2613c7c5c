"""The check before publication on a page: a paper is given, read, answered and forgotten; nothing of it is kept."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wangge.domains.disclosure.checking.findings.finding import Finding, Result, Severity
from wangge.domains.disclosure.checking.reading.blocks import Grid, Row
from wangge.domains.disclosure.checking.reading.opening import read_document
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.domains.disclosure.checking.recognition.recognising import recognise
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES, overview
from wangge.domains.disclosure.checking.work import check_paper
from wangge.groundwork import clock
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.finance.checking_pages import (
    AccountsCheckPage,
    CheckedPaperPiece,
    FindingRow,
    MarkedCell,
    MarkedTable,
)
from wangge.surfaces.web.shells import shell_for

ACCEPTS = ".pdf,.docx,.xlsx,.xls,.html,.htm,.md,.txt"
MOST_BYTES = 16 * 1024 * 1024
FILES = ("paper", "previous", "budget", "tables")
_NEAR_ROWS = 2


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accounts_check(request: HttpRequest) -> HttpResponse:
    """The form; a POST answers with the findings of the paper given."""
    at = clock.now()
    errors: tuple[str, ...] = ()
    paper: CheckedPaperPiece | None = None
    if request.method == "POST":
        try:
            paper = piece_of(_checked(request))
        except ReadingRefused as refused:
            errors = (str(refused),)
    page = AccountsCheckPage(
        shell_for(request, _("决算校核"), at=at, current="accounts_check"),
        reverse("accounts_check"),
        ACCEPTS,
        _("PDF、Word、Excel、网页或文本，不超过 16 MiB；文件只在校核时读入，不保存。"),
        errors,
        paper,
        reverse("accounts_check_batch"),
    )
    return render(request, "web/finance/accounts_check.html", {"page": page}, status=422 if errors else 200)


def _checked(request: HttpRequest) -> Result:
    accounts = load_accounts()
    papers: dict[str, Paper] = {}
    for name in FILES:
        given = request.FILES.get(name)
        if isinstance(given, UploadedFile) and given.name:
            if given.size is None or given.size > MOST_BYTES:
                text = _("“%(name)s”超过 16 MiB：请去掉附图后再校核。") % {"name": given.name}
                raise ReadingRefused("too_large", text)
            papers[name] = recognise(read_document(given.read(), name=given.name), accounts)
    if "paper" not in papers:
        raise ReadingRefused("empty", _("请选择要校核的文件。"))
    paper = papers["paper"]
    paper.previous, paper.budget, paper.official = (papers.get(name) for name in FILES[1:])
    return check_paper(paper, accounts)


def piece_of(result: Result) -> CheckedPaperPiece:
    """The answer as the page shows it."""
    paper = result.paper
    marked = [(number, finding) for number, finding in enumerate(result.findings, 1)]
    grave = [(number, finding) for number, finding in marked if finding.severity is not Severity.NOTE]
    tables, anchored = _marked_tables(paper, grave)
    rows = tuple(_row(number, finding, number in anchored) for number, finding in marked)
    return CheckedPaperPiece(
        paper.document.name,
        paper.unit,
        str(paper.year or ""),
        overview(result.findings, result.outcomes),
        tuple(row for row in rows if row.severity != "note"),
        tuple(row for row in rows if row.severity == "note"),
        tables,
        paper.document.remarks,
    )


def _row(number: int, finding: Finding, is_anchored: bool) -> FindingRow:
    return FindingRow(
        number,
        finding.severity.value,
        SEVERITIES[finding.severity],
        f"{finding.where} {finding.place}".strip(),
        finding.printed,
        finding.expected,
        finding.message,
        CAUSES[finding.cause],
        "、".join((finding.rule, *finding.also)),
        finding.basis,
        f"#spot-{number}" if is_anchored else "",
    )


def _marked_tables(paper: Paper, grave: list[tuple[int, Finding]]) -> tuple[tuple[MarkedTable, ...], set[int]]:
    """The tables in which something was found, and the numbers of the findings that have a spot there."""
    titled: list[tuple[str, Grid]] = [(f"{t.title_zh} {t.title}".strip(), t.grid) for t in paper.tables.values()]
    titled += [(f"附件{form.form[:3]} {form.project}".strip(), form.grid) for form in paper.forms.values()]
    found: list[MarkedTable] = []
    anchored: set[int] = set()
    for title, grid in titled:
        rows = [_marked_row(row, grave, anchored) for row in grid.rows]
        hit = [place for place, row in enumerate(rows) if any(cell.number for cell in row)]
        if hit:
            near = {place + step for place in hit for step in range(-_NEAR_ROWS, _NEAR_ROWS + 1)}
            kept = tuple(row for place, row in enumerate(rows) if place in near or place < _NEAR_ROWS)
            found.append(MarkedTable(title, kept))
    return tuple(found), anchored


def _marked_row(row: Row, grave: list[tuple[int, Finding]], anchored: set[int]) -> tuple[MarkedCell, ...]:
    here = [(number, finding) for number, finding in grave if finding.place == row.place and number not in anchored]
    cells = [MarkedCell(text) for text in row.cells]
    for number, finding in here:
        places = [
            at for at, cell in enumerate(cells) if not cell.number and cell.text.strip() == finding.printed.strip()
        ]
        places = places or [at for at, cell in enumerate(cells) if not cell.number and cell.text]
        if places:
            cells[places[0]] = MarkedCell(cells[places[0]].text, finding.severity.value, number)
            anchored.add(number)
    return tuple(cells)
