"""The write path over HTTP: creates, and whole lifecycles (walk W01 without its two overlays)."""

from __future__ import annotations

import random
from typing import Any

from bench.bench_city import BenchCity
from bench.http_load import Client, Load, run


def creates(city: BenchCity, *, seconds: float, clients: int = 8) -> Load:
    """Reports by collectors, each with place, words and a photo."""
    tokens = [city.token("collector", number) for number in range(clients)]
    photos = [city.photo(token) for token in tokens]

    def story(client: Client, number: int, turn: int) -> None:
        client.post("/api/v1/cases", tokens[number], report_body(city, photos[number], number, turn))

    return run(story, port=city.port, clients=clients, seconds=seconds)


def lifecycles(city: BenchCity, *, seconds: float, clients: int = 8) -> Load:
    """Report and the eight moves to the closed case."""
    unit_people = [person for person in city.tokens["department"] if person[2]]
    photos = {
        token: city.photo(token)
        for token in [
            *(city.token("collector", number) for number in range(2 * clients)),
            *(str(person[1]) for person in unit_people),
        ]
    }

    def story(client: Client, number: int, turn: int) -> None:
        collector = city.token("collector", number)
        case = client.post("/api/v1/cases", collector, report_body(city, photos[collector], number, turn))
        unit = unit_people[(number + turn) % len(unit_people)]
        verifier = number + clients
        limit = {"category": "component:0101", "condition_seq": 2}
        inspector = city.token("collector", verifier)
        site = {"photo_site": [photos[inspector]], "location": case["location"] and _place(case)}
        moves: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("acceptor", "accept", {"category": "component:0101"}),
            ("duty_leader", "file_case", limit),
            ("dispatcher", "dispatch", {"department": unit[2]}),
            (unit[1], "report_handled", {"evidence": {"photo_after": [photos[unit[1]]]}}),
            ("dispatcher", "forward_result", {}),
            ("acceptor", "send_inspection", {"assignee": city.username("collector", verifier)}),
            (inspector, "pass_inspection", {"evidence": site}),
            ("duty_leader", "close_case", {}),
        )
        for who, verb, body in moves:
            token = city.token(who, number) if who in city.tokens else who
            case = client.post(f"/api/v1/cases/{case['number']}/moves/{verb}", token, body, case["version"])
        if case["stage"] != "closed":
            raise RuntimeError(f"not closed: {case['stage']}")

    return run(story, port=city.port, clients=clients, seconds=seconds)


def _place(case: dict[str, Any]) -> dict[str, Any]:
    return {"lon": case["location"]["lon"], "lat": case["location"]["lat"]}


def report_body(city: BenchCity, photo: str, number: int, turn: int) -> dict[str, Any]:
    """A report of an open manhole at one of the city's places."""
    chance = random.Random(number * 1_000_003 + turn)
    lon, lat = chance.choice(city.points)
    return {
        "source": "collector",
        "category": "component:0101",
        "description": f"上水井盖缺失，存在安全隐患 {number}-{turn}",
        "location": {"lon": lon, "lat": lat, "system": "wgs84", "address": f"环城路 {chance.randint(1, 999)} 号"},
        "evidence": {"photo_before": [photo]},
    }
