"""Owns files that were sent through the browser and await a yes to their dry run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from wangge.domains.geography.models import GroundImportRow
from wangge.domains.geography.models.areas import Kind
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.policies import Task, check_may_administer

KEPT_FOR = timedelta(days=7)
MOST_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that awaits a yes, with how it is to be read and what its dry run said."""

    id: int
    what: str
    file_name: str
    content: bytes
    options: dict[str, Any]
    report: dict[str, Any]
    from_on: date


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that is in, or a file that awaits its yes."""

    id: int
    what: str
    file_name: str
    from_on: date
    at: datetime
    by: str
    is_done: bool
    counts: dict[str, int]


def keep_upload(
    *, by: Actor, at: datetime, what: str, file_name: str, sha256: str, content: bytes, options: dict[str, Any],
    report: dict[str, Any], from_on: date,
) -> int:  # fmt: skip
    """Keep a file until somebody says yes or a week has passed; answers its id."""
    check_may_administer(by, Task.GROUND)
    GroundImportRow.objects.filter(done_at__isnull=True, uploaded_at__lt=at - KEPT_FOR).delete()
    row = GroundImportRow.objects.create(
        what=what, layer=str(options.get("layer", "")), file_name=file_name[:200], file_sha256=sha256,
        content=content, options=options, report=report, from_on=from_on, by_id=by.person_id, uploaded_at=at,
    )  # fmt: skip
    return int(row.pk)


def waiting_upload(*, by: Actor, upload_id: int) -> Waiting | None:
    """A file that awaits its yes; one statement."""
    check_may_administer(by, Task.GROUND)
    row = GroundImportRow.objects.filter(pk=upload_id, done_at__isnull=True).first()
    if row is None or row.content is None:
        return None
    return Waiting(row.pk, row.what, row.file_name, bytes(row.content), row.options, row.report, row.from_on)


def note_dry_run(*, by: Actor, upload_id: int, options: dict[str, Any], report: dict[str, Any]) -> None:
    """The file was looked at again, in another way."""
    check_may_administer(by, Task.GROUND)
    GroundImportRow.objects.filter(pk=upload_id, done_at__isnull=True).update(options=options, report=report)


def drop_upload(*, by: Actor, upload_id: int) -> None:
    """The file is not wanted any more, or its rows are in."""
    check_may_administer(by, Task.GROUND)
    GroundImportRow.objects.filter(pk=upload_id, done_at__isnull=True).delete()


_COMING = (
    "SELECT i.id, i.what, i.file_name, i.from_on, i.done_at, coalesce(p.display_name, ''),"
    " (SELECT count(*) FROM geography_area a WHERE a.brought_by_id = i.id AND a.valid_from = i.from_on)"
    " + coalesce((i.report->'changes'->>'ended')::int, 0)"
    " FROM geography_import i LEFT JOIN organizations_person p ON p.id = i.by_id"
    " WHERE i.from_on = %s AND i.done_at IS NOT NULL AND i.withdrawn_at IS NULL AND i.what = ANY(%s)"
    " ORDER BY i.id DESC"
)


@dataclass(frozen=True, slots=True)
class ComingEdition:
    """An import or a drawing whose borders begin on a coming day."""

    id: int
    what: str
    file_name: str
    from_on: date
    at: datetime
    by: str
    areas: int


def coming_editions(*, day: date) -> list[ComingEdition]:
    """What was brought for a day and has not been taken back, the newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COMING, [day, Kind.values])
        return [ComingEdition(*row) for row in cursor.fetchall() if row[-1]]


def past_imports(*, limit: int = 20) -> list[PastImport]:
    """The newest imports and waiting files; one statement."""
    rows = GroundImportRow.objects.select_related("by").defer("content")[:limit]
    return [
        PastImport(
            row.pk, row.what, row.file_name, row.from_on, row.done_at or row.uploaded_at,
            row.by.display_name if row.by else "", row.done_at is not None, row.report.get("changes", {}),
        )
        for row in rows
    ]  # fmt: skip
