"""A light load generator: clients on keep-alive sockets in few processes, so that the server gets the machine.

It counts against the figures: generator and server share the two cores.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import select
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PROCESSES = 2


@dataclass
class Load:
    """What a run measured: how many, over how many seconds, and each answer's time in seconds."""

    count: int
    seconds: float
    times: list[float]
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    def percentile_ms(self, percent: int) -> float:
        if len(self.times) < 2:
            return 0.0
        return statistics.quantiles(self.times, n=100)[percent - 1] * 1000


class Client:
    """One keep-alive connection that speaks just enough HTTP/1.1."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.keys = itertools.count(1)
        self.name = f"{time.time_ns()}-{threading.get_ident()}"
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def request(
        self,
        method: str,
        path: str,
        token: str,
        body: bytes = b"",
        version: int | None = None,
        content: str = "application/json",
    ) -> tuple[int, bytes]:
        """Send and wait; (status, body). A session cookie is sent as one."""
        who = f"Cookie: {token}" if token.startswith("wangge-session") else f"Authorization: Bearer {token}"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{who}\r\n"
        if method == "POST":
            head += f"Content-Type: {content}\r\nIdempotency-Key: {self.name}-{next(self.keys)}\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        if version is not None:
            head += f'If-Match: "{version}"\r\n'
        self._send(head.encode() + b"\r\n" + body)
        return self._answer()

    def signed(self, path: str, timestamp: str, signature: str, body: bytes) -> tuple[int, bytes]:
        """POST as the hotline's system does; (status, body)."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Wangge-Timestamp: {timestamp}\r\nX-Wangge-Signature: {signature}\r\nContent-Length: {len(body)}\r\n"
        )
        self._send(head.encode() + b"\r\n" + body)
        return self._answer()

    def _send(self, data: bytes) -> None:
        """On a connection that was silent too long and that the server has closed meanwhile: on a new one."""
        if select.select([self.socket], [], [], 0)[0]:
            self.socket.close()
            self._connect()
        self.socket.sendall(data)

    def _answer(self) -> tuple[int, bytes]:
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(rest) < length:
            self._more()
            rest = self.buffer.partition(b"\r\n\r\n")[2]
        self.buffer = rest[length:]
        return int(head[9:12]), rest[:length]

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("closed by the server")
        self.buffer += data

    def post(self, path: str, token: str, body: dict[str, Any], version: int | None = None) -> dict[str, Any]:
        """POST and read the answer; anything but 2xx is an error that shows itself."""
        status, text = self.request("POST", path, token, json.dumps(body).encode(), version)
        if not 200 <= status < 300:
            raise RuntimeError(f"{path}: {status} {text[:300].decode(errors='replace')}")
        return dict(json.loads(text))


Story = Callable[[Client, int, int], None]
"""(connection, number of the client, number of the turn) → does one unit of work."""


def run(story: Story, *, port: int, clients: int, seconds: float) -> Load:
    """Let ``clients`` repeat the story for ``seconds``."""
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    start = context.Barrier(min(PROCESSES, clients))
    shares = [range(index, clients, PROCESSES) for index in range(min(PROCESSES, clients))]
    workers = [
        context.Process(target=_process, args=(story, port, list(share), seconds, start, queue)) for share in shares
    ]
    for worker in workers:
        worker.start()
    results = [queue.get() for _worker in workers]
    for worker in workers:
        worker.join()
    times = [one for result in results for one in result[0]]
    elapsed = max(result[1] for result in results)
    return Load(len(times), elapsed, times, [text for result in results for text in result[2]])


def _process(story: Story, port: int, clients: list[int], seconds: float, start: Any, queue: Any) -> None:
    times: list[float] = []
    failures: list[str] = []
    start.wait()
    began = time.perf_counter()

    def client(number: int) -> None:
        connection = Client(port)
        for turn in itertools.count():
            if time.perf_counter() - began > seconds:
                return
            before = time.perf_counter()
            try:
                story(connection, number, turn)
            except (RuntimeError, OSError) as failure:
                failures.append(str(failure))
                if len(failures) > 20:
                    return
                connection = Client(port)
                continue
            times.append(time.perf_counter() - before)

    threads = [threading.Thread(target=client, args=(number,)) for number in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((times, time.perf_counter() - began, failures))
