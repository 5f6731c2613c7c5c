"""The writers of the outbox: append facts within a transaction, hand them to consumers in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

# For a write path that appends facts inside its own statement; what is not named here has defaults.
TABLE = "outbox"
COLUMNS = ("month", "topic", "key", "payload", "recorded_at")

_APPEND = "INSERT INTO outbox (month, topic, key, payload, recorded_at) VALUES (%s, %s, %s, %s, %s)"
_NEXT = """
SELECT o.transaction::text::bigint, o.id, o.topic, o.key, o.payload, o.recorded_at, o.month
  FROM outbox o
 WHERE o.month >= %(floor_month)s AND o.id > %(floor_id)s
   AND (o.transaction, o.id) > (%(after_transaction)s::text::xid8, %(after_id)s)
   AND o.transaction < pg_snapshot_xmin(pg_current_snapshot())
 ORDER BY o.transaction, o.id
 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class OutboxFact:
    """One fact as a consumer gets it; ``payload`` is JSON text."""

    transaction: int
    id: int
    topic: str
    key: str
    payload: str
    recorded_at: datetime
    month: date


def month_of(at: datetime) -> date:
    """The partition's month of a moment, counted in UTC."""
    utc = at.astimezone(UTC)
    return date(utc.year, utc.month, 1)


def append(*, topic: str, key: str, payload: str, at: datetime) -> None:
    """Append one fact in the running transaction; ``at`` is the moment of recording."""
    append_many([(topic, key, payload)], at=at)


def append_many(facts: Sequence[tuple[str, str, str]], *, at: datetime) -> None:
    """Append (topic, key, payload) rows in order, in the running transaction."""
    month = month_of(at)
    with connection.cursor() as cursor:
        cursor.executemany(_APPEND, [(month, topic, key, payload, at) for topic, key, payload in facts])


def register_consumer(*, consumer: str, at: datetime, from_beginning: bool = False) -> None:
    """Make ``consumer`` known; it hears what is appended from now on, or all there is; repeatable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_delivery (consumer, after_transaction, after_id, floor_id, floor_month)"
            " SELECT %s, CASE WHEN %s THEN 0"
            "   ELSE pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 END,"
            "   CASE WHEN %s THEN 0 ELSE 9223372036854775807 END, 0,"
            "   CASE WHEN %s THEN '0001-01-01' ELSE %s::date END"
            " ON CONFLICT (consumer) DO NOTHING",
            [consumer, from_beginning, from_beginning, from_beginning, month_of(at)],
        )


class UnknownConsumer(LookupError):
    """No such consumer; register it first."""


@contextmanager
def next_facts(*, consumer: str, most: int, at: datetime) -> Iterator[list[OutboxFact]]:
    """The next facts for ``consumer``, at most ``most``; leaving the block without an error marks them
    delivered.

    Everything lies in one transaction under the consumer's row lock, so what the block writes to this
    database happens exactly once, and what it sends elsewhere at least once. A second reader of the same
    consumer gets an empty list at once. Raises ``UnknownConsumer``.
    """
    with transaction.atomic():
        place = _lock(consumer)
        if place is None:
            yield []
            return
        facts = _read(place, most)
        yield facts
        if facts:
            _advance(consumer, facts[-1], at)


def deliver(*, consumer: str, handle: Callable[[OutboxFact], None], most: int, at: datetime) -> int:
    """Hand up to ``most`` facts to ``handle`` one by one and mark them delivered; the number handed over."""
    with next_facts(consumer=consumer, most=most, at=at) as facts:
        for fact in facts:
            handle(fact)
    return len(facts)


def _lock(consumer: str) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT after_transaction, after_id, floor_id, floor_month FROM outbox_delivery"
            " WHERE consumer = %s FOR UPDATE SKIP LOCKED",
            [consumer],
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute("SELECT 1 FROM outbox_delivery WHERE consumer = %s", [consumer])
            if cursor.fetchone() is None:
                raise UnknownConsumer(consumer)
            return None
    return dict(zip(("after_transaction", "after_id", "floor_id", "floor_month"), row, strict=True))


def _read(place: dict[str, Any], most: int) -> list[OutboxFact]:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {**place, "most": most})
        return [OutboxFact(*row) for row in cursor.fetchall()]


def _advance(consumer: str, last: OutboxFact, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_delivery SET after_transaction = %s, after_id = %s, delivered_at = %s,"
            # Two months back: a transaction may stay open across midnight of the last day, never that long.
            " floor_month = greatest(floor_month, (%s::date - interval '1 month')::date)"
            " WHERE consumer = %s",
            [last.transaction, last.id, at, last.month, consumer],
        )


def waiting(*, consumer: str) -> int:
    """How many facts wait for ``consumer``, those of running transactions not counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM outbox o, outbox_delivery d WHERE d.consumer = %s"
            " AND o.month >= d.floor_month AND o.id > d.floor_id"
            " AND (o.transaction, o.id) > (d.after_transaction::text::xid8, d.after_id)"
            " AND o.transaction < pg_snapshot_xmin(pg_current_snapshot())",
            [consumer],
        )
        (count,) = cursor.fetchone()
    return int(count)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a consumer is behind: facts that wait, and the age of the oldest in seconds."""

    consumer: str
    facts: int
    seconds: float


def lags(*, at: datetime) -> tuple[Lag, ...]:
    """Every consumer, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.consumer, w.facts, w.oldest FROM outbox_delivery d, LATERAL ("
            " SELECT count(*) AS facts, min(o.recorded_at) AS oldest FROM outbox o"
            "  WHERE o.month >= d.floor_month AND o.id > d.floor_id"
            "  AND (o.transaction, o.id) > (d.after_transaction::text::xid8, d.after_id)"
            "  AND o.transaction < pg_snapshot_xmin(pg_current_snapshot())) w ORDER BY d.consumer"
        )
        return tuple(
            Lag(consumer, facts, max(0.0, (at - oldest).total_seconds()) if oldest else 0.0)
            for consumer, facts, oldest in cursor.fetchall()
        )


def consumers_waiting(*, prefix: str) -> frozenset[str]:
    """Those of the consumers whose name begins so for whom facts wait; one statement, however many they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.consumer FROM outbox_delivery d WHERE starts_with(d.consumer, %s) AND EXISTS ("
            " SELECT FROM outbox o WHERE o.month >= d.floor_month AND o.id > d.floor_id"
            "  AND (o.transaction, o.id) > (d.after_transaction::text::xid8, d.after_id)"
            "  AND o.transaction < pg_snapshot_xmin(pg_current_snapshot()))",
            [prefix],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def go_back(*, consumer: str, to: datetime) -> bool:
    """Let ``consumer`` hear again what was recorded from ``to`` on; False where it has not come that far anyway.

    Facts lie in the order of their transactions: a few recorded just before ``to`` may come once more too.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if _lock_waiting(consumer) is None:
            raise UnknownConsumer(consumer)
        cursor.execute(
            "WITH first AS (SELECT o.transaction, o.id FROM outbox o"
            "  WHERE o.month >= %(month)s AND o.recorded_at >= %(to)s ORDER BY o.transaction, o.id LIMIT 1)"
            " UPDATE outbox_delivery d SET after_transaction = first.transaction::text::bigint,"
            "  after_id = first.id - 1, floor_id = 0,"
            "  floor_month = least(d.floor_month, (%(month)s::date - interval '1 month')::date)"
            " FROM first WHERE d.consumer = %(consumer)s"
            "  AND (first.transaction, first.id - 1) < (d.after_transaction::text::xid8, d.after_id)",
            {"month": month_of(to), "to": to, "consumer": consumer},
        )
        return bool(cursor.rowcount == 1)


def _lock_waiting(consumer: str) -> object | None:
    """The consumer's row, waited for where somebody serves it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM outbox_delivery WHERE consumer = %s FOR UPDATE", [consumer])
        found: object | None = cursor.fetchone()
        return found


def rebase_after_restore() -> None:
    """Bring the outbox into step with a cluster whose transaction numbers began anew.

    To be run by the owner after a logical restore (dump and load), before any writer: undelivered facts lose
    their old transaction number, and each consumer starts just before its first undelivered one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_delivery d SET floor_id = coalesce("
            " (SELECT min(o.id) - 1 FROM outbox o WHERE o.month >= d.floor_month AND o.id > d.floor_id"
            "   AND (o.transaction, o.id) > (d.after_transaction::text::xid8, d.after_id)),"
            " (SELECT coalesce(max(o.id), 0) FROM outbox o)),"
            " after_transaction = 0, after_id = 0"
        )
        cursor.execute("ALTER TABLE outbox DISABLE TRIGGER USER")
        cursor.execute("UPDATE outbox SET transaction = '0' WHERE id > (SELECT min(floor_id) FROM outbox_delivery)")
        cursor.execute("ALTER TABLE outbox ENABLE TRIGGER USER")
