"""The city's settings that evaluation keeps to."""

from __future__ import annotations

from datetime import date

from wangge.domains.cases.rules import rulebook_on


def month_begins_on(on: date | None = None) -> int:
    """The first day of the statistical month."""
    return int(_value("statistical_month_starts_on", on))


def least_cases_for_rank(on: date | None = None) -> int:
    """Below so many cases a figure gets no rank."""
    return int(_value("least_cases_for_rank", on))


def sample_size(on: date | None = None) -> int:
    """How many closed cases the quality check of a month draws."""
    return int(_value("quality_sample_per_month", on))


def appeal_window(on: date | None = None) -> str:
    """How long units may appeal against their draft, as an amount: ``3 work_day``."""
    return _value("month_appeal_window", on)


def _value(key: str, on: date | None) -> str:
    return rulebook_on(on or date.max).settings[key]
