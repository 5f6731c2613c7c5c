"""A file of the ground through the browser: given, looked at in a dry run, and taken in with a yes."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.domains.geography.operations.import_record import KEPT_FINDINGS
from wangge.domains.geography.operations.uploads import (
    MOST_BYTES,
    PastImport,
    Waiting,
    drop_upload,
    keep_upload,
    note_dry_run,
    past_imports,
    waiting_upload,
)
from wangge.domains.geography.operations.versions import GroundRefused
from wangge.groundwork import clock
from wangge.surfaces.exchange.spatial.reading import FileUnreadable
from wangge.surfaces.exchange.spatial.uploads import AREA_KINDS, OTHERS, Wanted, bring_content, moves_of, wanted_of
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.pages import ChangeLine, FoundLine, ImportLine, ImportPage, ReportPage
from wangge.surfaces.web.office.words import change_name, kind_name, move_lists, size
from wangge.surfaces.web.shells import shell_for, tell

ACCEPTS = ".zip,.gpkg,.geojson,.json,.csv,.xlsx"
SHOWN = 100
_FLAGS = ("swap_axes", "repair", "complete", "accept_offset", "without_bad")


@require_http_methods(["GET", "HEAD", "POST"])
def ground_import(request: HttpRequest) -> HttpResponse:
    """Give a file: it is looked at and kept until somebody says yes."""
    if request.method != "POST":
        return _form_page(request, {}, {})
    typed = {name: request.POST.get(name, "") for name in ("what", "from_on", "system", "layer", "layer_name")}
    errors: dict[str, str] = {}
    uploaded = request.FILES.get("file")
    try:
        day = date.fromisoformat(typed["from_on"])
    except ValueError:
        errors["from_on"] = _("请填写生效日期，写作 2024-05-01。")
    if typed["what"] not in (*AREA_KINDS, *OTHERS):
        errors["what"] = _("请选择导入什么。")
    if typed["what"] == "layer" and not _is_key(typed["layer"]):
        errors["layer"] = _("请填写图层标识：小写字母开头，可含数字与连字符。")
    if uploaded is None or not uploaded.size or uploaded.size > MOST_BYTES:
        errors["file"] = _("请选择一个不超过 %(most)s MB 的文件；更大的文件请用命令 wangge import areas。") % {
            "most": MOST_BYTES // 1024 // 1024
        }
    if errors or uploaded is None:
        return _form_page(request, typed, errors, status=422)
    wanted = Wanted(
        typed["what"], typed["system"], complete=bool(request.POST.get("complete")), layer=typed["layer"],
        layer_name=typed["layer_name"][:60],
    )  # fmt: skip
    content, name = uploaded.read(), str(uploaded.name)
    try:
        report = dry_run(request, name, content, wanted, day)
    except (FileUnreadable, GroundRefused) as refused:
        return _form_page(request, typed, {"file": str(refused)}, status=422)
    kept = keep_upload(
        by=actor_on(request), at=clock.now(), what=wanted.what, file_name=name,
        sha256=hashlib.sha256(content).hexdigest(), content=content, options=wanted.as_json(), report=report,
        from_on=day,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("ground_import_report", args=[kept]))


def _is_key(text: str) -> bool:
    return text[:1].isascii() and text[:1].islower() and text.replace("-", "").isalnum() and text == text.lower()


def dry_run(request: HttpRequest, name: str, content: bytes, wanted: Wanted, day: date) -> dict[str, Any]:
    """What a file would change, as it is kept beside it; nothing is written."""
    report = bring_content(
        by=actor_on(request), at=clock.now(), name=name, content=content, wanted=wanted, from_on=day, dry_run=True
    )
    found = report.as_json(most=KEPT_FINDINGS)
    found["can_leave_bad_rows"] = report.can_leave_bad_rows
    found["moves"] = moves_of(report, from_on=day, most=SHOWN) if report.changes else {}
    return found


def _form_page(
    request: HttpRequest, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    fields = (
        Field(
            "what", _("导入什么"), FieldKind.SELECT, value=typed.get("what", "responsibility_grid"),
            choices=tuple(Choice(what, kind_name(what)) for what in (*AREA_KINDS, *OTHERS)),
        ),
        Field(
            "from_on", _("生效日期"), FieldKind.TEXT, value=typed.get("from_on") or clock.today().isoformat(),
            max_length=10, placeholder="2024-05-01", help=_("写作 2024-05-01；可选以后的日期，到时自动生效。"),
        ),
        Field(
            "system", _("坐标系"), FieldKind.SELECT, required=False, value=typed.get("system", ""),
            placeholder=_("按文件所说"), help=_("系统会与现有区域比对，偏移几百米也会指出。"),
            choices=(
                Choice("wgs84", "WGS-84 / CGCS2000"), Choice("gcj02", _("GCJ-02（高德、腾讯等地图）")),
                Choice("bd09", _("BD-09（百度地图）")), Choice("city", _("城市平面坐标（高斯–克吕格）")),
            ),
        ),
        Field("layer", _("图层标识"), FieldKind.TEXT, required=False, value=typed.get("layer", ""), max_length=40,
              placeholder="green-way", help=_("只有自有图层要填。")),
        Field("layer_name", _("图层名称"), FieldKind.TEXT, required=False, value=typed.get("layer_name", ""),
              max_length=60),
        Field("complete", _("文件的范围"), FieldKind.MANY, required=False,
              choices=(Choice("yes", _("文件是全部：没有列出的自生效日停用")),)),
    )  # fmt: skip
    asked = tuple(replace(each, errors=(errors[each.name],) if each.name in errors else ()) for each in fields)
    page = ImportPage(
        shell=shell_for(request, _("导入"), at=clock.now(), current="ground"),
        heading=_("导入区域、道路与地名"),
        list_url=reverse("ground"),
        form=Form(reverse("ground_import"), asked, _("试运行"), errors=(errors["file"],) if "file" in errors else ()),
        accepts=ACCEPTS,
        limit_text=_("Shapefile 请打成 zip；也可用 GeoPackage、GeoJSON、CSV、Excel。不超过 %(most)s MB。")
        % {"most": MOST_BYTES // 1024 // 1024},
        past=tuple(_past(each) for each in past_imports()),
    )
    return render(request, "web/office/import.html", {"page": page}, status=status)


def _past(found: PastImport) -> ImportLine:
    counts = found.counts
    result = "，".join(f"{change_name(name)} {counts[name]}" for name in ("new", "moved", "ended") if counts.get(name))
    return ImportLine(
        found.file_name,
        kind_name(found.what),
        found.from_on.isoformat(),
        full_moment(found.at),
        found.by or _("命令行"),
        (result or _("没有变化")) if found.is_done else _("待确认"),
        "" if found.is_done else reverse("ground_import_report", args=[found.id]),
    )


# ---- the report ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ground_import_report(request: HttpRequest, upload: int) -> HttpResponse:
    """What the dry run found; look again in another way, take it in, or give it up."""
    kept = _waiting(request, upload)
    if request.method != "POST":
        return render(request, "web/office/report.html", {"page": _report_page(request, kept)})
    order = request.POST.get("order", "")
    by = actor_on(request)
    if order == "drop":
        drop_upload(by=by, upload_id=kept.id)
        tell(request, Notice(NoticeKind.INFORMATION, _("已放弃，没有写入。")))
        return HttpResponseRedirect(reverse("ground_import"))
    wanted = _changed(wanted_of(kept.options), request)
    if order != "take":
        report = dry_run(request, kept.file_name, kept.content, wanted, kept.from_on)
        note_dry_run(by=by, upload_id=kept.id, options=wanted.as_json(), report=report)
        return HttpResponseRedirect(reverse("ground_import_report", args=[kept.id]))
    return _take(request, kept, wanted)


def _changed(wanted: Wanted, request: HttpRequest) -> Wanted:
    """How the file is to be read from now on: what was posted over what was kept."""
    changes: dict[str, Any] = {name: True for name in _FLAGS if request.POST.get(name)}
    if request.POST.get("system"):
        changes["system"] = request.POST["system"][:40]
    return replace(wanted, **changes)


def _take(request: HttpRequest, kept: Waiting, wanted: Wanted) -> HttpResponse:
    by, at = actor_on(request), clock.now()
    try:
        report = bring_content(
            by=by, at=at, name=kept.file_name, content=kept.content, wanted=wanted, from_on=kept.from_on, dry_run=False
        )
    except GroundRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, _("没有写入。"), str(refused)))
        return HttpResponseRedirect(reverse("ground_import_report", args=[kept.id]))
    if not report.written:  # the ground has changed since the dry run
        note_dry_run(by=by, upload_id=kept.id, options=wanted.as_json(), report=report.as_json(most=KEPT_FINDINGS))
        tell(request, Notice(NoticeKind.REFUSED, _("没有写入：试运行之后情况有变，请再看一遍。")))
        return HttpResponseRedirect(reverse("ground_import_report", args=[kept.id]))
    drop_upload(by=by, upload_id=kept.id)
    title = _("已导入，自 %(day)s 起生效；几秒内在每个页面可见。") % {"day": kept.from_on.isoformat()}
    tell(request, Notice(NoticeKind.DONE, title))
    where = f"{reverse('ground')}?kind={wanted.what}&on={kept.from_on.isoformat()}"
    return HttpResponseRedirect(where if wanted.what in AREA_KINDS else reverse("ground_import"))


@require_safe
def ground_bad_rows(request: HttpRequest, upload: int) -> HttpResponse:
    """The wrong rows as CSV, for whoever mends the file."""
    kept = _waiting(request, upload)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bad-rows-{kept.id}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("行"), _("代码"), _("问题"), _("是否拒绝")])
    for found in kept.report.get("findings", ()):
        writer.writerow([found["row"] or "", found["code"], found["words"], _("是") if found["refuses"] else _("否")])
    return response


def _waiting(request: HttpRequest, upload: int) -> Waiting:
    kept = waiting_upload(by=actor_on(request), upload_id=upload)
    if kept is None:
        raise Http404(str(upload))
    return kept


def _report_page(request: HttpRequest, kept: Waiting) -> ReportPage:
    found = kept.report
    sound, can_leave = bool(found.get("sound")), bool(found.get("can_leave_bad_rows"))
    cut = max(len(found["findings"]), len(found["changed"])) > SHOWN
    return ReportPage(
        shell=shell_for(request, _("试运行"), at=clock.now(), current="ground"),
        heading=_("试运行：%(name)s") % {"name": kept.file_name},
        list_url=reverse("ground_import"),
        url=reverse("ground_import_report", args=[kept.id]),
        facts=(
            Fact(_("导入"), kind_name(kept.what)),
            Fact(_("生效日期"), kept.from_on.isoformat()),
            Fact(_("行数"), f"{found['rows']:,}"),
            Fact(_("坐标系"), found["system"] or _("未说明")),
            Fact(_("编码"), found["encoding"]),
        ),
        counts=tuple(Figure(change_name(name), f"{count:,}", "") for name, count in found["changes"].items()),
        summary=_summary(found, sound=sound),
        problems=tuple(_problem_line(each) for each in found["problems"]),
        findings=tuple(_finding_line(each) for each in found["findings"][:SHOWN]),
        finding_counts=tuple(
            Figure(each["label"], f"{each['count']:,}", "", Urgency.OVERDUE if each["refuses"] else None)
            for each in found["finding_counts"]
        ),
        changes=tuple(_change_line(each) for each in found["changed"][:SHOWN]),
        moves=move_lists(found.get("moves") or {}),
        more_text=_("每张表只列前 %(most)s 行，全部见下载的表或命令 --json。") % {"most": SHOWN} if cut else "",
        can_confirm=sound,
        can_leave_bad=can_leave and not sound,
        can_repair=any(each["problem"] == "self_crossing" for each in found["finding_counts"]),
        bad_rows_url=reverse("ground_bad_rows", args=[kept.id]) if found["findings"] else "",
        draw_url=_draw_url(kept),
    )


def _draw_url(kept: Waiting) -> str:
    """Back to the map, for a border that was drawn."""
    code = kept.options.get("drawn", "")
    if not code:
        return ""
    asked = urlencode({"from": kept.from_on.isoformat(), "upload": str(kept.id)})
    return f"{reverse('ground_draw', args=[kept.what, code])}?{asked}"


def _summary(found: dict[str, Any], *, sound: bool) -> Notice:
    if sound:
        return Notice(NoticeKind.INFORMATION, _("可以导入。还没有写入，请核对下面的变化后确认。"))
    if any(each["refuses"] for each in found["problems"]):
        return Notice(
            NoticeKind.WARNING, _("文件整体有问题，没有写入。"), _("请看下面的说明，换一种读法或换一个文件。")
        )
    title = _("%(count)s 行有错，没有写入。") % {"count": f"{found['refused_rows']:,}"}
    return Notice(NoticeKind.WARNING, title, _("请下载有错的行交给制图的人修正；也可以不含这些行导入。"))


def _problem_line(found: dict[str, Any]) -> FoundLine:
    again: list[tuple[str, str]] = []
    if found["system"]:
        again.append(("system", found["system"]))
    if found["swapped"]:
        again.append(("swap_axes", "yes"))
    text = _("按 %(system)s 再试") % {"system": found["system"]} if found["system"] else ""
    if found["problem"] == "offset" and found["refuses"]:
        again, text = [("accept_offset", "yes")], _("位移属实，再试")
    return FoundLine(found["words"], refuses=found["refuses"], again=tuple(again), again_text=text)


def _finding_line(found: dict[str, Any]) -> FoundLine:
    return FoundLine(found["words"], str(found["row"] or ""), found["code"], found["refuses"])


def _change_line(found: dict[str, Any]) -> ChangeLine:
    moved = size(found["moved_m2"]) if found["moved_m2"] else ""
    return ChangeLine(change_name(found["change"]), found["code"], found["name"], moved)
