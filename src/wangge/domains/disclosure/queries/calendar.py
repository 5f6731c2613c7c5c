"""The calendar of a unit's account with what has happened: recorded days, and the steps of its newest edition."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from wangge.domains.budgeting.queries.records import records
from wangge.domains.disclosure.logic.calendar import CalendarDate, calendar_of
from wangge.domains.disclosure.queries.editions import editions, steps_of
from wangge.standards.budgeting import calendar_lines


def calendar(
    *, unit: str, year: int, today: date, form: str = "final", congress_on: date | None = None
) -> tuple[CalendarDate, ...]:
    """The dates with how they stand; ``congress_on`` is the day of the people's congress, once known."""
    newest = next(iter(editions(unit=unit, year=year, form=form)), None)
    done = _recorded(unit, year)
    done |= {step.verb: timezone.localdate(step.at) for step in steps_of(newest.id)} if newest else {}
    if congress_on is not None:
        done["peoples_congress"] = congress_on
    return calendar_of(calendar_lines(), form=form, year=year, done=done, today=today)


def _recorded(unit: str, year: int) -> dict[str, date]:
    """What happened outside the steps of an edition, as it was entered in its register; one statement."""
    steps = {line.name_zh: line.step for line in calendar_lines()}
    found = records(kinds=["calendar_event"], units=[unit], year=year)
    return {
        steps[str(line.data["step"])]: date.fromisoformat(str(line.data["happened_on"]))
        for line in sorted(found, key=lambda line: str(line.data["happened_on"]))
        if line.data["step"] in steps
    }
