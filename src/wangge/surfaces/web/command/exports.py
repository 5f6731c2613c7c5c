"""A list of cases as a file: the rows a person sees on the page, all of them, as CSV while they are read, or as Excel.

Rows are fetched page behind page by the cursor, so that a million of them need the memory of one page. What was taken
out is written in the audit log before the first row leaves.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.lists import Page
from wangge.domains.cases.sight import stands_outside
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork import clock
from wangge.groundwork.spreadsheet_cells import looks_like_formula, quoted
from wangge.surfaces.web.command import columns, queues, rows
from wangge.surfaces.web.command.columns import FileColumn
from wangge.surfaces.web.command.filters import LIST, SEARCH, Narrowing, narrowing_of
from wangge.surfaces.web.downloads import attachment
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.watermark import watermark_of

AT_ONCE = 500
MOST_IN_EXCEL = 100_000
_WIDE = ("number", "place")

Fetch = Callable[[str], Page]
"""A page from a cursor on."""


@require_safe
def case_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list of the address, as far as this person sees it: a queue when one is named, else what a search finds."""
    by, at = actor_on(request), clock.now()
    queue = request.GET.get("queue", "")
    narrowing = narrowing_of(request, LIST if queue else SEARCH)
    fetch = _fetch(by, at, queues.queue_or_first(by, queue) if queue else "", narrowing)
    asked_columns = columns.asked_for(request)
    along = (("queue", queue), (columns.ASKED, asked_columns))
    asked = {name: value for name, value in (*narrowing.asked, *along) if value}
    record(
        by=by, at=at, kind=AuditKind.EXPORT, object_kind="cases", object_key=kind, detail=asked,
        address=str(request.META.get("REMOTE_ADDR", "")),
    )  # fmt: skip
    wanted = columns.of_file(columns.chosen(asked_columns) if asked_columns else ())
    found, mark = _rows(fetch, at, wanted, named=not stands_outside(by)), watermark_of(by, at)
    whose = f"-{by.username}" if mark else ""
    name = f"{_('案卷')}-{at.astimezone(clock.CITY_ZONE):%Y%m%d-%H%M}{whose}.{kind}"
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(_in_language(_csv(found)), content_type="text/csv")
    elif kind == "xlsx":
        response = FileResponse(_xlsx(found, wanted, mark), content_type=_XLSX)
    else:
        raise Http404(kind)
    response["Content-Disposition"] = attachment(f"cases.{kind}", name)
    response["Cache-Control"] = "no-store"
    return response


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _fetch(by: Actor, at: datetime, queue: str, narrowing: Narrowing) -> Fetch:
    def fetch(cursor: str) -> Page:
        if queue:
            return queues.page_of(by=by, at=at, queue=queue, filter=narrowing.filter, limit=AT_ONCE, cursor=cursor)
        return lists.cases(by=by, at=at, filter=narrowing.filter, limit=AT_ONCE, cursor=cursor)

    return fetch


def _rows(fetch: Fetch, at: datetime, wanted: Sequence[FileColumn], *, named: bool) -> Iterator[list[Any]]:
    yield [column.heading for column in wanted]
    cursor: str | None = ""
    while cursor is not None:
        page = fetch(cursor)
        for row, line in zip(page.rows, rows.lines(page.rows, at=at, named=named), strict=True):
            yield [columns.for_file(column.value(row, line)) for column in wanted]
        cursor = page.next


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


def _xlsx(found: Iterator[list[Any]], columns: Sequence[FileColumn], mark: str) -> IO[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("案卷"))
    if mark:
        sheet.oddHeader.right.text = mark
    sheet.freeze_panes = "B2"
    heading = next(found)
    for index, text in enumerate(heading):
        sheet.column_dimensions[chr(ord("A") + index)].width = 24 if columns[index].key in _WIDE else 16
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
