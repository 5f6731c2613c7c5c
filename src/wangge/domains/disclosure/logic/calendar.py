"""The year's calendar of accounts and budgets: dates from data, and what is due, late or done on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wangge.standards.budgeting import CalendarLine


class Standing(StrEnum):
    """How a date stands on a day."""

    DONE = "done"
    AHEAD = "ahead"
    SOON = "soon"
    LATE = "late"
    WAITING = "waiting"  # counts from a step that has not happened


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """One date of the calendar with how it stands."""

    form: str
    step: str
    name_zh: str
    due_on: date | None
    done_on: date | None
    standing: Standing
    confidence: str


def calendar_of(
    lines: Sequence[CalendarLine], *, form: str, year: int, done: Mapping[str, date], today: date
) -> tuple[CalendarDate, ...]:
    """The dates of one account; ``year`` is the fiscal year, ``done`` says when its steps happened.

    Accounts are made in the following year, budgets in the year itself. A date that counts from a step that has not
    happened counts from the day on which that step is due.
    """
    found: dict[str, CalendarDate] = {}
    for line in (each for each in lines if each.form == form):
        due = _due(line, form, year, done, found)
        happened = done.get(line.step)
        found[line.step] = CalendarDate(
            form, line.step, line.name_zh, due, happened, _standing(due, happened, today, line.warn_days),
            line.confidence,
        )  # fmt: skip
    return tuple(found.values())


def _due(
    line: CalendarLine, form: str, year: int, done: Mapping[str, date], before: Mapping[str, CalendarDate]
) -> date | None:
    if line.month_day:
        in_year = year if form == "budget" or line.month_day.startswith("12") else year + 1
        month, day = line.month_day.split("-")
        return date(in_year, int(month), int(day))
    start = done.get(line.after_step)
    if start is None and line.after_step in before:
        start = before[line.after_step].due_on
    return None if start is None else start + timedelta(days=line.days)


def _standing(due: date | None, happened: date | None, today: date, warn_days: int) -> Standing:
    if happened is not None:
        return Standing.DONE
    if due is None:
        return Standing.WAITING
    if today > due:
        return Standing.LATE
    return Standing.SOON if today >= due - timedelta(days=warn_days) else Standing.AHEAD
