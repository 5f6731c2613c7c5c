"""The other sides of SMS and WeChat to try with: take messages, know ids again, fail as they are told to."""

from __future__ import annotations

import hmac
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from wangge.surfaces.exchange.hotline.signing import signature_of

_LARGEST = 100_000
_TIMEOUT_SECONDS = 10


@dataclass(slots=True)
class OtherSides:
    """An SMS gateway and WeChat's servers in one; ``next_answers`` are given before their own."""

    sms_secret: str = ""
    app: str = ""
    sms: dict[str, dict[str, str]] = field(default_factory=dict)
    wechat: list[dict[str, Any]] = field(default_factory=list)
    next_answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    """openids that did not subscribe."""
    told: Callable[[dict[str, Any]], None] = lambda _message: None
    """Hears each message taken."""
    receipts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(message id, receipt) of every SMS taken, for whoever sends them back."""
    unreachable: set[str] = field(default_factory=set)
    """Telephones an SMS does not reach."""
    used_codes: set[str] = field(default_factory=set)
    doubled: int = 0
    tokens: int = 0
    _lock: Lock = field(default_factory=Lock)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """(status, JSON) for one call."""
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            if self.next_answers and parts.path != "/cgi-bin/token":
                return self.next_answers.pop(0)
            if parts.path == "/sms":
                return self._take_sms(headers, body)
            if parts.path == "/cgi-bin/token":
                return self._give_token(asked)
            if parts.path == "/sns/jscode2session":
                return self._tell_openid(asked)
            if parts.path.startswith("/cgi-bin/message/"):
                return self._take_wechat(asked, orjson.loads(body))
        return 404, {}

    def _take_sms(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        expected = signature_of(self.sms_secret, headers.get("x-wangge-timestamp", ""), body)
        if not hmac.compare_digest(headers.get("x-wangge-signature", "").encode(), expected.encode()):
            return 401, {}
        message = orjson.loads(body)
        self.doubled += message["message_id"] in self.sms
        self.sms[message["message_id"]] = message
        receipt = {"message_id": message["message_id"], "state": "delivered"}
        if message.get("phone") in self.unreachable:
            receipt |= {"state": "undelivered", "why": "空号"}
        self.receipts.append((message["message_id"], receipt))
        self.told(message)
        return 200, {}

    def _give_token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if f"{asked.get('appid')}:{asked.get('secret')}" != self.app:
            return 200, {"errcode": 40013, "errmsg": "invalid appid"}
        self.tokens += 1
        return 200, {"access_token": f"token-{self.tokens}", "expires_in": 7200}

    def _tell_openid(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """``login-NAME`` is the code of the openid ``oMini_NAME``, once."""
        if f"{asked.get('appid')}:{asked.get('secret')}" != self.app:
            return 200, {"errcode": 40013, "errmsg": "invalid appid"}
        code = asked.get("js_code", "")
        if not code.startswith("login-"):
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        if code in self.used_codes:
            return 200, {"errcode": 40163, "errmsg": "code been used"}
        self.used_codes.add(code)
        return 200, {"openid": f"oMini_{code.removeprefix('login-'):0>10}", "session_key": "not-kept"}

    def _take_wechat(self, asked: dict[str, str], message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked.get("access_token") != f"token-{self.tokens}":
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if message["touser"] in self.refuses:
            return 200, {"errcode": 43101, "errmsg": "user refuse to accept the msg"}
        if not all(_fits(field, str(each["value"])) for field, each in message["data"].items()):
            return 200, {"errcode": 47003, "errmsg": "argument invalid"}
        self.wechat.append(message)
        self.told(message)
        return 200, {"errcode": 0, "errmsg": "ok"}


_PHRASE = re.compile(r"[\u4e00-\u9fff]{1,5}")


def _fits(field: str, value: str) -> bool:
    """Whether a field of a template takes a value: by the kind its name begins with."""
    if field.startswith("phrase"):
        return _PHRASE.fullmatch(value) is not None
    if field.startswith("character_string"):
        return value.isascii() and 0 < len(value) <= 32
    return 0 < len(value) <= 20


def send_receipts(sides: OtherSides, address: str, *, now: Callable[[], datetime]) -> int:
    """Post what became of each SMS to the platform at ``address``; how many it took. What nobody took stays."""
    taken = 0
    while sides.receipts:
        _id, told = sides.receipts[0]
        body, timestamp = orjson.dumps(told), str(int(now().timestamp()))
        request = urllib.request.Request(  # noqa: S310 - the command checks the scheme
            f"{address.rstrip('/')}/api/v1/sms/receipts", data=body, method="POST",
            headers={
                "Content-Type": "application/json", "X-Wangge-Timestamp": timestamp,
                "X-Wangge-Signature": signature_of(sides.sms_secret, timestamp, body),
            },
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                taken += 1
        except urllib.error.HTTPError as refused:
            if refused.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                break
        except OSError:
            break
        sides.receipts.pop(0)
    return taken


@contextmanager
def listening(sides: OtherSides, *, port: int = 0) -> Iterator[int]:
    """Answer at a port of this machine while the block runs; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= _LARGEST else b""
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = sides.answer(self.command, self.path, headers, body)
            text = orjson.dumps(answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
