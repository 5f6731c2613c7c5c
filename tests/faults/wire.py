"""A wire between the application and its database that can be cut at the worst moment: around a COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connections

COMMIT = b"COMMIT\x00"


class Wire:
    """Forwards bytes between clients on a port of its own and the server's socket."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.cut = ""  # "before": the COMMIT never arrives; "after": its answer never does
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.server)
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self.cut and COMMIT in data:
                    kind, self.cut = self.cut, ""
                    self.cuts += 1
                    _shut(client)  # whatever the server answers, nobody hears it
                    if kind == "after":
                        server.sendall(data)
                        self.done.wait(10)
                    break
                server.sendall(data)
        _shut(client, server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                try:
                    client.sendall(data)
                except OSError:
                    self.done.set()  # the answer to the COMMIT came, too late
                    break
        _shut(server, client)

    @contextmanager
    def cut_at_commit(self, kind: str) -> Iterator[None]:
        """Cut the next COMMIT that comes by."""
        self.done = threading.Event()
        before = self.cuts
        self.cut = kind
        yield
        assert self.cuts == before + 1, "nothing was committed"


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def over_a_wire() -> Iterator[Wire]:
    """Django's connections go over a wire for a while."""
    connection = connections["default"]
    settings: dict[str, Any] = connection.settings_dict
    host, port = settings["HOST"], settings["PORT"]
    wire = Wire(f"{host}/.s.PGSQL.{port}")
    _reconnect(HOST="127.0.0.1", PORT=str(wire.port))
    try:
        yield wire
    finally:
        _reconnect(HOST=host, PORT=port)
        wire.close()


def _reconnect(**changed: Any) -> None:
    connection = connections["default"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict.update(**changed)
