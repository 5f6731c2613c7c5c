"""The hotline's side of the small city: a secret, and a partner who signs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cases.conftest import actor, small_city
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.signing import signature_of

__all__ = ["actor", "small_city"]
SECRET = "0123456789abcdef0123456789abcdef"
CHANNEL = "hotline_12345"
PLACE = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}


class Partner:
    """Speaks as the hotline's system."""

    def __init__(self, channel: str = CHANNEL, secret: str = SECRET) -> None:
        self.channel, self.secret = channel, secret
        self.client = Client(raise_request_exception=False)

    def send(self, body: Any, *, age: int = 0, signature: str | None = None) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = str(int(clock.now().timestamp()) - age)
        headers = {
            "X-Wangge-Timestamp": timestamp,
            "X-Wangge-Signature": signature_of(self.secret, timestamp, data) if signature is None else signature,
        }
        path = f"/api/v1/hotline/{self.channel}/messages"
        return self.client.post(path, data, content_type="application/json", headers=headers)

    def order(self, number: int = 1, **changed: Any) -> Any:
        return self.send(order_body(number, **changed))


def order_body(number: int = 1, **changed: Any) -> dict[str, Any]:
    body = {
        "message_id": f"m-{number}", "type": "order", "order_no": f"DH-{number:05}", "kind": "complaint",
        "title": "路面破损", "content": "路口有坑", "location": PLACE,
        "citizen": {"name": "欧阳明", "phone": "13812345678"},
    }  # fmt: skip
    return {**body, **changed}


@pytest.fixture
def partner(small_city: None, settings: Any) -> Callable[..., Partner]:
    """A partner of a channel."""
    settings.HOTLINE_SECRETS = {CHANNEL: SECRET, "act_now": SECRET}
    return Partner
