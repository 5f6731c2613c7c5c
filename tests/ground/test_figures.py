"""Watchers are told everything the shipped board and alerts ask for, and logs go where the city wants them."""

from __future__ import annotations

import json
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.test import Client

from wangge.domains.platform.models import UpkeepKind
from wangge.domains.platform.operations import beat, note
from wangge.groundwork import clock
from wangge.groundwork.log_host import LogHost
from wangge.groundwork.outbox.operations import append, register_consumer
from wangge.project.environment import Environment
from wangge.project.environment_mistakes import mistakes_in
from wangge.project.logs import logging_of
from wangge.surfaces.api import health
from wangge.surfaces.jobs import tasks

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
FIGURE = re.compile(r"\bwangge_[a-z0-9_]+")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    health.kept.last = None
    yield
    health.kept.last = None


def _asked() -> set[str]:
    board = json.loads((MONITORING / "board.json").read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    expressions += re.findall(r"^\s+expr: (.*)$", (MONITORING / "alerts.yml").read_text(), re.MULTILINE)
    return {name for each in expressions for name in FIGURE.findall(each)}


def _told(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("wangge_")]
    return {name: float(value) for name, _blank, value in lines}


def _certificate(path: Path, ends_at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "city.example")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), ends_at - timedelta(days=90), ends_at
    ).sign(key, hashes.SHA256())
    path.write_bytes(made.public_bytes(Encoding.PEM))


@pytest.mark.django_db
def test_every_figure_of_board_and_alerts_is_told(
    client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    _certificate(tmp_path / "city.pem", at + timedelta(days=20))
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={"certificate": tmp_path / "city.pem", "backups": tmp_path}
    )
    beat(at=at)
    note(kind=UpkeepKind.BASE, well=True, at=at, detail={})
    note(kind=UpkeepKind.BASE, well=False, at=at + timedelta(hours=1), detail={})
    note(kind=UpkeepKind.REHEARSAL, well=True, at=at - timedelta(days=1), detail={})
    register_consumer(consumer="neighbour", at=at)
    monkeypatch.setattr(tasks.rounds, "beat", lambda: True)
    tasks.beat(timestamp=0)
    client.get("/healthz")
    found = health.exposition(ready=True, free_mebibytes=7, database=True).decode()
    told = _told(found)
    # the embedded cluster of the tests keeps no log; where one is kept, the answer of the archiver is told as well
    names = {name.partition("{")[0] for name in told} | {
        "wangge_log_archive_failing", "wangge_log_archived_timestamp_seconds", "wangge_open_cases", "wangge_late_cases"
    }  # fmt: skip
    source = Path(health.exposition.__code__.co_filename).read_text()
    assert all(f'"{name}"' in source for name in names if name not in {each.partition("{")[0] for each in told})
    assert _asked() <= names
    assert told["wangge_certificate_ends_timestamp_seconds"] == (at + timedelta(days=20)).timestamp()
    assert told["wangge_backup_timestamp_seconds"] == at.timestamp()
    assert told["wangge_backup_rehearsed_timestamp_seconds"] == (at - timedelta(days=1)).timestamp()
    assert told["wangge_disk_free_bytes"] == 7 * 2**20
    assert told['wangge_outbox_waiting{consumer="neighbour"}'] == 0
    assert told['wangge_job_rounds_total{result="done",round="beat"}'] >= 1


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_code_never_by_address(client: Client) -> None:
    def counted() -> dict[str, float]:
        return _told(health.exposition(ready=True, free_mebibytes=1, database=False).decode())

    unknown = 'wangge_requests_total{code="404",method="GET",route="(none)"}'
    before = counted()
    for word in ("no-such-page", "no-other-page"):
        client.get(f"/{word}")
    client.get("/cases/430202-20240412-00731")
    after = counted()
    assert after[unknown] == before.get(unknown, 0) + 2
    assert any('route="cases/<str:number>"' in name for name in after)
    assert not any("00731" in name or "no-such-page" in name for name in after)


@pytest.mark.django_db
def test_facts_that_wait_are_a_lag() -> None:
    from wangge.groundwork.outbox.operations import lags

    at = clock.now()
    register_consumer(consumer="slow", at=at)
    append(topic="told", key="", payload="{}", at=at - timedelta(seconds=90))
    # facts of the running transaction do not count yet
    assert {each.consumer: each.facts for each in lags(at=at)}["slow"] == 0


SUM = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
Counter("wangge_requests", "…", ("route",)).labels("x").inc()
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def test_processes_are_summed(tmp_path: Path) -> None:
    for number in (1, 2):
        done = subprocess.run(
            [sys.executable, "-c", SUM, str(tmp_path)], text=True, capture_output=True, check=True
        )  # fmt: skip
        assert _told(done.stdout)['wangge_requests_total{route="x"}'] == number


def test_a_wrong_log_host_is_refused_in_one_line() -> None:
    for wrong in ("syslog.example", "udp://syslog.example", "http://syslog.example:80"):
        assert any("WANGGE_LOG_HOST" in line for line in mistakes_in(Environment(log_host=wrong)))
    assert not any("WANGGE_LOG_HOST" in line for line in mistakes_in(Environment(log_host="tcp://10.0.0.7:601")))


def _record(words: str) -> logging.LogRecord:
    record = logging.LogRecord("wangge.requests", logging.INFO, "", 0, words, (), None)
    record.code = 200
    return record


def _handler(told: dict[str, Any]) -> LogHost:
    handler = LogHost(host=told["host"], port=told["port"], stream=told["stream"])
    form = logging_of(Environment())["formatters"]["json"]
    from pythonjsonlogger.orjson import OrjsonFormatter

    handler.setFormatter(OrjsonFormatter(**{name: value for name, value in form.items() if name != "()"}))
    return handler


def test_records_reach_the_log_host_as_json_by_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(20)
        told = logging_of(Environment(log_host=f"udp://127.0.0.1:{listener.getsockname()[1]}"))["handlers"]["host"]
        _handler(told).handle(_record("一件案卷"))
        line = listener.recv(65536).decode()
    assert line.startswith("<134>")
    found = json.loads(line[5:])
    assert (found["message"], found["level"], found["logger"], found["code"]) == (
        "一件案卷", "INFO", "wangge.requests", 200
    )  # fmt: skip
    assert found["timestamp"]


def test_records_reach_the_log_host_line_by_line_by_tcp_and_again_after_it_was_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        handler = _handler({"host": "127.0.0.1", "port": listener.getsockname()[1], "stream": True})
        handler.handle(_record("first"))
        link, _address = listener.accept()
        with link, link.makefile() as lines:
            handler.handle(_record("second"))
            found = [json.loads(lines.readline().partition(">")[2])["message"] for _turn in range(2)]
        assert found == ["first", "second"]
        # cut off: a line or two are lost, then a new connection is made
        for turn in range(50):
            handler.handle(_record(f"later {turn}"))
        again, _address = listener.accept()
        again.close()


def test_a_log_host_that_is_away_costs_nothing() -> None:
    handler = _handler({"host": "127.0.0.1", "port": 1, "stream": True})
    for _turn in range(100):
        handler.handle(_record("lost"))
