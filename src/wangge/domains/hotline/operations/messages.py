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


def word_said(
    *, kind: str, order_no: str, grade: str = "", redo: bool = False, accepted: bool | None = None,
    due_at: datetime | None = None, content: str = "",
) -> Word:  # fmt: skip
    """What a message of ``kind`` says, by whichever way it came. Raises BadOrder for what it leaves open."""
    if kind == "revisit":
        if not grade.strip():
            raise BadOrder("grade", _("请给出回访的满意度 grade。"))
        return Word(order_no, "ordered_redo" if redo else "revisited", grade)
    if kind == "question_answer":
        if not content.strip():
            raise BadOrder("content", _("请给出反问的回复 content。"))
        return Word(order_no, "question_answered", text=content)
    if accepted is None:
        raise BadOrder("accepted", _("请给出是否同意 accepted。"))
    if kind == "return_result":
        return Word(order_no, "return_accepted" if accepted else "return_refused")
    if kind == "appeal_result":
        return Word(order_no, "appeal_upheld" if accepted else "appeal_refused")
    asked = kind.removesuffix("_result")
    if not accepted:
        return Word(order_no, f"{asked}_refused")
    if due_at is None:
        raise BadOrder("due_at", _("请给出延期后的时限 due_at。"))
    return Word(order_no, f"{asked}_granted", due=due_at.isoformat())


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
