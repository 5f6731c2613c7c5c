"""Owns how often the public may do a thing: within an hour by address, by telephone, and about a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WINDOW_MINUTES = 60
CELL_DEGREES = 0.01  # about a kilometre


class Sending(StrEnum):
    """What is counted."""

    REPORT = "report"
    LETTER = "letter"
    WRONG_CODE = "wrong_code"


class Limit(StrEnum):
    """What a limit hangs on."""

    ADDRESS = "address"
    PHONE = "phone"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many sendings of the last hour share an address, a telephone, a place."""

    address: int
    phone: int
    area: int


@dataclass(frozen=True, slots=True)
class Most:
    """How many may."""

    address: int
    phone: int
    area: int


def exceeded(counted: Counted, most: Most) -> Limit | None:
    """The first limit that one more sending would go beyond."""
    for limit, count, allowed in (
        (Limit.ADDRESS, counted.address, most.address),
        (Limit.PHONE, counted.phone, most.phone),
        (Limit.AREA, counted.area, most.area),
    ):
        if count >= allowed:
            return limit
    return None


def area_of(lon: float | None, lat: float | None) -> str:
    """The square of about a kilometre a place lies in; empty without a place."""
    if lon is None or lat is None:
        return ""
    return f"{int(lon // CELL_DEGREES)},{int(lat // CELL_DEGREES)}"
