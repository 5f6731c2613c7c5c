"""Sends an answer by SMS through the city's gateway: signed JSON over HTTP, each id taken once by the other side.

Gateways differ from city to city. This is the plain form a small bridge before any of them can speak: message_id,
phone, text; signed as the hotline's messages are. Whoever refuses a number for good answers 422.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http import HTTPStatus

import orjson
from django.conf import settings

from wangge.domains.replies.operations.sending import SendFailed
from wangge.domains.replies.wording import Reply
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.signing import signature_of

TIMEOUT_SECONDS = 10


def send(where: str, reply: Reply) -> None:
    """Post one message; whatever is not a 2xx within the time is a failure."""
    body = orjson.dumps({"message_id": reply.message_id, "phone": where, "text": reply.text})
    timestamp = str(int(clock.now().timestamp()))
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked where the setting is read
        settings.REPLIES.sms_address, data=body, method="POST",
        headers={
            "Content-Type": "application/json", "X-Wangge-Timestamp": timestamp,
            "X-Wangge-Signature": signature_of(settings.REPLIES.sms_secret, timestamp, body),
        },
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            return
    except urllib.error.HTTPError as refused:
        is_final = refused.code == HTTPStatus.UNPROCESSABLE_ENTITY
        raise SendFailed(f"HTTP {refused.code}", is_final=is_final) from refused
    except (OSError, ValueError) as failed:
        raise SendFailed(f"{type(failed).__name__}: {failed}", is_down=True) from failed
