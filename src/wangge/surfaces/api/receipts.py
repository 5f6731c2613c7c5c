"""The door of the SMS gateway: what became of a message it took, signed as our messages to it are."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.domains.replies.operations.sending import take_receipt
from wangge.groundwork import clock
from wangge.surfaces.api.door import Refuse, body_of, json_answer, text_of
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import of_failure, problem
from wangge.surfaces.api.signed import check_signed, timestamp_of
from wangge.surfaces.exchange.hotline.signing import signature_of


class ReceiptBody(Schema):
    """Whether a message reached its telephone; the first word of a message counts."""

    model_config = ConfigDict(extra="forbid")
    message_id: str = Field(pattern=r"^[!-~]{1,100}$")
    state: Literal["delivered", "undelivered"]
    why: str = Field("", max_length=200)


class ReceiptTaken(Schema):
    """That the receipt was taken, now or before."""

    message_id: str


def take_sms_receipt(request: HttpRequest) -> HttpResponse:
    """POST /sms/receipts: the same again changes nothing."""
    try:
        at, secret = clock.now(), settings.REPLIES.sms_secret if settings.REPLIES.sms_address else ""
        check_signed(
            request, secret=secret, expected=signature_of(secret, timestamp_of(request), text_of(request)), at=at
        )
        form = checked(ReceiptBody, body_of(request))
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    if not take_receipt(message_id=form.message_id, delivered=form.state == "delivered", why=form.why, at=at):
        return problem(404, "not_found", _("没有这条短信。"))
    return json_answer({"message_id": form.message_id})
