"""Reading a big city over HTTP: list, case, steps, search by number, by address and by a two-character word."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from urllib.parse import quote

from bench.bench_city import BenchCity
from bench.http_load import Client, Load, run


def reads(city: BenchCity, *, seconds: float, clients: int = 4) -> dict[str, Load]:
    """Each question alone, repeated by several clients."""
    token = city.token("acceptor")
    numbers = _some_numbers(city, token)
    questions: dict[str, PathFor] = {
        "list": lambda chance: "/api/v1/cases?limit=50",
        "list by stage": lambda chance: f"/api/v1/cases?limit=50&stage={chance.choice(_STAGES)}",
        "overdue": lambda chance: "/api/v1/cases?limit=50&overdue=true",
        "case": lambda chance: f"/api/v1/cases/{chance.choice(numbers)}",
        "steps": lambda chance: f"/api/v1/cases/{chance.choice(numbers)}/steps",
        "search number": lambda chance: f"/api/v1/cases?limit=50&q={chance.choice(numbers)}",
        "search address": lambda chance: f"/api/v1/cases?limit=50&q={quote(chance.choice(_addresses(city, token)))}",
        "search two characters": lambda chance: f"/api/v1/cases?limit=50&q={quote(chance.choice(_WORDS))}",
    }
    pages: dict[str, PathFor] = {
        "page: work list": lambda chance: "/work",
        "page: case": lambda chance: f"/cases/{chance.choice(numbers)}",
        "page: command hall": lambda chance: "/hall",
        "page: search number": lambda chance: f"/cases?q={chance.choice(numbers)}",
        "page: search address": lambda chance: f"/cases?q={quote(chance.choice(_addresses(city, token)))}",
        "page: search two characters": lambda chance: f"/cases?q={quote(chance.choice(_WORDS))}",
    }
    found = {name: _asked(city, token, path, seconds, clients) for name, path in questions.items()}
    cookie, leader = city.cookies["acceptor"], city.cookies["duty_leader"]
    found |= {name: _asked(city, cookie, path, seconds, clients) for name, path in pages.items()}
    board = _asked(city, leader, lambda _chance: "/board", seconds, clients)
    return found | {"page: duty leader's board": board}


def counters(city: BenchCity, *, seconds: float, clients: int = 4) -> dict[str, Load]:
    """The counters of the work lists and of the command hall, by those who have them open all day."""
    pages: dict[str, PathFor] = {
        "page: work list": lambda _chance: "/work",
        "page: command hall": lambda _chance: "/hall",
    }
    cookie = city.cookies["duty_leader"]
    return {name: _asked(city, cookie, path, seconds, clients) for name, path in pages.items()}


WARM_SECONDS = 2
_STAGES = ("reported", "accepted", "filed", "handling", "feedback", "inspecting", "awaiting_close", "closed")
_WORDS = ("井盖", "垃圾", "路灯", "破损", "占道", "绿化")
PathFor = Callable[[random.Random], str]
_kept: dict[int, list[str]] = {}


def _asked(city: BenchCity, token: str, path: PathFor, seconds: float, clients: int) -> Load:
    def story(client: Client, number: int, turn: int) -> None:
        status, body = client.request("GET", path(random.Random(number * 7919 + turn)), token)
        if status != 200:
            raise RuntimeError(f"{status} {body[:200]!r}")

    run(story, port=city.port, clients=clients, seconds=WARM_SECONDS)  # processes bring in what they need
    return run(story, port=city.port, clients=clients, seconds=seconds)


def _some_numbers(city: BenchCity, token: str) -> list[str]:
    """The newest cases, with the forms of what is to be done next, and as many closed ones, with their history."""
    client = Client(city.port)
    numbers: list[str] = []
    for narrowed in ("", "&stage=closed"):
        cursor = ""
        for _turn in range(3):
            _status, body = client.request("GET", f"/api/v1/cases?limit=200{narrowed}{cursor}", token)
            page = json.loads(body)
            numbers += [item["number"] for item in page["items"]]
            cursor = f"&cursor={page['next']}"
            if page["next"] is None:
                break
    return numbers


def _addresses(city: BenchCity, token: str) -> list[str]:
    if city.port not in _kept:
        _status, body = Client(city.port).request("GET", "/api/v1/cases?limit=100", token)
        items = json.loads(body)["items"]
        _kept[city.port] = [item["location"]["address"] for item in items if item["location"]]
    return _kept[city.port]
