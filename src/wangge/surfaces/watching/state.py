"""The state of the running city as one frozen value: what the maintenance page shows and ``/metrics`` tells."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db import connection

from wangge.domains.cases.queries.counts import open_in_city
from wangge.domains.platform.logic import Stretch
from wangge.domains.platform.models import UpkeepKind
from wangge.domains.platform.queries import UpkeepLine, faults, first_beat_at, last_beat_at, latest_upkeep, latest_well
from wangge.groundwork.outbox.operations import Lag, lags
from wangge.standards.calendars import load_calendar
from wangge.standards.findings import StandardsRefused


@dataclass(frozen=True, slots=True)
class Disk:
    """One place that must not fill up: what it holds (``city``, ``backups``, ``anchors``), free and whole bytes."""

    name: str
    path: str
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Database:
    """The database's own figures; ``log_kept_at``: the last piece of the log that left, where it is archived."""

    size_bytes: int
    connections: int
    most_connections: int
    jobs_waiting: int
    jobs_failed: int
    oldest_job_at: datetime | None
    archives_log: bool
    log_kept_at: datetime | None
    log_failing: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """The city's certificate: until when it holds; ``why``: the file could not be read."""

    path: str
    ends_at: datetime | None
    why: str = ""


def disks() -> tuple[Disk, ...]:
    """Every directory of the city that lies on a disk; one that is away has no free bytes."""
    environment = settings.ENVIRONMENT
    places: dict[str, Path | None] = {
        "city": environment.var, "backups": environment.backup_folder, "anchors": environment.anchor_directory
    }  # fmt: skip
    return tuple(_disk(name, path) for name, path in places.items() if path is not None)


def _disk(name: str, path: Path) -> Disk:
    found = next((each for each in (path, *path.parents) if each.exists()), path)
    try:
        usage = shutil.disk_usage(found)
    except OSError:
        return Disk(name, str(path), 0, 0)
    return Disk(name, str(path), usage.free, usage.total)


def database() -> Database:
    """In one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()),"
            " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
            " current_setting('max_connections')::int, todo, failed, oldest,"
            " current_setting('archive_mode') <> 'off', last_archived_time,"
            " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)"
            " FROM pg_stat_archiver, (SELECT count(*) FILTER (WHERE status = 'todo') AS todo,"
            "  count(*) FILTER (WHERE status = 'failed') AS failed,"
            "  min(scheduled_at) FILTER (WHERE status = 'todo') AS oldest FROM procrastinate_jobs) jobs"
        )
        return Database(*cursor.fetchone())


def outbox_lags(at: datetime) -> tuple[Lag, ...]:
    """How far each consumer of the outbox is behind."""
    return lags(at=at)


def stages(at: datetime) -> Mapping[str, tuple[int, int]]:
    """Open stage → (open cases, of them past their deadline)."""
    return open_in_city(at=at)


def certificate() -> Certificate | None:
    """The configured certificate; None where none is configured."""
    path = settings.ENVIRONMENT.certificate
    if path is None:
        return None
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        return Certificate(str(path), None, str(error))
    return Certificate(str(path), found.not_valid_after_utc)


def calendar_covered_to() -> date | None:
    """The last day of the last year in a row, from the earliest known on, whose working days are known."""
    try:
        years = sorted(load_calendar(settings.CITY_OVERLAY).years())
    except StandardsRefused:
        return None
    return date(max(years), 12, 31) if years else None


def upkeep() -> dict[UpkeepKind, UpkeepLine]:
    """The newest of each kind of upkeep."""
    return latest_upkeep()


def last_good(kind: UpkeepKind) -> UpkeepLine | None:
    """The newest of a kind that went well."""
    return latest_well(kind)


def faults_in(*, begins_at: datetime, ends_at: datetime) -> tuple[Stretch, ...]:
    """The faults of a period."""
    return faults(begins_at=begins_at, ends_at=ends_at)


def beats() -> tuple[datetime | None, datetime | None]:
    """The first beat ever and the latest."""
    return first_beat_at(), last_beat_at()
