"""Imports given through the browser: kept, tried, confirmed, followed; the reading itself is a surface's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.models import ImportKind, ImportRun, ImportState
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused, Task, check_may_administer

MOST_BYTES = 100 * 1024 * 1024
KEPT_FOR = timedelta(days=7)
SHOWN_RUNS = 20


@dataclass(frozen=True, slots=True)
class Run:
    """A run as pages and jobs read it."""

    id: int
    kind: ImportKind
    mapping: str
    own_mapping: str
    file_name: str
    state: ImportState
    done: int
    total: int
    report: dict[str, Any] | None
    has_refused: bool
    message: str
    by_name: str
    given_at: datetime
    changed_at: datetime


def keep_run(
    *, by: Actor, at: datetime, kind: ImportKind, mapping: str, own_mapping: str, file_name: str, content: bytes
) -> int:
    """Keep a file for its dry run; files nobody confirmed within a week go. Answers the run's id."""
    check_may_administer(by, Task.IMPORTS)
    ImportRun.objects.filter(changed_at__lt=at - KEPT_FOR, content__isnull=False).exclude(
        state__in=(ImportState.CHECKING, ImportState.RUNNING)
    ).update(content=None, state=ImportState.FAILED, message=_("一周内没有确认，文件已删除。"))
    run = ImportRun.objects.create(
        kind=kind, mapping=mapping[:80], own_mapping=own_mapping, file_name=file_name[:200], content=content,
        state=ImportState.CHECKING, by_id=by.person_id or 0, by_name=by.display_name[:80], given_at=at, changed_at=at,
    )  # fmt: skip
    detail = {"kind": kind.value, "mapping": mapping, "file": file_name[:200]}
    record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="import_run", object_key=str(run.pk), detail=detail)
    return int(run.pk)


@transaction.atomic
def confirm_run(*, by: Actor, at: datetime, run_id: int) -> None:
    """Let what was tried be written. Raises Refused for one that does not wait for it."""
    check_may_administer(by, Task.IMPORTS)
    changed = ImportRun.objects.filter(pk=run_id, state=ImportState.CHECKED).update(
        state=ImportState.RUNNING, done=0, changed_at=at
    )
    if not changed:
        raise Refused(_("这次导入不在等待确认。请刷新页面查看现在的情况。"))
    detail = {"confirmed": True}
    record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="import_run", object_key=str(run_id), detail=detail)


def drop_run(*, by: Actor, at: datetime, run_id: int) -> None:
    """Give up what has not been confirmed."""
    check_may_administer(by, Task.IMPORTS)
    ImportRun.objects.filter(pk=run_id, state__in=(ImportState.CHECKED, ImportState.CHECKING)).update(
        state=ImportState.FAILED, content=None, message=_("已放弃，没有写入。"), changed_at=at
    )


def follow_run(*, run_id: int, at: datetime, done: int, total: int) -> None:
    """How far a run has come."""
    ImportRun.objects.filter(pk=run_id).update(done=done, total=total, changed_at=at)


def end_run(*, run_id: int, at: datetime, report: dict[str, Any], refused: bytes | None) -> None:
    """A run has come to its end: a tried one waits for a yes, a written one lets its file go."""
    run = ImportRun.objects.only("state").get(pk=run_id)
    tried = run.state == ImportState.CHECKING
    changes: dict[str, Any] = {"report": report, "refused": refused, "changed_at": at, "message": ""}
    changes["state"] = ImportState.CHECKED if tried else ImportState.DONE
    if not tried:
        changes["content"] = None
    ImportRun.objects.filter(pk=run_id, state=run.state).update(**changes)


def fail_run(*, run_id: int, at: datetime, message: str) -> None:
    """A run could not go on; what it wrote before stays and is known the next time."""
    ImportRun.objects.filter(pk=run_id, state__in=(ImportState.CHECKING, ImportState.RUNNING)).update(
        state=ImportState.FAILED, message=message[:2000], changed_at=at
    )


_COLUMNS = (
    "id", "kind", "mapping", "own_mapping", "file_name", "state", "done", "total", "report", "message", "by_name",
    "given_at", "changed_at",
)  # fmt: skip


def run_of(*, run_id: int) -> Run | None:
    """A run without its file; one statement."""
    row = ImportRun.objects.filter(pk=run_id).values(*_COLUMNS, has_refused=_has_refused()).first()
    return _run(row) if row is not None else None


def past_runs() -> tuple[Run, ...]:
    """The newest runs; one statement."""
    rows = ImportRun.objects.order_by("-id").values(*_COLUMNS, has_refused=_has_refused())[:SHOWN_RUNS]
    return tuple(_run(row) for row in rows)


def file_of(*, run_id: int) -> bytes | None:
    """The file a run is to read."""
    content = ImportRun.objects.filter(pk=run_id).values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def refused_of(*, run_id: int) -> bytes | None:
    """The file of a run's refused rows."""
    refused = ImportRun.objects.filter(pk=run_id).values_list("refused", flat=True).first()
    return None if refused is None else bytes(refused)


def _has_refused() -> Any:
    from django.db.models import BooleanField, ExpressionWrapper, Q

    return ExpressionWrapper(Q(refused__isnull=False), output_field=BooleanField())


def _run(row: dict[str, Any]) -> Run:
    return Run(**{**row, "kind": ImportKind(row["kind"]), "state": ImportState(row["state"])})
