"""Owns the statements that write an order and its events; who may do what is judged before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from wangge.domains.organizations.logic import Actor


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an order."""

    act: str
    from_state: str
    to_state: str
    detail: Mapping[str, Any]


_EVENT = (
    "INSERT INTO hotline_event (order_id, seq, act, from_state, to_state, at, person_id, person_name, detail)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def insert_event(order_id: int, seq: int, event: Event, *, by: Actor, at: datetime) -> None:
    """Append an event."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENT, _values(order_id, seq, event, by, at))


def _values(order_id: int, seq: int, event: Event, by: Actor, at: datetime) -> list[Any]:
    return [
        order_id, seq, event.act, event.from_state, event.to_state, at, by.person_id, by.display_name,
        orjson.dumps(dict(event.detail)).decode(),
    ]  # fmt: skip


# Columns an act may change besides state and version.
CHANGEABLE = frozenset(
    {
        "contacted_at",
        "section",
        "case_id",
        "case_number",
        "answer",
        "drafted_by_id",
        "redone",
        "grade",
        "due_at",
        "extension_until",
        "question_at",
        "appeal",
        "suspension_until",
    }
)


def write_act(
    order_id: int, version: int, event: Event, changes: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Append the event and bring the order's row to where it led; one statement."""
    assert changes.keys() <= CHANGEABLE
    names = ["state", *changes]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH event AS ({_EVENT})"
            f" UPDATE hotline_order SET version = version + 1, {', '.join(f'{name} = %s' for name in names)}"
            " WHERE id = %s",
            [*_values(order_id, version + 1, event, by, at), event.to_state, *changes.values(), order_id],
        )
