"""The hotline's system: hands over orders until each is acknowledged, takes our messages once, keeps its own books.

It repeats what got no reply and knows our messages by their ids, as the agreement of both sides asks. Its statement of
a day comes from its own books alone, so that a reconciliation compares two independent ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.network import Network

Post = Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]
"""(end of the address, headers, body) → (status, body)."""
_GRADES = ("非常满意", "满意", "基本满意", "不满意", "未联系上")
_MOST_ROUNDS = 3
_FIRST_ERROR = 400
_SERVER_ERRORS = 500
_NOT_FINAL = (401, 429)  # an old signature is signed anew; a door that is busy opens again


class Dropped(Exception):
    """Our message got no reply: it was lost on the way, or its receipt was."""


@dataclass(slots=True)
class _Given:
    """An order as this side keeps it."""

    order_no: str
    kind: str
    day: date
    answers: int = 0
    returns: int = 0
    redone: int = 0
    grade: str = ""


@dataclass(slots=True)
class OtherSide:
    """One channel's hotline."""

    channel: str
    secret: str
    seed: str
    post: Post
    now: Callable[[], datetime]
    there: Network  # from them to us
    back: Network  # from us to them
    refused: list[tuple[str, int, bytes]] = field(default_factory=list)
    _orders: dict[str, _Given] = field(default_factory=dict)
    _waiting: dict[str, bytes] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def hand_over(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Take orders into the books; they go out with the next rounds."""
        for message in messages:
            day = datetime.fromisoformat(message["sent_at"]).astimezone(CITY_ZONE).date()
            self._orders[message["order_no"]] = _Given(message["order_no"], message["kind"], day)
            self._queue(message)

    def round(self, *, most: int = 100_000) -> int:
        """Send what was not acknowledged, ``most`` of it, and let late messages arrive; how many still wait."""
        at = self.now()
        for message_id in self.there.reordered(list(self._waiting))[:most]:
            body = self._waiting[message_id]
            reply = self.there.pass_on(self._sending("messages", body, at), at=at)
            if reply is None or reply[0] >= _SERVER_ERRORS or reply[0] in _NOT_FINAL:
                continue
            del self._waiting[message_id]
            if reply[0] >= _FIRST_ERROR:
                self.refused.append((message_id, *reply))
        self.there.release(at=at)
        self.back.release(at=at)
        return len(self._waiting)

    @property
    def days(self) -> list[date]:
        """The days of its orders."""
        return sorted({order.day for order in self._orders.values()})

    @property
    def is_quiet(self) -> bool:
        """Whether everything of this side is acknowledged and nothing is under way."""
        return not self._waiting and self.there.is_empty and self.back.is_empty

    @property
    def all_answered(self) -> bool:
        """Whether each order has had its answer or its return."""
        return all(order.answers > order.redone or order.returns for order in self._orders.values())

    def take(self, body: bytes) -> None:
        """A message of ours, through the network back. Raises Dropped."""
        if self.back.pass_on(lambda: self._enter(body), at=self.now()) is None:
            raise Dropped

    def statement(self, day: date) -> dict[str, Any]:
        """The day's orders as this side's books have them."""
        return {
            "day": day.isoformat(),
            "orders": [
                {
                    "order_no": order.order_no, "kind": order.kind, "answers": order.answers,
                    "returns": order.returns, "redone": order.redone, "grade": order.grade,
                }
                for order in self._orders.values()
                if order.day == day
            ],
        }  # fmt: skip

    def reconcile(self, day: date) -> dict[str, Any]:
        """Hand in the statement over a line without faults; what the other side found."""
        status, answer = self._sending("statements", orjson.dumps(self.statement(day)), self.now())()
        told = orjson.loads(answer)
        if status >= _FIRST_ERROR:
            raise ValueError(f"{status} {told}")
        return dict(told)

    def _sending(self, end: str, body: bytes, at: datetime) -> Callable[[], tuple[int, bytes]]:
        """The message as it is signed now, however late it arrives."""
        timestamp = str(int(at.timestamp()))
        headers = {
            "X-Wangge-Timestamp": timestamp,
            "X-Wangge-Signature": signature_of(self.secret, timestamp, body),
        }
        return lambda: self.post(f"{self.channel}/{end}", headers, body)

    def _queue(self, message: Mapping[str, Any]) -> None:
        self._waiting[message["message_id"]] = orjson.dumps(dict(message))

    def _enter(self, body: bytes) -> bool:
        """Take a message once; True is the receipt."""
        told = orjson.loads(body)
        if told["message_id"] not in self._taken:
            self._taken.add(told["message_id"])
            self._react(self._orders[told["order_no"]], told)
        return True

    def _react(self, order: _Given, told: Mapping[str, Any]) -> None:
        """What the hotline's people do with it: by the message alone, whenever it arrives."""
        dice = random.Random(f"{self.seed}/{told['message_id']}")  # noqa: S311
        said: dict[str, Any] = {"message_id": f"{told['message_id']}/re", "order_no": order.order_no}
        if told["type"] == "answer":
            order.answers += 1
            order.grade = dice.choice(_GRADES)
            redo = order.grade == "不满意" and told["round"] < _MOST_ROUNDS
            order.redone += redo
            said |= {"type": "revisit", "grade": order.grade, "redo": redo}
        elif told["type"] == "return":
            order.returns += 1
            said |= {"type": "return_result", "accepted": dice.random() < 0.7}
        elif told["type"] == "appeal":
            said |= {"type": "appeal_result", "accepted": dice.random() < 0.5}
        elif told["type"] in ("extension", "suspension"):
            said |= {"type": f"{told['type']}_result", "accepted": dice.random() < 0.6}
            if said["accepted"]:
                until = datetime.fromisoformat(told["until"][:10]).replace(tzinfo=CITY_ZONE)
                said["due_at"] = (until + timedelta(days=1)).astimezone(UTC).isoformat()
        else:
            said |= {"type": "question_answer", "content": "已与来电人核实，就在所述地点。"}
        self._queue(said)
