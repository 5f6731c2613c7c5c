"""Owns the foreign report: one row of another system as a checked plain value, before it is a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wangge.groundwork.coordinates import CoordinateSystem
from wangge.surfaces.exchange.imports.findings import FindingKind, RowFinding


class ForeignStatus(StrEnum):
    """Where a foreign report stands, in words common to all systems."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    """Ended without work: withdrawn, no action, a repeat."""
    REFERRED = "referred"
    """Handed to a body outside; nothing further is known here."""


@dataclass(frozen=True, slots=True)
class ForeignReport:
    """One report of another system. All moments are aware, in UTC, exact to what the row states.

    Every row that comes out satisfies: ``closed_at`` is None or ``closed_at >= reported_at``; an open report
    has no ``closed_at``; an ended report (status not open) lacks ``closed_at`` only when a finding says why;
    lon and lat are both numbers or both None; ``category`` and ``source`` exist in the standards' tables.
    """

    line: int
    """Line of the file the row begins on (in a JSON array: the line the object begins on)."""
    system: str
    """Namespace of the key: the same (system, external_key) is the same report, however often imported."""
    external_key: str
    source: str
    """A source of entries.csv."""
    source_text: str
    category: str
    """``event:0110`` or ``component:0137``, a class of the mapping's edition."""
    category_text: str
    category_is_fallback: bool
    """No code of the table stood behind the class: the mapping's fallback was taken."""
    description: str
    address: str
    lon: float | None
    lat: float | None
    coordinate_system: CoordinateSystem
    reported_at: datetime
    updated_at: datetime | None
    """Last change the other system knows of; may lie before ``reported_at`` when a finding says so."""
    closed_at: datetime | None
    """The closing time that may be believed."""
    stated_closed_at: datetime | None
    """The closing time as the row states it, impossible or not."""
    status: ForeignStatus
    status_text: str
    outcome_note: str
    owner_text: str
    """Whose work it was there: an agency, a department or a queue."""
    district_text: str
    self_handled: bool
    """Found, reported and handled by a crew itself 自行处置."""
    target_at: datetime | None
    """The deadline the other system states."""
    promised_on: date | None
    """The local day promised to the reporter."""
    limit_working_days: int | None
    due_at: datetime | None
    """The deadline recomputed from ``reported_at``, ``limit_working_days`` and the mapping's calendar."""
    photo_url: str
    """As text only: nothing is fetched."""
    kept: tuple[str, ...]
    """Further columns the mapping asks to keep as text, in the order of its ``[kept]``."""
    findings: tuple[RowFinding, ...]

    def has(self, kind: FindingKind) -> bool:
        return any(finding.kind is kind for finding in self.findings)

    @property
    def is_ended(self) -> bool:
        return self.status is not ForeignStatus.OPEN


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that is not taken: where it stood, why, and the row itself as one line of JSON for repair."""

    line: int
    external_key: str
    finding: RowFinding
    row: str
