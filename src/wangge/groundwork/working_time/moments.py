"""Civil minutes and civil days as whole numbers, and how they are read from and written as text.

A civil minute is a whole minute since 1970-01-01T00:00 on the wall clock of Asia/Shanghai, taken as UTC+8
throughout (the summer time of 1986 to 1991 is not modelled: no case is that old). Seconds are dropped.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from wangge.groundwork.working_time.failures import MomentOutOfRange, MomentUnreadable

MINUTES_PER_DAY = 1440
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_CITY = timezone(timedelta(hours=8))
_SHORTEST_MOMENT = len("20240927T1630")


def day_number(day: date) -> int:
    """Whole days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of_day(day: int) -> date:
    """The calendar day of a day number; :class:`MomentOutOfRange` outside the years 1 to 9999."""
    try:
        return date.fromordinal(day + _EPOCH_ORDINAL)
    except (ValueError, OverflowError):
        raise MomentOutOfRange from None


def weekday_of(day: int) -> int:
    """Monday 0 to Sunday 6 (1970-01-01 was a Thursday)."""
    return (day + 3) % 7


def parse_moment(text: str) -> int:
    """Civil minutes of an ISO 8601 moment; one with an offset is turned to UTC+8, one without is civil.

    A date without a time is refused with :class:`MomentUnreadable`, as is everything else that is no
    moment.
    """
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise MomentUnreadable(text) from None
    if len(stripped) < _SHORTEST_MOMENT:
        raise MomentUnreadable(text)
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(_CITY)
        except OverflowError:
            raise MomentOutOfRange from None
    return (moment.toordinal() - _EPOCH_ORDINAL) * MINUTES_PER_DAY + moment.hour * 60 + moment.minute


def iso_of(minutes: int) -> str:
    """The moment as ISO 8601 with seconds and +08:00; :class:`MomentOutOfRange` past the year 9999."""
    day, minute = divmod(minutes, MINUTES_PER_DAY)
    hour, minute = divmod(minute, 60)
    return f"{date_of_day(day).isoformat()}T{hour:02d}:{minute:02d}:00+08:00"
