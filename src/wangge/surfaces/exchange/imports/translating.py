"""Owns the way from one foreign row to one ForeignReport: its columns taken together, judged by policies."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from wangge.groundwork.coordinates import CoordinateSystem
from wangge.groundwork.working_time import CalendarUnknown
from wangge.surfaces.exchange.imports.columns import (
    CodeReader,
    Findings,
    PointReader,
    TimeReader,
    text_getter,
    text_of,
)
from wangge.surfaces.exchange.imports.declaration import Declaration
from wangge.surfaces.exchange.imports.due_times import ForeignClock
from wangge.surfaces.exchange.imports.findings import FindingKind, Policy
from wangge.surfaces.exchange.imports.foreign import ForeignReport, ForeignStatus
from wangge.surfaces.exchange.imports.mapping import MappingFile
from wangge.surfaces.exchange.imports.reading import Record

_K = FindingKind
_REPLACEMENT = "\ufffd"
_TEXT_FIELDS = ("description", "address", "outcome_note", "owner", "district", "photo_url")


class _Times(NamedTuple):
    """The moments of a row after the policies, with the status they leave it in."""

    status: ForeignStatus
    reported_at: datetime
    updated_at: datetime | None
    closed_at: datetime | None
    stated_closed_at: datetime | None
    target_at: datetime | None
    promised_on: date | None


class Translator:
    """Turns the rows of one mapping into reports, one after another; built once for a run."""

    def __init__(self, mapping: MappingFile, *, at: datetime) -> None:
        """``at`` is the present moment: what lies after it has not happened."""
        told = mapping.declaration
        self._told, self._now = told, at
        self._findings = Findings(told)
        self.key_of = text_getter(told.fields.external_key)
        self._texts = tuple(text_getter(getattr(told.fields, field)) for field in _TEXT_FIELDS)
        self._kept = tuple(told.kept.values())
        self._category = CodeReader(told.category, mapping, _K.UNKNOWN_CATEGORY)
        self._status = CodeReader(told.status, mapping, _K.UNKNOWN_STATUS)
        self._source = CodeReader(told.source, mapping, _K.UNKNOWN_SOURCE)
        self._times = {
            field: TimeReader(field, column, told.zone) for field, column in told.times if column is not None
        }
        self._point = PointReader(told.point) if told.point else None
        self._system = told.point.system if told.point else CoordinateSystem.WGS84
        self._limits = _limits(mapping)
        self._clock = _foreign_clock(mapping)
        self._self_values = frozenset(told.self_handled.values) if told.self_handled else frozenset()

    @property
    def code_readers(self) -> tuple[tuple[str, CodeReader], ...]:
        """The readers of coded values by field, with the unknown codes each has met."""
        return ("category", self._category), ("status", self._status), ("source", self._source)

    def translate(self, line: int, record: Record) -> ForeignReport:
        """The report of one row. Raises RowRefused."""
        findings = self._findings
        findings.begin()
        key = self.key_of(record)
        if not key:
            findings.found(_K.MISSING_KEY, "external_key")
        category, category_text, is_fallback = self._category.read(record, findings)
        status, status_text, _ = self._status.read(record, findings)
        source, source_text, _ = self._source.read(record, findings)
        times = self._read_times(record, ForeignStatus(status))
        lon, lat = self._point.read(record, findings) if self._point else (None, None)
        description, address, outcome_note, owner, district, photo_url = (get(record) for get in self._texts)
        self._check_texts((description, address, outcome_note), lon)
        limit = self._limit(record)
        due_at = self._due_at(times.reported_at, limit)
        return ForeignReport(
            line=line,
            system=self._told.system,
            external_key=key,
            source=source,
            source_text=source_text,
            category=category,
            category_text=category_text,
            category_is_fallback=is_fallback,
            description=description,
            address=address,
            lon=lon,
            lat=lat,
            coordinate_system=self._system,
            reported_at=times.reported_at,
            updated_at=times.updated_at,
            closed_at=times.closed_at,
            stated_closed_at=times.stated_closed_at,
            status=times.status,
            status_text=status_text,
            outcome_note=outcome_note,
            owner_text=owner,
            district_text=district,
            self_handled=self._is_self_handled(record),
            target_at=times.target_at,
            promised_on=times.promised_on,
            limit_working_days=limit,
            due_at=due_at,
            photo_url=photo_url,
            kept=tuple([text_of(record.get(column)) for column in self._kept]),
            findings=tuple(findings.of_row),
        )

    def _read_times(self, record: Record, status: ForeignStatus) -> _Times:
        reported_at = self._reported_at(record, status)
        stated = self._time("closed_at", record, status)
        closed_at, status_after = self._closing(stated, reported_at, status, record)
        return _Times(
            status=status_after,
            reported_at=reported_at,
            updated_at=self._later("updated_at", record, status, reported_at),
            closed_at=closed_at,
            stated_closed_at=stated,
            target_at=self._later("target_at", record, status, reported_at),
            promised_on=self._promised_on(record, status, reported_at),
        )

    def _time(self, field: str, record: Record, status: ForeignStatus) -> datetime | None:
        reader = self._times.get(field)
        return reader.read(record, self._findings, status, _K.UNREADABLE_TIME) if reader else None

    def _reported_at(self, record: Record, status: ForeignStatus) -> datetime:
        findings, reader = self._findings, self._times["reported_at"]
        reported_at = reader.read(record, findings, status, _K.UNREADABLE_REPORTED_AT)
        if reported_at is None:
            findings.found(_K.MISSING_REPORTED_AT, "reported_at")
            raise AssertionError("a row without a time of reporting is always refused")
        if reported_at > self._now:
            findings.found(_K.REPORTED_IN_FUTURE, "reported_at", reader.text(record))
        plausible = self._told.plausible
        if plausible.reported_from or plausible.reported_before:
            local_day = reported_at.astimezone(self._told.zone).date()
            too_early = plausible.reported_from and local_day < plausible.reported_from
            if too_early or (plausible.reported_before and local_day >= plausible.reported_before):
                findings.found(_K.REPORTED_OUT_OF_RANGE, "reported_at", reader.text(record))
        other = self._time("check_reported_at", record, status)
        if other is not None and other != reported_at:
            stated = self._times["check_reported_at"].text(record)
            findings.found(_K.OTHER_COLUMN_DISAGREES, "reported_at", stated)
        return reported_at

    def _closing(
        self, stated: datetime | None, reported_at: datetime, status: ForeignStatus, record: Record
    ) -> tuple[datetime | None, ForeignStatus]:
        """The closing time that may be believed, and the status the policy leaves."""
        kind = self._closing_doubt(stated, reported_at, status)
        if kind is None:
            return stated, status
        text = self._times["closed_at"].text(record) if stated else ""
        policy = self._findings.found(kind, "closed_at", text)
        return None, ForeignStatus.OPEN if policy is Policy.OPEN else status

    def _closing_doubt(
        self, stated: datetime | None, reported_at: datetime, status: ForeignStatus
    ) -> FindingKind | None:
        if stated is None:
            return None if status is ForeignStatus.OPEN else _K.CLOSED_WITHOUT_TIME
        if status is ForeignStatus.OPEN:
            return _K.OPEN_WITH_CLOSING_TIME
        if stated < reported_at:
            return _K.CLOSED_BEFORE_REPORTED
        return _K.CLOSED_IN_FUTURE if stated > self._now else None

    def _later(self, field: str, record: Record, status: ForeignStatus, reported_at: datetime) -> datetime | None:
        """A time that ought not to lie before the reporting."""
        moment = self._time(field, record, status)
        if moment is None or moment >= reported_at:
            return moment
        policy = self._findings.found(_BEFORE_REPORTED[field], field, self._times[field].text(record))
        return moment if policy is Policy.KEEP else None

    def _promised_on(self, record: Record, status: ForeignStatus, reported_at: datetime) -> date | None:
        moment = self._time("promised_on", record, status)
        if moment is None:
            return None
        zone, within = self._told.zone, self._told.plausible.promised_within_days
        day = moment.astimezone(zone).date()
        ahead = (day - reported_at.astimezone(zone).date()).days
        if ahead >= 0 and (within is None or ahead <= within):
            return day
        kind = _K.PROMISED_BEFORE_REPORTED if ahead < 0 else _K.PROMISED_FAR_AHEAD
        policy = self._findings.found(kind, "promised_on", day.isoformat())
        return day if policy is Policy.KEEP else None

    def _check_texts(self, texts: tuple[str, str, str], lon: float | None) -> None:
        for text in texts:
            if _REPLACEMENT in text:
                self._findings.found(_K.DAMAGED_TEXT, "text", text[:80])
        if lon is None and not texts[1]:
            self._findings.found(_K.MISSING_PLACE, "address")

    def _is_self_handled(self, record: Record) -> bool:
        told = self._told.self_handled
        return told is not None and text_of(record.get(told.column)) in self._self_values

    def _limit(self, record: Record) -> int | None:
        told = self._told.limit
        return self._limits.get(text_of(record.get(told.column))) if told else None

    def _due_at(self, reported_at: datetime, limit: int | None) -> datetime | None:
        if self._clock is None or limit is None:
            return None
        try:
            return self._clock.due_at(reported_at, limit)
        except CalendarUnknown as unknown:
            self._findings.found(_K.DUE_BEYOND_CALENDAR, "due_at", str(unknown.year))
            return None


_BEFORE_REPORTED = {"updated_at": _K.UPDATED_BEFORE_REPORTED, "target_at": _K.TARGET_BEFORE_REPORTED}


def _limits(mapping: MappingFile) -> dict[str, int]:
    told = mapping.declaration.limit
    codes = mapping.tables.get(told.table, {}) if told else {}
    return {code: int(days) for code, days in codes.items()}


def _foreign_clock(mapping: MappingFile) -> ForeignClock | None:
    told: Declaration = mapping.declaration
    if told.calendar is None or told.calendar.holidays not in mapping.tables:
        return None
    return ForeignClock(told.calendar, mapping.tables[told.calendar.holidays], told.zone)
