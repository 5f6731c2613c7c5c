"""Working time: when a limit is due, and how many counted minutes lie between two moments.

Pure: no clock, no database, no files. Moments are whole *civil minutes* (minutes since 1970-01-01T00:00 on
the wall clock of Asia/Shanghai), days are whole days since 1970-01-01. A clock counts the minutes [t, t+1);
the deadline is the earliest moment at which the allowance is used up, so it falls on 12:00 or 18:00 and not
on the opening after it. The rules are those of docs/decisions/working-time.md.
"""

from wangge.groundwork.working_time.allowances import (
    Allowance,
    ClockKind,
    Unit,
    allowance_of,
    parse_allowance,
)
from wangge.groundwork.working_time.calendars import WorkCalendar
from wangge.groundwork.working_time.clocks import (
    Boundary,
    Clock,
    ContinuousClock,
    EverydayClock,
    WorkingClock,
)
from wangge.groundwork.working_time.failures import (
    AmountNotPositive,
    AmountNotWholeMinutes,
    AmountUnreadable,
    CalendarUnknown,
    MomentOutOfRange,
    MomentUnreadable,
    NothingCounts,
    PauseUnreadable,
    SlotsOverlap,
    SlotsUnreadable,
    UnitUnknown,
    WorkingTimeError,
)
from wangge.groundwork.working_time.moments import (
    MINUTES_PER_DAY,
    date_of_day,
    day_number,
    iso_of,
    parse_moment,
)
from wangge.groundwork.working_time.pauses import (
    Pause,
    due_with_pauses,
    merged,
    parse_pauses,
    paused_minutes,
)
from wangge.groundwork.working_time.running import RunningClock
from wangge.groundwork.working_time.slots import (
    Scope,
    ScopeKind,
    Season,
    Slot,
    SlotRow,
    SlotTable,
    parse_slots,
)

__all__ = [
    "MINUTES_PER_DAY",
    "Allowance",
    "AmountNotPositive",
    "AmountNotWholeMinutes",
    "AmountUnreadable",
    "Boundary",
    "CalendarUnknown",
    "Clock",
    "ClockKind",
    "ContinuousClock",
    "EverydayClock",
    "MomentOutOfRange",
    "MomentUnreadable",
    "NothingCounts",
    "Pause",
    "PauseUnreadable",
    "RunningClock",
    "Scope",
    "ScopeKind",
    "Season",
    "Slot",
    "SlotRow",
    "SlotTable",
    "SlotsOverlap",
    "SlotsUnreadable",
    "Unit",
    "UnitUnknown",
    "WorkCalendar",
    "WorkingClock",
    "WorkingTimeError",
    "allowance_of",
    "date_of_day",
    "day_number",
    "due_with_pauses",
    "iso_of",
    "merged",
    "parse_allowance",
    "parse_moment",
    "parse_pauses",
    "parse_slots",
    "paused_minutes",
]
