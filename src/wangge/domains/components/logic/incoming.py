"""Owns a component as it comes in from a file, and what makes a row unfit for the register."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wangge.domains.components.logic.codes import CodeFault, read_code

LONGEST_NAME = 100
LONGEST_UNIT = 80
LONGEST_NOTE = 2000
STATES = ("intact", "damaged", "lost", "abandoned", "removed")


class Fault(StrEnum):
    """Why a row is not taken; the value is the name in the file of refused rows."""

    UNREADABLE = "unreadable_row"
    CODE_LENGTH = CodeFault.LENGTH.value
    CODE_DIGITS = CodeFault.DIGITS.value
    CODE_DISTRICT = CodeFault.DISTRICT.value
    CODE_CLASS = CodeFault.CLASS.value
    CODE_SEQUENCE = CodeFault.SEQUENCE.value
    CODE_TWICE = "code_twice"
    NAME = "name_missing"
    TOO_LONG = "too_long"
    BAD_CHARACTER = "bad_character"
    STATE = "state_unknown"
    POINT = "point_unreadable"
    SWAPPED = "swapped_axes"
    OUTSIDE = "outside_city"
    SHAPE = "shape_broken"
    DATE = "date_unreadable"
    DATES_BACKWARD = "changed_before_initial"
    UNITS = "units_missing"


@dataclass(frozen=True, slots=True)
class Units:
    """The three units of a component: our codes (empty: none of ours) and the names as given."""

    manager_code: str = ""
    manager_name: str = ""
    owner_code: str = ""
    owner_name: str = ""
    maintainer_code: str = ""
    maintainer_name: str = ""

    def nobody(self) -> bool:
        return not (self.manager_name or self.owner_name or self.maintainer_name)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row in the standard's fields; lon and lat are WGS-84, ``shape`` WKB in WGS-84 where it is no point."""

    line: int
    code: str
    name: str
    state: str
    lon: float
    lat: float
    initial_on: date
    units: Units
    changed_on: date | None = None
    data_source: str = ""
    note: str = ""
    form: str = "point"
    shape: bytes | None = None
    given_system: str = "wgs84"
    stated_grid: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken: its line, its code as stated, why, and what it states there."""

    line: int
    code: str
    fault: Fault
    stated: str = ""


def fault_of(row: Incoming, *, districts: Container[str], classes: Container[str]) -> RefusedRow | None:
    """The first thing that keeps a row out of the register; None when it is fit."""
    code = read_code(row.code, districts=districts, classes=classes)
    if isinstance(code, CodeFault):
        return RefusedRow(row.line, row.code, Fault(code.value), row.code)
    if not row.name:
        return RefusedRow(row.line, row.code, Fault.NAME)
    if row.state not in STATES:
        return RefusedRow(row.line, row.code, Fault.STATE, row.state)
    if are_swapped(row.lon, row.lat):
        return RefusedRow(row.line, row.code, Fault.SWAPPED, f"{row.lon}, {row.lat}")
    if not (-180 <= row.lon <= 180 and -85 <= row.lat <= 85) or row.lon == row.lat == 0:
        return RefusedRow(row.line, row.code, Fault.POINT, f"{row.lon}, {row.lat}")
    if row.changed_on is not None and row.changed_on < row.initial_on:
        return RefusedRow(row.line, row.code, Fault.DATES_BACKWARD, f"{row.changed_on} < {row.initial_on}")
    if row.units.nobody():
        return RefusedRow(row.line, row.code, Fault.UNITS)
    return _text_fault(row)


def are_swapped(lon: float, lat: float) -> bool:
    """Whether degrees are a place only the other way round."""
    return 85 < abs(lat) <= 180 and abs(lon) <= 85


def _text_fault(row: Incoming) -> RefusedRow | None:
    units = row.units
    texts = (
        (row.name, LONGEST_NAME), (row.data_source, 60), (row.note, LONGEST_NOTE), (units.manager_name, LONGEST_UNIT),
        (units.owner_name, LONGEST_UNIT), (units.maintainer_name, LONGEST_UNIT),
    )  # fmt: skip
    for text, longest in texts:
        if len(text) > longest:
            return RefusedRow(row.line, row.code, Fault.TOO_LONG, text[:40])
        if "\0" in text or "\ufffd" in text:
            return RefusedRow(row.line, row.code, Fault.BAD_CHARACTER, text[:40])
    return None
