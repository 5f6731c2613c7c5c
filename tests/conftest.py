"""What every test may ask for: the city's database as the application sees it, and as its owner does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.test import TransactionTestCase

from tests.city_database import CityDatabase, clear_photos
from wangge.groundwork.embedded_postgres import APPLICATION, OWNER, Cluster

# A machine that is slow just now says nothing of the property.
hypothesis.settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any_machine")
# `make soak`: many more examples of every property.
hypothesis.settings.register_profile("soak", hypothesis.settings.get_profile("any_machine"), max_examples=5000)

_databases: list[CityDatabase] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's own: a copy of a template the owner migrated, used as the application."""
    cluster = Cluster(Path(settings.ENVIRONMENT.var), durable=False)
    with cluster.in_use(), django_db_blocker.unblock():
        database = CityDatabase(cluster)
        database.prepare()
        _databases.append(database)
        yield
        database.drop()
        clear_photos(str(settings.MEDIA_ROOT))


def _renew_database(_case: TransactionTestCase) -> None:
    """In place of Django's TRUNCATE, which history refuses."""
    _databases[0].renew()


TransactionTestCase._fixture_teardown = _renew_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def counts_of_its_own() -> None:
    """What a test counts, it counts itself: another one's cases went with its transaction."""
    from wangge.domains.cases.queries.counts import forget_counts

    forget_counts()


@pytest.fixture(autouse=True, scope="session")
def priority_of_its_own() -> Iterator[None]:
    """A command run inside a test's process must not lower the rank of every test after it."""
    from wangge.project.commands import backup, rehearse, verify

    with pytest.MonkeyPatch.context() as patched:
        for command in (backup, rehearse, verify):
            patched.setattr(command, "give_way", lambda: None)
        yield


@pytest.fixture
def city_database(transactional_db: None) -> CityDatabase:
    """The database of this worker, fresh after the test; for tests that commit."""
    return _databases[0]


@pytest.fixture
def as_owner(city_database: CityDatabase) -> Iterator[None]:
    """Django speaks as the owner, as in ``wangge migrate`` and the loaders."""
    city_database.speak_as(OWNER, city_database.name)
    yield
    city_database.speak_as(APPLICATION, city_database.name)


@pytest.fixture
def owner_link(city_database: CityDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own as the owner, beside Django's: sees and makes only what is committed."""
    with city_database.owner_link() as link:
        yield link


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests measured on their way, aloud: a journey records it as the property ``figure``."""
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(f"FIGURE: {told}")
