"""Questions to answers: how many wait, went, and were put aside, by channel; which did not arrive."""

from __future__ import annotations

from typing import Any

from django.db import connection

from wangge.groundwork.clock import CITY_ZONE

MOST = 200


def standing() -> list[dict[str, Any]]:
    """Each channel's counts and its newest failure; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL),"
            " count(*) FILTER (WHERE sent_at IS NOT NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),"
            " count(*) FILTER (WHERE delivered_at IS NOT NULL), count(*) FILTER (WHERE undelivered_at IS NOT NULL),"
            " COALESCE((array_agg(last_error ORDER BY id DESC) FILTER (WHERE last_error <> ''))[1], '')"
            " FROM replies_outgoing GROUP BY channel ORDER BY channel"
        )
        names = ("channel", "waiting", "sent", "put_aside", "delivered", "undelivered", "last_error")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def not_arrived() -> list[dict[str, Any]]:
    """Answers of which the gateway said that they did not arrive, the newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id, case_number, undelivered_at, undelivered_why FROM replies_outgoing"
            " WHERE undelivered_at IS NOT NULL ORDER BY undelivered_at DESC, id DESC LIMIT %s",
            [MOST],
        )
        return [
            {"message_id": message_id, "case_number": number, "at": at.astimezone(CITY_ZONE), "why": why}
            for message_id, number, at, why in cursor.fetchall()
        ]
