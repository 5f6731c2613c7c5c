"""A city of the benchmark's own: the demo ground in a directory of its own, tokens of its people, photos, a server."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WANGGE = ROOT / ".venv" / "bin" / "wangge"
POSTS = ("collector", "acceptor", "duty_leader", "dispatcher", "archivist", "supervisor")

GROUND = """
from datetime import datetime
from wangge.project.opening import open_city
with open_city(as_owner=True):
    import json
    from wangge.domains.organizations.logic import TERMINAL, TokenScope
    from wangge.domains.organizations.models import Person
    from wangge.domains.organizations.operations.tokens import add_token
    from wangge.domains.organizations.queries import actor_of_person
    from wangge.groundwork import clock
    from wangge.project.demo.city_data import read_city
    from wangge.project.demo.ground import grow_ground
    from wangge.project.demo.ground_loading import CityExists, load_ground
    at = clock.now()
    ground = grow_ground(read_city())
    try:
        load_ground(ground, by=TERMINAL, at=at)
    except CityExists:
        pass
    tokens = {}
    for person in Person.objects.order_by("id"):
        actor = actor_of_person(person.id, at)
        for holding in actor.holdings:
            kept = tokens.setdefault(holding.post, [])
            if len(kept) < 16:
                kept.append([person.username, add_token(by=TERMINAL, at=at, person=person, scope=TokenScope.FULL),
                             holding.department_code])
    from django.conf import settings
    from django.test import Client
    from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
    settings.ALLOWED_HOSTS = ["*"]
    cookies = {}
    for post in ("acceptor", "duty_leader", "evaluator"):
        client = Client()
        client.force_login(Person.objects.get(username=tokens[post][0][0]), backend=PASSWORD_BACKEND)
        cookies[post] = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
    areas = [a for a in ground.areas if a.kind == "responsibility_grid"]
    points = [[*a.boundary.representative_point().coords[0]] for a in areas]
    print("BENCH-CITY " + json.dumps({"tokens": tokens, "points": points, "cookies": cookies}))
"""


@dataclass
class BenchCity:
    """Where the city runs, and who may speak."""

    var: Path
    port: int
    tokens: dict[str, list[list[Any]]]
    points: list[list[float]]
    cookies: dict[str, str]  # session of a seat, by post
    photos: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None

    def token(self, post: str, number: int = 0) -> str:
        people = self.tokens[post]
        return str(people[number % len(people)][1])

    def username(self, post: str, number: int = 0) -> str:
        people = self.tokens[post]
        return str(people[number % len(people)][0])

    def photo(self, token: str) -> str:
        """The id of a photo this token's person sent; one each."""
        if token not in self.photos:
            self.photos[token] = _send_photo(self.port, token, len(self.photos))
        return self.photos[token]


def environment(var: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WANGGE_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "WANGGE_VAR": str(var), **(more or {})}


@contextlib.contextmanager
def running_city(var: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[BenchCity]:
    """A migrated city with the demo's ground, served on a free port under these settings; stopped afterwards."""
    subprocess.run([WANGGE, "migrate", "--quiet"], env=environment(var), check=True)
    shown = subprocess.run(
        [sys.executable, "-c", GROUND], env=environment(var), check=True, capture_output=True, text=True
    ).stdout
    found = json.loads(shown.partition("BENCH-CITY ")[2])
    city = BenchCity(var, _free_port(), found["tokens"], found["points"], found["cookies"])
    with open(var / "bench-serve.log", "wb") as log:
        city.server = subprocess.Popen(
            [WANGGE, "serve", "--port", str(city.port)], env=environment(var, settings), stdout=log, stderr=log
        )
        try:
            _wait_until_ready(city)
            yield city
        finally:
            city.server.send_signal(signal.SIGTERM)
            city.server.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(city: BenchCity) -> None:
    for _turn in range(300):
        with contextlib.suppress(OSError, http.client.HTTPException):
            asked = http.client.HTTPConnection("127.0.0.1", city.port, timeout=5)
            asked.request("GET", "/readyz")
            if asked.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the city did not come up; see {city.var / 'bench-serve.log'}")


def _send_photo(port: int, token: str, number: int) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (number % 256, 120, 90)).save(buffer, "JPEG", comment=f"{number}".encode())
    mark = "wangge-bench-boundary"
    body = (
        (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        + buffer.getvalue()
        + f"\r\n--{mark}--\r\n".encode()
    )
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={mark}"}
    asked.request("POST", "/api/v1/photos", body, headers)
    answer = asked.getresponse()
    text = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"photo: {answer.status} {text[:200]!r}")
    return str(json.loads(text)["id"])
