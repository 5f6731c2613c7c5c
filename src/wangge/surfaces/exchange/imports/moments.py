"""Owns the reading of foreign times: many styles; an offset, UTC, or a wall clock with summer time.

Styles are ``iso``, ``excel`` (a spreadsheet's count of days since 1899-12-30), or patterns in strptime's letters
(%Y %y %m %d %H %I %M %S %p and literal text). A pattern is turned into one regular expression when the mapping is
loaded: strptime is far too slow for each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_NUMBERS = {"Y": r"\d{4}", "y": r"\d{2}", "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{1,2}", "I": r"\d{1,2}"}
_NUMBERS |= {"M": r"\d{1,2}", "S": r"\d{1,2}", "p": r"[AaPp][Mm]"}
_CENTURY_PIVOT = 69  # POSIX: 69–99 are 1969–1999, 00–68 are 2000–2068
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is put on by the caller
_SERIALS_END = 2_958_466  # the day after 9999-12-31
_NEEDED = ({"Y", "y"}, {"m"}, {"d"})

Parse = Callable[[str], datetime]


class Reading(StrEnum):
    """What a written time means."""

    OFFSET = "offset"
    """The text carries its offset from UTC."""
    UTC = "utc"
    """The clock reading is UTC."""
    WALL_CLOCK = "wall_clock"
    """The clock reading of the mapping's zone, summer time included."""
    CONVERTED_TWICE = "converted_twice"
    """A wall-clock reading someone took for UTC and converted to the zone once more: it is undone."""


class LocalDoubt(StrEnum):
    """Why a wall-clock reading does not name exactly one moment."""

    NONE = ""
    AMBIGUOUS = "ambiguous"
    NONEXISTENT = "nonexistent"


@dataclass(frozen=True, slots=True)
class ReadTime:
    """A moment in UTC with the doubt about it."""

    at: datetime
    doubt: LocalDoubt = LocalDoubt.NONE


class StyleError(ValueError):
    """A pattern uses letters that are not known or names no full day."""


def style_parser(style: str) -> Parse:
    """A parser of one style; it raises ValueError on other text. StyleError for a bad pattern."""
    if style == "iso":
        return datetime.fromisoformat
    if style == "excel":
        return _of_serial
    pattern, letters = _pattern_of(style)
    match = re.compile(pattern, re.ASCII).fullmatch

    def parse(text: str) -> datetime:
        found = match(text)
        if found is None:
            raise ValueError(text)
        part = dict(zip(letters, found.groups(), strict=True))
        year = int(part["Y"]) if "Y" in part else _full_year(int(part["y"]))
        return datetime(  # noqa: DTZ001 - the zone is put on by the caller
            year,
            int(part["m"]),
            int(part["d"]),
            _hour(part),
            int(part.get("M", 0)),
            int(part.get("S", 0)),
        )

    return parse


def _of_serial(text: str) -> datetime:
    """A spreadsheet's serial number, to the second; ValueError outside what spreadsheets show."""
    days = float(text)
    if not 1 <= days < _SERIALS_END:
        raise ValueError(text)
    return _SERIAL_ZERO + timedelta(seconds=round(days * 86400))


def _pattern_of(style: str) -> tuple[str, tuple[str, ...]]:
    letters: list[str] = []
    pieces: list[str] = []
    for piece in re.findall(r"%.|[^%]+|%$", style, re.DOTALL):
        if not piece.startswith("%"):
            pieces.append(re.escape(piece))
            continue
        letter = piece[1:]
        if letter not in _NUMBERS or letter in letters:
            raise StyleError(piece)
        letters.append(letter)
        pieces.append(f"({_NUMBERS[letter]})")
    if not all(needed & set(letters) for needed in _NEEDED) or ("I" in letters) != ("p" in letters):
        raise StyleError(style)
    return "".join(pieces), tuple(letters)


def _full_year(short: int) -> int:
    return short + (1900 if short >= _CENTURY_PIVOT else 2000)


def _hour(part: dict[str, str]) -> int:
    if "I" not in part:
        return int(part.get("H", 0))
    hour = int(part["I"])
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + 12 * part["p"].upper().startswith("P")


def of_wall_clock(reading: datetime, zone: ZoneInfo) -> ReadTime:
    """The moment a wall clock of ``zone`` showed ``reading`` (naive): the first one when it did so twice.

    A reading inside the hour that summer time skips is taken as if the clock had not been moved yet.
    """
    local = reading.replace(tzinfo=zone)
    first, second = zone.utcoffset(local), zone.utcoffset(local.replace(fold=1))
    if first is None or second is None:
        raise ValueError(reading)
    at = (reading - first).replace(tzinfo=UTC)
    if first == second:
        return ReadTime(at)
    return ReadTime(at, LocalDoubt.AMBIGUOUS if first > second else LocalDoubt.NONEXISTENT)


def time_reader(styles: tuple[str, ...], reading: Reading, zone: ZoneInfo) -> Callable[[str], ReadTime]:
    """A reader of one column's texts. It raises ValueError or OverflowError for a text that is no time."""
    parsers = tuple(style_parser(style) for style in styles)
    settle = _SETTLERS[reading]

    def read_text(text: str) -> ReadTime:
        for parse in parsers:
            try:
                parsed = parse(text)
            except ValueError:
                continue
            read = settle(parsed, zone)
            if MINYEAR < read.at.year < MAXYEAR:  # the outermost years leave no room for a change of zone
                return read
        raise ValueError(text)

    return read_text


def _by_offset(parsed: datetime, _zone: ZoneInfo) -> ReadTime:
    if parsed.tzinfo is None:
        raise ValueError(parsed)
    return ReadTime(parsed.astimezone(UTC))


def _by_utc(parsed: datetime, _zone: ZoneInfo) -> ReadTime:
    return ReadTime(parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def _by_wall_clock(parsed: datetime, zone: ZoneInfo) -> ReadTime:
    return _by_offset(parsed, zone) if parsed.tzinfo else of_wall_clock(parsed, zone)


def _by_undoing(parsed: datetime, zone: ZoneInfo) -> ReadTime:
    once = of_wall_clock(parsed, zone)
    again = of_wall_clock(once.at.replace(tzinfo=None), zone)
    return ReadTime(again.at, once.doubt or again.doubt)


_SETTLERS: dict[Reading, Callable[[datetime, ZoneInfo], ReadTime]] = {
    Reading.OFFSET: _by_offset,
    Reading.UTC: _by_utc,
    Reading.WALL_CLOCK: _by_wall_clock,
    Reading.CONVERTED_TWICE: _by_undoing,
}
