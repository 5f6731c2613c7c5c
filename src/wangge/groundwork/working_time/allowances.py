"""Amounts of time: units, and how many minutes on which clock an amount comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from wangge.groundwork.working_time.failures import (
    AmountNotPositive,
    AmountNotWholeMinutes,
    AmountUnreadable,
    UnitUnknown,
)

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_LONGEST_NUMBER = 30  # more digits name no time and only cost some


class ClockKind(StrEnum):
    """Which minutes count."""

    CONTINUOUS = "continuous"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of time: so many minutes on one of the two clocks (time_units.csv)."""

    name: str
    clock: ClockKind
    minutes: int
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whole minutes on one of the two clocks, and the words they were given in."""

    minutes: int
    clock: ClockKind
    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


def allowance_of(number: str, unit: str, units: Mapping[str, Unit]) -> Allowance:
    """The minutes of a number of a unit; a fraction is allowed when it comes to whole minutes.

    Refused: :class:`UnitUnknown`, :class:`AmountUnreadable`, :class:`AmountNotPositive`,
    :class:`AmountNotWholeMinutes`.
    """
    known = units.get(unit)
    if known is None:
        raise UnitUnknown(unit, "、".join(units))
    text = number.strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise AmountUnreadable(number)
    minutes = Fraction(text) * known.minutes
    if minutes <= 0:
        raise AmountNotPositive(f"{text} {unit}")
    if minutes.denominator != 1:
        raise AmountNotWholeMinutes(f"{text} {unit}")
    return Allowance(minutes.numerator, known.clock, text, unit)


def parse_allowance(text: str, units: Mapping[str, Unit]) -> Allowance:
    """The allowance of a text ``number unit``, as ``4 work_hour``; refused as :func:`allowance_of` does."""
    words = text.split()
    if len(words) != 2:
        raise AmountUnreadable(text)
    return allowance_of(words[0], words[1], units)
