"""Running the city: database, web and jobs as children, revived when they die, stopped together."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import FrameType

from wangge.groundwork.embedded_postgres import Cluster
from wangge.groundwork.postgres_programs import ClusterFailed

_PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.2
_STOP_SECONDS = 20
_LONGEST_REST_SECONDS = 30.0
_HEALTHY_SECONDS = 60
_MOST_FILES = 65_536
_PYTHON = (sys.executable, "-P")
"""Nothing is imported from the directory ``serve`` happens to be started in."""


@dataclass
class Child:
    """One process of the city, with how long to rest before it is revived once more."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    revive_at: float = 0.0
    rest_seconds: float = 0.5

    def start(self) -> None:
        """Start it as leader of its own group; it gets SIGTERM when this process dies, however it dies."""
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent(),  # noqa: PLW1509 - the supervisor has no threads
        )
        self.started_at = time.monotonic()

    def has_died(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> None:
        """End what is left of its group and decide when to revive it: at once, then ever later."""
        assert self.process is not None
        self.signal_group(signal.SIGKILL)
        now = time.monotonic()
        if now - self.started_at > _HEALTHY_SECONDS:
            self.rest_seconds = 0.5
        self.revive_at = now + self.rest_seconds
        self.rest_seconds = min(self.rest_seconds * 2, _LONGEST_REST_SECONDS)
        self.process = None

    def signal_group(self, number: int) -> None:
        """Send a signal to it and to all it has started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


@dataclass
class Supervisor:
    """Keeps the children and the embedded database alive until it is told to stop."""

    children: list[Child]
    cluster: Cluster | None
    say: Callable[[str], None]
    stopping: bool = field(default=False, init=False)

    def run(self, *, address: str) -> None:
        """Start everything, say the address when pages answer, and return after everything has stopped."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._be_told)
        try:
            _allow_many_files()
            for child in self.children:
                child.start()
            self._wait_for(address)
            self._watch()
        finally:
            self._stop()

    def _be_told(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _wait_for(self, address: str) -> None:
        while not self.stopping:
            if _answers(f"{address}/healthz"):
                self.say(f"网格已就绪：{address}")
                return
            self._look()
            time.sleep(0.05)

    def _watch(self) -> None:
        while not self.stopping:
            self._look()
            time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        if self.cluster is not None and self.cluster.running_process() is None:
            self._revive_database(self.cluster)
        for child in self.children:
            if child.has_died():
                self.say(f"{child.name} 已退出，重新启动。")
                child.bury()
            if child.process is None and time.monotonic() >= child.revive_at:
                child.start()

    def _revive_database(self, cluster: Cluster) -> None:
        try:
            if cluster.start_again():
                self.say("数据库曾中断，已重新启动。")
        except ClusterFailed as failed:
            self.say(str(failed))
            time.sleep(1)

    def _stop(self) -> None:
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, until - time.monotonic()))
                child.signal_group(signal.SIGKILL)


def web_child(*, host: str, port: int, workers: int, threads: int) -> Child:
    """The web server: granian over WSGI."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(threads),
        "--http": "1",
        "--log-level": "warning",
        "--workers-kill-timeout": "5",
        # Open connections, not requests at work: with as few as granian allows by itself, a crowd that says nothing
        # keeps everybody else out until it is sent away, and that not before half a minute.
        "--backlog": "4096",
        "--backpressure": "4096",
        "--http1-header-read-timeout": "10000",
    }
    switches = ["--no-ws", "--respawn-failed-workers", "wangge.project.wsgi:application"]
    words = [word for pair in options.items() for word in pair]
    return Child("网页服务", [*_PYTHON, "-m", "granian", *words, *switches])


def jobs_child() -> Child | None:
    """The worker of timed and queued jobs."""
    module = "wangge.surfaces.jobs.worker"
    return Child("任务服务", [*_PYTHON, "-m", module]) if find_spec(module) else None


def _allow_many_files() -> None:
    """A connection is an open file; systems often allow 1,024 unless one asks for more."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _end_with_parent() -> Callable[[], None]:
    library = ctypes.CDLL(None)

    def tie() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    return tie


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
    except (urllib.error.URLError, OSError):
        return False
