"""Open311 over HTTP: creates by form, and the list of a thousand requests in both formats."""

from __future__ import annotations

import subprocess
from urllib.parse import urlencode

from bench.bench_city import WANGGE, BenchCity, environment
from bench.http_load import Client, Load, run

ROWS = 1000


def open_the_door(city: BenchCity) -> None:
    """By a recorded decision, as a city does."""
    words = ["--decided-by", "bench", "--decision", "bench", "--secrecy-review", "bench"]
    subprocess.run([WANGGE, "door", "open", "open311", *words], env=environment(city.var), check=True)


def creates(city: BenchCity, *, seconds: float, clients: int = 8) -> Load:
    """Citizens' reports with place and words."""
    key = city.token("acceptor")

    def story(client: Client, number: int, turn: int) -> None:
        _create(client, city, key, number * 7919 + turn)

    return run(story, port=city.port, clients=clients, seconds=seconds)


def fill(city: BenchCity) -> None:
    """At least a thousand requests, so that a list is a whole one."""
    client, key = Client(city.port), city.token("acceptor")
    for turn in range(ROWS + 10):
        _create(client, city, key, turn)


def lists(city: BenchCity, fmt: str, *, seconds: float) -> Load:
    """One client after another asks for the thousand newest."""

    def story(client: Client, number: int, turn: int) -> None:
        status, body = client.request("GET", f"/open311/v2/requests.{fmt}", "")
        if status != 200 or body.count(b"service_request_id") < ROWS:
            raise RuntimeError(f"{status} {len(body)} bytes")

    return run(story, port=city.port, clients=1, seconds=seconds)


def _create(client: Client, city: BenchCity, key: str, turn: int) -> None:
    lon, lat = city.points[turn % len(city.points)]
    form = {
        "api_key": key, "service_code": "event-0110", "long": repr(lon), "lat": repr(lat),
        "description": f"路口有生活垃圾，第 {turn} 件", "first_name": "某", "phone": "00000000000",
    }  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    status, body = client.request("POST", "/open311/v2/requests.json", "", urlencode(form).encode(), content=kind)
    if status != 200:
        raise RuntimeError(f"{status} {body[:200]!r}")
