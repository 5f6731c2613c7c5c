"""Owns the once-only taking of a partner's messages: the same id again gets the same answer and does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.hotline.operations.acting import do_act
from wangge.domains.hotline.operations.receiving import NewOrder, Taken, settle, take
from wangge.domains.hotline.queries.orders import order, order_numbered
from wangge.domains.hotline.refusals import BadOrder, MessageIdTaken, NoSuchOrder
from wangge.domains.hotline.tables import grades
from wangge.domains.organizations.logic import SYSTEM


@dataclass(frozen=True, slots=True)
class Message:
    """The envelope of a message."""

    channel: str
    message_id: str
    digest: bytes
    kind: str


def take_order_message(
    *, message: Message, new: NewOrder, at: datetime, address: str = ""
) -> tuple[dict[str, Any], bool]:
    """(the answer, whether the message was new). Raises BadOrder, MessageIdTaken."""
    taken: list[Taken] = []

    def work() -> dict[str, Any]:
        taken.append(take(new, at=at, by=SYSTEM, address=address))
        done = taken[0]
        return {"order_no": done.order_no, "state": done.state, "case": done.case_number, "created": done.is_new}

    answer, is_new = _once(message, new.order_no, at, work)
    for each in taken:
        settle(each, at=at)
    return answer, is_new


@dataclass(frozen=True, slots=True)
class Word:
    """What the hotline says about an order it gave us: its call-back, or its answer to a return."""

    order_no: str
    act: str  # revisited, ordered_redo, return_accepted, extension_granted, question_answered, …
    grade: str = ""
    text: str = ""
    due: str = ""


def take_word_message(*, message: Message, word: Word, at: datetime) -> tuple[dict[str, Any], bool]:
    """(the answer, whether the message was new). Raises NoSuchOrder, ActRefused, BadOrder, MessageIdTaken."""
    return _once(message, word.order_no, at, lambda: say(message.channel, word, at=at))


def say(channel: str, word: Word, *, at: datetime) -> dict[str, Any]:
    """Do what the hotline says, in the running transaction."""
    row = order_numbered(channel, word.order_no, lock=True)
    if row is None:
        raise NoSuchOrder(_("没有这个工单。"))
    if word.grade and word.grade not in grades(at):
        raise BadOrder("grade", _("没有名为“%(grade)s”的满意度。") % {"grade": word.grade})
    given = {"grade": word.grade, "text": word.text, "due": word.due}
    do_act(row, word.act, given, by=SYSTEM, at=at)
    after = order(row.id)
    assert after is not None
    return {"order_no": word.order_no, "state": after.state, "case": after.case_number, "created": False}


def _once(
    message: Message, order_no: str, at: datetime, work: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Do the work and keep its answer in one transaction; two of one id wait for each other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{message.channel}/{message.message_id}"]
        )
        cursor.execute(
            "SELECT digest, answer::text FROM hotline_message WHERE channel = %s AND message_id = %s",
            [message.channel, message.message_id],
        )
        kept = cursor.fetchone()
        if kept is not None:
            if bytes(kept[0]) != message.digest:
                raise MessageIdTaken(_("此报文编号已用于另一报文。新的报文请用新的编号。"))
            return dict(orjson.loads(kept[1])), False
        answer = work()
        cursor.execute(
            "INSERT INTO hotline_message (channel, message_id, digest, kind, order_no, at, answer)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                message.channel, message.message_id, message.digest, message.kind, order_no, at,
                orjson.dumps(answer).decode(),
            ],
        )  # fmt: skip
        return answer, True
