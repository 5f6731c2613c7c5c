"""Double monitoring in mid-year (双监控): spending and targets against the passing of the year, with a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from wangge.domains.self_evaluation.logic.lines import Line, rounded
from wangge.standards.performance import PerformanceTables

HUNDRED = Decimal(100)


class Course(StrEnum):
    """How a line runs against the year."""

    ON_COURSE = "on_course"
    BEHIND = "behind"
    EXCEEDED = "exceeded"  # a limit that is already passed, or will be
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Watch:
    """One line at mid-year: how far the year is, how far the line, what the end of the year looks like."""

    line: Line
    actual: Decimal | None
    year_share_percent: Decimal
    reached_percent: Decimal | None
    forecast: Decimal | None
    course: Course

    @property
    def needs_correction(self) -> bool:
        """Whether a reason and a correcting measure are asked for."""
        return self.course in {Course.BEHIND, Course.EXCEEDED}


def year_share_percent(on: date) -> Decimal:
    """How much of the year has passed at the end of a day, in per cent with two decimals."""
    first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    return rounded(Decimal((on - first).days + 1) * HUNDRED / Decimal((last - first).days + 1), 2)


def watch(line: Line, actual: Decimal | None, *, on: date, is_rate: bool, tables: PerformanceTables) -> Watch:
    """A line at mid-year; a rate is its own forecast, a count is drawn out evenly to the end of the year."""
    passed = year_share_percent(on)
    if line.target is None or actual is None:
        return Watch(line, actual, passed, None, None, Course.UNKNOWN)
    forecast = actual if is_rate else rounded(actual * HUNDRED / passed, 2)
    reached = rounded(actual * HUNDRED / line.target, 2) if line.target else None
    return Watch(line, actual, passed, reached, forecast, _course(line, actual, forecast, passed, is_rate, tables))


def _course(
    line: Line, actual: Decimal, forecast: Decimal, passed: Decimal, is_rate: bool, tables: PerformanceTables
) -> Course:
    assert line.target is not None
    if line.sign == "≤":
        return Course.EXCEEDED if forecast > line.target else Course.ON_COURSE
    if is_rate:
        return Course.ON_COURSE if actual >= line.target else Course.BEHIND
    due = line.target * max(Decimal(0), passed - tables.thresholds["midyear_lag"]) / HUNDRED
    return Course.ON_COURSE if actual >= due else Course.BEHIND
