"""Sends an answer as a subscription message of WeChat: an access token for the app, one call for each message.

What is believed of WeChat's interface, and how sure that is, stands in docs/decisions/replies.md.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
from django.conf import settings

from wangge.domains.replies.operations.sending import SendFailed
from wangge.domains.replies.wording import Reply
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE

TIMEOUT_SECONDS = 10
_TOKEN_INVALID = frozenset({40001, 40014, 42001})
_NEVER = frozenset({40003, 40037, 43101, 47003})
"""No such user, no such template, the user does not want it, the template has other fields: again is no use."""
_SPARE = timedelta(minutes=5)
_LONGEST_THING = 20


class WeChat:
    """One app of the settings with its access token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    def send(self, where: str, reply: Reply) -> None:
        """Post one message; a token that went is fetched anew once."""
        for is_last in (False, True):
            answer = self._post(where, reply)
            code = int(answer.get("errcode", 0))
            if code == 0:
                return
            if code in _TOKEN_INVALID and not is_last:
                self._until = None
                continue
            raise SendFailed(f"errcode {code} {answer.get('errmsg', '')}"[:200], is_final=code in _NEVER)

    def _post(self, where: str, reply: Reply) -> dict[str, Any]:
        told: dict[str, Any] = {
            "touser": where, "template_id": settings.REPLIES.wechat_template, "data": data_of(reply),
        }  # fmt: skip
        query = urlencode({"access_token": self._access_token()})
        return called(f"{settings.REPLIES.wechat_address}{settings.REPLIES.wechat_path}?{query}", orjson.dumps(told))

    def _access_token(self) -> str:
        with self._lock:
            at = clock.now()
            if self._until is None or at >= self._until:
                app, _colon, secret = settings.REPLIES.wechat_app.partition(":")
                query = urlencode({"grant_type": "client_credential", "appid": app, "secret": secret})
                answer = called(f"{settings.REPLIES.wechat_address}/cgi-bin/token?{query}")
                if "access_token" not in answer:
                    raise SendFailed(f"errcode {answer.get('errcode')} for the access token")
                self._token = str(answer["access_token"])
                self._until = at + timedelta(seconds=int(answer.get("expires_in", 7200))) - _SPARE
            return self._token


def data_of(reply: Reply) -> dict[str, dict[str, str]]:
    """The fields of the city's template, as its setting names them: ``number=character_string1,state=phrase2``."""
    at = f"{reply.at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
    pairs = (pair.partition("=") for pair in settings.REPLIES.wechat_fields)
    return {field: {"value": _value(name, field, reply, at)} for name, _equals, field in pairs}


def _value(name: str, field: str, reply: Reply, at: str) -> str:
    if name == "state":
        return reply.phrase if field.startswith("phrase") else reply.state[:_LONGEST_THING]
    return reply.number if name == "number" else at


def called(url: str, body: bytes | None = None) -> dict[str, Any]:
    """The JSON object WeChat's server answers with. Raises SendFailed."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            found = orjson.loads(answer.read(100_000))
    except urllib.error.HTTPError as refused:
        raise SendFailed(f"HTTP {refused.code}") from None  # the address holds a secret: no chain into the log
    except (OSError, ValueError) as failed:
        raise SendFailed(type(failed).__name__, is_down=True) from None
    if not isinstance(found, dict):
        raise SendFailed("no JSON object")
    return found
