"""The audit log on a page and as CSV, for the audit administrator: who saw and did what; taking it out is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from wangge.domains.organizations.logic import AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.personnel import newest_audit_lines
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.domains.organizations.queries import AuditLine, audit_lines
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.exchange.audit_file import audit_csv
from wangge.surfaces.web.administration.audit_pages import AuditPage, AuditRow
from wangge.surfaces.web.administration.audit_words import detail_name, detail_value, object_name
from wangge.surfaces.web.elements.forms import Choice
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for
from wangge.surfaces.web.watermark import watermark_of

ROWS = 100
DAYS_SHOWN = 7
MOST_DAYS = 400

KINDS: Mapping[AuditKind, object] = {
    AuditKind.SIGN_IN: gettext_lazy("登录"), AuditKind.SIGN_IN_FAILED: gettext_lazy("登录失败"),
    AuditKind.SIGN_OUT: gettext_lazy("退出"), AuditKind.LOCKED_OUT: gettext_lazy("锁定"),
    AuditKind.PASSWORD: gettext_lazy("密码"), AuditKind.SECOND_FACTOR: gettext_lazy("动态口令"),
    AuditKind.REPORT: gettext_lazy("上报"), AuditKind.MOVE: gettext_lazy("办理"),
    AuditKind.VIEW: gettext_lazy("查看"), AuditKind.REVEAL: gettext_lazy("查看个人信息"),
    AuditKind.REFUSED: gettext_lazy("被拒绝"), AuditKind.EXPORT: gettext_lazy("导出"),
    AuditKind.IMPORT: gettext_lazy("导入"), AuditKind.SETTING: gettext_lazy("设置"),
    AuditKind.ACCESS: gettext_lazy("人员与权限"), AuditKind.ERASURE: gettext_lazy("删除个人信息"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions of the page as typed, and the stretch they name ([start, end), None where they name none)."""

    first: str
    last: str
    person: str
    object_key: str
    kind: AuditKind | None
    stretch: tuple[datetime, datetime] | None

    def as_query(self) -> dict[str, str]:
        """For an address."""
        told = {
            "first": self.first, "last": self.last, "person": self.person, "object": self.object_key,
            "kind": self.kind.value if self.kind else "",
        }  # fmt: skip
        return {name: value for name, value in told.items() if value}


def _asked(request: HttpRequest, today: date) -> _Asked:
    first = request.GET.get("first") or (today - timedelta(days=DAYS_SHOWN - 1)).isoformat()
    last = request.GET.get("last") or today.isoformat()
    kind = request.GET.get("kind", "")
    return _Asked(
        first, last, request.GET.get("person", "").strip(), request.GET.get("object", "").strip(),
        AuditKind(kind) if kind in set(AuditKind) else None, _stretch(first, last),
    )  # fmt: skip


def _stretch(first: str, last: str) -> tuple[datetime, datetime] | None:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    if not start < end <= start + timedelta(days=MOST_DAYS):
        return None
    return datetime.combine(start, time(), CITY_ZONE), datetime.combine(end, time(), CITY_ZONE)


@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """The newest lines of the days asked for."""
    by, at = actor_on(request), clock.now()
    check_may_administer(by, Task.AUDIT)
    asked = _asked(request, at.astimezone(CITY_ZONE).date())
    lines: tuple[AuditLine, ...] = ()
    if asked.stretch is not None:
        lines = newest_audit_lines(
            start=asked.stretch[0], end=asked.stretch[1], limit=ROWS + 1, kind=asked.kind,
            object_key=asked.object_key, person_name=asked.person, before=_before(request),
        )  # fmt: skip
    query = asked.as_query()
    following = ""
    if len(lines) > ROWS:
        edge = lines[ROWS - 1]
        following = f"?{urlencode({**query, 'before': f'{edge.at.isoformat()},{edge.id}'})}"
    page = AuditPage(
        shell=shell_for(request, _("审计记录"), at=at, current="audit_log"),
        heading=_("审计记录"),
        url=reverse("audit_log"),
        first=asked.first, last=asked.last, person=asked.person, object_key=asked.object_key,
        kind=asked.kind.value if asked.kind else "",
        kinds=tuple(Choice(kind.value, str(name)) for kind, name in KINDS.items()),
        rows=tuple(map(_row, lines[:ROWS])),
        next_url=following,
        export_url=f"{reverse('audit_export')}?{urlencode(query)}" if asked.stretch else "",
        error="" if asked.stretch else _wrong_stretch(),
    )  # fmt: skip
    return render(request, "web/administration/audit.html", {"page": page}, status=200 if asked.stretch else 422)


def _wrong_stretch() -> str:
    return _("请写明起止日期，止日不早于起日，最多 %(days)s 天。") % {"days": MOST_DAYS}


def _before(request: HttpRequest) -> tuple[datetime, int] | None:
    moment, _comma, number = request.GET.get("before", "").partition(",")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(number)) if at.tzinfo and number.isascii() and number.isdigit() and len(number) < 19 else None


def _row(line: AuditLine) -> AuditRow:
    url = reverse("case", args=[line.object_key]) if line.object_kind == "case" and line.object_key else ""
    detail = tuple((detail_name(str(name)), detail_value(str(name), value)) for name, value in line.detail.items())
    return AuditRow(
        line.at, line.person_name, str(KINDS[line.kind]), object_name(line.object_kind), line.object_key, url, detail,
        line.address,
    )  # fmt: skip


@require_safe
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """The same lines, oldest first, as CSV; streamed, and recorded before it begins."""
    by, at = actor_on(request), clock.now()
    check_may_administer(by, Task.AUDIT)
    asked = _asked(request, at.astimezone(CITY_ZONE).date())
    if asked.stretch is None:
        return HttpResponse(_wrong_stretch(), status=422, content_type="text/plain; charset=utf-8")
    start, end = asked.stretch
    record(
        by=by, at=at, kind=AuditKind.EXPORT, object_kind="audit_log", detail=dict(asked.as_query())
    )  # fmt: skip
    lines = _chosen(asked, audit_lines(start=start, end=end, kind=asked.kind, object_key=asked.object_key or None))
    response = StreamingHttpResponse(audit_csv(lines), content_type="text/csv; charset=utf-8")
    whose = f"-{by.username}" if watermark_of(by, at) else ""
    response["Content-Disposition"] = f'attachment; filename="audit-{asked.first}-{asked.last}{whose}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _chosen(asked: _Asked, lines: Iterator[AuditLine]) -> Iterator[AuditLine]:
    words = asked.person.lower()
    return (line for line in lines if words in line.person_name.lower())
