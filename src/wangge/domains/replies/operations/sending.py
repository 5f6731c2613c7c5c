"""Owns the sending of answers: leased in batches of a channel, sent with ever longer rests, put aside when of no use.

A channel may get an answer more than once and knows it by its id; who died over a batch lets go after the lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.queries.followers import Follower, followers_numbered
from wangge.domains.replies.operations.queueing import next_moment
from wangge.domains.replies.wording import Reply, reply_of
from wangge.groundwork.retrying import rest_after

LEASE = timedelta(minutes=5)
KEPT_DAYS = 30
NOBODY = "the citizen's contact is no longer kept"


class SendFailed(Exception):
    """A channel did not take an answer. ``is_final``: it never will; ``is_down``: nobody was there."""

    def __init__(self, why: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final
        self.is_down = is_down


Send = Callable[[str, Reply], None]
"""(where, answer) → nothing, once the channel has taken it; raises SendFailed."""


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    message_id: str
    follower_id: int
    case_number: str
    verb: str
    stage: str
    happened_at: datetime
    attempts: int


def send_due(
    *, channel: str, send: Send, at: datetime, link: str = "", most: int = 50,
    goes_on: Callable[[], bool] = lambda: True,
) -> tuple[int, int]:  # fmt: skip
    """(sent, failed) of one channel; a batch of answers is read with its followers in two statements."""
    if next_moment(channel, at) > at:
        return 0, 0
    due = _take(channel, at, most)
    followers = {each.id: each for each in followers_numbered([each.follower_id for each in due])}
    sent = failed = 0
    for index, each in enumerate(due):
        if not goes_on():
            _let_go(due[index:], at)
            break
        where = _where(followers.get(each.follower_id), channel)
        try:
            if not where:
                raise SendFailed(NOBODY, is_final=True)
            send(where, _reply(each, followers[each.follower_id], link))
        except SendFailed as failure:
            _put_back(each, failure, at)
            failed += 1
            if failure.is_down:
                _let_go(due[index + 1 :], at)
                break
        else:
            _write("sent_at = %s, attempts = attempts + 1, last_error = ''", each.id, at)
            sent += 1
    return sent, failed


def _reply(each: _Due, follower: Follower, link: str) -> Reply:
    return reply_of(
        message_id=each.message_id, number=each.case_number, verb=each.verb, stage=each.stage, at=each.happened_at,
        language=follower.language, link=link,
    )  # fmt: skip


def _where(follower: Follower | None, channel: str) -> str:
    """The contact for the channel an answer was queued for; empty where the citizen took his wish or contact back."""
    if follower is None or follower.wish != channel:
        return ""
    return {"sms": follower.phone, "email": follower.email, "wechat": follower.openid}[channel]


def _take(channel: str, at: datetime, most: int) -> list[_Due]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (UPDATE replies_outgoing o SET next_at = %s FROM (SELECT id FROM replies_outgoing"
            "  WHERE channel = %s AND sent_at IS NULL AND dead_at IS NULL AND next_at <= %s"
            "  ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED) due WHERE o.id = due.id RETURNING o.*)"
            " SELECT id, message_id, follower_id, case_number, verb, stage, happened_at, attempts"
            " FROM taken ORDER BY id",
            [at + LEASE, channel, at, most],
        )
        return [_Due(*row) for row in cursor.fetchall()]


def _let_go(left: list[_Due], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE replies_outgoing SET next_at = %s WHERE id = ANY(%s)", [at, [each.id for each in left]])


def _put_back(each: _Due, failure: SendFailed, at: datetime) -> None:
    attempts = each.attempts + 1
    most = rulebook_on(day_of(civil(at))).number("reply_attempts")
    dead = at if failure.is_final or attempts >= most else None
    _write(
        "attempts = %s, next_at = %s, dead_at = %s, last_error = %s", each.id, attempts, at + rest_after(attempts),
        dead, str(failure)[:300],
    )  # fmt: skip


def _write(sets: str, number: int, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE replies_outgoing SET {sets} WHERE id = %s AND sent_at IS NULL AND dead_at IS NULL",
            [*values, number],
        )


def clear_replies(*, at: datetime, keep_days: int = KEPT_DAYS) -> None:
    """Forget what was sent or put aside that long ago, and which callbacks were taken."""
    before = at - timedelta(days=keep_days)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM replies_outgoing WHERE queued_at < %s AND (sent_at IS NOT NULL OR dead_at IS NOT NULL)",
            [before],
        )
        cursor.execute("DELETE FROM replies_callback WHERE at < %s", [at - timedelta(days=1)])


def take_callback(*, key: str, at: datetime) -> bool:
    """Whether this callback comes for the first time."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO replies_callback (key, at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [key, at])
        return bool(cursor.rowcount == 1)
