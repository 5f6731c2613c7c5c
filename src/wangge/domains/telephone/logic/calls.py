"""Owns what the events of an exchange say about a call, in whatever order and however often they come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KINDS = ("ringing", "answered", "ended", "missed", "recording")
SHOWN_FOR = timedelta(minutes=10)
"""How long a call that is over, or of which nothing more was heard, stays before its seat."""
_NOT_DIALLED = re.compile(r"[\s()\-.]+")
_NUMBER = re.compile(r"\+?[0-9*#]{1,30}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_WHOLE = re.compile(r"1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|[2-9][0-9]{6,7}")
_COUNTRY = re.compile(r"(?:\+|00)86(?=1[0-9]{10}$)")


class CallState(StrEnum):
    """How a call stands."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    MISSED = "missed"
    CALLED_BACK = "called_back"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Moments:
    """When what happened to a call, as far as it was told."""

    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    missed_at: datetime | None = None
    settled: str = ""


def state_of(moments: Moments) -> CallState:
    """Answered once is not missed, whichever came first; a settled one stays settled."""
    if moments.answered_at is not None:
        return CallState.TALKING if moments.ended_at is None else CallState.ENDED
    if moments.settled:
        return CallState(moments.settled)
    if moments.missed_at is not None:
        return CallState.MISSED
    return CallState.RINGING if moments.ended_at is None else CallState.MISSED


def is_before_its_seat(moments: Moments, *, at: datetime, has_case: bool) -> bool:
    """Whether a seat is shown the call now: ringing, talking, or just over and not registered yet."""
    state = state_of(moments)
    began = moments.answered_at or moments.rang_at
    if state is CallState.ENDED and moments.ended_at is not None:
        return not has_case and timedelta() <= at - moments.ended_at < SHOWN_FOR
    if state is CallState.RINGING:
        return began is not None and at - began < SHOWN_FOR
    return state is CallState.TALKING and began is not None and at - began < timedelta(hours=2)


def number_of(text: str) -> str:
    """A caller's number as it is kept and compared; empty where it is withheld or none."""
    number = _COUNTRY.sub("", _NOT_DIALLED.sub("", text))
    return number if _NUMBER.fullmatch(number) else ""


def is_whole(number: str) -> bool:
    """Whether a number leads to one subscriber: a mobile one, or a landline with or without its area code."""
    return _WHOLE.fullmatch(number) is not None


def ways_written(number: str) -> tuple[str, ...]:
    """How a number of ``number_of`` may stand in a report, where people and other systems wrote it: for a question
    that an index answers.
    """
    abroad = number.removeprefix("0")
    whole = (number, f"+86{abroad}", f"86{abroad}")
    if _MOBILE.fullmatch(number):
        parts: tuple[str, ...] = (number[:3], number[3:7], number[7:])
    elif number.startswith("0"):
        area = 3 if number[1:2] in ("1", "2") else 4  # 010 and 02x are of three digits, all others of four
        parts = (number[:area], number[area:])
    else:
        return whole
    return (*whole, " ".join(parts), "-".join(parts))


FORMATS: Mapping[str, str] = {"wav": "audio/wav", "ogg": "audio/ogg", "mp3": "audio/mpeg"}


def format_of(beginning: bytes) -> str:
    """Which of the formats a recording is in, by its first bytes; empty for none."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WAVE":
        return "wav"
    if beginning[:4] == b"OggS":
        return "ogg"
    is_frame = len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE0 == 0xE0
    return "mp3" if beginning[:3] == b"ID3" or is_frame else ""
