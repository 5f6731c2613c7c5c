"""Questions to answers: how many wait, went, and were put aside, by channel; which did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.groundwork.clock import CITY_ZONE

MOST = 200
NOBODY = "the citizen's contact is no longer kept"
"""Why an answer was put aside whose citizen took his contact back or wishes another channel: nothing failed."""


def standing() -> list[dict[str, Any]]:
    """Each channel's counts and its newest failure; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel, count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL),"
            " count(*) FILTER (WHERE sent_at IS NOT NULL), count(*) FILTER (WHERE dead_at IS NOT NULL),"
            " count(*) FILTER (WHERE delivered_at IS NOT NULL), count(*) FILTER (WHERE undelivered_at IS NOT NULL),"
            " COALESCE((array_agg(last_error ORDER BY id DESC) FILTER (WHERE last_error NOT IN ('', %s)))[1], '')"
            " FROM replies_outgoing GROUP BY channel ORDER BY channel",
            [NOBODY],
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


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer that did not reach who reported; ``why``: the gateway's word, where it said one."""

    channel: str
    at: datetime
    why: str


_LOST = """
SELECT o.channel, COALESCE(o.undelivered_at, o.dead_at), o.undelivered_why
  FROM replies_outgoing o LEFT JOIN citizens_follower f ON f.id = o.follower_id
 WHERE {whose} AND (o.undelivered_at IS NOT NULL OR o.dead_at IS NOT NULL) AND o.last_error <> %s
   AND f.joined IS NOT TRUE
 ORDER BY 2 DESC, o.id DESC LIMIT 1
"""


def lost_of_case(number: str) -> Lost | None:
    """The newest answer about a case that did not reach its reporter; one statement."""
    return _lost("o.case_number = %s", number)


def lost_of_letter(letter: int) -> Lost | None:
    """The newest answer about a letter that did not reach its writer; one statement."""
    return _lost("o.letter_id = %s", letter)


def _lost(whose: str, value: str | int) -> Lost | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOST.format(whose=whose), [value, NOBODY])
        row = cursor.fetchone()
    return None if row is None else Lost(*row)
