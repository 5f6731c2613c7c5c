"""Delivery to partners: ten thousand facts, a partner that fails and one that never answers among those that listen."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from bench.bench_city import WANGGE, BenchCity, environment
from wangge.surfaces.exchange.webhooks.receiver import Receiver, listening

FACTS = 10_000
LISTENERS = 3
NETWORKS = {"WANGGE_WEBHOOK_NETWORKS": "127.0.0.0/8"}
_LONGEST_SECONDS = 180.0
_FACTS = """
import sys
from wangge.project.opening import open_city
with open_city():
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox (month, topic, key, payload, recorded_at)"
            " SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date, 'case.step', case_id::text,"
            "  json_build_object('seq', seq, 'verb', verb, 'stage', to_stage, 'to', '')::text, now()"
            " FROM cases_step ORDER BY case_id, seq LIMIT %s", [int(sys.argv[1])])
        print("FACTS", cursor.rowcount)
"""


@dataclass(frozen=True)
class Delivered:
    """Seconds until each listening partner had everything, and what of it came twice or was refused."""

    facts: int
    seconds: list[float]
    missing: int
    doubled: int
    failed_posts: int


def deliver(city: BenchCity, *, facts: int = FACTS) -> Delivered:
    """Write the facts in one transaction and wait until every listener has heard all."""
    listeners = [Receiver("", lambda: datetime.now(UTC)) for _number in range(LISTENERS)]
    failed, release = [0], threading.Event()

    def fails(_headers: Mapping[str, str], _body: bytes) -> HTTPStatus:
        failed[0] += 1
        return HTTPStatus.INTERNAL_SERVER_ERROR

    def hangs(_headers: Mapping[str, str], _body: bytes) -> HTTPStatus:
        release.wait(_LONGEST_SECONDS)
        return HTTPStatus.SERVICE_UNAVAILABLE

    with contextlib.ExitStack() as opened:
        opened.callback(release.set)
        for number, receiver in enumerate(listeners):
            receiver.secret = _add(city, f"listens {number}", opened.enter_context(listening(receiver.take)))
        _add(city, "fails", opened.enter_context(listening(fails)))
        _add(city, "hangs", opened.enter_context(listening(hangs)))
        began = time.perf_counter()
        written = subprocess.run(
            [sys.executable, "-c", _FACTS, str(facts)], env=environment(city.var, NETWORKS), check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip
        wanted = int(written.split()[-1])
        seconds = _wait(listeners, wanted, began)
    return Delivered(
        wanted, seconds, sum(wanted - len(receiver.events) for receiver in listeners),
        sum(receiver.doubled for receiver in listeners), failed[0],
    )  # fmt: skip


def _wait(listeners: list[Receiver], wanted: int, began: float) -> list[float]:
    done: dict[int, float] = {}
    while len(done) < len(listeners) and time.perf_counter() - began < _LONGEST_SECONDS:
        for number, receiver in enumerate(listeners):
            if number not in done and len(receiver.events) >= wanted:
                done[number] = time.perf_counter() - began
        time.sleep(0.05)
    return [done.get(number, _LONGEST_SECONDS) for number in range(len(listeners))]


def _add(city: BenchCity, name: str, port: int) -> str:
    command = [str(WANGGE), "webhook", "add", name, f"http://127.0.0.1:{port}/in"]
    added = subprocess.run(command, env=environment(city.var, NETWORKS), check=True, capture_output=True, text=True)
    return added.stdout.strip()
