"""Owns the form of what goes out to the hotline, as the outbox keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from wangge.domains.hotline.queries.orders import OrderRow

TOPIC = "hotline.outgoing"


def payload_of(row: OrderRow, kind: str, seq: int, text: str, at: datetime, **more: str) -> str:
    """The fact that a message is to go out, as the outbox keeps it.

    ``seq``: the event that said so. ``more``: members that only this kind has.
    """
    message_id = f"{row.channel}:{row.order_no}:{seq}"
    body: dict[str, Any] = {
        "message_id": message_id, "type": kind, "order_no": row.order_no, "text": text, "round": row.redone + 1,
        "at": at.isoformat(), **more,
    }  # fmt: skip
    told = {"message_id": message_id, "order_id": row.id, "channel": row.channel, "kind": kind, "body": body}
    return orjson.dumps(told).decode()
