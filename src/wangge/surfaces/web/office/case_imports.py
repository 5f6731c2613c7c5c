"""An import of cases through the browser: a file with its mapping, tried by a job, confirmed, followed to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from procrastinate.contrib.django import app

from wangge.domains.cases.models import ImportKind, ImportState
from wangge.domains.cases.operations.import_runs import (
    MOST_BYTES,
    Run,
    confirm_run,
    drop_run,
    keep_run,
    past_runs,
    refused_of,
    run_of,
)
from wangge.domains.organizations.policies import Refused
from wangge.groundwork import clock
from wangge.surfaces.exchange.imports.findings import LABELS
from wangge.surfaces.exchange.imports.history.mapping import SHIPPED_HISTORIES, load_history_mapping
from wangge.surfaces.exchange.imports.mapping import MappingRefused, load_mapping, shipped_mappings
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.case_import_pages import CaseImportPage, CaseImportsPage, CountList, RunLine
from wangge.surfaces.web.shells import shell_for, tell

ACCEPTS = ".csv,.xlsx,.xls,.json,.jsonl,.gz,.zip"
OWN = "own"
MOST_MAPPING_BYTES = 1024 * 1024
SHOWN = 30
QUEUE = "imports"
_UNDER_WAY = (ImportState.CHECKING, ImportState.RUNNING)


@require_http_methods(["GET", "HEAD", "POST"])
def case_imports(request: HttpRequest) -> HttpResponse:
    """Give a file: it is kept and tried at once by a job."""
    if request.method != "POST":
        return _form_page(request, {}, {})
    kind, _slash, mapping = request.POST.get("mapping", "").partition("/")
    typed = {"mapping": request.POST.get("mapping", "")}
    uploaded, errors, own = request.FILES.get("file"), {}, ""
    if uploaded is None or not uploaded.size or uploaded.size > MOST_BYTES:
        errors["file"] = _("请选择一个不超过 %(most)s MB 的文件；更大的导出请用命令 wangge import history。") % {
            "most": MOST_BYTES // 1024 // 1024
        }
    if kind not in ImportKind.values or not mapping:
        errors["mapping"] = _("请选择文件的内容与映射。")
    elif mapping == OWN:
        own, wrong = _own_mapping(request, ImportKind(kind))
        if wrong:
            errors["own"] = wrong
    if errors or uploaded is None:
        return _form_page(request, typed, errors, status=422)
    run = keep_run(
        by=actor_on(request), at=clock.now(), kind=ImportKind(kind), mapping=mapping, own_mapping=own,
        file_name=str(uploaded.name), content=uploaded.read(),
    )  # fmt: skip
    _let_run(run)
    return HttpResponseRedirect(reverse("case_import", args=[run]))


def _own_mapping(request: HttpRequest, kind: ImportKind) -> tuple[str, str]:
    """(the text of the mapping that was sent, what is wrong with it)."""
    import tempfile
    from pathlib import Path

    sent = request.FILES.get("own")
    if sent is None or not sent.size or sent.size > MOST_MAPPING_BYTES:
        return "", _("请选择映射文件（.toml）。")
    try:
        text = sent.read().decode("utf-8-sig")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "own.toml"
            path.write_text(text, encoding="utf-8")
            load = load_history_mapping if kind is ImportKind.HISTORY else load_mapping
            load(str(path))
    except UnicodeDecodeError:
        return "", _("映射文件须为 UTF-8 编码。")
    except MappingRefused as refused:
        return "", "\n".join(finding.text(_).rpartition("/")[2] for finding in refused.findings[:5])
    return text, ""


def _let_run(run: int) -> None:
    app.configure_task("import_run", queue=QUEUE).defer(run_id=run)


def _form_page(
    request: HttpRequest, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    history = [f"{ImportKind.HISTORY.value}/{name}" for name in (*shipped_mappings(SHIPPED_HISTORIES), OWN)]
    reports = [f"{ImportKind.REPORTS.value}/{name}" for name in (*shipped_mappings(), OWN)]
    fields = (
        Field(
            "mapping", _("内容与映射"), FieldKind.SELECT, value=typed.get("mapping") or history[0],
            choices=tuple(Choice(each, _mapping_name(each)) for each in (*history, *reports)),
            help=_("映射说明哪一列是什么；自己的映射照样例改写，见使用手册。"),
        ),
    )  # fmt: skip
    asked = tuple(replace(each, errors=(errors[each.name],) if each.name in errors else ()) for each in fields)
    told = tuple(errors[name] for name in ("file", "own") if name in errors)
    page = CaseImportsPage(
        shell=shell_for(request, _("案卷导入"), at=clock.now(), current="case_imports"),
        heading=_("导入案卷"),
        form=Form(reverse("case_imports"), asked, _("试读"), errors=told),
        accepts=ACCEPTS,
        limit_text=_("旧系统的全量历史请打成 zip（案卷、流转、附件表与照片），或给一个工作簿；不超过 %(most)s MB。")
        % {"most": MOST_BYTES // 1024 // 1024},
        past=tuple(_line(each) for each in past_runs()),
    )
    return render(request, "web/office/case_imports.html", {"page": page}, status=status)


def _mapping_name(value: str) -> str:
    kind, _slash, name = value.partition("/")
    shown = _("自己的映射文件") if name == OWN else name
    return f"{ImportKind(kind).label} · {shown}"


def _line(run: Run) -> RunLine:
    report = run.report or {}
    result = ""
    if run.state is ImportState.DONE:
        written = report.get("written")
        count = written.get("written", 0) if isinstance(written, dict) else written
        result = _("写入 %(count)s 件，退回 %(refused)s 行") % {"count": count, "refused": report.get("refused", 0)}
    elif run.state is ImportState.FAILED:
        result = run.message.partition("\n")[0][:60]
    return RunLine(
        run.file_name, str(run.kind.label), full_moment(run.given_at), run.by_name, str(run.state.label), result,
        reverse("case_import", args=[run.id]),
    )  # fmt: skip


# ---- one run ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def case_import(request: HttpRequest, run: int) -> HttpResponse:
    """How far it is, what was found, and the yes or no to it."""
    found = run_of(run_id=run)
    if found is None:
        raise Http404(str(run))
    if request.method == "POST":
        return _ordered(request, found)
    return render(request, "web/office/case_import.html", {"page": _page(request, found)})


def _ordered(request: HttpRequest, run: Run) -> HttpResponse:
    by, at = actor_on(request), clock.now()
    if request.POST.get("order") == "drop":
        drop_run(by=by, at=at, run_id=run.id)
        tell(request, Notice(NoticeKind.INFORMATION, _("已放弃，没有写入。")))
        return HttpResponseRedirect(reverse("case_imports"))
    try:
        confirm_run(by=by, at=at, run_id=run.id)
    except Refused as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    else:
        _let_run(run.id)
    return HttpResponseRedirect(reverse("case_import", args=[run.id]))


@require_safe
def case_import_refused(request: HttpRequest, run: int) -> HttpResponse:
    """The refused rows with their reasons, for whoever mends the file."""
    refused = refused_of(run_id=run)
    if refused is None:
        raise Http404(str(run))
    response = HttpResponse(refused, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{run}.csv"'
    return response


def _page(request: HttpRequest, run: Run) -> CaseImportPage:
    report = run.report or {}
    under_way = run.state in _UNDER_WAY
    facts = (
        Fact(_("内容"), str(run.kind.label)),
        Fact(_("映射"), _("自己的映射文件") if run.mapping == OWN else run.mapping),
        Fact(_("交来"), f"{full_moment(run.given_at)} {run.by_name}"),
        Fact(_("状态"), str(run.state.label)),
    )
    shown = not under_way and bool(report)
    return CaseImportPage(
        shell=shell_for(request, _("案卷导入"), at=clock.now(), current="case_imports"),
        heading=run.file_name,
        list_url=reverse("case_imports"),
        url=reverse("case_import", args=[run.id]),
        facts=facts,
        summary=_summary(run),
        counts=_counts(report) if shown else (),
        lists=_lists(report) if shown else (),
        is_under_way=under_way,
        done=run.done,
        total=run.total,
        progress_text=_progress(run) if under_way else "",
        can_confirm=run.state is ImportState.CHECKED and bool(report.get("taken")),
        refused_url=reverse("case_import_refused", args=[run.id]) if run.has_refused and shown else "",
    )


def _summary(run: Run) -> Notice:
    if run.state is ImportState.CHECKING:
        return Notice(NoticeKind.INFORMATION, _("正在试读，不写入任何案卷。可以离开此页，稍后再来。"))
    if run.state is ImportState.RUNNING:
        return Notice(NoticeKind.INFORMATION, _("正在导入。可以离开此页；中断后再交来同一文件即可接着导入。"))
    if run.state is ImportState.FAILED:
        return Notice(NoticeKind.REFUSED, _("没有完成。"), run.message)
    report = run.report or {}
    offset = report.get("coordinates") or {}
    if run.state is ImportState.CHECKED and offset.get("is_wrong"):
        return Notice(NoticeKind.WARNING, _("坐标整体偏离，请先核对映射的坐标系再导入。"), _offset_text(offset))
    if run.state is ImportState.CHECKED:
        if not report.get("taken"):
            return Notice(NoticeKind.WARNING, _("没有一行可以导入，请看下面的原因。"))
        return Notice(NoticeKind.INFORMATION, _("可以导入。还没有写入，请核对下面的报告后确认。"))
    return Notice(NoticeKind.DONE, _("已导入。"))


def _offset_text(offset: dict[str, Any]) -> str:
    told = _("%(points)d 个点离所述网格约 %(metres).0f 米。") % offset
    return told + (_("按 %(likelier)s 解读则吻合。") % offset if offset.get("likelier") else "")


def _progress(run: Run) -> str:
    if not run.total:
        return _("正在读文件")
    seconds = (run.changed_at - run.given_at).total_seconds()
    rate = run.done / seconds if seconds > 0 else 0
    told = _("%(done)s / %(total)s 件") % {"done": f"{run.done:,}", "total": f"{run.total:,}"}
    if rate and run.state is ImportState.CHECKING:
        left = round((run.total - run.done) / rate)
        told += _("，每秒 %(rate)d 件，约剩 %(left)d 秒") % {"rate": round(rate), "left": left}
    return told


def _counts(report: dict[str, Any]) -> tuple[Figure, ...]:
    written = report.get("written")
    if isinstance(written, dict):
        numbers = [(_("行"), report.get("rows")), (_("可用"), report.get("taken")), (_("写入"), written.get("written")),
                   (_("已有"), written.get("already_there"))]  # fmt: skip
    else:
        numbers = [(_("案卷"), report.get("cases")), (_("流转"), report.get("steps")),
                   (_("照片"), report.get("photos")),
                   (_("可用"), report.get("taken")), (_("写入"), 0 if report.get("dry_run") else written),
                   (_("已有"), report.get("already_there"))]  # fmt: skip
    figures = [Figure(label, f"{number:,}", "") for label, number in numbers if number is not None]
    refused = report.get("refused", 0)
    figures.append(Figure(_("退回"), f"{refused:,}", "", Urgency.OVERDUE if refused else None))
    return tuple(figures)


def _lists(report: dict[str, Any]) -> tuple[CountList, ...]:
    named = {kind.value: _(label) for kind, label in LABELS.items()}
    found = [
        CountList(
            _("退回的原因"), _("改好后可以再导，已有的不会重复。"), _rows(report.get("refused_by_reason"), named)
        ),
        CountList(_("疑点"), _("照映射的决定处理，没有猜测。"), _rows(report.get("findings"), named)),
        CountList(_("到达的环节"), "", _rows(report.get("stages"), {}, stage=True)),
        CountList(_("所述状态与流转到达的环节不同"), _("以流转为准。"), _rows(report.get("stage_differs"), {})),
        CountList(_("留作备注的环节"), _("本市流转表里没有，或当时做不了。"), _remarks(report.get("remarks"))),
        CountList(_("映射补上的步骤"), "", _rows(report.get("bridged"), {}, verb=True)),
    ]
    unknown = report.get("unknown") or report.get("unknown_codes") or {}
    for name, codes in unknown.items():
        found.append(CountList(_("代码表“%(name)s”之外的代码") % {"name": name}, "", _rows(codes, {})))
    return tuple(each for each in found if each.rows)


def _remarks(counts: dict[str, int] | None) -> tuple[tuple[str, str], ...]:
    """Foreign steps that stayed remarks, each with its reason in words."""
    reasons = {
        "unknown_action": _("对照表中没有"),
        "no_such_move": _("案卷当时不在能办这一步的环节"),
        "assignee_unknown": _("派给的人在本系统中没有对应"),
    }
    shown = []
    for told, number in list((counts or {}).items())[:SHOWN]:
        name, _colon, reason = told.rpartition(": ")
        words = reasons.get(reason) or (_("缺少参数") if reason.startswith("missing") else _("当时的情况不符"))
        shown.append((f"{name or '∅'}：{words}", f"{number:,}"))
    return tuple(shown)


def _rows(
    counts: dict[str, int] | None, named: dict[str, str], *, stage: bool = False, verb: bool = False
) -> tuple[tuple[str, str], ...]:
    shown = []
    for name, number in list((counts or {}).items())[:SHOWN]:
        label = labels.stage_name(name) if stage else labels.verb_name(name) if verb else named.get(name, name)
        shown.append((label or "∅", f"{number:,}"))
    return tuple(shown)
