"""A city of a test's own, run by the very commands a person types."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx

from wangge.groundwork.processes import all_processes, command_of

WANGGE = [sys.executable, "-c", "from wangge.project.command_line import main; main()"]
MOST_SECONDS = 600  # against standing still, not against slow machines


class City:
    """A city of its own, run by the very commands."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("WANGGE", "DJANGO"))},
            "WANGGE_VAR": str(var),
        }
        self.served: subprocess.Popen[str] | None = None

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*WANGGE, *words],
            env={**self.environment, **more},
            text=True,
            capture_output=True,
            check=False,
            timeout=MOST_SECONDS,
        )

    def serve(self) -> subprocess.Popen[str]:
        """Start the city and wait until it says it is ready."""
        self.served = subprocess.Popen(
            [*WANGGE, "serve", "--port", str(self.port)],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self.served.stdout is not None
        said = ""
        late = threading.Timer(MOST_SECONDS, self.served.terminate)  # its last line is then read, and told
        late.start()
        try:
            while "已就绪" not in said:
                line = self.served.stdout.readline()
                assert line, said
                said += line
        finally:
            late.cancel()
        assert f"http://127.0.0.1:{self.port}" in said
        return self.served

    def status(self, path: str) -> int:
        """The HTTP status of a page, 0 when nobody answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return 0

    def processes(self, *words: str) -> list[int]:
        """Web processes of this city, by their port."""
        return [
            number
            for number in all_processes()
            if all(word in command_of(number) for word in ("granian", str(self.port), *words))
        ]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
