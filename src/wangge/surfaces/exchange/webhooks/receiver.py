"""A partner's side to try messages with: checks signature and age, takes each id once, keeps the events it was told.

Ships for tests, benchmarks and partners who want to see what comes (``wangge webhook receive``).
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from wangge.domains.partners.logic.signing import signature_of

OLDEST_SECONDS = 300
LARGEST = 1_000_000
_SECONDS = 30


@dataclass(slots=True)
class Receiver:
    """What a partner keeps: ids taken, and every event by its id."""

    secret: str
    now: Callable[[], datetime]
    taken: list[str] = field(default_factory=list)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    doubled: int = 0
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Mapping[str, str], body: bytes) -> HTTPStatus:
        """Judge a message and keep what it says; the same id again is answered alike and kept once."""
        webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not self._is_ours(webhook_id, timestamp, headers.get("webhook-signature", ""), body):
            self.refused += 1
            return HTTPStatus.UNAUTHORIZED
        with self._lock:
            if webhook_id in self.taken:
                self.doubled += 1
                return HTTPStatus.NO_CONTENT
            self.taken.append(webhook_id)
            for event in orjson.loads(body)["data"]["events"]:
                self.events.setdefault(event["id"], event)
        return HTTPStatus.NO_CONTENT

    def _is_ours(self, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
            return False
        if abs(self.now().timestamp() - int(timestamp)) > OLDEST_SECONDS:
            return False
        expected = signature_of(self.secret, webhook_id, int(timestamp), body).encode()
        return any(hmac.compare_digest(each.encode(), expected) for each in signatures.split(" "))


Answer = Callable[[Mapping[str, str], bytes], HTTPStatus]


@contextmanager
def listening(answer: Answer, *, port: int = 0) -> Iterator[int]:
    """Answer POSTs at a port of this machine while the block runs; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(answer))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="webhook receiver", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_of(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= LARGEST else b""
            status = answer({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing: whoever listens prints what came."""

    return Handler
