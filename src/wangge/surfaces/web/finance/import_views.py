"""Lists of other finance systems through the browser: tried first, then taken in or dropped.

The file waits in the database between the two; once it is settled only its row of what happened remains.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.budgeting.models import LedgerImport, LedgerUpload
from wangge.domains.budgeting.operations.importing import ImportResult
from wangge.domains.budgeting.operations.uploads import keep_upload, settle_upload, waiting_upload
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.exchange.imports.reading import FileRefused
from wangge.surfaces.exchange.ledger.declaration import load_ledger_mapping, shipped_mappings
from wangge.surfaces.exchange.ledger.run import import_ledger
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.finance.office_pages import ImportLine, LedgerImportPage, LedgerImportsPage, ProofRow
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

ACCEPTS = ".csv,.xlsx,.xls,.xml,.txt"
MOST_BYTES = 16 * 1024 * 1024
LIMIT_TEXT = gettext_noop(
    "Excel、CSV 或 GB/T 24589 的 XML，不超过 16 MiB；先核对，确认后才写入。更大的清单用命令 wangge import ledger。"
)
SHOWN = 30
PAST = 30


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_imports(request: HttpRequest) -> HttpResponse:
    """Give a list; the imports so far with their differences."""
    by, at = actor_on(request), clock.now()
    errors: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            upload = _kept(request, by, at)
        except LedgerRefused as refused:
            errors = (str(refused),)
        else:
            return HttpResponseRedirect(reverse("ledger_import", args=[upload]))
    page = LedgerImportsPage(
        shell_for(request, _("台账导入"), at=at, current="ledger_imports"), reverse("ledger_imports"), ACCEPTS,
        _(LIMIT_TEXT),
        tuple((name, load_ledger_mapping(name).title) for name in shipped_mappings()),
        request.POST.get("mapping", "payments"), tuple(map(_line, LedgerImport.objects.order_by("-id")[:PAST])), errors,
    )  # fmt: skip
    return render(request, "web/finance/imports.html", {"page": page}, status=422 if errors else 200)


def _line(row: LedgerImport) -> ImportLine:
    result = _("新增 %(new)d，变更 %(changed)d，相同 %(same)d，退回 %(refused)d") % {
        "new": row.new_rows, "changed": row.changed_rows, "same": row.same_rows, "refused": row.refused_rows,
    }  # fmt: skip
    return ImportLine(full_moment(row.at), row.mapping, row.file_name, row.by_name, result)


def _kept(request: HttpRequest, by: Actor, at: datetime) -> int:
    given, mapping = request.FILES.get("file"), request.POST.get("mapping", "")
    if not isinstance(given, UploadedFile) or not given.name or not given.size:
        raise LedgerRefused(_("请选择要导入的清单。"))
    if given.size > MOST_BYTES:
        raise LedgerRefused(_("文件超过 16 MiB：请用命令 wangge import ledger 导入。"))
    if mapping not in shipped_mappings():
        raise LedgerRefused(_("请选择清单的内容。"))
    return keep_upload(mapping=mapping, file_name=Path(given.name).name, content=given.read(), by=by, at=at)


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_import(request: HttpRequest, upload: int) -> HttpResponse:
    """What the file would do; a POST takes it in or drops it."""
    by, at = actor_on(request), clock.now()
    found = waiting_upload(upload, by)
    if found is None:
        raise Http404(str(upload))
    if request.method == "POST":
        return _ordered(request, found, by, at)
    try:
        result = _run(found, by, at, dry_run=True)
    except (FileRefused, LedgerRefused) as refused:
        settle_upload(found, state="dropped", by=by, at=at)
        tell(request, Notice(NoticeKind.REFUSED, _("文件不能导入。"), str(refused)))
        return HttpResponseRedirect(reverse("ledger_imports"))
    return render(request, "web/finance/import.html", {"page": _page(request, found, result, at)})


def _ordered(request: HttpRequest, found: LedgerUpload, by: Actor, at: datetime) -> HttpResponse:
    back = HttpResponseRedirect(reverse("ledger_imports"))
    if request.POST.get("order") != "confirm":
        settle_upload(found, state="dropped", by=by, at=at)
        tell(request, Notice(NoticeKind.INFORMATION, _("已放弃，没有写入。")))
        return back
    try:
        result = _run(found, by, at, dry_run=False)
    except (FileRefused, LedgerRefused) as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有写入任何内容。"), str(refused)))
        return HttpResponseRedirect(reverse("ledger_import", args=[found.id]))
    settle_upload(found, state="done", by=by, at=at, import_id=result.import_id)
    told = _("新增 %(new)d，变更 %(changed)d，退回 %(refused)d。") % {
        "new": result.difference.new, "changed": result.difference.changed, "refused": len(result.refused),
    }  # fmt: skip
    tell(request, Notice(NoticeKind.DONE, _("已导入。"), told))
    return back


def _run(found: LedgerUpload, by: Actor, at: datetime, *, dry_run: bool) -> ImportResult:
    with TemporaryDirectory() as folder:
        path = Path(folder) / found.file_name
        path.write_bytes(bytes(found.content or b""))
        result, _read = import_ledger(path, load_ledger_mapping(found.mapping), by=by, at=at, dry_run=dry_run)
    return result


def _page(request: HttpRequest, found: LedgerUpload, result: ImportResult, at: datetime) -> LedgerImportPage:
    url = reverse("ledger_import", args=[found.id])
    difference = result.difference
    form: Callable[[str, str], Form] = lambda order, text: Form(url, (), text, hidden=(("order", order),))  # noqa: E731
    may_confirm = bool(difference.new or difference.changed)
    hidden = len(result.refused) - SHOWN
    return LedgerImportPage(
        shell=shell_for(request, found.file_name, at=at, current="ledger_imports"),
        file_name=found.file_name,
        mapping=load_ledger_mapping(found.mapping).title,
        facts=(
            Fact(_("行数"), str(result.rows)),
            Fact(_("新增"), str(difference.new)),
            Fact(_("变更"), str(difference.changed)),
            Fact(_("相同"), str(difference.same)),
            Fact(_("上次有、这次没有"), str(len(difference.vanished))),
            Fact(_("退回"), str(len(result.refused))),
        ),
        changed=difference.changed_keys[:SHOWN],
        vanished=difference.vanished[:SHOWN],
        refused=tuple(Fact(_("第 %(line)d 行") % {"line": row.line}, row.reason) for row in result.refused[:SHOWN]),
        more_refused=_("另有 %(count)d 行退回。") % {"count": hidden} if hidden > 0 else "",
        notes=result.notes,
        proof=tuple(_proof(line) for line in result.proof.get("lines", ())),
        confirm_form=form("confirm", _("确认导入")) if may_confirm else None,
        drop_form=form("drop", _("放弃")),
        back_url=reverse("ledger_imports"),
    )


def _proof(line: dict[str, Any]) -> ProofRow:
    what = " ".join(str(line[name]) for name in ("unit", "year", "line") if line.get(name))
    amounts = (yuan_text(line[name]) for name in ("file_fen", "ledger_fen", "off_fen"))
    return ProofRow(what or _("文件合计行"), *amounts)
