"""Owns the end of an import: foreign reports handed to the cases as what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from wangge.domains.cases.foreign_history import ForeignCase
from wangge.domains.cases.operations.foreign import take_in
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.exchange.imports.foreign import ForeignReport, ForeignStatus
from wangge.surfaces.exchange.imports.run import Sink


def case_sink(*, by: Actor, at: datetime, jobs: int, bind_within_metres: float = 0.0) -> Sink:
    """What takes reports in as cases; ``at`` is the moment of the import."""

    def sink(reports: Iterable[ForeignReport]) -> dict[str, int]:
        taken = take_in(cases=_known(reports), by=by, at=at, jobs=jobs, bind_within_metres=bind_within_metres)
        return taken.as_counts()

    return sink


def _known(reports: Iterable[ForeignReport]) -> Iterator[ForeignCase]:
    return map(case_of, reports)


def case_of(report: ForeignReport) -> ForeignCase:
    """A report as the cases take it."""
    return ForeignCase(
        system=report.system,
        key=report.external_key,
        source=report.source,
        category=report.category,
        description=report.description,
        address=report.address,
        lon=report.lon,
        lat=report.lat,
        given_system=report.coordinate_system.value,
        reported_at=report.reported_at,
        ending=report.status.value,
        ended_at=_ended_at(report),
        self_handled=report.self_handled,
        status=report.status_text,
        outcome_note=report.outcome_note,
        photo=report.photo_url,
        department=report.owner_text,
        told=_told(report),
    )


def _ended_at(report: ForeignReport) -> datetime | None:
    """The closing that may be believed; without one the last change, when it lies behind the report."""
    if report.status is ForeignStatus.OPEN or report.closed_at is not None:
        return report.closed_at
    changed = report.updated_at
    return changed if changed is not None and changed >= report.reported_at else None


def _told(report: ForeignReport) -> dict[str, Any]:
    """What the other system said, in its own words, for the first step; empty things are left out."""
    told = {
        "system": report.system,
        "key": report.external_key,
        "category": report.category_text,
        "status": report.status_text,
        "source": report.source_text,
        "owner": report.owner_text,
        "district": report.district_text,
        "updated_at": _text(report.updated_at),
        "stated_closed_at": _text(report.stated_closed_at),
        "target_at": _text(report.target_at),
        "promised_on": report.promised_on.isoformat() if report.promised_on else "",
        "due_at": _text(report.due_at),
        "kept": list(report.kept) if any(report.kept) else [],
        "doubts": [finding.kind.value for finding in report.findings],
    }
    return {name: value for name, value in told.items() if value}


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
