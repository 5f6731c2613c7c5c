"""A line between a telephone and the city that can be cut, also in the middle: after the request, before the answer.

The browser's own offline switch does not reach service workers everywhere, and it can lose no answers.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_CHUNK = 65536


class Line:
    """Carries bytes to and fro on a port of its own."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.hostname is not None
        assert target.port is not None
        self._target = (target.hostname, target.port)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_cut = False
        self._losing = b""
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """No network: what is open breaks, what comes new is refused."""
        self.is_cut = True
        self._hang_up()

    def mend(self) -> None:
        """There is a network again."""
        self.is_cut = False

    def lose_answer_to(self, first_line: bytes) -> None:
        """The next request that begins so reaches the city; its answer is lost on the way."""
        self._losing = first_line

    def close(self) -> None:
        """For good."""
        self.cut()
        self._listener.close()

    def _hang_up(self) -> None:
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._open.clear()

    def _listen(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(self._target)
            with self._lock:
                self._open |= {near, far}
            pair = _Pair(self, near, far)
            threading.Thread(target=pair.onwards, daemon=True).start()
            threading.Thread(target=pair.back, daemon=True).start()

    def loses(self, request: bytes) -> bool:
        """Whether the answer to this request shall be lost."""
        if not self._losing or not request.startswith(self._losing):
            return False
        self._losing = b""
        self.lost += 1
        return True


class _Pair:
    """One connection of the browser and one of ours."""

    def __init__(self, line: Line, near: socket.socket, far: socket.socket) -> None:
        self._line, self._near, self._far = line, near, far
        self._loses = False

    def onwards(self) -> None:
        """From the telephone to the city."""
        with suppress(OSError):
            while data := self._near.recv(_CHUNK):
                self._loses = self._loses or self._line.loses(data)
                self._far.sendall(data)
        with suppress(OSError):
            self._far.shutdown(socket.SHUT_WR)

    def back(self) -> None:
        """From the city to the telephone."""
        with suppress(OSError):
            while data := self._far.recv(_CHUNK):
                if self._loses:
                    break
                self._near.sendall(data)
        for end in (self._near, self._far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes whoever reads there; a close alone does not
            end.close()
