"""The simulated telephone exchange: calls with their events and recordings, told over a line with faults until taken.

It knows nothing of the platform but the form of its door: docs/decisions/telephone.md.
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import orjson

from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.network import Network

Send = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
"""(method, path below /api/v1/telephone, headers, body) → (status, answer)."""
_RATE = 8000
_GIVEN_UP = frozenset({400, 404, 409, 422})


@dataclass(frozen=True, slots=True)
class Message:
    """One request to make: an event, or the bytes of a recording."""

    key: str
    method: str
    path: str
    body: bytes
    due_at: datetime
    kind: str = "application/json"


def tone(seconds: int, *, hertz: float) -> bytes:
    """A WAV of a plain tone: what a recording is, for a test, without anybody's voice."""
    frames = b"".join(
        struct.pack("<h", int(9000 * math.sin(2 * math.pi * hertz * number / _RATE)))
        for number in range(seconds * _RATE)
    )
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(frames), b"WAVE", b"fmt ", 16, 1, 1, _RATE, _RATE * 2,
                       2, 16, b"data", len(frames))  # fmt: skip
    return head + frames


def call_messages(
    *, call_id: str, caller: str, extension: str, first_at: datetime, rings: int = 4, talks: int | None = 20,
    recorded: int = 2,
) -> list[Message]:  # fmt: skip
    """What is told of one call: answered after ``rings`` seconds and recorded, or missed where ``talks`` is None."""

    def event(kind: str, at: datetime, **more: Any) -> Message:
        told = {"event_id": f"{call_id}.{kind}", "type": kind, "call_id": call_id, "at": at.isoformat(), **more}
        return Message(f"{call_id}.{kind}", "POST", "events", orjson.dumps(told), at)

    found = [event("ringing", first_at, caller=caller, extension=extension)]
    answered = first_at + timedelta(seconds=rings)
    if talks is None:
        return [*found, event("missed", answered)]
    ended = answered + timedelta(seconds=talks)
    data = tone(recorded, hertz=300 + int(hashlib.sha256(call_id.encode()).hexdigest()[:3], 16) % 500)
    content = hashlib.sha256(data).hexdigest()
    recording = {"sha256": content, "byte_count": len(data), "seconds": talks}
    return [
        *found,
        event("answered", answered, extension=extension),
        event("ended", ended),
        event("recording", ended, recording=recording),
        Message(f"{call_id}.bytes", "PUT", f"recordings/{content}", data, ended, "application/octet-stream"),
    ]


def calls_of_day(
    *, count: int, seed: str, first_at: datetime, extensions: Sequence[str], prefix: str = "", apart_seconds: int = 15
) -> list[Message]:
    """Calls of some callers who ring again, every fourth of them missed."""
    dice = random.Random(seed)  # noqa: S311 - calls to be had again, not secrets
    callers = [f"139{dice.randrange(10**8):08}" for _each in range(max(1, count // 2))]
    found: list[Message] = []
    for number in range(count):
        found += call_messages(
            call_id=f"{prefix}{seed}-{number}", caller=dice.choice(callers), extension=dice.choice(extensions),
            first_at=first_at + timedelta(seconds=number * apart_seconds), rings=dice.randrange(2, 9),
            talks=None if dice.random() < 0.25 else dice.randrange(5, 60),
        )  # fmt: skip
    return found


@dataclass(slots=True)
class Exchange:
    """Sends each message once it is due, again and again until it was taken, each time signed anew."""

    secret: str
    send: Send
    now: Callable[[], datetime]
    line: Network
    outbox: list[Message] = field(default_factory=list)
    refused: list[tuple[str, int, bytes]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self.outbox and self.line.is_empty

    def round(self) -> int:
        """One turn over what is due, in any order; how many wait for another."""
        at = self.now()
        self.line.release(at=at)
        due = [each for each in self.outbox if each.due_at <= at]
        for message in self.line.reordered(due):
            answer = self.line.pass_on(lambda message=message: self._post(message), at=at)  # type: ignore[misc]
            if answer is not None and self._is_done(message, *answer):
                self.outbox.remove(message)
        return len(self.outbox)

    def _is_done(self, message: Message, status: int, text: bytes) -> bool:
        if status in (HTTPStatus.OK, HTTPStatus.CREATED):
            self.taken.add(message.key)
            return True
        # A recording may come before the event that announces it: then it waits.
        if status not in _GIVEN_UP or (message.method == "PUT" and status == HTTPStatus.NOT_FOUND):
            return False
        self.refused.append((message.key, status, text))
        return True

    def _post(self, message: Message) -> tuple[int, bytes]:
        timestamp = str(int(self.now().timestamp()))
        headers = {
            "Content-Type": message.kind, "X-Wangge-Timestamp": timestamp,
            "X-Wangge-Signature": signature_of(self.secret, timestamp, message.body),
        }  # fmt: skip
        return self.send(message.method, message.path, headers, message.body)
