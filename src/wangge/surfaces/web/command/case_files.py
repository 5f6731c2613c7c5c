"""The case file 案卷: the whole case on paper, printed or as Word, with the check of its chain."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.chain import genesis, link
from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.queries.history import HistoryStep, payload_bytes_of
from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork import clock
from wangge.groundwork.attachments.queries import open_copy
from wangge.surfaces.web.command.case_file_word import CONTENT_TYPE, Picture, case_file_word
from wangge.surfaces.web.command.case_pages import Asked, Told, case_page, read_case, seen_row
from wangge.surfaces.web.command.pages import CaseFilePage, Signature
from wangge.surfaces.web.command.rows import case_url
from wangge.surfaces.web.downloads import attachment
from wangge.surfaces.web.elements.labels import photo_kind, post_name
from wangge.surfaces.web.gate import actor_on

ON_PAPER = 2  # pictures of a kind


@require_safe
def case_file(request: HttpRequest, number: str) -> HttpResponse:
    """The case file for printing; that it was printed is recorded."""
    file, _told = _taken_out(request, number, "case_file")
    return render(request, "web/command/case_file.html", {"page": file})


@require_safe
def case_file_docx(request: HttpRequest, number: str) -> HttpResponse:
    """The case file as a Word document; that it was taken out is recorded."""
    file, told = _taken_out(request, number, "case_file_word")
    with ExitStack() as opened:
        content = case_file_word(file, _pictures(told, opened))
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = attachment(f"case-{number}.docx", f"{_('案卷')}-{number}.docx")
    answer["Cache-Control"] = "no-store"
    return answer


def _taken_out(request: HttpRequest, number: str, form: str) -> tuple[CaseFilePage, Told]:
    """The paper, and a line of the audit log that it left."""
    by, at = actor_on(request), clock.now()
    try:
        row = seen_row(number, by)
    except NoSuchCase as gone:
        raise Http404(number) from gone
    told = read_case(row, by, at)
    page = case_page(request, told, by, at, Asked(on_paper=True))
    record(
        by=by, at=at, kind=AuditKind.EXPORT, object_kind="case", object_key=row.number, detail={"form": form},
        address=str(request.META.get("REMOTE_ADDR", "")),
    )  # fmt: skip
    posts = "、".join(dict.fromkeys(post_name(holding.post) for holding in by.holdings))
    file = CaseFilePage(
        shell=page.shell,
        case=replace(page, verbs=(), queue=None),
        case_url=case_url(row.number),
        word_url=reverse("case_file_docx", args=[row.number]),
        organization=_("城市管理监督指挥中心"),
        printed_by=f"{by.display_name}（{posts}）",
        printed_at=at,
        steps=tuple(reversed(page.steps)),
        signatures=(Signature(_("经办人")), Signature(_("审核人")), Signature(_("日期"))),
        chain_text=_chain_text(row, told.steps),
    )
    return file, told


def _pictures(told: Told, opened: ExitStack) -> list[Picture]:
    """The first pictures before and after, as on the printed sheet; one whose copy is gone leaves its place to none."""
    found = []
    for kind in ("photo_before", "photo_after"):
        ids = [photo for of_kind, photo, _seq in told.row.photos if of_kind == kind]
        for photo in ids[:ON_PAPER]:
            copy = open_copy(photo_id=photo)
            if copy is not None:
                found.append(Picture(photo_kind(kind), opened.enter_context(copy)))
    return found


def _chain_text(row: CaseRow, steps: Sequence[HistoryStep]) -> str:
    """The check code of the last step, and whether every step follows from the one before."""
    tail = genesis(row.id)
    whole = True
    for step in steps:
        tail = link(tail, payload_bytes_of(step))
        whole = whole and tail == step.hash
    whole = whole and tail == row.tail_hash
    text = (
        _("校验码 SM3 %(hash)s，共 %(number)s 步，核对一致")
        if whole
        else _("校验码 SM3 %(hash)s，共 %(number)s 步，核对不一致：请报告系统管理员")
    )
    return text % {"hash": row.tail_hash.hex(), "number": len(steps)}
