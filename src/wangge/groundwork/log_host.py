"""Sends log records to another host by syslog; a host that is away or slow costs the city nothing but these lines."""

from __future__ import annotations

import atexit
import logging
import queue
import socket
import threading
from logging.handlers import QueueHandler, SysLogHandler

MOST_WAITING = 10_000
_SECONDS = 5.0


class LogHost(QueueHandler):
    """Records wait in memory for a thread that sends them; when too many wait, the newest are dropped and counted."""

    def __init__(self, *, host: str, port: int, stream: bool) -> None:
        super().__init__(queue.Queue(MOST_WAITING))
        self.dropped = 0
        self._sender = _Sender(host, port, stream=stream)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        atexit.register(self._drain)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Begin to send with the first record: a process that forks before has no thread to lose."""
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._send_all, name="log host", daemon=True)
                    self._thread.start()
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def _send_all(self) -> None:
        while True:
            record = self.queue.get()
            if record is None:
                return
            self._sender.handle(record)

    def _drain(self) -> None:
        """At the end of the process: what waits has a moment to leave."""
        if self._thread is not None:
            try:
                self.queue.put_nowait(None)
            except queue.Full:
                return
            self._thread.join(_SECONDS)


class _Sender(SysLogHandler):
    """Connects when there is something to send, gives up after some seconds, and ends each line of a stream."""

    def __init__(self, host: str, port: int, *, stream: bool) -> None:
        self._stream = stream
        self._place = (host, port)
        # Not SysLogHandler's own beginning: it connects at once, and a city must start while the log host is away.
        logging.Handler.__init__(self)
        self.address = self._place
        self.facility = self.LOG_LOCAL0
        self.socktype = socket.SOCK_STREAM if stream else socket.SOCK_DGRAM
        self.unixsocket = False
        self.socket: socket.socket | None = None
        self.append_nul = False

    def createSocket(self) -> None:  # noqa: N802 - the name of the standard library
        """With an end to waiting."""
        if self._stream:
            self.socket = socket.create_connection(self._place, timeout=_SECONDS)
        else:
            family = socket.getaddrinfo(*self._place, type=socket.SOCK_DGRAM)[0][0]
            self.socket = socket.socket(family, socket.SOCK_DGRAM)

    def format(self, record: logging.LogRecord) -> str:
        """The record was formatted before it waited."""
        text = record.getMessage()
        return f"{text}\n" if self._stream else text

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name of the standard library
        """The line is lost; the next one connects anew."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
