"""The city's settings that evaluation keeps to."""

from __future__ import annotations

from datetime import date, datetime

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.groundwork.working_time import CalendarUnknown


def month_begins_on(on: date | None = None) -> int:
    """The first day of the statistical month."""
    return int(_value("statistical_month_starts_on", on))


def least_cases_for_rank(on: date | None = None) -> int:
    """Below so many cases a figure gets no rank."""
    return int(_value("least_cases_for_rank", on))


def sample_size(on: date | None = None) -> int:
    """How many closed cases the quality check of a month draws."""
    return int(_value("quality_sample_per_month", on))


def spot_grids(on: date | None = None) -> int:
    """How many grids of each district the on-the-spot checks of a month draw."""
    return int(_value("spot_grids_per_district", on))


def month_runs_by_itself(on: date | None = None) -> bool:
    """Whether a month that is over is frozen without anybody's act."""
    return _value("month_runs_by_itself", on) == "yes"


def month_frozen_after(on: date | None = None) -> int:
    """On which day after its end a month is frozen, from 1."""
    return int(_value("month_frozen_after", on))


def appeals_end(frozen: datetime) -> datetime | None:
    """When the units' time to check and appeal is over; None where the year's calendar is not published yet."""
    rules = rulebook_on(day_of(civil(frozen)))
    length = rules.length(rules.settings["month_appeal_window"])
    try:
        return exact(rules.clock(length.clock).due(civil(frozen), length.minutes))
    except CalendarUnknown:
        return None


def _value(key: str, on: date | None) -> str:
    return rulebook_on(on or date.max).settings[key]
