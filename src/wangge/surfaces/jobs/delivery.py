"""Hands the facts of the outbox to whoever subscribed, in batches, each consumer at its own pace.

A batch's facts, what a consumer writes of them to this database, and how far it has come are one transaction: whatever
breaks, nothing is lost and nothing is told twice. The outbox is asked every second; announcing each fact (NOTIFY)
would make all writers of the city wait for one another at their commit.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

from wangge.groundwork import clock
from wangge.groundwork.outbox.operations import OutboxFact, next_facts, register_consumer, waiting

log = logging.getLogger(__name__)
AT_ONCE = 500
POLL_SECONDS = 1.0
REST_SECONDS = 5.0
_LONGEST_REST_SECONDS = 300.0


class Consumer(Protocol):
    """One reader of the outbox (``project.subscriptions``)."""

    @property
    def name(self) -> str: ...

    @property
    def hear(self) -> Callable[[Sequence[OutboxFact], datetime], None]: ...


def consumers() -> tuple[Consumer, ...]:
    """Who subscribed, as the setting ``SUBSCRIPTIONS`` names it."""
    return cast("tuple[Consumer, ...]", import_string(settings.SUBSCRIPTIONS))


def register_all() -> None:
    """Make every consumer known: it hears what happens from then on."""
    for consumer in consumers():
        register_consumer(consumer=consumer.name, at=clock.now())


def deliver_next(consumer: Consumer, *, most: int = AT_ONCE) -> int:
    """Hand one batch to a consumer; the number of facts, 0 too while another worker serves it."""
    at = clock.now()
    with next_facts(consumer=consumer.name, most=most, at=at) as facts:
        if facts:
            consumer.hear(facts, at)
    return len(facts)


class Delivery(threading.Thread):
    """Serves all consumers until it is stopped; one that fails rests ever longer and holds up no other."""

    def __init__(self) -> None:
        super().__init__(name="delivery", daemon=True)
        self._stopping = threading.Event()
        self._rests: dict[str, tuple[float, float]] = {}  # consumer → (rests until, seconds of the rest)

    def stop(self) -> None:
        """Ask it to end after the batch at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Poll until stopped."""
        while not self._stopping.wait(POLL_SECONDS):
            for consumer in consumers():
                self._serve(consumer)
        connection.close()

    def _serve(self, consumer: Consumer) -> None:
        until, seconds = self._rests.get(consumer.name, (0.0, 0.0))
        if clock.monotonic() < until:
            return
        try:
            # Asking first writes nothing: an idle city's disk stays at rest.
            while not self._stopping.is_set() and waiting(consumer=consumer.name) and deliver_next(consumer):
                pass
            self._rests.pop(consumer.name, None)
        except Exception as error:
            seconds = min(max(seconds * 2, REST_SECONDS), _LONGEST_REST_SECONDS)
            self._rests[consumer.name] = (clock.monotonic() + seconds, seconds)
            if isinstance(error, (OperationalError, InterfaceError)):
                log.warning("the database is away; delivery to %s rests for %.0f s", consumer.name, seconds)
            else:
                log.exception("delivery to %s failed and rests for %.0f s", consumer.name, seconds)
            connection.close()
