"""A served city under load: people who report and move cases over HTTP and ask again until they have an answer."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.ground.city import City
from wangge.domains.organizations.logic import token_digest
from wangge.groundwork.embedded_postgres import OWNER, Cluster
from wangge.groundwork.processes import all_processes, command_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
POSTS = ("acceptor", "duty_leader", "dispatcher")
CLASS = {"category": "event:0201", "condition_seq": 1}
REPORT = {
    "source": "leader", "category": "event:0201", "description": "店外经营",
    "location": {"lon": 113.134, "lat": 27.827, "system": "wgs84", "address": "建设路 1 号"},
}  # fmt: skip
LONGEST_SECONDS = 120.0
SIGN_IN = """
from wangge.project.opening import open_city
with open_city():
    from django.conf import settings
    from django.test import Client
    from wangge.domains.organizations.models import Person
    from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(Person.objects.get(username="desk"), backend=PASSWORD_BACKEND)
    print("; ".join(f"{name}={each.value}" for name, each in client.cookies.items()))
"""
logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request buries what went wrong


class LoadedCity(City):
    """A city with one person, a unit, and hands that work all the time."""

    def __init__(self, var: Path, *, small_disk: bool = False) -> None:
        super().__init__(var)
        self.cluster = Cluster(var)
        self.small_disk = small_disk
        self.told: list[tuple[str, int]] = []  # every write that was acknowledged: number and version

    def link(self) -> psycopg.Connection[Any]:
        """A connection as the owner, committing at once."""
        return psycopg.connect(**self.cluster.connection(OWNER), autocommit=True)

    def settle(self) -> None:
        """One who holds every post of the desk, a unit, and his token."""
        with self.cluster.in_use(), self.link() as link:
            link.execute(
                "INSERT INTO organizations_department (code, name, kind, valid_from)"
                " VALUES ('dept-a', 'dept-a', 'department', '2020-01-01')"
            )
            (person,) = link.execute(
                "INSERT INTO organizations_person (username, display_name, password, created_at, is_active,"
                " must_change_password)"
                " VALUES ('desk', 'desk', '!', %s, true, false) RETURNING id",
                [LONG_AGO],
            ).fetchone() or (0,)
            for post in POSTS:
                link.execute(
                    "INSERT INTO organizations_post_holding (person_id, post, valid_from) VALUES (%s, %s, %s)",
                    [person, post, LONG_AGO],
                )
            link.execute(
                "INSERT INTO organizations_access_token (person_id, digest, scope, created_at, name)"
                " VALUES (%s, %s, 'full', %s, 'hands')",
                [person, token_digest("hands"), LONG_AGO],
            )

    def signed_in(self) -> str:
        """The cookies of one who sits at the desk's pages."""
        ran = subprocess.run(
            [sys.executable, "-c", SIGN_IN], env=self.environment, text=True, capture_output=True, check=True
        )
        return ran.stdout.strip()

    def serve(self) -> subprocess.Popen[str]:
        """As any city, and what it says is read on: who talks into a pipe nobody empties stands still one day."""
        served = super().serve()
        assert served.stdout is not None
        threading.Thread(target=deque, args=(served.stdout, 200), daemon=True).start()
        return served

    def workers(self) -> list[int]:
        """The processes of the jobs."""
        return [
            number
            for number in all_processes()
            if any("wangge.surfaces.jobs.worker" in word for word in command_of(number))
            and _environment(number).get("WANGGE_VAR") == str(self.var)
        ]


def _environment(number: int) -> dict[str, str]:
    try:
        words = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    return dict(word.decode(errors="replace").split("=", 1) for word in words if b"=" in word)


@dataclass(slots=True)
class Hands(threading.Thread):
    """One client: reports a case, moves it to a unit, again and again, with a key for each write."""

    port: int
    name_of: str
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    asked_again: int = 0
    stopping: bool = False

    def __post_init__(self) -> None:
        threading.Thread.__init__(self, daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Work until told to stop; a case begun is brought to its unit."""
        turn = 0
        with httpx.Client(timeout=10) as client:
            while not self.stopping and not self.wrong:
                turn += 1
                case = self._ask(client, "/cases", REPORT, f"{turn}")
                for verb, body in (
                    ("accept", CLASS),
                    ("file_case", CLASS),
                    ("dispatch", {"department": "dept-a"}),
                ):
                    if case is not None:
                        path = f"/cases/{case['number']}/moves/{verb}"
                        case = self._ask(client, path, body, f"{turn}-{verb}", case["version"])

    def _ask(
        self, client: httpx.Client, path: str, body: Any, key: str, version: int | None = None
    ) -> dict[str, Any] | None:
        """The answer, however often it takes; who asks again uses the same key."""
        headers = {"Authorization": "Bearer hands", "Idempotency-Key": f"{self.name_of}-{key}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            try:
                answer = client.post(f"http://127.0.0.1:{self.port}/api/v1{path}", json=body, headers=headers)
            except httpx.HTTPError:
                self.asked_again += 1
                time.sleep(0.1)
                continue
            self.statuses.add(answer.status_code)
            if answer.status_code in (200, 201):
                told: dict[str, Any] = answer.json()
                self.acknowledged.append((told["number"], told["version"]))
                return told
            if answer.status_code not in (409, 503) or "retry-after" not in answer.headers:
                self.wrong.append(f"{path}: {answer.status_code} {answer.text[:300]}")
                return None
            self.asked_again += 1
            time.sleep(0.1)
        self.wrong.append(f"{path}: no answer within {LONGEST_SECONDS:.0f} s")
        return None


@dataclass(slots=True)
class OfficeUser(threading.Thread):
    """One who takes the whole table out as a file, and searches it for what stands nowhere, without a rest."""

    port: int
    cookies: str
    lines: list[int] = field(default_factory=list)  # of each file read to its end
    wrong: list[str] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        threading.Thread.__init__(self, daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Read until told to stop."""
        with httpx.Client(timeout=LONGEST_SECONDS, headers={"Cookie": self.cookies}) as client:
            while not self.stopping and not self.wrong:
                for path in ("/cases/export.csv", "/cases?q=查无此事"):
                    answer = client.get(f"http://127.0.0.1:{self.port}{path}")
                    if answer.status_code != 200:
                        self.wrong.append(f"{path}: {answer.status_code} {answer.text[:300]}")
                    elif path.endswith(".csv"):
                        self.lines.append(answer.text.count("\n"))


def wait_until(holds: Callable[[], bool], what: str, seconds: float = LONGEST_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"it never came to pass: {what}"
        time.sleep(0.1)


def victims(city: LoadedCity, chance: random.Random) -> tuple[str, list[int]]:
    """Whom to kill this time: a web process, all of them, the worker, one of the database's, or all of it."""
    kind = chance.choice(("web", "all web", "worker", "backend", "database"))
    web, database = city.processes(), city.cluster.running_process()
    if kind == "web" and web:
        return kind, [chance.choice(web)]
    if kind == "all web" and web:
        return kind, web
    if kind == "worker" and city.workers():
        return kind, city.workers()
    if database is None:
        return "nobody", []
    backends = [number for number in all_processes() if command_of(number)[:1] and _is_child(number, database)]
    return (kind, [database]) if kind == "database" or not backends else ("backend", [chance.choice(backends)])


def _is_child(number: int, parent: int) -> bool:
    try:
        return int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1]) == parent
    except (OSError, IndexError, ValueError):
        return False
