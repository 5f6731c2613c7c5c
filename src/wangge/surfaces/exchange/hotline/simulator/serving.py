"""The simulated hotline over HTTP: posts to a running server, listens for what it sends back, checks its signature."""

from __future__ import annotations

import hmac
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wangge.surfaces.exchange.hotline.signing import signature_of
from wangge.surfaces.exchange.hotline.simulator.other_side import Dropped, OtherSide, Post

TIMEOUT_SECONDS = 30
_LARGEST = 1_000_000
_AWAY = 599
"""What a server that cannot be reached is taken for: an error that is worth another try."""


def poster(address: str) -> Post:
    """Posts to the API of the server at ``address`` (``http://…``)."""

    def post(end: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(  # noqa: S310 - the command checks the scheme
            f"{address.rstrip('/')}/api/v1/hotline/{end}", data=body, method="POST",
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
        except OSError as away:
            return _AWAY, str(away).encode()

    return post


@contextmanager
def listening(other: OtherSide, *, port: int, lock: threading.Lock) -> Iterator[int]:
    """Take our side's messages at a port of this machine while the block runs; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(other, lock))
    thread = threading.Thread(target=server.serve_forever, name="hotline simulator", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_of(other: OtherSide, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= _LARGEST else b""
            self.send_response(_status_of(other, lock, self.headers.get, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing: the command prints what came."""

    return Handler


def _status_of(
    other: OtherSide, lock: threading.Lock, header: Callable[[str, str], str], body: bytes
) -> HTTPStatus:  # fmt: skip
    expected = signature_of(other.secret, header("X-Wangge-Timestamp", ""), body)
    if not hmac.compare_digest(header("X-Wangge-Signature", "").encode(), expected.encode()):
        return HTTPStatus.UNAUTHORIZED
    try:
        with lock:
            other.take(body)
    except Dropped:
        return HTTPStatus.GATEWAY_TIMEOUT
    except (KeyError, ValueError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.NO_CONTENT
