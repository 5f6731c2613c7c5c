"""Owns the way from facts of the outbox to answers: each step told to a reporter, once for each who follows the case.

The row holds no contact: where to send is asked when it is sent, so that an erasure reaches what still waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.operations.writing import OUTBOX_TOPIC
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.situations import Situation, situations_at
from wangge.domains.citizens.queries.followers import Follower, followers_with_wish
from wangge.domains.citizens.queries.letters import news_of_letters
from wangge.domains.replies.logic.quiet import not_before, quiet_hours_of
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import OutboxFact

NEWS = timedelta(days=7)
"""A step older than this is no answer any more."""
CHANNELS = frozenset({"sms", "email"})
"""By which a letter may be answered: it is bound to no WeChat account."""
RINGS = frozenset({"sms", "wechat"})


def hear_replies(facts: Sequence[OutboxFact], at: datetime) -> None:
    """Queue an answer for each follower with a wish; the same fact twice is queued once; three statements."""
    steps = [
        (fact.key, int(told["seq"]))
        for fact in facts
        if fact.topic == OUTBOX_TOPIC and "reporter" in _told_to(told := orjson.loads(fact.payload))
    ]
    situations = {pair: case for pair, case in situations_at(steps).items() if at - case.at <= NEWS}
    followers = followers_with_wish({case_id for case_id, _seq in situations})
    rows = [
        _row(pair, situations[pair], follower, at)
        for pair in steps
        if pair in situations
        for follower in followers.get(pair[0], ())
    ]
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO replies_outgoing (message_id, follower_id, channel, case_number, verb, stage, happened_at,"
            "  next_at, queued_at)"
            " SELECT told.*, %s FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],"
            "  %s::timestamptz[], %s::timestamptz[]) AS told ON CONFLICT (message_id) DO NOTHING",
            [at, *columns],
        )


def queue_letters(*, at: datetime) -> int:
    """Queue what writers of letters are told, once for each act; how many. Two statements.

    Letters stand in no outbox, so that no other system hears of them: they are asked for, round by round.
    """
    news = [each for each in news_of_letters(since=at - NEWS) if each.wish in CHANNELS]
    if not news:
        return 0
    rows = [
        (f"letter-{each.letter_id}-{each.seq}", each.letter_id, each.wish, each.act, each.at,
         next_moment(each.wish, at))
        for each in news
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO replies_outgoing (message_id, letter_id, channel, verb, happened_at, next_at, case_number,"
            "  stage, queued_at)"
            " SELECT told.*, '', '', %s FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[],"
            "  %s::timestamptz[], %s::timestamptz[]) AS told ON CONFLICT (message_id) DO NOTHING",
            [at, *(list(column) for column in zip(*rows, strict=True))],
        )
        return int(cursor.rowcount)


def _row(pair: tuple[str, int], case: Situation, follower: Follower, at: datetime) -> tuple[object, ...]:
    return (
        f"reply-{follower.id}-{pair[0]}-{pair[1]}", follower.id, follower.wish, case.number, case.verb, case.to_stage,
        case.at, next_moment(follower.wish, at),
    )  # fmt: skip


def _told_to(told: dict[str, object]) -> Sequence[str]:
    words = told["to"]
    return words.split() if isinstance(words, str) else list(words)  # type: ignore[call-overload]


def next_moment(channel: str, at: datetime) -> datetime:
    """When an answer may go out: what rings waits for the end of the quiet hours of the day's rules."""
    if channel not in RINGS:
        return at
    quiet = quiet_hours_of(rulebook_on(day_of(civil(at))).settings["reply_quiet_hours"])
    return not_before(at.astimezone(CITY_ZONE), quiet)
