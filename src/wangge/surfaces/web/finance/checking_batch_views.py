"""Many papers checked on one page: ranked by what was found, with letters to their units; nothing of them is kept."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wangge.domains.disclosure.checking.batch import Checked, checked_files
from wangge.domains.disclosure.checking.findings.finding import Finding, Severity
from wangge.domains.disclosure.checking.reports.letters import letters_of, overview_page, ranked
from wangge.domains.disclosure.checking.reports.words import SEVERITIES
from wangge.domains.disclosure.checking.work import Task
from wangge.groundwork import clock
from wangge.surfaces.web.finance.checking_pages import AccountsBatchPage, BatchFinding, BatchRow
from wangge.surfaces.web.finance.checking_views import ACCEPTS, MOST_BYTES
from wangge.surfaces.web.shells import shell_for

MOST_FILES = 80
MOST_BYTES_TOGETHER = 256 * 1024 * 1024
JOBS = 2
_SHOWN = 40
_LONGEST_NAME = 60
_ONE_AT_A_TIME = threading.Semaphore(1)
"""A batch takes processes of its own; a web process has one under way."""


class BatchRefused(Exception):
    """A batch is not checked; the text says what to do."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accounts_check_batch(request: HttpRequest) -> HttpResponse:
    """The form; a POST answers with the ranked overview, or with the letters when they are asked for."""
    at = clock.now()
    errors: tuple[str, ...] = ()
    answers: Sequence[Checked] | None = None
    if request.method == "POST":
        try:
            answers = _checked(request.FILES.getlist("papers"))
        except BatchRefused as refused:
            errors = (str(refused),)
    if answers is not None and request.POST.get("order") == "letters":
        return _archive(answers, request.POST.get("sender", "").strip()[:120])
    page = AccountsBatchPage(
        shell_for(request, _("成批校核"), at=at, current="accounts_check"), reverse("accounts_check_batch"),
        reverse("accounts_check"), ACCEPTS,
        _("一次不超过 %(count)d 份，每份不超过 16 MiB；文件校核后即删除，结果不保存。") % {"count": MOST_FILES},
        errors, None if answers is None else tuple(_row(place, each) for place, each in enumerate(ranked(answers), 1)),
        "" if answers is None else _summary(answers),
    )  # fmt: skip
    return render(request, "web/finance/accounts_check_batch.html", {"page": page}, status=422 if errors else 200)


def _checked(given: Sequence[UploadedFile[Any]]) -> list[Checked]:
    """The answers in the order given. Raises ``BatchRefused``."""
    papers = [paper for paper in given if paper.name]
    if not papers:
        raise BatchRefused(_("请选择要校核的文件。"))
    if len(papers) > MOST_FILES:
        told = {"most": MOST_FILES, "count": len(papers)}
        raise BatchRefused(_("一次最多 %(most)d 份，现有 %(count)d 份：请分批校核。") % told)
    large = [str(paper.name) for paper in papers if (paper.size or 0) > MOST_BYTES]
    if large or sum(paper.size or 0 for paper in papers) > MOST_BYTES_TOGETHER:
        names = "、".join(large) or _("合计")
        raise BatchRefused(_("文件过大（%(names)s）：请去掉附图或分批校核。") % {"names": names})
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise BatchRefused(_("另一批文件正在校核，请稍后再试。"))
    try:
        return _checked_apart(papers)
    finally:
        _ONE_AT_A_TIME.release()


def _checked_apart(papers: Sequence[UploadedFile[Any]]) -> list[Checked]:
    """Each paper in a folder of its own, so that equal names do not meet; read in processes that end with the batch."""
    with TemporaryDirectory(prefix="wangge-check-") as folder:
        tasks = []
        for number, paper in enumerate(papers):
            place = Path(folder) / str(number)
            place.mkdir()
            name = Path(str(paper.name))
            path = place / f"{name.stem[:_LONGEST_NAME]}{name.suffix[:8]}"
            with path.open("wb") as out:
                out.writelines(paper.chunks())
            tasks.append(Task(path))
        return list(checked_files(tasks, jobs=JOBS))


def _row(place: int, answer: Checked) -> BatchRow:
    grave = [each for each in answer.findings if each.severity is not Severity.NOTE]
    errors, warnings, notes = (
        "–" if answer.is_refused else str(answer.count(each)) for each in ("error", "warning", "note")
    )
    more = len(grave) - _SHOWN
    return BatchRow(
        place, answer.unit or Path(answer.file).stem, str(answer.year or ""), Path(answer.file).name, errors, warnings,
        notes, answer.refused, tuple(_finding(each) for each in grave[:_SHOWN]),
        _("另有 %(count)d 处未列出，见反馈函。") % {"count": more} if more > 0 else "",
    )  # fmt: skip


def _finding(each: Finding) -> BatchFinding:
    return BatchFinding(
        each.severity.value, SEVERITIES[each.severity], f"{each.where} {each.place}".strip(), each.message,
        each.printed, each.expected, each.rule,
    )  # fmt: skip


def _summary(answers: Sequence[Checked]) -> str:
    return _("共 %(count)d 份：有错误 %(wrong)d 份，没有需要更正的 %(clean)d 份，未能读取 %(refused)d 份。") % {
        "count": len(answers),
        "wrong": sum(each.count("error") > 0 for each in answers),
        "clean": sum(not each.is_refused and not each.count("error") + each.count("warning") for each in answers),
        "refused": sum(each.is_refused for each in answers),
    }


def _archive(answers: Sequence[Checked], sender: str) -> HttpResponse:
    """Overview and letters as one file."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("校核汇总.html", overview_page(answers))
        for name, letter in letters_of(answers, sender=sender).items():
            archive.writestr(f"反馈函/{name}", letter)
    response = HttpResponse(kept.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="accounts-check.zip"'
    return response
