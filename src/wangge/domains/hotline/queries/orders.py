"""Owns the questions to orders: one with its words and events, lists by the earlier of two clocks, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from wangge.domains.hotline.logic.acting import Standing
from wangge.domains.hotline.tables import kind_of, open_states


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with its words and, where there is one, where its case stands."""

    id: int
    channel: str
    order_no: str
    kind: str
    urgent: bool
    state: str
    version: int
    received_at: datetime
    due_at: datetime | None
    contact_by: datetime | None
    return_by: datetime | None
    contacted_at: datetime | None
    section: str
    case_id: UUID | None
    case_number: str | None
    answer: str
    drafted_by_id: int | None
    redone: int
    grade: str
    extension_until: date | None
    question_at: datetime | None
    appeal: str
    suspension_until: date | None
    title: str
    content: str
    address: str
    lon: float | None
    lat: float | None
    system: str
    citizen_name: str
    citizen_phone: str
    case_stage: str | None
    case_due_at: datetime | None

    @property
    def standing(self) -> Standing:
        """What acts are judged by."""
        row = kind_of(self.channel, self.kind)
        return Standing(
            self.state, row is not None and row.on_spot, self.contacted_at is not None, self.case_id is not None,
            self.section, self.drafted_by_id, self.return_by, self.due_at, self.extension_until is not None,
            self.question_at is not None, self.grade, self.appeal, self.suspension_until is not None,
            self.case_stage == "declined",
        )  # fmt: skip

    @property
    def place(self) -> dict[str, Any] | None:
        """The place as a report gives it."""
        if self.lon is None or self.lat is None:
            return {"address": self.address} if self.address else None
        return {
            "lon": self.lon, "lat": self.lat, "x": self.lon, "y": self.lat, "system": self.system or "wgs84",
            "address": self.address,
        }  # fmt: skip


_SELECT = """
SELECT o.id, o.channel, o.order_no, o.kind, o.urgent, o.state, o.version, o.received_at, o.due_at, o.contact_by,
       o.return_by, o.contacted_at, o.section, o.case_id, o.case_number, o.answer, o.drafted_by_id,
       o.redone, o.grade, o.extension_until, o.question_at, o.appeal, o.suspension_until,
       m.title, m.content, m.address, m.lon, m.lat, m.system, m.citizen_name, m.citizen_phone,
       c.stage, CASE WHEN c.closed_at IS NULL THEN c.handling_due_at END
  FROM hotline_order o
  JOIN hotline_matter m ON m.order_id = o.id
  LEFT JOIN cases_case c ON c.id = o.case_id
"""
# NULLs are ignored by least(): an order without a case has one clock. Without any it comes last.
_LEADING = "COALESCE(least(o.due_at, CASE WHEN c.closed_at IS NULL THEN c.handling_due_at END), 'infinity')"


def order(order_id: int, *, lock: bool = False) -> OrderRow | None:
    """One order, locked if asked; one statement."""
    return _one("o.id = %s" + (" FOR NO KEY UPDATE OF o" if lock else ""), [order_id])


def order_numbered(channel: str, order_no: str, *, lock: bool = False) -> OrderRow | None:
    """One order by its number in its channel, locked if asked; one statement."""
    return _one("o.channel = %s AND o.order_no = %s" + (" FOR NO KEY UPDATE OF o" if lock else ""), [channel, order_no])


def _one(where: str, values: list[Any]) -> OrderRow | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE {where}", values)
        found = cursor.fetchone()
    return None if found is None else OrderRow(*found)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list shows: open orders of every channel unless said otherwise."""

    channel: str = ""
    state: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """Where in the list an order stands: its leading clock, then its number here."""

    due_at: datetime | None
    id: int


def orders(*, filter: OrderFilter, limit: int, after: OrderPlace | None = None) -> list[OrderRow]:
    """Orders, the earlier of their two clocks first; one statement, as cheap on the last page as on the first."""
    terms, values = ["o.state = ANY(%s)"], [[filter.state] if filter.state else open_states()]
    for column, value in (("channel", filter.channel), ("kind", filter.kind)):
        if value:
            terms.append(f"o.{column} = %s")
            values.append(value)  # type: ignore[arg-type]
    if after is not None:
        terms.append(f"({_LEADING}, o.id) > (%s::timestamptz, %s)")
        values += [after.due_at or "infinity", after.id]  # type: ignore[list-item]
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE {' AND '.join(terms)} ORDER BY {_LEADING}, o.id LIMIT %s", [*values, limit])
        return [OrderRow(*row) for row in cursor.fetchall()]


def counts() -> dict[tuple[str, str], int]:
    """(channel, state) → how many orders; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT channel, state, count(*) FROM hotline_order GROUP BY channel, state")
        return {(channel, state): number for channel, state, number in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as it was written."""

    seq: int
    act: str
    from_state: str
    to_state: str
    at: datetime
    person_name: str
    detail: dict[str, Any]


def events_of(order_id: int) -> list[EventRow]:
    """The events of an order, in order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, act, from_state, to_state, at, person_name, detail::text FROM hotline_event"
            " WHERE order_id = %s ORDER BY seq",
            [order_id],
        )
        return [
            EventRow(seq, act, from_state, to_state, at, name, orjson.loads(detail))
            for seq, act, from_state, to_state, at, name, detail in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class OrderOfNumber:
    """An order as a seat is shown it while its caller rings again."""

    id: int
    order_no: str
    channel: str
    title: str
    state: str
    received_at: datetime


def orders_of_telephone(*, phone: str, limit: int = 5) -> list[OrderOfNumber]:
    """The newest orders of a caller's number; a denunciation is not given away by it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, o.order_no, o.channel, COALESCE(NULLIF(m.title, ''), left(m.content, 40)), o.state,"
            " o.received_at FROM hotline_matter m JOIN hotline_order o ON o.id = m.order_id"
            " WHERE m.citizen_phone = %s AND m.citizen_phone <> '' AND o.kind <> 'denunciation'"
            " ORDER BY o.received_at DESC, o.id DESC LIMIT %s",
            [phone, limit],
        )
        return [OrderOfNumber(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message the hotline would not take."""

    message_id: str
    order_id: int
    order_no: str
    channel: str
    kind: str
    attempts: int
    dead_at: datetime
    last_error: str


def dead_count() -> int:
    """How many messages could not be delivered; one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM hotline_outgoing WHERE dead_at IS NOT NULL")
        return int(cursor.fetchone()[0])


def dead_letters(*, limit: int = 200) -> list[DeadLetter]:
    """What could not be delivered, the oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.message_id, g.order_id, o.order_no, g.channel, g.kind, g.attempts, g.dead_at, g.last_error"
            " FROM hotline_outgoing g JOIN hotline_order o ON o.id = g.order_id WHERE g.dead_at IS NOT NULL"
            " ORDER BY g.dead_at, g.message_id LIMIT %s",
            [limit],
        )
        return [DeadLetter(*row) for row in cursor.fetchall()]
