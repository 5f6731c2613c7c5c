"""Bodies that come slowly: a small one is read whole before anything else, a large one holds no database connection.

A process has few connections to the database and many threads. Whoever sends his form a byte a second may keep a
thread; he must never keep a connection, or some of his kind would keep everybody out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.db import connection
from django.http import HttpRequest

LARGE_BODY = 65_536
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WholeBodies:
    """A WSGI application that gets small bodies once they are there; who leaves before is told nothing more."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit() and 0 < int(length) < LARGE_BODY:
            body = _read(environ["wsgi.input"], int(length))
            if len(body) < int(length):
                start_response("400 Bad Request", [("Content-Length", "0")])
                return [b""]
            environ["wsgi.input"] = BytesIO(body)
        return self.application(environ, start_response)


def _read(stream: Any, length: int) -> bytes:
    try:
        return bytes(stream.read(length))
    except OSError:
        return b""


def let_others_ask(request: HttpRequest) -> None:
    """Give the database's connection back while a large body comes in: over a weak network that takes minutes. The next
    statement takes another one.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if (not length.isdigit() or int(length) >= LARGE_BODY) and not connection.in_atomic_block:
        connection.close()
