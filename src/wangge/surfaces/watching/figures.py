"""The figures of ``/metrics``: counted by each process as it works, and read from the city's state when asked.

Where several processes serve, ``wangge serve`` names a directory (``PROMETHEUS_MULTIPROC_DIR``) in which each keeps its
counts; the answer is the sum over all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from wangge.domains.platform.logic import total_seconds
from wangge.domains.platform.models import UpkeepKind
from wangge.groundwork import clock
from wangge.surfaces.watching import state

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Counter("wangge_requests", "Requests answered.", ("route", "method", "code"))
SECONDS = Histogram("wangge_request_seconds", "Until the answer began.", ("route", "method"), buckets=BUCKETS)
ROUNDS = Counter("wangge_job_rounds", "Rounds of the jobs process.", ("round", "result"))
ROUND_SECONDS = Counter("wangge_job_round_seconds", "What they took.", ("round",))

FAULTS_OVER = timedelta(days=30)
_BACKUPS = (UpkeepKind.BASE, UpkeepKind.DUMP)


def exposition(*, ready: bool, free_mebibytes: int, database: bool) -> bytes:
    """All figures in the text form of Prometheus; without a database, those that need none."""
    counted = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        sums = generate_latest(counted)
    else:
        sums = generate_latest(REGISTRY)
    looked = CollectorRegistry()
    looked.register(_State(ready=ready, free_mebibytes=free_mebibytes, database=database))
    return sums + generate_latest(looked)


class _State(Collector):
    """Reads the city's state at the moment it is asked."""

    def __init__(self, *, ready: bool, free_mebibytes: int, database: bool) -> None:
        self.ready = ready
        self.free_mebibytes = free_mebibytes
        self.with_database = database

    def collect(self) -> Iterator[Metric]:
        yield _gauge("wangge_ready", "A write would succeed.", int(self.ready))
        yield _gauge("wangge_disk_free_bytes", "Free where the city lies.", self.free_mebibytes * 2**20)
        at = clock.now()
        yield from _of_machine(at)
        if self.with_database:
            try:
                yield from _of_database(at)
            except DatabaseError:
                connection.close()  # it went away while it was asked


def _of_machine(at: datetime) -> Iterator[Metric]:
    free = GaugeMetricFamily("wangge_place_free_bytes", "Free by place.", labels=["place"])
    total = GaugeMetricFamily("wangge_place_bytes", "Size by place.", labels=["place"])
    for disk in state.disks():
        free.add_metric([disk.name], disk.free_bytes)
        total.add_metric([disk.name], disk.total_bytes)
    yield from (free, total)
    held = state.certificate()
    if held is not None and held.ends_at is not None:
        yield _gauge("wangge_certificate_ends_timestamp_seconds", "It ends.", held.ends_at.timestamp())
    covered = state.calendar_covered_to()
    if covered is not None:
        left = (covered - at.astimezone(clock.CITY_ZONE).date()).days
        yield _gauge("wangge_calendar_days_left", "Days ahead with a known calendar.", left)


def _of_database(at: datetime) -> Iterator[Metric]:
    found = state.database()
    yield _gauge("wangge_database_bytes", "Size of the database.", found.size_bytes)
    yield _gauge("wangge_database_connections", "Open connections.", found.connections)
    yield _gauge("wangge_database_connections_most", "Connections allowed.", found.most_connections)
    yield _gauge("wangge_jobs_waiting", "Jobs that wait.", found.jobs_waiting)
    yield _gauge("wangge_jobs_failed", "Jobs that failed in the last days.", found.jobs_failed)
    waits = (at - found.oldest_job_at).total_seconds() if found.oldest_job_at else 0.0
    yield _gauge("wangge_jobs_oldest_seconds", "Since when the oldest waits.", max(0.0, waits))
    if found.archives_log:
        yield _gauge("wangge_log_archive_failing", "The log cannot leave.", int(found.log_failing))
        kept = found.log_kept_at.timestamp() if found.log_kept_at else 0.0
        yield _gauge("wangge_log_archived_timestamp_seconds", "The last piece left.", kept)
    facts = GaugeMetricFamily("wangge_outbox_waiting", "Facts that wait.", labels=["consumer"])
    seconds = GaugeMetricFamily("wangge_outbox_lag_seconds", "Age of the oldest.", labels=["consumer"])
    for lag in state.outbox_lags(at):
        facts.add_metric([lag.consumer], lag.facts)
        seconds.add_metric([lag.consumer], lag.seconds)
    yield from (facts, seconds)
    cases = GaugeMetricFamily("wangge_open_cases", "Open cases by stage.", labels=["stage"])
    late = GaugeMetricFamily("wangge_late_cases", "Open cases past their deadline, by stage.", labels=["stage"])
    for stage, (count, past) in state.stages(at).items():
        cases.add_metric([stage], count)
        late.add_metric([stage], past)
    yield from (cases, late)
    yield from _of_upkeep(at)


def _of_upkeep(at: datetime) -> Iterator[Metric]:
    good = {kind: state.last_good(kind) for kind in (*_BACKUPS, UpkeepKind.REHEARSAL)}
    made = [line.at.timestamp() for kind in _BACKUPS if (line := good[kind]) is not None]
    yield _gauge("wangge_backup_timestamp_seconds", "The last backup that went well.", max(made, default=0.0))
    rehearsed = good[UpkeepKind.REHEARSAL]
    when = rehearsed.at.timestamp() if rehearsed else 0.0
    yield _gauge("wangge_backup_rehearsed_timestamp_seconds", "The last backup that was restored.", when)
    _first, last = state.beats()
    yield _gauge("wangge_beat_timestamp_seconds", "Last found whole.", last.timestamp() if last else 0.0)
    faulty = total_seconds(state.faults_in(begins_at=at - FAULTS_OVER, ends_at=at))
    yield _gauge("wangge_fault_seconds_30d", "Faults of the last 30 days.", faulty)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
