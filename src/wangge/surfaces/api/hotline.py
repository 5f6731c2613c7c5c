"""The door of the hotline's system: signed JSON messages, each id once.

A message carries ``X-Wangge-Timestamp`` (seconds since 1970, UTC) and ``X-Wangge-Signature`` (hexadecimal HMAC-SHA256
of ``timestamp + "." + body`` under the channel's secret). Whoever has no secret learns nothing: an unknown channel, a
closed one and a wrong signature are answered alike.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.domains.hotline.logic.reconciling import DayOrder
from wangge.domains.hotline.operations.messages import (
    Message,
    Word,
    take_order_message,
    take_word_message,
    word_said,
)
from wangge.domains.hotline.operations.receiving import NewOrder
from wangge.domains.hotline.operations.reconciling import reconcile
from wangge.domains.hotline.refusals import ActRefused, BadOrder, MessageIdTaken, NoSuchOrder
from wangge.groundwork import clock
from wangge.surfaces.api.door import Refuse, body_of, digest_of, json_answer, text_of
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import of_failure, problem
from wangge.surfaces.api.signed import check_signed, timestamp_of
from wangge.surfaces.exchange.hotline.signing import signature_of


class Place(Schema):
    """Where the matter is."""

    model_config = ConfigDict(extra="forbid")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    address: str | None = Field(None, max_length=400)


class Citizen(Schema):
    """Who called: personal data, shown masked."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=60)
    phone: str | None = Field(None, max_length=40)


class HotlineMessageBody(Schema):
    """A message of the hotline: a new order, its call-back, its word on a return or an extension, an answer to us."""

    model_config = ConfigDict(extra="forbid")
    message_id: str = Field(pattern=r"^[!-~]{1,100}$")
    type: Literal[
        "order", "revisit", "return_result", "extension_result", "question_answer", "appeal_result", "suspension_result"
    ]
    order_no: str = Field(pattern=r"^[A-Za-z0-9._/-]{1,60}$")
    kind: Literal["consultation", "help", "complaint", "denunciation", "suggestion"] | None = None
    title: str = Field("", max_length=200)
    content: str = Field("", max_length=4000)
    location: Place | None = None
    citizen: Citizen | None = None
    urgent: bool = False
    due_at: datetime | None = Field(
        None, description="of an order, or the new one of an extension_result or suspension_result"
    )
    sent_at: datetime | None = Field(None, description="of an order: when it was first handed over")
    grade: str = Field("", max_length=20, description="of a revisit")
    redo: bool = Field(False, description="of a revisit: sent back to be done again")
    accepted: bool | None = Field(None, description="of every …_result")


class HotlineTaken(Schema):
    """What became of a message."""

    order_no: str
    state: str
    case: str | None = None
    created: bool


class StatementOrder(Schema):
    """An order as the hotline has it."""

    model_config = ConfigDict(extra="forbid")
    order_no: str = Field(pattern=r"^[A-Za-z0-9._/-]{1,60}$")
    kind: Literal["consultation", "help", "complaint", "denunciation", "suggestion"]
    answers: int = Field(0, ge=0, le=1000, description="answers that arrived")
    returns: int = Field(0, ge=0, le=1000, description="returns that arrived")
    redone: int = Field(0, ge=0, le=1000, description="times it was sent back to be done again")
    grade: str = Field("", max_length=20, description="of the last call-back")


class StatementBody(Schema):
    """Every order the hotline handed over on a day of the city."""

    model_config = ConfigDict(extra="forbid")
    day: date
    orders: list[StatementOrder] = Field(max_length=20_000)


class StatementDifference(Schema):
    """What the two sides do not have alike of an order."""

    order_no: str
    what: Literal["missing_here", "missing_there", "day", "kind", "answers", "returns", "redone", "grade"]
    theirs: str
    ours: str


class StatementCompared(Schema):
    """Both counts, and every difference."""

    day: date
    theirs: int
    ours: int
    differences: list[StatementDifference]


_NOWHERE = Place.model_validate({})
_NOBODY = Citizen.model_validate({})


def take_message(request: HttpRequest, channel: str) -> HttpResponse:
    """POST /hotline/{channel}/messages: 201 for what is new, 200 for what was taken before."""
    try:
        at = clock.now()
        check_signature(request, channel, at)
        body = body_of(request)
        form = checked(HotlineMessageBody, body)
        message = Message(channel, form.message_id, digest_of(request, body), form.type)
        address = str(request.META.get("REMOTE_ADDR", ""))
        if form.type == "order":
            answer, is_new = take_order_message(message=message, new=_order_of(channel, form), at=at, address=address)
        else:
            answer, is_new = take_word_message(message=message, word=_word_of(form), at=at)
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    except NoSuchOrder as gone:
        return problem(404, "not_found", str(gone))
    except ActRefused as refusal:
        return problem(409, refusal.reason, str(refusal), title=_("工单现在不能这样办理"))
    except MessageIdTaken as taken:
        return problem(409, "message_id_taken", str(taken), title=_("报文编号已用"))
    except BadOrder as bad:
        return problem(422, "bad_input", str(bad), field=bad.field)
    return json_answer(answer, status=201 if is_new and answer["created"] else 200)


def take_statement(request: HttpRequest, channel: str) -> HttpResponse:
    """POST /hotline/{channel}/statements: the day compared, order by order; kept on our side too."""
    try:
        at = clock.now()
        check_signature(request, channel, at)
        form = checked(StatementBody, body_of(request))
        theirs = [
            DayOrder(each.order_no, form.day, each.kind, each.answers, each.returns, each.redone, each.grade)
            for each in form.orders
        ]
        found = reconcile(channel=channel, day=form.day, theirs=theirs, at=at)
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    except BadOrder as bad:
        return problem(422, "bad_input", str(bad), field=bad.field)
    return json_answer(
        {
            "day": form.day.isoformat(), "theirs": found.theirs, "ours": found.ours,
            "differences": [asdict(each) for each in found.differences],
        }
    )  # fmt: skip


def _order_of(channel: str, form: HotlineMessageBody) -> NewOrder:
    place, citizen = form.location or _NOWHERE, form.citizen or _NOBODY
    if form.kind is None:
        raise BadOrder("kind", _("请给出诉求类型 kind。"))
    for name, moment in (("due_at", form.due_at), ("sent_at", form.sent_at)):
        if moment is not None and moment.tzinfo is None:
            raise BadOrder(name, _("%(name)s 须带时区。") % {"name": name})
    return NewOrder(
        channel=channel, order_no=form.order_no, kind=form.kind, title=form.title, content=form.content,
        address=place.address or "", lon=place.lon, lat=place.lat, system=place.system,
        citizen_name=citizen.name or "", citizen_phone=citizen.phone or "", urgent=form.urgent, due_at=form.due_at,
        handed_at=form.sent_at,
    )  # fmt: skip


def _word_of(form: HotlineMessageBody) -> Word:
    return word_said(
        kind=form.type, order_no=form.order_no, grade=form.grade, redo=form.redo, accepted=form.accepted,
        due_at=form.due_at, content=form.content,
    )  # fmt: skip


def check_signature(request: HttpRequest, channel: str, at: datetime) -> None:
    """Refuse with 401 what was not signed under the channel's secret within the window."""
    secret = settings.HOTLINE_SECRETS.get(channel, "")
    expected = signature_of(secret, timestamp_of(request), text_of(request))
    check_signed(request, secret=secret, expected=expected, at=at)
