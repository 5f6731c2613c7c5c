"""The named refusals of working time, each with a text that says what to do.

The texts are Chinese templates with named places, so that a surface can translate ``template`` and fill
``values`` itself; ``str()`` gives the Chinese text.
"""

from __future__ import annotations

from typing import ClassVar


class WorkingTimeError(ValueError):
    """One thing about working time refused; ``template % values`` is the text for the user."""

    template: ClassVar[str] = ""
    places: ClassVar[tuple[str, ...]] = ()

    @property
    def values(self) -> dict[str, object]:
        """What fills the places of the template."""
        return dict(zip(self.places, self.args, strict=False))

    def __str__(self) -> str:
        return self.template % self.values


class CalendarUnknown(WorkingTimeError):
    """The count would enter a day no loaded schedule speaks of: never guessed."""

    template = (
        "工作日历缺 %(year)s 年%(day)s：请把国务院办公厅当年的放假调休安排写进日历表，"
        "即本市覆盖目录的 calendars/cn_days.csv，再运行 wangge standards check 核对"
    )
    places = ("year", "day")

    def __init__(self, year: int, first_unknown_day: str = "") -> None:
        super().__init__(year, first_unknown_day)

    @property
    def year(self) -> int:
        """The missing year."""
        return int(self.args[0])

    @property
    def values(self) -> dict[str, object]:
        year, day = self.args
        return {"year": year, "day": f"（{day} 起未载入）" if day else ""}


class NothingCounts(WorkingTimeError):
    """A clock without a counted minute never reaches any deadline."""

    template = "没有一分钟可计，时限永远不会届满：请给出至少一个工作时段（例如 08:00-12:00,14:00-18:00）和一个工作日"


class SlotsUnreadable(WorkingTimeError):
    """A text is no list of working slots."""

    template = "看不懂工作时段“%(text)s”：请写成 08:00-12:00,14:00-18:00 的形式"
    places = ("text",)


class SlotsOverlap(WorkingTimeError):
    """Two dated rows of working slots of one scope hold on the same day."""

    template = "%(scope)s 的两行工作时段（%(first)s，%(second)s）有重叠的日子：请改正其中一行的起止日期"
    places = ("scope", "first", "second")


class MomentUnreadable(WorkingTimeError):
    """A text is no moment with date and time."""

    template = "看不懂时刻“%(text)s”：请写成 2024-09-27T16:30 的形式"
    places = ("text",)


class MomentOutOfRange(WorkingTimeError):
    """A moment that lies outside the years 1 to 9999."""

    template = "算出的时刻超出公元 1 至 9999 年：请检查起点和时限"


class AmountUnreadable(WorkingTimeError):
    """A text is no amount ``number unit``."""

    template = "看不懂数量“%(text)s”：请写成数字加单位，例如 4 work_hour"
    places = ("text",)


class AmountNotPositive(WorkingTimeError):
    """An amount of zero or less."""

    template = "数量“%(text)s”必须大于零"
    places = ("text",)


class AmountNotWholeMinutes(WorkingTimeError):
    """A fraction of a unit that does not come to whole minutes."""

    template = "“%(text)s”折算后不是整分钟：请改成能折成整分钟的数量"
    places = ("text",)


class UnitUnknown(WorkingTimeError):
    """A unit that the tables do not name."""

    template = "没有时间单位“%(unit)s”：可用的有 %(known)s"
    places = ("unit", "known")


class PauseUnreadable(WorkingTimeError):
    """A text is no pause ``FROM/TO``, or its end lies before its beginning."""

    template = "看不懂暂停“%(text)s”：请写成 起/止，例如 2024-09-27T16:30/2024-09-29T09:00，止不早于起"
    places = ("text",)
