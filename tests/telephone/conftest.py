"""An exchange that speaks to the small city, and seats that wait for its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.cases.conftest import actor, small_city
from tests.web.conftest import at_nine
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Faults, Network
from wangge.surfaces.exchange.telephone.simulator import Exchange, call_messages

__all__ = ["actor", "at_nine", "small_city"]
SECRET = "0123456789abcdef0123456789abcdef"
CALLER = "13812345678"


def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    answer = Client(raise_request_exception=False).generic(
        method, f"/api/v1/telephone/{path}", body, content_type=headers["Content-Type"], headers=dict(headers)
    )
    return answer.status_code, answer.content


def signed(method: str, path: str, body: bytes, *, age: int = 0, secret: str = SECRET) -> tuple[int, bytes]:
    timestamp = str(int(clock.now().timestamp()) - age)
    headers = {
        "Content-Type": "application/json", "X-Wangge-Timestamp": timestamp,
        "X-Wangge-Signature": signature_of(secret, timestamp, body),
    }  # fmt: skip
    return send(method, path, headers, body)


Ring = Callable[..., Exchange]


@pytest.fixture
def ring(at_nine: datetime, settings: Any) -> Ring:
    """One call, told whole without faults."""
    settings.TELEPHONE_SECRET = SECRET

    def tell(call_id: str = "c-1", *, only: tuple[str, ...] = (), **more: Any) -> Exchange:
        told = {"caller": CALLER, "extension": "8001", "first_at": clock.now(), **more}
        exchange = Exchange(SECRET, send, clock.now, Network(seed="1", faults=NO_FAULTS))
        exchange.outbox = [
            each for each in call_messages(call_id=call_id, **told) if not only or each.key.split(".")[1] in only
        ]
        for message in tuple(exchange.outbox):
            assert exchange._post(message)[0] in (200, 201), message.key
        return exchange

    return tell


FAULTS = Faults(lost=0.2, reply_lost=0.2, doubled=0.2, late=0.2)
