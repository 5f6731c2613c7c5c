"""Appeals of a month in one go: a workbook of a unit's costly cases goes out, comes back filled in, is tried row by
row, and each row that stands is filed as the ordinary appeal of its case.

Only while the month is frozen and the units' time to appeal runs; afterwards a case is appealed on its own page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.domains.cases.drafting import Draft, civil
from wangge.domains.cases.failures import CaseRefused, NoSuchCase
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.operations.moving import Order, move_case, try_move
from wangge.domains.cases.operations.writing import Receipt
from wangge.domains.cases.queries.receipts import RECEIPT_CONSTRAINT, receipt_of
from wangge.domains.cases.queries.seen import numbers_seen
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES
from wangge.domains.evaluation.logic.months import MonthState
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.queries import results
from wangge.domains.evaluation.queries.settings import appeals_end
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.assessment.appeals_book import (
    LONGEST_REASON,
    MOST_ROWS,
    AppealRow,
    BookRefused,
    CostlyCase,
    as_workbook,
    read_workbook,
)
from wangge.surfaces.web.assessment.paper import COSTS
from wangge.surfaces.web.assessment.views import month_of
from wangge.surfaces.web.command.together import why_refused
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

_MOST_CASES = 500
"""Of each count; a unit with more appeals the rest on the cases' own pages."""
_LONGEST_PACKED = 400_000


@dataclass(frozen=True, slots=True)
class AppealLine:
    """A row of the file and what became of it: open, done or refused."""

    line: str
    number: str
    url: str
    kind: str
    reason: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class AppealsPage:
    """The page: the workbook to fetch, the file to give, the rows that were tried or filed."""

    shell: Shell
    period: str
    back_url: str
    book_url: str
    act_url: str
    told: str
    is_open: bool
    lines: tuple[AppealLine, ...] = ()
    packed: str = ""  # the rows that stand, for the confirmation
    key: str = ""
    open_count: int = 0
    summary: str = ""
    refused: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Month:
    """A month as one unit's person has it before him."""

    period: str
    closed: str  # why nothing can be appealed now
    until: str
    cases: Mapping[str, CostlyCase]
    kinds: Mapping[str, str]  # code → name
    kind_of: Mapping[str, str]  # what may stand in the file, in either language → code


@require_http_methods(["GET", "HEAD", "POST"])
def appeals(request: HttpRequest, period: str) -> HttpResponse:
    """Fetch the workbook; try what was filled in; file what stands."""
    by, at = actor_on(request), clock.now()
    month = _opened(period, by, at)
    if request.method != "POST":
        return _show(request, month)
    if month.closed:
        return _show(request, month, error=month.closed, status=422)
    if request.POST.get("what") == "file":
        return _file(request, month, by, at)
    given = request.FILES.get("book")
    try:
        rows = read_workbook(given.read() if given is not None and given.size else b"")
    except BookRefused as refused:
        return _show(request, month, error=str(refused), status=422)
    if not rows:
        return _show(request, month, error=_("文件里没有填写申诉类别和理由的行。"), status=422)
    return _tried(request, month, rows, by, at)


@require_safe
def appeals_book(request: HttpRequest, period: str) -> HttpResponse:
    """The workbook."""
    month = _opened(period, actor_on(request), clock.now())
    response = HttpResponse(as_workbook(list(month.cases.values()), month.kinds), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="appeals-{month.period}.xlsx"'
    return response


def _opened(period: str, by: Actor, at: datetime) -> _Month:
    result, state, steps = month_of(period, by)
    units = sorted(by.department_codes)
    if not units:
        raise PermissionDenied(_("只有责任单位可以申诉。"))
    end = appeals_end(steps[0].at)
    rows = rulebook_on(day_of(civil(at))).appeal_kinds.values()
    kinds = {row.kind: _(row.kind_zh) for row in rows}
    return _Month(
        result.period,
        _closed(state, steps, end, at),
        full_moment(end) if end is not None else "—",
        _costly(result, units, by),
        kinds,
        {row.kind_zh: row.kind for row in rows} | {name: code for code, name in kinds.items()},
    )


def _closed(state: MonthState, steps: Sequence[MonthStep], end: datetime | None, at: datetime) -> str:
    if state is not MonthState.FROZEN:
        return _("本月已经复核，不再受理批量申诉。")
    if end is not None and at > end:
        return _("本月的核对与申诉期已满。")
    return ""


def _costly(result: Result, units: Sequence[str], by: Actor) -> dict[str, CostlyCase]:
    """The cases that cost these units points, as far as ``by`` may open them, by number."""
    environment = settings.ENVIRONMENT
    counted: dict[str, list[str]] = {}
    moments: dict[str, str] = {}
    for unit in units:
        for count, title in COSTS:
            try:
                told = results.explain(
                    result, f"department={unit}/{count}", root=environment.warehouse_root,
                    overlay=environment.city_overlay, most=_MOST_CASES,
                )  # fmt: skip
            except results.NoSuchFigure:
                continue  # the unit has no figures in this month
            for step in told["counts"][0]["steps"]:
                if step["sign"] > 0:
                    counted.setdefault(step["case"], []).append(_(title))
                    moments[step["case"]] = step["at"].replace("T", " ")
    seen = numbers_seen(by=by, numbers=counted)
    return {
        number: CostlyCase(number, tuple(dict.fromkeys(titles)), moments[number])
        for number, titles in sorted(counted.items())
        if number in seen
    }


# ---- tried -----------------------------------------------------------------------------------------------------


def _tried(request: HttpRequest, month: _Month, rows: Sequence[AppealRow], by: Actor, at: datetime) -> HttpResponse:
    lines: list[AppealLine] = []
    standing: list[tuple[str, str, str]] = []
    met: set[str] = set()
    for row in rows:
        kind = month.kind_of.get(row.kind_zh, "")
        why = _wrong(row, kind, month, met) or _unfit(row.number, kind, row.reason, by, at)
        met.add(row.number)
        lines.append(_line(str(row.line), row.number, row.kind_zh, row.reason, "refused" if why else "open", why))
        if not why:
            standing.append((row.number, kind, row.reason))
    return _show(
        request, month, lines=tuple(sorted(lines, key=lambda each: each.state == "open")),
        packed=orjson.dumps(standing).decode() if standing else "", key=str(uuid4()), open_count=len(standing),
        refused=len(lines) - len(standing),
        summary=_("试读 %(all)d 行：%(open)d 行可以申诉，%(left)d 行不可以。还没有提交。")
        % {"all": len(lines), "open": len(standing), "left": len(lines) - len(standing)},
    )  # fmt: skip


def _wrong(row: AppealRow, kind: str, month: _Month, met: set[str]) -> str:
    """What the file itself gets wrong, in words; empty where nothing."""
    if row.number not in month.cases:
        return _("不是本单位本月的失分案卷。")
    if row.number in met:
        return _("文件中已有这件案卷。")
    if not kind:
        return _("申诉类别只能是：%(kinds)s。") % {"kinds": "、".join(month.kinds.values())}
    if not row.reason or len(row.reason) > LONGEST_REASON:
        return _("申诉理由须填写，不超过 %(most)d 字。") % {"most": LONGEST_REASON}
    return ""


def _unfit(number: str, kind: str, reason: str, by: Actor, at: datetime) -> str:
    try:
        try_move(order=_order(number, kind, reason), by=by, at=at)
    except NoSuchCase:
        return _("已不在您的范围内")
    except CaseRefused as refused:
        return why_refused(refused)
    return ""


def _order(number: str, kind: str, reason: str) -> Order:
    return Order(number, "file_appeal", {"kind": kind, "reason": reason}, {})


# ---- filed -----------------------------------------------------------------------------------------------------


def _file(request: HttpRequest, month: _Month, by: Actor, at: datetime) -> HttpResponse:
    """File each row by itself; a page sent twice files nothing twice and says the same."""
    rows = _unpacked(request.POST.get("rows", ""))
    key = request.POST.get("key", "").replace("\0", "")[:40]
    if rows is None or not key:
        raise Http404(month.period)
    address = str(request.META.get("REMOTE_ADDR", ""))
    lines = []
    for number, kind, reason in rows:
        if number not in month.cases:
            why = _("不是本单位本月的失分案卷。")
        else:
            why = _filed(number, kind, reason, f"appeals:{key}:{number}", by, at, address)
        shown = month.kinds.get(kind, kind)
        lines.append(_line("", number, shown, reason, "refused" if why else "done", why))
    done = sum(each.state == "done" for each in lines)
    return _show(
        request, month, lines=tuple(sorted(lines, key=lambda each: each.state == "done")), refused=len(lines) - done,
        summary=_("已提交申诉 %(done)d 件，未提交 %(left)d 件。") % {"done": done, "left": len(lines) - done},
    )  # fmt: skip


def _filed(number: str, kind: str, reason: str, key: str, by: Actor, at: datetime, address: str) -> str:
    """File one appeal under its own key; why not, or empty."""
    digest = hashlib.sha256(orjson.dumps([number, kind, reason])).digest()
    person = by.person_id or 0

    def receipt(_draft: Draft, row: CaseRow) -> Receipt:
        return Receipt(person, key, digest, 200, orjson.dumps({"number": row.number}).decode())

    kept = receipt_of(person_id=person, key=key)
    if kept is not None:
        return "" if kept.digest == digest else _("这一行已经以别的内容提交过。")
    try:
        move_case(order=_order(number, kind, reason), by=by, at=at, address=address, receipt=receipt)
    except NoSuchCase:
        return _("已不在您的范围内")
    except CaseRefused as refused:
        return why_refused(refused)
    except IntegrityError as clash:  # the same page at the same moment: the other one filed it
        if RECEIPT_CONSTRAINT not in str(clash):
            raise
    return ""


def _unpacked(text: str) -> list[tuple[str, str, str]] | None:
    """The rows of the confirmation; None where they are not what the page held."""
    if len(text) > _LONGEST_PACKED:
        return None
    try:
        rows = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        return None
    found = [tuple(row) for row in rows if isinstance(row, list) and len(row) == 3]
    if len(found) != len(rows) or not all(isinstance(text, str) and "\0" not in text for row in found for text in row):
        return None
    return [(number, kind, reason[:LONGEST_REASON]) for number, kind, reason in found]


# ---- the page --------------------------------------------------------------------------------------------------


def _line(line: str, number: str, kind: str, reason: str, state: str, why: str) -> AppealLine:
    return AppealLine(
        line, number, reverse("case", args=[number]) if state != "refused" else "", kind, reason, state, why
    )


def _show(
    request: HttpRequest, month: _Month, *, lines: tuple[AppealLine, ...] = (), packed: str = "", key: str = "",
    open_count: int = 0, summary: str = "", refused: int = 0, error: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    told = _("本月有 %(n)d 件失分案卷在您的查看范围内；申诉截至 %(until)s。") % {
        "n": len(month.cases), "until": month.until,
    }  # fmt: skip
    page = AppealsPage(
        shell=shell_for(request, _("批量申诉"), at=clock.now(), current="assessment"),
        period=month.period,
        back_url=reverse("assessment_month", args=[month.period]),
        book_url=reverse("assessment_appeals_book", args=[month.period]) if month.cases else "",
        act_url=reverse("assessment_appeals", args=[month.period]),
        told=month.closed or told,
        is_open=not month.closed and bool(month.cases),
        lines=lines, packed=packed, key=key, open_count=open_count, summary=summary, refused=refused, error=error,
    )  # fmt: skip
    return render(request, "web/assessment/appeals.html", {"page": page}, status=status)
