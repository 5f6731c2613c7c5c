"""What ``wangge deadline`` and ``wangge elapsed`` reckon by: units, calendar, slots, and how they refuse.

Needs neither Django nor the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import click
import orjson

from wangge.groundwork.working_time import (
    Allowance,
    CalendarUnknown,
    Clock,
    ClockKind,
    ContinuousClock,
    EverydayClock,
    NothingCounts,
    WorkingClock,
    WorkingTimeError,
    allowance_of,
    parse_slots,
)
from wangge.standards.calendar_files import load_calendar_file
from wangge.standards.calendars import load_calendar
from wangge.standards.findings import StandardsRefused
from wangge.standards.time_units import national_units

DEFAULT_SLOTS = "08:00-12:00,14:00-18:00"
CALENDAR_OF_CHINA, NO_CALENDAR = "cn", "none"
_CALENDAR_NAMES = {CALENDAR_OF_CHINA: "国务院放假调休安排", NO_CALENDAR: "每天都是工作日"}


class Reckoning:
    """Units and clocks for one run of a command; a calendar is only read once a working unit needs it."""

    def __init__(self, *, calendar: str, slots: str) -> None:
        self._calendar = calendar
        self._slots_text = slots
        self._slots = parse_slots(slots)
        if not self._slots:
            raise NothingCounts
        if calendar not in _CALENDAR_NAMES and not Path(calendar).is_file():
            raise click.BadParameter(f"没有日历文件 {calendar}：请写 cn、none 或已有的文件。")
        self._units = national_units()
        self._continuous = ContinuousClock()

    def allowance(self, number: str, unit: str) -> Allowance:
        """The minutes of an amount on its clock; refused with the named exceptions of working time."""
        return allowance_of(number, unit, self._units)

    def clock(self, kind: ClockKind) -> Clock:
        """The clock that counts a unit's minutes."""
        return self._continuous if kind is ClockKind.CONTINUOUS else self._working

    @cached_property
    def _working(self) -> Clock:
        if self._calendar == NO_CALENDAR:
            return EverydayClock(self._slots)
        if self._calendar == CALENDAR_OF_CHINA:
            return WorkingClock(load_calendar(_overlay()), self._slots)
        return WorkingClock(load_calendar_file(Path(self._calendar)), self._slots)

    def rule(self, kind: ClockKind) -> str:
        """By what the minutes of a kind are counted, in words."""
        if kind is ClockKind.CONTINUOUS:
            return "连续计时，含夜间和节假日"
        return f"工作时段 {self._slots_text}；日历 {_CALENDAR_NAMES.get(self._calendar, self._calendar)}"


def _overlay() -> Path | None:
    # a city loads the next year by its overlay, so its own days belong to the calendar of China here too
    from wangge.project.environment import read_environment

    return read_environment().city_overlay


def reckoning_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options both commands share."""
    for option in (_AS_JSON, _SLOTS, _CALENDAR):
        command = option(command)
    return command


_CALENDAR = click.option(
    "--calendar",
    default=CALENDAR_OF_CHINA,
    show_default=True,
    metavar="cn|none|FILE.csv",
    help="工作日历；none 为每天都是工作日，文件的列为 date,is_working。 Working days.",
)
_SLOTS = click.option(
    "--slots",
    default=DEFAULT_SLOTS,
    show_default=True,
    metavar="SLOTS",
    help="每个工作日的工作时段，可跨零点。 Working slots of a day, across midnight too.",
)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档。 Print one JSON document.")


def print_json(document: dict[str, object]) -> None:
    """One JSON document on one line."""
    click.echo(orjson.dumps(document).decode())


def refuse(error: WorkingTimeError | StandardsRefused, *, as_json: bool, answer: str) -> NoReturn:
    """Say what is wrong and exit: 1 when a calendar is missing or faulty, else 2 for wrong use."""
    text = str(error)
    if as_json:
        print_json({answer: None, "error": text})
    click.echo(text, err=True)
    raise SystemExit(1 if isinstance(error, (CalendarUnknown, StandardsRefused)) else 2)
