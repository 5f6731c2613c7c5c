"""Owns the refusals of the telephone; each text says what to do."""

from __future__ import annotations

from wangge.domains.organizations.policies import Refused


class TelephoneRefused(Refused):
    """A call cannot be taken or worked so."""


class BadEvent(TelephoneRefused):
    """A value of an event cannot be read."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class EventIdTaken(TelephoneRefused):
    """The event id stands for another event."""


class NoSuchRecording(TelephoneRefused):
    """No call announced a recording of this content."""


class NoSuchCall(TelephoneRefused):
    """There is no such call, or it lies behind a wall."""


class NoSuchNumber(TelephoneRefused):
    """What was typed is no telephone number."""
