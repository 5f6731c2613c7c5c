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
from wangge.domains.citizens.queries.letters import LetterWriter, letter_writers
from wangge.domains.replies.operations.queueing import next_moment
from wangge.domains.replies.queries import NOBODY
from wangge.domains.replies.wording import Reply, reply_of, reply_of_letter
from wangge.groundwork.retrying import rest_after

LEASE = timedelta(minutes=5)
KEPT_DAYS = 30


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
    follower_id: int | None
    letter_id: int | None
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
    citizens = _citizens(due)
    sent = failed = 0
    for index, each in enumerate(due):
        if not goes_on():
            _let_go(due[index:], at)
            break
        citizen = citizens.get((each.follower_id, each.letter_id))
        where = _where(citizen, channel)
        try:
            if citizen is None or not where:
                raise SendFailed(NOBODY, is_final=True)
            send(where, _reply(each, citizen, link))
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


def _citizens(due: list[_Due]) -> dict[tuple[int | None, int | None], Follower | LetterWriter]:
    """Who is answered, by the follower or the letter; a statement for each kind there is."""
    followers = [each.follower_id for each in due if each.follower_id is not None]
    letters = [each.letter_id for each in due if each.letter_id is not None]
    found: dict[tuple[int | None, int | None], Follower | LetterWriter] = {}
    found |= {(each.id, None): each for each in followers_numbered(followers)} if followers or not letters else {}
    found |= {(None, each.id): each for each in letter_writers(letters)} if letters else {}
    return found


def _reply(each: _Due, citizen: Follower | LetterWriter, link: str) -> Reply:
    if each.letter_id is not None:
        return reply_of_letter(
            message_id=each.message_id, act=each.verb, at=each.happened_at, language=citizen.language, link=link
        )
    return reply_of(
        message_id=each.message_id, number=each.case_number, verb=each.verb, stage=each.stage, at=each.happened_at,
        language=citizen.language, link=link,
    )  # fmt: skip


def _where(citizen: Follower | LetterWriter | None, channel: str) -> str:
    """The contact for the channel an answer was queued for; empty where the citizen took his wish or contact back."""
    if citizen is None or citizen.wish != channel:
        return ""
    openid = citizen.openid if isinstance(citizen, Follower) else ""
    return {"sms": citizen.phone, "email": citizen.email, "wechat": openid}[channel]


def _take(channel: str, at: datetime, most: int) -> list[_Due]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (UPDATE replies_outgoing o SET next_at = %s FROM (SELECT id FROM replies_outgoing"
            "  WHERE channel = %s AND sent_at IS NULL AND dead_at IS NULL AND next_at <= %s"
            "  ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED) due WHERE o.id = due.id RETURNING o.*)"
            " SELECT id, message_id, follower_id, letter_id, case_number, verb, stage, happened_at, attempts"
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


def take_receipt(*, message_id: str, delivered: bool, why: str, at: datetime) -> bool:
    """Note what the gateway says became of a message it took, the first word once; False where there is none such.

    A receipt proves that the message arrived there, also where our own receipt of it was lost.
    """
    column = "delivered_at" if delivered else "undelivered_at"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE replies_outgoing SET {column} = %s, undelivered_why = %s, sent_at = COALESCE(sent_at, %s),"
            " dead_at = NULL WHERE message_id = %s AND delivered_at IS NULL AND undelivered_at IS NULL",
            [at, "" if delivered else why[:200], at, message_id],
        )
        if cursor.rowcount:
            return True
        cursor.execute("SELECT 1 FROM replies_outgoing WHERE message_id = %s", [message_id])
        return cursor.fetchone() is not None


def take_callback(*, key: str, at: datetime) -> bool:
    """Whether this callback comes for the first time."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO replies_callback (key, at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [key, at])
        return bool(cursor.rowcount == 1)
