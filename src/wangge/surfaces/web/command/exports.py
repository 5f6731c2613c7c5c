"""A list of cases as a file: the rows a person sees on the page, all of them, as CSV while they are read, or as Excel.

Rows are fetched page behind page by the cursor, so that a million of them need the memory of one page. What was taken
out is written in the audit log before the first row leaves.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, NamedTuple

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.lists import Page
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.sight import stands_outside
from wangge.domains.cases.surroundings import district_names
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork import clock
from wangge.groundwork.spreadsheet_cells import looks_like_formula, quoted
from wangge.surfaces.web.command import queues, rows
from wangge.surfaces.web.command.filters import LIST, SEARCH, Narrowing, narrowing_of
from wangge.surfaces.web.elements.pieces import CaseRow as Line
from wangge.surfaces.web.gate import actor_on

AT_ONCE = 500
MOST_IN_EXCEL = 100_000

Fetch = Callable[[str], Page]
"""A page from a cursor on."""


class Column(NamedTuple):
    """A column: its heading and how a row fills it."""

    heading: str
    value: Callable[[CaseRow, Line], Any]


def columns() -> tuple[Column, ...]:
    """What a file holds, left to right, in the language of the page; moments on the city's clock."""
    districts = district_names()
    return (
        Column(_("案卷编号"), lambda row, line: row.number),
        Column(_("小类"), lambda row, line: line.category_zh),
        Column(_("小类代码"), lambda row, line: row.category),
        Column(_("立案条件"), lambda row, line: line.condition_zh),
        Column(_("环节"), lambda row, line: line.stage.stage_zh),
        Column(_("轮到"), lambda row, line: line.stage.turn),
        Column(_("剩余时间"), lambda row, line: line.time_left.text),
        Column(_("时限截止"), lambda row, line: _moment(line.time_left.due_at)),
        Column(_("区"), lambda row, line: districts.get(row.district_code, row.district_code)),
        Column(_("责任网格"), lambda row, line: row.grid_code),
        Column(_("责任单位"), lambda row, line: rows.unit_name(row.department_code)),
        Column(_("地点"), lambda row, line: line.place),
        Column(_("经度"), lambda row, line: row.lon),
        Column(_("纬度"), lambda row, line: row.lat),
        Column(_("来源"), lambda row, line: line.source_zh),
        Column(_("上报时间"), lambda row, line: _moment(row.reported_at)),
        Column(_("立案时间"), lambda row, line: _moment(row.filed_at)),
        Column(_("处置截止"), lambda row, line: _moment(row.handling_due_at)),
        Column(_("结案时间"), lambda row, line: _moment(row.closed_at)),
    )


@require_safe
def case_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list of the address, as far as this person sees it: a queue when one is named, else what a search finds."""
    by, at = actor_on(request), clock.now()
    queue = request.GET.get("queue", "")
    narrowing = narrowing_of(request, LIST if queue else SEARCH)
    fetch = _fetch(by, at, queues.queue_or_first(by, queue) if queue else "", narrowing)
    asked = {name: value for name, value in (*narrowing.asked, ("queue", queue)) if value}
    record(
        by=by, at=at, kind=AuditKind.EXPORT, object_kind="cases", object_key=kind, detail=asked,
        address=str(request.META.get("REMOTE_ADDR", "")),
    )  # fmt: skip
    found = _rows(fetch, at, named=not stands_outside(by))
    name = f"{_('案卷')}-{at.astimezone(clock.CITY_ZONE):%Y%m%d-%H%M}.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(_in_language(_csv(found)), content_type="text/csv")
    elif kind == "xlsx":
        response = FileResponse(_xlsx(found), content_type=_XLSX)
    else:
        raise Http404(kind)
    response["Content-Disposition"] = f"attachment; filename=\"cases.{kind}\"; filename*=UTF-8''{iri_to_uri(name)}"
    response["Cache-Control"] = "no-store"
    return response


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _fetch(by: Actor, at: datetime, queue: str, narrowing: Narrowing) -> Fetch:
    def fetch(cursor: str) -> Page:
        if queue:
            return queues.page_of(by=by, at=at, queue=queue, filter=narrowing.filter, limit=AT_ONCE, cursor=cursor)
        return lists.cases(by=by, at=at, filter=narrowing.filter, limit=AT_ONCE, cursor=cursor)

    return fetch


def _rows(fetch: Fetch, at: datetime, *, named: bool) -> Iterator[list[Any]]:
    wanted = columns()
    yield [column.heading for column in wanted]
    cursor: str | None = ""
    while cursor is not None:
        page = fetch(cursor)
        for row, line in zip(page.rows, rows.lines(page.rows, at=at, named=named), strict=True):
            yield [column.value(row, line) for column in wanted]
        cursor = page.next


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(clock.CITY_ZONE).replace(tzinfo=None, microsecond=0)


def _in_language(parts: Iterator[str]) -> Iterator[str]:
    """The answer leaves after the request's language was put back: each part is made in the language asked for."""
    language = get_language()
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


class _Lines:
    """What the csv writer writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def _csv(found: Iterator[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Lines())
    yield "\ufeff"  # by this mark Excel knows the text is UTF-8
    for values in found:
        yield writer.writerow([_plain(value) for value in values])


def _plain(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return quoted(value) if isinstance(value, str) else value


def _xlsx(found: Iterator[list[Any]]) -> IO[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("案卷"))
    sheet.freeze_panes = "B2"
    heading = next(found)
    for index, text in enumerate(heading):
        sheet.column_dimensions[chr(ord("A") + index)].width = 24 if index in (0, 11) else 16
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        heading[index] = cell
    sheet.append(heading)
    for number, values in enumerate(found):
        if number == MOST_IN_EXCEL:
            sheet.append([_("只列出前 %(most)s 件。全部请导出 CSV。") % {"most": MOST_IN_EXCEL}])
            break
        sheet.append([_cell(sheet, value) for value in values])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, str) and looks_like_formula(value):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
