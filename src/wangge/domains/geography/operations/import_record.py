"""Owns the record of what was imported into the ground: the file's sum, how it was read, what came of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.models import GroundImportRow
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

KEPT_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """The file as read: its name and sum, what system and encoding it names, how it was asked to be read."""

    name: str
    sha256: str
    system: str = ""
    encoding: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    layer: str = ""


def note_import(*, by: Actor, at: datetime, file: ImportedFile, from_on: date, report: ImportReport) -> int:
    """Keep that this file came in, in its report and in the audit log; answers the import's id."""
    row = GroundImportRow.objects.create(
        what=report.what,
        layer=file.layer,
        file_name=file.name[:200],
        file_sha256=file.sha256,
        options=file.options,
        report=report.as_json(most=KEPT_FINDINGS),
        from_on=from_on,
        by_id=by.person_id,
        uploaded_at=at,
        done_at=at,
    )
    detail = {"file": file.name, "sha256": file.sha256, "from": from_on.isoformat(), **report.counts()}
    record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="ground", object_key=report.what, detail=detail)
    return int(row.pk)
