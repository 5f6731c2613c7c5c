"""Owns the figures of imported reports: counts, spreads of hours, on-time shares, from the reports alone.

They say what came in, for comparison with the other city's own figures. Days, hours and years are those of
the mapping's zone. Memory: one number for each closed report, one count for each distinct value.
"""

from __future__ import annotations

import math
import statistics
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.foreign import ForeignReport, ForeignStatus

Key = TypeVar("Key", str, datetime)
EMPTY = "(empty)"
CELL_DEGREES = 0.005
_DUE_TOLERANCE = timedelta(minutes=2)
_DIMENSIONS = ("category_text", "source_text", "owner_text", "district_text")
_AHEAD_OF_REPORTING = (FindingKind.PROMISED_BEFORE_REPORTED, FindingKind.PROMISED_FAR_AHEAD)


class Hours(StrEnum):
    """How hours between two moments are counted."""

    ELAPSED = "elapsed"
    """Hours that passed."""
    WALL_CLOCK = "wall_clock"
    """Difference of two readings of the local clock, an hour off across a change of summer time."""


@dataclass(slots=True)
class OnTime:
    """Closed reports against the deadline their system stated."""

    cases: int = 0
    with_target: int = 0
    overdue: int = 0
    hours: array[float] = field(default_factory=lambda: array("d"))

    def as_json(self) -> dict[str, Any]:
        """The two on-time shares (of those with a target, of all) and the median of hours."""
        of_all = round(1 - self.overdue / self.cases, 4) if self.cases else None
        return {
            "cases": self.cases,
            "with_target": self.with_target,
            "overdue": self.overdue,
            "on_time_share_of_those_with_target": (
                round(1 - self.overdue / self.with_target, 4) if self.with_target else None
            ),
            "on_time_share_of_all_cases": of_all,
            "median_hours_to_close": round(statistics.median(self.hours), 3) if self.hours else None,
        }


@dataclass(slots=True)
class Promises:
    """Closed reports against the day promised."""

    closed: int = 0
    closed_after: int = 0
    implausible: int = 0
    """Promised days before the reporting or too far behind it."""


@dataclass(slots=True)
class Figures:
    """The figures of the reports added so far."""

    zone: ZoneInfo
    kept_names: tuple[str, ...] = ()
    hours_by: Hours = Hours.ELAPSED
    rows: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    by: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Counts by field (status, category, source and the foreign texts) and by kept column."""
    findings: Counter[FindingKind] = field(default_factory=Counter)
    local_days: Counter[str] = field(default_factory=Counter)
    local_minutes: Counter[datetime] = field(default_factory=Counter)
    with_description: int = 0
    with_photo: int = 0
    self_handled: int = 0
    without_point: int = 0
    stated_closed: int = 0
    stated_closed_by_district: Counter[str] = field(default_factory=Counter)
    local_date_differs_from_utc_date: int = 0
    cells: Counter[tuple[int, int]] = field(default_factory=Counter)
    hours: dict[str, dict[str, array[float]]] = field(
        default_factory=lambda: {name: defaultdict(lambda: array("d")) for name in _DIMENSIONS}
    )
    on_time: OnTime = field(default_factory=OnTime)
    on_time_by: dict[str, dict[str, OnTime]] = field(
        default_factory=lambda: {name: defaultdict(OnTime) for name in _DIMENSIONS}
    )
    promises: Promises = field(default_factory=Promises)
    due_compared: int = 0
    due_agreeing: int = 0
    same_place_and_category: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, report: ForeignReport) -> None:
        """Count one report in."""
        local = report.reported_at.astimezone(self.zone)
        groups = tuple((name, getattr(report, name) or EMPTY) for name in _DIMENSIONS)
        self._count_values(report, groups)
        self._count_time(report, local)
        self._count_place(report)
        if report.stated_closed_at is not None:
            self.stated_closed += 1
            self.stated_closed_by_district[report.district_text or EMPTY] += 1
        if report.status is ForeignStatus.CLOSED:
            self._count_closed(report, groups)
        self._count_promise(report)
        if report.due_at is not None and report.target_at is not None:
            self.due_compared += 1
            self.due_agreeing += abs(report.due_at - report.target_at) <= _DUE_TOLERANCE

    def _count_values(self, report: ForeignReport, groups: tuple[tuple[str, str], ...]) -> None:
        self.rows += 1
        by = self.by
        for name, value in groups:
            by[name][value] += 1
        by["status"][report.status.value] += 1
        by["status_text"][report.status_text or EMPTY] += 1
        by["category"][report.category] += 1
        by["source"][report.source] += 1
        for name, value in zip(self.kept_names, report.kept, strict=True):
            by[name][value or EMPTY] += 1
        for finding in report.findings:
            self.findings[finding.kind] += 1
        self.with_description += bool(report.description)
        self.with_photo += bool(report.photo_url)
        self.self_handled += report.self_handled

    def _count_time(self, report: ForeignReport, local: datetime) -> None:
        at = report.reported_at
        self.first_at = at if self.first_at is None or at < self.first_at else self.first_at
        self.last_at = at if self.last_at is None or at > self.last_at else self.last_at
        self.local_days[local.date().isoformat()] += 1
        self.local_minutes[local.replace(second=0, microsecond=0, tzinfo=None)] += 1
        self.local_date_differs_from_utc_date += local.date() != at.date()

    def _count_place(self, report: ForeignReport) -> None:
        point = stated_point(report)
        if point is None:
            self.without_point += 1
        else:
            lon, lat = point
            self.cells[math.floor(lat / CELL_DEGREES), math.floor(lon / CELL_DEGREES)] += 1
        if report.address:
            self.same_place_and_category[report.address, report.category_text] += 1

    def _count_closed(self, report: ForeignReport, groups: tuple[tuple[str, str], ...]) -> None:
        if report.closed_at is None:
            return
        hours = self._hours_between(report.reported_at, report.closed_at)
        target = report.target_at
        for name, value in groups:
            self.hours[name][value].append(hours)
        for on_time in (self.on_time, *(self.on_time_by[name][value] for name, value in groups)):
            on_time.cases += 1
            on_time.hours.append(hours)
            if target is not None:
                on_time.with_target += 1
                on_time.overdue += report.closed_at > target

    def _count_promise(self, report: ForeignReport) -> None:
        self.promises.implausible += any(report.has(kind) for kind in _AHEAD_OF_REPORTING)
        if report.promised_on is None or report.stated_closed_at is None:
            return
        if report.status is ForeignStatus.CLOSED:
            self.promises.closed += 1
            closed_on = report.stated_closed_at.astimezone(self.zone).date()
            self.promises.closed_after += closed_on > report.promised_on

    def _hours_between(self, start: datetime, end: datetime) -> float:
        if self.hours_by is Hours.WALL_CLOCK:
            start, end = (at.astimezone(self.zone).replace(tzinfo=None) for at in (start, end))
        return (end - start).total_seconds() / 3600

    def local_years(self) -> dict[str, int]:
        """Reports by local year, in order."""
        years: Counter[str] = Counter()
        for day, count in self.local_days.items():
            years[day[:4]] += count
        return dict(sorted(years.items()))

    def busiest_hours(self, count: int) -> list[tuple[datetime, int]]:
        """The fullest local hours, the earlier first among equals."""
        hours: Counter[datetime] = Counter()
        for minute, reports in self.local_minutes.items():
            hours[minute.replace(minute=0)] += reports
        return fullest(hours, count)

    def busiest_minutes(self, count: int) -> list[tuple[datetime, int]]:
        """The fullest local minutes, the earlier first among equals."""
        return fullest(self.local_minutes, count)

    def spreads(self, name: str) -> dict[str, dict[str, Any]]:
        """Hours from reporting to closing of closed reports by a field: n, median, nearest-rank p90."""
        return {value: spread(hours) for value, hours in sorted(self.hours[name].items())}

    def as_json(self, most: int = 20) -> dict[str, Any]:
        """The figures as one JSON-ready document; lists are cut to the ``most`` frequent values."""
        return {
            "rows": self.rows,
            "first": _utc(self.first_at),
            "last": _utc(self.last_at),
            "by": {name: dict(counts.most_common(most)) for name, counts in self.by.items()},
            "by_local_year": self.local_years(),
            "busiest_local_days": fullest(self.local_days, 5),
            "busiest_local_minutes": [(str(at), n) for at, n in self.busiest_minutes(3)],
            "with_description": self.with_description,
            "with_photo": self.with_photo,
            "self_handled": self.self_handled,
            "without_point": self.without_point,
            "stated_closed": self.stated_closed,
            "local_date_differs_from_utc_date": self.local_date_differs_from_utc_date,
            "hours_to_close": {name: self.spreads(name) for name in ("category_text", "source_text")},
            "on_time": self.on_time.as_json(),
            "promised_day": {
                "closed_with_a_day": self.promises.closed,
                "closed_after_it": self.promises.closed_after,
                "implausible_days": self.promises.implausible,
            },
            "deadlines_recomputed": {"compared": self.due_compared, "agreeing": self.due_agreeing},
        }


def describe(
    reports: Iterable[ForeignReport],
    *,
    zone: ZoneInfo,
    kept_names: tuple[str, ...] = (),
    hours_by: Hours = Hours.ELAPSED,
) -> Figures:
    """The figures of all ``reports``."""
    figures = Figures(zone, kept_names, hours_by)
    for report in reports:
        figures.add(report)
    return figures


def stated_point(report: ForeignReport) -> tuple[float, float] | None:
    """The point the row states, believed or not: (lon, lat)."""
    if report.lon is not None and report.lat is not None:
        return report.lon, report.lat
    for finding in report.findings:
        if finding.kind in (FindingKind.POINT_OUTSIDE_AREA, FindingKind.ZERO_POINT):
            lon, lat = finding.stated.split()
            return float(lon), float(lat)
    return None


def spread(values: array[float]) -> dict[str, Any]:
    """Count, median and nearest-rank 90th percentile (the ceil(0.9 n)-th smallest)."""
    if not values:
        return {"n": 0}
    ranked = sorted(values)
    p90 = ranked[math.ceil(0.9 * len(ranked)) - 1]
    return {"n": len(ranked), "median": round(statistics.median(ranked), 3), "p90": round(p90, 3)}


def fullest(counts: Counter[Key], count: int) -> list[tuple[Key, int]]:
    """The largest counts, the smaller key first among equals."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:count]


def _utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
