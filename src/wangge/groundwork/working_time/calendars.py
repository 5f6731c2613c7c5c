"""Which days are worked: Monday to Friday without the holidays, plus the make-up days; known days only.

A day that no published schedule speaks of is not a guess but :class:`CalendarUnknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from wangge.groundwork.working_time.failures import CalendarUnknown
from wangge.groundwork.working_time.moments import date_of_day, day_number, weekday_of


class WorkCalendar:
    """Known runs of days, and the days in them that differ from Monday-to-Friday.

    ``runs`` are (first, last) day numbers, both counted, in order and apart; ``exceptions`` maps a day
    number to whether it is worked.
    """

    __slots__ = ("exceptions", "name", "runs")

    def __init__(self, name: str, runs: Iterable[tuple[int, int]], exceptions: Mapping[int, bool]) -> None:
        self.name = name
        self.runs = _joined(runs)
        self.exceptions = dict(exceptions)

    @classmethod
    def of_years(cls, name: str, years: Iterable[int], exceptions: Mapping[int, bool]) -> WorkCalendar:
        """A calendar that knows whole years."""
        runs = ((day_number(date(year, 1, 1)), day_number(date(year, 12, 31))) for year in years)
        return cls(name, runs, exceptions)

    def is_working(self, day: int) -> bool:
        """Whether the day is worked; :class:`CalendarUnknown` for a day outside the known ones."""
        if not self.knows(day):
            unknown = date_of_day(day)
            raise CalendarUnknown(unknown.year, unknown.isoformat())
        return self.works(day)

    def works(self, day: int) -> bool:
        """Whether a day the calendar knows is worked (not asked whether it knows it)."""
        said = self.exceptions.get(day)
        return weekday_of(day) < 5 if said is None else said

    def knows(self, day: int) -> bool:
        """Whether a published schedule speaks of the day."""
        return any(first <= day <= last for first, last in self.runs)

    def years(self) -> list[int]:
        """The years of which every day is known."""
        if not self.runs:
            return []
        span = range(date_of_day(self.runs[0][0]).year, date_of_day(self.runs[-1][1]).year + 1)
        return [year for year in span if self._knows_year(year)]

    def _knows_year(self, year: int) -> bool:
        first, last = day_number(date(year, 1, 1)), day_number(date(year, 12, 31))
        return any(run_first <= first and last <= run_last for run_first, run_last in self.runs)


def _joined(runs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Runs in order, neighbours and overlapping ones made one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)
