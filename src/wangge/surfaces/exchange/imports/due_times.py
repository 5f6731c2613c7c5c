"""Owns the recomputing of a foreign city's deadlines by its own slots, holidays and wall clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wangge.groundwork.working_time import Boundary, WorkCalendar, WorkingClock, day_number, parse_slots
from wangge.surfaces.exchange.imports.declaration import Calendar
from wangge.surfaces.exchange.imports.moments import of_wall_clock

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock's own zero
_MINUTE = timedelta(minutes=1)


class ForeignClock:
    """The working clock of the other city. The engine counts wall-clock minutes, so it is handed local ones.

    Holidays are known for the whole years from the first to the last day of the table; a deadline beyond them
    raises CalendarUnknown.
    """

    def __init__(self, told: Calendar, holidays: Mapping[str, str], zone: ZoneInfo) -> None:
        """``holidays`` maps ISO days to ``1`` (not worked) or anything else; ValueError on a bad day."""
        days = {date.fromisoformat(day): value == "1" for day, value in holidays.items()}
        years = range(min(days).year, max(days).year + 1) if days else range(0)
        off = {day_number(day): False for day, is_off in days.items() if is_off}
        self._clock = WorkingClock(WorkCalendar.of_years(str(zone), years, off), parse_slots(told.slots))
        self._day_minutes = told.day_minutes
        self._boundary: Boundary = told.boundary
        self._zone = zone

    def due_at(self, start_at: datetime, working_days: int) -> datetime:
        """When ``working_days`` from ``start_at`` are used up, in UTC to the minute."""
        local = start_at.astimezone(self._zone).replace(tzinfo=None)
        start = (local - _EPOCH) // _MINUTE
        due = self._clock.due(start, working_days * self._day_minutes, boundary=self._boundary)
        return of_wall_clock(_EPOCH + timedelta(minutes=due), self._zone).at.astimezone(UTC)
