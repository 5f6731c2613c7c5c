"""The doors of the city over HTTP: positions, hotline orders, bursts through Open311, partners told from the outbox."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bench_city import ROOT, BenchCity, environment
from bench.http_load import Client
from bench.measurement import Measurement, at_least, at_most
from bench.partners import FACTS, Delivered, deliver
from bench.volume import tree

CHANNEL = "hotline_12345"
SECRET = "bench-only-bench-only-bench-only-bench"
SETTINGS = {"WANGGE_WEBHOOK_NETWORKS": "127.0.0.0/8", "WANGGE_HOTLINE_SECRETS": f"{CHANNEL}:{SECRET}"}
COLLECTORS = 200
BATCH = 30
_SHARED = next((each for each in ROOT.parents if (each / "shared" / "data").is_dir()), ROOT.parent)
DATA = _SHARED / "shared" / "data"
LA311 = DATA / "la311" / "dev" / "requests_2017.csv.gz"
BOSTON = DATA / "boston_open311" / "dev" / "requests.jsonl.gz"

_DUTY = """
import json, sys
from datetime import timedelta
from wangge.project.opening import open_city
with open_city(as_owner=True):
    from django.db import connection
    from wangge.domains.organizations.logic import TERMINAL, TokenScope
    from wangge.domains.organizations.models import Person
    from wangge.domains.organizations.operations.tokens import add_token
    from wangge.groundwork import clock
    at = clock.now()
    tokens = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM geography_area WHERE kind = 'responsibility_grid' ORDER BY code LIMIT 500")
        grids = [row[0] for row in cursor.fetchall()]
        for number in range(int(sys.argv[1])):
            person = Person.objects.create(username=f"bench-{number}", display_name="某", password="!", created_at=at)
            cursor.execute(
                "INSERT INTO organizations_post_holding (person_id, post, valid_from) VALUES (%s, 'collector', %s)",
                [person.id, at - timedelta(days=1)])
            cursor.execute(
                "INSERT INTO organizations_shift_turn (person_id, grid_code, starts_at, ends_at, shift)"
                " VALUES (%s, %s, %s, %s, 'day')",
                [person.id, grids[number % len(grids)], at - timedelta(hours=2), at + timedelta(hours=8)])
            tokens.append(add_token(by=TERMINAL, at=at, person=person, scope=TokenScope.POSITIONS))
    print("TOKENS " + json.dumps(tokens))
"""


@dataclass(frozen=True)
class Stored:
    """Positions taken in, and what share of one core the whole city spent on it beside its idling."""

    positions: int
    seconds: float
    core_percent: float
    idle_percent: float


def measure(city: BenchCity, *, quick: bool) -> Iterator[list[Measurement]]:
    """Every line there is to reach, door by door."""
    stored = positions(city, seconds=20 if quick else 60)
    name = f"positions of {COLLECTORS} collectors each second, in batches of {BATCH}"
    yield [
        at_most(f"{name}: of one core", stored.core_percent, "%", 10),
        at_least(f"{name}: kept a second", stored.positions / stored.seconds, "1/s", COLLECTORS * 0.95),
    ]
    times = orders(city, count=50 if quick else 300)
    yield [at_most("hotline order to its case, p95", statistics.quantiles(times, n=20)[18] * 1000, "ms", 200)]
    delivered = deliver(city, facts=2_000 if quick else FACTS)
    yield _lines_of(delivered)
    if LA311.is_file():
        burst = replayed(city, LA311, "la311", pace=20, stretch="minute")
        yield _lines_of_burst("worst minutes of a burst at 20 times its pace", burst)
    for path, mapping in ((LA311, "la311"), (BOSTON, "boston_open311")):
        if path.is_file() and not quick:
            yield _lines_of_month(f"busiest month of {mapping} through Open311 create", path, mapping, city)


def _lines_of(delivered: Delivered) -> list[Measurement]:
    name = f"{delivered.facts:,} facts to partners, one failing and one hanging beside"
    return [
        at_most(f"{name}: slowest listener", max(delivered.seconds), "s", 60),
        at_most(f"{name}: events missing", delivered.missing, "events", 0),
    ]


def _lines_of_burst(name: str, told: dict[str, Any]) -> list[Measurement]:
    lag = told["lag_seconds"] or {"p95": 0.0}
    return [
        at_most(f"{name}: lost of {told['due']:,}", told["lost"], "reports", 0),
        at_most(f"{name}: numbers given twice", told["taken"] - told["distinct_numbers"], "reports", 0),
        at_most(f"{name}: lag, p95", lag["p95"] * 1000, "ms", 1000),
    ]


def _lines_of_month(name: str, path: Path, mapping: str, city: BenchCity) -> list[Measurement]:
    """A month without waiting: its true pace is so slow that it would say nothing."""
    told = replayed(city, path, mapping, pace=0, stretch="month")
    return [
        at_most(f"{name}: lost of {told['due']:,}", told["lost"], "reports", 0),
        at_most(f"{name}: neither taken nor refused", told["due"] - told["taken"] - told["refused"], "reports", 0),
        at_most(f"{name}: refused", told["refused"], "reports", told["due"] * 0.01),
        at_least(f"{name}: taken a second", told["per_second"] or 0.0, "1/s", 100),
    ]


def positions(city: BenchCity, *, seconds: int) -> Stored:
    """Each collector sends a batch every ``BATCH`` seconds, spread evenly; processor time of web, jobs, database."""
    shown = subprocess.run(
        [sys.executable, "-c", _DUTY, str(COLLECTORS)], env=environment(city.var), check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    tokens = json.loads(shown.partition("TOKENS ")[2])
    _send(Client(city.port), city, tokens[0], 0, time.time() - 3600)  # the first fills what processes keep
    time.sleep(2)
    idle = _share(city, lambda: time.sleep(8))
    kept = [0]

    def send() -> None:
        client = Client(city.port)  # a connection that says nothing for ten seconds is closed
        began, pause = time.perf_counter(), BATCH / COLLECTORS
        for turn in range(int(seconds / pause)):
            kept[0] += _send(client, city, tokens[turn % COLLECTORS], turn, time.time())
            time.sleep(max(0.0, began + pause * (turn + 1) - time.perf_counter()))

    busy = _share(city, send)
    return Stored(kept[0], seconds, max(0.0, busy - idle), idle)


def _send(client: Client, city: BenchCity, token: str, turn: int, until: float) -> int:
    lon, lat = city.points[turn % len(city.points)]
    told = [
        {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until - BATCH + second)), "lon": lon + second * 1e-5,
         "lat": lat, "accuracy_m": 8.0}
        for second in range(BATCH)
    ]  # fmt: skip
    return int(client.post("/api/v1/positions", token, {"positions": told})["kept"])


def _share(city: BenchCity, what: Any) -> float:
    """Percent of one core that the city's processes spent while ``what`` ran."""
    before, began = _cpu(city), time.perf_counter()
    what()
    return (_cpu(city) - before) / (time.perf_counter() - began) * 100


def _cpu(city: BenchCity) -> float:
    """Processor seconds of the server's tree and of the cluster's, ended children included."""
    assert city.server is not None
    postmaster = int((city.var / "postgres" / "postmaster.pid").read_text().split()[0])
    ticks = 0
    for number in (*tree(city.server.pid), *tree(postmaster)):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(each) for each in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def orders(city: BenchCity, *, count: int) -> list[float]:
    """Seconds from the hotline's message to the answer that its case stands."""
    client, times = Client(city.port), []
    for number in range(count + 5):
        lon, lat = city.points[number % len(city.points)]
        body = json.dumps(
            {
                "message_id": f"bench-{number}", "type": "order", "order_no": f"BENCH-{number:06}",
                "kind": "complaint", "title": "路面破损", "content": "来电反映：路面破损。",
                "location": {"lon": lon, "lat": lat, "address": "来电人所述地点"},
                "citizen": {"name": "市民", "phone": "13900000000"},
            }
        ).encode()  # fmt: skip
        timestamp = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        began = time.perf_counter()
        status, answer = client.signed(f"/api/v1/hotline/{CHANNEL}/messages", timestamp, signature, body)
        if number >= 5:
            times.append(time.perf_counter() - began)
        if status >= 300 or not json.loads(answer).get("case"):
            raise RuntimeError(f"{status} {answer[:200]!r}")
    return times


_REPLAY = """
import json, sys
from collections import Counter
from itertools import islice
from pathlib import Path
import wangge.project.commands.import_reports as reports
with reports.without_city():
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.imports.mapping import load_mapping
    from wangge.surfaces.exchange.imports.replaying import Open311Sender, replay
    from wangge.surfaces.exchange.imports.run import ImportRun
    path, mapping, stretch, pace, url, key = sys.argv[1:]
    run = ImportRun(Path(path), load_mapping(mapping), at=clock.now(), refuse=lambda _row: None)
    found = list(islice(run.reports(), 40_000))
    if stretch == "minute":
        # Five minutes around the minute in which most came.
        worst, _count = Counter(int(r.reported_at.timestamp()) // 60 for r in found).most_common(1)[0]
        found = [r for r in found if -2 <= int(r.reported_at.timestamp()) // 60 - worst < 3]
    else:
        month, _count = Counter(r.reported_at.strftime("%Y-%m") for r in found).most_common(1)[0]
        found = [r for r in found if r.reported_at.strftime("%Y-%m") == month]
    replayed = replay(found, lambda: Open311Sender(url, key), pace=float(pace), workers=8)
    print("REPLAYED " + json.dumps(replayed.as_json()))
"""


def replayed(city: BenchCity, path: Path, mapping: str, *, pace: float, stretch: str) -> dict[str, Any]:
    """A stretch of another city's reports through Open311 create, by their own moments."""
    url = f"http://127.0.0.1:{city.port}/open311/v2"
    shown = subprocess.run(
        [sys.executable, "-c", _REPLAY, str(path), mapping, stretch, str(pace), url, city.token("acceptor")],
        env=environment(city.var), check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return dict(json.loads(shown.partition("REPLAYED ")[2]))
