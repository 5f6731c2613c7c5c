"""Questions to answers: how many wait, went, and were put aside, by channel."""

from __future__ import annotations

from typing import Any

from django.db import connection


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
