"""The clocks: continuous, working by a calendar, and working every day; each answers both ways.

A working clock is a list of counted spans with the sum of minutes before and after each, so that an answer
is two bisections, never a walk over minutes. Clocks do not change once built and can be pickled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Literal, Protocol

from wangge.groundwork.working_time.calendars import WorkCalendar
from wangge.groundwork.working_time.failures import CalendarUnknown, NothingCounts
from wangge.groundwork.working_time.moments import MINUTES_PER_DAY, date_of_day
from wangge.groundwork.working_time.slots import Slot

Boundary = Literal["end", "next_opening"]
"""Where a limit falls that is used up as a slot closes: there, or at the opening of the slot after it."""

SlotsOfDay = Callable[[int], tuple[Slot, ...]]


class Clock(Protocol):
    """Counts minutes both ways; moments are civil minutes."""

    def counted_between(self, start: int, end: int) -> int:
        """The counted minutes in [start, end); 0 when end ≤ start."""

    def due(self, start: int, minutes: int, *, boundary: Boundary = "end") -> int:
        """The earliest d ≥ start with ``minutes`` counted in [start, d); with ``next_opening`` the latest."""


class ContinuousClock:
    """Counts every minute of every day."""

    __slots__ = ()

    def counted_between(self, start: int, end: int) -> int:
        """The minutes in [start, end)."""
        return max(end - start, 0)

    def due(self, start: int, minutes: int, *, boundary: Boundary = "end") -> int:
        """start + minutes; no slot ever closes, so the boundary plays no part."""
        _refuse_negative(minutes)
        return start + minutes


class EverydayClock:
    """Counts the same slots on every day there is; needs no calendar and knows no end."""

    __slots__ = ("_after", "_before", "_closings", "_openings", "minutes_per_day")

    def __init__(self, slots: Iterable[Slot]) -> None:
        spans: list[tuple[int, int]] = []
        for slot in slots:
            spans.append((slot.begin, min(slot.end, MINUTES_PER_DAY)))
            if slot.end > MINUTES_PER_DAY:  # what runs past midnight shows at the beginning of every day
                spans.append((0, slot.end - MINUTES_PER_DAY))
        self._openings, self._closings, self._before, self._after = _summed(_apart(spans))
        self.minutes_per_day = self._after[-1] if self._after else 0

    def counted_between(self, start: int, end: int) -> int:
        """The counted minutes in [start, end); 0 when end ≤ start."""
        return self._count(end) - self._count(start) if end > start else 0

    def due(self, start: int, minutes: int, *, boundary: Boundary = "end") -> int:
        """As :meth:`Clock.due`; :class:`NothingCounts` when no slot holds a minute."""
        _refuse_negative(minutes)
        at_end = boundary == "end"
        if at_end and not minutes:
            return start
        if not self.minutes_per_day:
            raise NothingCounts
        if at_end:
            day, rest = divmod(self._count(start) + minutes - 1, self.minutes_per_day)
            span = bisect_left(self._after, rest + 1)
            return day * MINUTES_PER_DAY + self._closings[span] - self._after[span] + rest + 1
        day, rest = divmod(self._count(start) + minutes, self.minutes_per_day)
        span = bisect_right(self._after, rest)
        return max(day * MINUTES_PER_DAY + self._openings[span] + rest - self._before[span], start)

    def _count(self, moment: int) -> int:
        day, minute = divmod(moment, MINUTES_PER_DAY)
        span = bisect_right(self._openings, minute) - 1
        if span < 0:
            return day * self.minutes_per_day
        return (
            day * self.minutes_per_day + self._before[span] + min(minute, self._closings[span]) - self._openings[span]
        )


class WorkingClock:
    """Counts the slots of a calendar's worked days; refuses to count on a day the calendar does not know.

    ``slots`` are those of every day, or a function from the day number to the slots of that day (dated
    rows, see :class:`~wangge.groundwork.working_time.slots.SlotTable`).
    """

    __slots__ = (
        "_after",
        "_before",
        "_closings",
        "_known_from",
        "_known_to",
        "_openings",
        "_unknown",
        "calendar",
    )

    def __init__(self, calendar: WorkCalendar, slots: tuple[Slot, ...] | SlotsOfDay) -> None:
        slots_of = slots if callable(slots) else lambda _day: slots
        self.calendar = calendar
        spans = _apart(_spans(calendar, slots_of))
        self._openings, self._closings, self._before, self._after = _summed(spans)
        known = [_known_minutes(calendar, slots_of, first, last) for first, last in calendar.runs]
        self._known_from = known[0][0] if known else 0
        self._known_to = known[-1][1] if known else 0
        # the unknown stretches between known ones; nearly always there are none
        self._unknown = [(before[1], after[0]) for before, after in pairwise(known)]

    def counted_between(self, start: int, end: int) -> int:
        """As :meth:`Clock.counted_between`; :class:`CalendarUnknown` past the known days."""
        if end <= start:
            return 0
        if start < self._known_from:
            raise _unknown_from(start)
        if end > self._known_to:
            raise _unknown_from(max(start, self._known_to))
        if self._unknown:
            self._refuse_unknown(start, end)
        return self._count(end) - self._count(start)

    def due(self, start: int, minutes: int, *, boundary: Boundary = "end") -> int:
        """As :meth:`Clock.due`; :class:`CalendarUnknown` when the count would leave the known days."""
        _refuse_negative(minutes)
        at_end = boundary == "end"
        if at_end and not minutes:
            return start
        if start < self._known_from or start >= self._known_to:
            raise _unknown_from(start)
        target = self._count(start) + minutes
        span = bisect_left(self._after, target) if at_end else bisect_right(self._after, target)
        if span == len(self._after):
            if not self._after:
                raise NothingCounts
            raise _unknown_from(self._known_to)
        if at_end:
            due = self._closings[span] - self._after[span] + target
        else:
            due = max(self._openings[span] + target - self._before[span], start)
        if self._unknown:
            self._refuse_unknown(start, due)
        return due

    def _count(self, moment: int) -> int:
        """The counted minutes before a moment, from the first known day on."""
        span = bisect_right(self._openings, moment) - 1
        if span < 0:
            return 0
        closing = self._closings[span]
        return self._before[span] + (moment if moment < closing else closing) - self._openings[span]

    def _refuse_unknown(self, start: int, end: int) -> None:
        for first, last in self._unknown:
            if start < last and first < end:
                raise _unknown_from(max(start, first))


def _refuse_negative(minutes: int) -> None:
    if minutes < 0:
        raise ValueError("an allowance is never negative")


def _unknown_from(moment: int) -> CalendarUnknown:
    day = date_of_day(moment // MINUTES_PER_DAY)
    return CalendarUnknown(day.year, day.isoformat())


def _spans(calendar: WorkCalendar, slots_of: SlotsOfDay) -> Iterator[tuple[int, int]]:
    for first, last in calendar.runs:
        for day in range(first, last + 1):
            if calendar.works(day):
                midnight = day * MINUTES_PER_DAY
                for slot in slots_of(day):
                    yield midnight + slot.begin, midnight + slot.end


def _known_minutes(calendar: WorkCalendar, slots_of: SlotsOfDay, first: int, last: int) -> tuple[int, int]:
    """The minutes a run of known days settles: a slot across midnight belongs to the day it begins on.

    So the first minutes of a run may belong to an unknown day before it, and a worked last day settles its
    own slot to the end.
    """
    known_from = first * MINUTES_PER_DAY + _past_midnight(slots_of(first - 1))
    tail = _past_midnight(slots_of(last)) if calendar.works(last) else 0
    return known_from, (last + 1) * MINUTES_PER_DAY + tail


def _past_midnight(slots: Iterable[Slot]) -> int:
    return max((slot.end - MINUTES_PER_DAY for slot in slots if slot.end > MINUTES_PER_DAY), default=0)


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, overlapping ones made one, so that no minute counts twice."""
    apart: list[tuple[int, int]] = []
    for opening, closing in sorted(spans):
        if apart and opening < apart[-1][1]:
            if closing > apart[-1][1]:
                apart[-1] = (apart[-1][0], closing)
        else:
            apart.append((opening, closing))
    return apart


def _summed(spans: list[tuple[int, int]]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Openings, closings, and the minutes counted before and after each span."""
    before: list[int] = []
    after: list[int] = []
    total = 0
    for opening, closing in spans:
        before.append(total)
        total += closing - opening
        after.append(total)
    return [opening for opening, _ in spans], [closing for _, closing in spans], before, after
