"""Sends a message to the hotline's own system over HTTP, signed as its messages to us are."""

from __future__ import annotations

import urllib.error
import urllib.request
from http import HTTPStatus

from django.conf import settings

from wangge.domains.hotline.operations.sending import SendFailed
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.signing import signature_of

TIMEOUT_SECONDS = 10


def post(channel: str, kind: str, body: bytes) -> None:
    """Post one message; whatever is not a 2xx within the time is a failure."""
    timestamp = str(int(clock.now().timestamp()))
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked where the setting is read
        settings.HOTLINE_ADDRESSES[channel],
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json",
            "X-Wangge-Timestamp": timestamp,
            "X-Wangge-Signature": signature_of(settings.HOTLINE_SECRETS.get(channel, ""), timestamp, body),
            "X-Wangge-Type": kind,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
                raise SendFailed(f"HTTP {answer.status}")
    except urllib.error.HTTPError as refused:
        raise SendFailed(f"HTTP {refused.code} {refused.read(200).decode('utf-8', 'replace')}") from refused
    except (OSError, ValueError) as failed:
        raise SendFailed(f"{type(failed).__name__}: {failed}", is_down=True) from failed
