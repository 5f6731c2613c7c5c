"""The page object of the audit log: its questions, its lines, the way on and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Choice
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line: who, when, what, on which object, with what, from where."""

    at: datetime
    person: str
    kind: str
    object_kind: str
    object_key: str
    object_url: str
    detail: tuple[tuple[str, str], ...]
    address: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A stretch of days, newest first; ``error`` says why nothing was asked."""

    shell: Shell
    heading: str
    url: str
    first: str
    last: str
    person: str
    object_key: str
    kind: str
    kinds: tuple[Choice, ...]
    rows: tuple[AuditRow, ...]
    next_url: str
    export_url: str
    error: str = ""
