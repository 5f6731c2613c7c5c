"""Tells waiting threads of new facts soon after they are committed: one look at the outbox for all of this process.

For pages that want to be fresh, not for what must not be missed: nothing is kept, and who does not wait hears nothing.
A process in which nobody waits asks nothing.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, connection

from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import month_of

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.4
_LATEST_COMMIT = timedelta(days=1)
_LOOKS = 8
_LATE_IDS = 500
_KEPT = 1000
_LAST = "SELECT last_value - (NOT is_called)::int FROM outbox_id_seq"
_NEW = "SELECT id, topic, payload FROM outbox WHERE month >= %s AND id > %s ORDER BY id LIMIT 1000"


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact as the watch met it, with its place in the order of meeting."""

    turn: int
    topic: str
    payload: str


@dataclass(slots=True)
class _Place:
    """How far one has looked: the last number given out, the numbers met above the floor, and how often to look on
    though no further number is given: commits come in another order than their numbers.
    """

    last: int
    met: set[int]
    floor: int = field(init=False)
    looks: int = 0

    def __post_init__(self) -> None:
        self.floor = self.last

    def raise_floor(self) -> None:
        """Forget what lies so far back that nothing more is committed there."""
        self.floor = max(self.floor, max(self.met) - _LATE_IDS)
        self.met = {number for number in self.met if number > self.floor}


@dataclass(slots=True)
class Watch:
    """The listeners of this process and the thread that looks for them."""

    most: int
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _kept: deque[Seen] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _turn: int = 0
    _listeners: int = 0
    _looking: threading.Thread | None = None
    _began: threading.Event = field(default_factory=threading.Event)

    @property
    def is_full(self) -> bool:
        """Whether as many listen as this process has room for."""
        return self._listeners >= self.most

    @contextmanager
    def listening(self) -> Iterator[Callable[[float], list[Seen]]]:
        """Within it: a call that waits so many seconds at most for facts committed since the last call, or since the
        beginning; empty where none came.
        """
        self._enter()
        heard = self._turn

        def hear(seconds: float) -> list[Seen]:
            nonlocal heard
            with self._changed:
                if self._turn == heard:
                    self._changed.wait(seconds)
                new = [each for each in self._kept if each.turn > heard]
                heard = self._turn
            return new

        try:
            yield hear
        finally:
            with self._changed:
                self._listeners -= 1

    def _enter(self) -> None:
        with self._changed:
            self._listeners += 1
            if self._looking is None:
                self._looking = threading.Thread(target=self._look, name="outbox-watch", daemon=True)
                self._looking.start()
        self._began.wait(2 * LOOK_SECONDS)

    def _look(self) -> None:
        place: _Place | None = None
        rest = threading.Event()
        while self._still_wanted():
            try:
                place = self._ask(place)
            except DatabaseError:
                log.warning("the outbox cannot be watched just now")
                place = None
            finally:
                connection.close()  # back to the pool between two looks
                self._began.set()
            rest.wait(LOOK_SECONDS)

    def _still_wanted(self) -> bool:
        with self._changed:
            if not self._listeners:
                self._looking = None
                self._began.clear()
            return self._listeners > 0

    def _ask(self, place: _Place | None) -> _Place:
        with connection.cursor() as cursor:
            cursor.execute(_LAST)
            (last,) = cursor.fetchone()
            if place is None:
                return _Place(last, set())
            if last != place.last:
                place.last, place.looks = last, _LOOKS
            if not place.looks:
                return place
            place.looks -= 1
            cursor.execute(_NEW, [month_of(clock.now() - _LATEST_COMMIT), place.floor])
            new = [row for row in cursor.fetchall() if row[0] not in place.met]
        if new:
            place.met |= {number for number, _topic, _payload in new}
            place.raise_floor()
            self._tell(new)
        return place

    def _tell(self, new: list[tuple[int, str, str]]) -> None:
        with self._changed:
            self._turn += 1
            self._kept.extend(Seen(self._turn, topic, payload) for _number, topic, payload in new)
            self._changed.notify_all()
