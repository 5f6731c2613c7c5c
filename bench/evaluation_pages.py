"""The way from a score down to its cases over HTTP: a published month, papers of objects, traces of figures."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bench.bench_city import WANGGE, BenchCity, environment
from bench.http_load import Client, Load, Story, run

MONTH = "2024-03"
PathFor = Callable[[random.Random], str]
COUNTS = ("n_close", "n_file", "n_handle_overdue", "n_unhandled_overdue", "n_rework", "handle_intime_rate_reached",
          "close_rate_reached", "rework_rate", "close_rate_filed", "n_close_overdue", "n_report")  # fmt: skip


def publish(var: Path) -> list[tuple[str, str]]:
    """Publish a month; the objects it has, as (kind, code)."""
    words = [str(WANGGE), "evaluate", "monthly", MONTH, "--publish", "--json"]
    told = subprocess.run(words, env=environment(var), check=True, capture_output=True, text=True)
    scores = json.loads(told.stdout)["scores"]
    return [(kind, each["code"]) for kind, of in scores.items() for each in of]


def drill_down(city: BenchCity, objects: list[tuple[str, str]], *, seconds: float, clients: int = 2) -> dict[str, Load]:
    """The month, an object's paper and a figure's trace to its cases, each of them at random."""
    cookie = city.cookies["evaluator"]

    def figure(chance: random.Random) -> str:
        kind, code = chance.choice(objects)
        name = quote(f"{kind}={code}/{chance.choice(COUNTS)}")
        return f"/assessment/results/M{MONTH}-1?figure={name}"

    def paper(chance: random.Random) -> str:
        kind, code = chance.choice(objects)
        return f"/assessment/{MONTH}/{kind}/{code}"

    pages = {"month": lambda chance: f"/assessment/{MONTH}", "paper of an object": paper, "figure to its cases": figure}
    found = {}
    for name, path in pages.items():
        story = _story(path, cookie)
        run(story, port=city.port, clients=clients, seconds=2)  # processes bring in what they need
        found[name] = run(story, port=city.port, clients=clients, seconds=seconds)
    return found


def _story(path: PathFor, cookie: str) -> Story:
    def story(client: Client, number: int, turn: int) -> None:
        status, body = client.request("GET", path(random.Random(number * 7919 + turn)), cookie)
        if status != 200:
            raise RuntimeError(f"{status} {body[:200]!r}")

    return story
