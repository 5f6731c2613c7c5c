"""A demo city's ground in a database that commits, and what the tests of bulk work ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.city_database import CityDatabase
from wangge.domains.cases.breaks import Break
from wangge.domains.cases.rules import forget_rules
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.cases.verifying import verification
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.embedded_postgres import SUPERUSER
from wangge.project.demo.city_data import read_city
from wangge.project.demo.ground import grow_ground
from wangge.project.demo.ground_loading import LoadedGround, load_ground

NOW = datetime(2025, 3, 12, 2, 30, tzinfo=UTC)
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def months(as_owner: None) -> None:
    """The audit log's month of the moment the tests live in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [NOW.date(), NOW.date()])


@pytest.fixture
def ground(months: None) -> Iterator[LoadedGround]:
    """The first demo city without a case; Django speaks as the owner."""
    forget_rules()
    forget_units()
    yield load_ground(grow_ground(read_city()), by=TERMINAL, at=NOW, turns_from=NOW.date(), turns_to=NOW.date())
    forget_units()


@pytest.fixture
def ask(as_owner: None) -> Ask:
    """The rows of a statement."""

    def rows(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    return rows


@pytest.fixture
def tamper(city_database: CityDatabase) -> Callable[[str], None]:
    """Runs a statement as the superuser with every trigger and rule switched off, as an intruder on the disk would."""

    def run(statement: str) -> None:
        parameters = city_database.cluster.connection(SUPERUSER, city_database.name)
        with psycopg.connect(**parameters, autocommit=True) as link:
            link.execute("SET session_replication_role = replica")
            assert link.execute(statement.encode()).rowcount > 0

    return run


def breaks_found(*, jobs: int = 1) -> list[Break]:
    """Every break of a verification."""
    with verification(jobs=jobs) as verified:
        return [each for answer in verified.answers for each in answer.breaks]
