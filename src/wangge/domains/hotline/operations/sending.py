"""Owns what goes out to the hotline: queued once for each fact, sent with ever longer pauses, dead letters sent again.

A fact of the outbox becomes one row with an id of its own; the hotline may get it more than once and knows it by that
id. Each channel is served apart, so one that is down holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.hotline.operations.acting import do_act
from wangge.domains.hotline.operations.outgoing import TOPIC
from wangge.domains.hotline.queries.orders import order
from wangge.domains.hotline.refusals import ActRefused, HotlineRefused
from wangge.domains.organizations.logic import SYSTEM, Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.groundwork.retrying import rest_after

LEASE = timedelta(minutes=2)
"""While a message is being sent no other worker takes it; whoever died over it lets go after this."""
_DONE_BY = {"answer": "answer_sent"}


class SendFailed(Exception):
    """The hotline did not take a message; the text says why. ``is_down``: it could not be reached at all."""

    def __init__(self, why: str, *, is_down: bool = False) -> None:
        super().__init__(why)
        self.is_down = is_down


Send = Callable[[str, str, bytes], None]
"""(channel, kind, body) → nothing, once the hotline has said yes; raises SendFailed."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is due."""

    message_id: str
    order_id: int
    channel: str
    kind: str
    body: bytes
    attempts: int


def hear_outgoing(facts: Sequence[OutboxFact], at: datetime) -> None:
    """Queue what was announced; the same fact twice is queued once."""
    rows = [orjson.loads(fact.payload) for fact in facts if fact.topic == TOPIC]
    columns = [[row[name] for row in rows] for name in ("message_id", "order_id", "channel", "kind")]
    bodies = [orjson.dumps(row["body"]).decode() for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hotline_outgoing (message_id, order_id, channel, kind, body, queued_at, next_at)"
            " SELECT message_id, order_id, channel, kind, body::jsonb, %s, %s"
            " FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[])"
            " AS told (message_id, order_id, channel, kind, body) ON CONFLICT (message_id) DO NOTHING",
            [at, at, *columns, bodies],
        )


def send_due(
    *, channel: str, send: Send, at: datetime, most: int = 100, goes_on: Callable[[], bool] = lambda: True
) -> tuple[int, int]:
    """(sent, failed) of one channel. What failed rests; where nobody is there the rest waits for the next round.

    ``goes_on``: asked before each message; once it says no, what is left of the batch is due as before.
    """
    sent = failed = 0
    due = _take(channel, at, most)
    for index, message in enumerate(due):
        if not goes_on():
            _let_go(due[index:], at)
            break
        try:
            send(message.channel, message.kind, message.body)
        except SendFailed as failure:
            _put_back(message, str(failure), at)
            failed += 1
            if failure.is_down:
                _let_go(due[index + 1 :], at)
                break
        else:
            _mark_sent(message, at)
            sent += 1
    return sent, failed


def _take(channel: str, at: datetime, most: int) -> list[Outgoing]:
    """Due messages of a channel, leased, the oldest first; committed before anything is sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hotline_outgoing o SET next_at = %s FROM (SELECT message_id FROM hotline_outgoing"
            "  WHERE channel = %s AND sent_at IS NULL AND dead_at IS NULL AND next_at <= %s"
            "  ORDER BY queued_at, message_id LIMIT %s FOR UPDATE SKIP LOCKED) due"
            " WHERE o.message_id = due.message_id"
            " RETURNING o.message_id, o.order_id, o.channel, o.kind, o.body::text, o.attempts, o.queued_at",
            [at + LEASE, channel, at, most],
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (row[6], row[0]))
    return [Outgoing(row[0], row[1], row[2], row[3], row[4].encode(), row[5]) for row in rows]


def _let_go(messages: Sequence[Outgoing], at: datetime) -> None:
    """Messages that were taken and not tried are due as before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hotline_outgoing SET next_at = %s WHERE message_id = ANY(%s)",
            [at, [message.message_id for message in messages]],
        )


def _put_back(message: Outgoing, why: str, at: datetime) -> None:
    attempts = message.attempts + 1
    most = rulebook_on(day_of(civil(at))).number("hotline_attempts")
    dead = at if attempts >= most else None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hotline_outgoing SET attempts = %s, next_at = %s, dead_at = %s, last_error = %s"
            " WHERE message_id = %s AND sent_at IS NULL",
            [attempts, at + rest_after(attempts), dead, why[:500], message.message_id],
        )


def _mark_sent(message: Outgoing, at: datetime) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE hotline_outgoing SET sent_at = %s, attempts = attempts + 1, last_error = ''"
                " WHERE message_id = %s AND sent_at IS NULL",
                [at, message.message_id],
            )
        row = order(message.order_id, lock=True)
        if row is None or message.kind not in _DONE_BY:
            return
        if orjson.loads(message.body)["round"] != row.redone + 1:
            return  # the receipt of an earlier round: what is on its way now has not arrived by it
        try:
            with transaction.atomic():
                do_act(row, _DONE_BY[message.kind], {}, by=SYSTEM, at=at)
        except ActRefused:
            return  # the call-back was here before the receipt: the order has gone on already


def send_again(*, message_id: str, by: Actor, at: datetime) -> None:
    """Give a dead letter a new life, from its first attempt on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE hotline_outgoing SET dead_at = NULL, attempts = 0, next_at = %s"
            " WHERE message_id = %s AND dead_at IS NOT NULL RETURNING message_id",
            [at, message_id],
        )
        if cursor.fetchone() is None:
            raise HotlineRefused(_("这条报文不在未送达之列，请刷新后再看。"))
        record(by=by, at=at, kind=AuditKind.MOVE, object_kind="hotline_outgoing", object_key=message_id,
               detail={"act": "send_again"})  # fmt: skip
