"""Owns the form of a message: which steps a partner hears of, and the body they make together."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import orjson

TYPE = "case.steps"


class Wall(StrEnum):
    """What a partner hears of at most."""

    CITY = "city"
    DISTRICT = "district"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a case as partners read it: numbers and codes, no words of people."""

    case_id: str
    seq: int
    number: str
    verb: str
    stage: str
    district: str
    unit: str
    inner_unit: str
    at: datetime

    @property
    def id(self) -> str:
        """The same for every partner and every sending."""
        return f"evt_{self.case_id}_{self.seq}"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one partner wants to hear and may."""

    wall: Wall
    code: str
    stages: frozenset[str]

    def hears(self, event: Event) -> bool:
        """Whether the step lies in front of the wall and leads where the partner listens; no stages: all of them.

        A unit goes on hearing of a case that it held, as it goes on reading it.
        """
        if self.stages and event.stage not in self.stages:
            return False
        if self.wall is Wall.DISTRICT:
            return event.district == self.code
        if self.wall is Wall.DEPARTMENT:
            return self.code in (event.unit, event.inner_unit)
        return True


def body_of(events: Sequence[Event]) -> bytes:
    """The body of a message; the same events make the same bytes."""
    return orjson.dumps(
        {
            "type": TYPE,
            "timestamp": _moment(events[-1].at),
            "data": {
                "events": [
                    {
                        "id": event.id, "type": f"case.{event.verb}", "timestamp": _moment(event.at),
                        "case": event.number, "seq": event.seq, "stage": event.stage, "district": event.district,
                        "unit": event.unit, "inner_unit": event.inner_unit,
                    }
                    for event in events
                ]
            },
        }
    )  # fmt: skip


def id_of(partner_id: int, body: bytes) -> str:
    """The id of a message, by its content: whoever keeps ids keeps no content twice."""
    digest = hashlib.sha256(f"{partner_id}.".encode() + body).digest()
    return "msg_" + base64.b32encode(digest[:20]).decode().lower()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
