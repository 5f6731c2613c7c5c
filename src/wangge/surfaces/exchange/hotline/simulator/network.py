"""Owns a network that loses, doubles, delays and reorders what passes through it, by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

Reply = TypeVar("Reply")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Faults:
    """How often each thing happens to a message, as shares of one."""

    lost: float = 0.08
    reply_lost: float = 0.08
    doubled: float = 0.08
    late: float = 0.08
    late_at_most: timedelta = timedelta(minutes=10)


NO_FAULTS = Faults(0, 0, 0, 0)


class Network:
    """One direction of a line. Whoever sends hears the reply, or nothing, and cannot tell what was lost."""

    def __init__(self, *, seed: str, faults: Faults) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - faults to be had again, not secrets
        self._faults = faults
        self._held: list[tuple[datetime, Callable[[], object]]] = []
        self.suffered = {"lost": 0, "reply_lost": 0, "doubled": 0, "late": 0}

    def pass_on(self, deliver: Callable[[], Reply], *, at: datetime) -> Reply | None:
        """Deliver a message, or not, or twice, or later; None where no reply comes back."""
        if self._happens("lost", self._faults.lost):
            return None
        if self._happens("late", self._faults.late):
            late = self._faults.late_at_most * self._dice.random()
            self._held.append((at + late, deliver))
            return None
        reply = deliver()
        if self._happens("doubled", self._faults.doubled):
            reply = deliver()
        return None if self._happens("reply_lost", self._faults.reply_lost) else reply

    def release(self, *, at: datetime) -> int:
        """Deliver what was late and whose time has come; nobody waits for its reply any more."""
        due = self.reordered([deliver for moment, deliver in self._held if moment <= at])
        self._held = [(moment, deliver) for moment, deliver in self._held if moment > at]
        for deliver in due:
            deliver()
        return len(due)

    def reordered(self, items: Sequence[Item]) -> list[Item]:
        """The same in another order."""
        return self._dice.sample(items, len(items))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is under way."""
        return not self._held

    def _happens(self, name: str, share: float) -> bool:
        happens = self._dice.random() < share
        self.suffered[name] += happens
        return happens
