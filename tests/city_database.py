"""The databases of the tests: one cluster for all workers, a template per schema, a copy of it per worker.

Tests speak as the application role, so that a missing grant is found; migrations run as the owner.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.db import connections

from wangge.groundwork.embedded_postgres import APPLICATION, OWNER, SUPERUSER, Cluster
from wangge.groundwork.processes import command_of

ROOT = Path(__file__).resolve().parents[1]


class CityDatabase:
    """The database of one test worker."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.name = f"test_{os.getpid()}"
        self.template = f"template_{_schema_mark()}"

    def prepare(self) -> None:
        """Make the template when the schema is new, and this worker's copy of it."""
        with self._alone():
            self._drop_orphans()
            if not self._exists(self.template):
                self._make_template()
            self._copy()
        self.speak_as(APPLICATION, self.name)

    def renew(self) -> None:
        """Throw away everything a test committed."""
        self._close()
        self._copy()

    def drop(self) -> None:
        """Leave nothing behind."""
        self._close()
        self._order(f"DROP DATABASE IF EXISTS {self.name} (FORCE)")

    def speak_as(self, user: str, database: str) -> None:
        """Point Django's default connection at a role and a database."""
        self._close()
        found = self.cluster.connection(user, database)
        settings = connections["default"].settings_dict
        settings.update(
            NAME=database, USER=user, PASSWORD=found["password"], HOST=found["host"], PORT=str(found["port"])
        )

    def owner_link(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of its own as the owner, committing at once."""
        return psycopg.connect(**self.cluster.connection(OWNER, self.name), autocommit=True)

    def _make_template(self) -> None:
        from wangge.project.migrating import grant_to_application, migrate_database

        draft = f"draft_{os.getpid()}"
        self._order(f"DROP DATABASE IF EXISTS {draft}", f"CREATE DATABASE {draft} OWNER {OWNER}")
        self.speak_as(OWNER, draft)
        migrate_database(verbosity=0)
        grant_to_application(APPLICATION)
        self._close()
        for old in self._names("template_"):
            self._order(f"DROP DATABASE IF EXISTS {old}")
        self._order(f"ALTER DATABASE {draft} RENAME TO {self.template}")

    def _copy(self) -> None:
        self._order(
            f"DROP DATABASE IF EXISTS {self.name} (FORCE)",
            f"CREATE DATABASE {self.name} OWNER {OWNER} TEMPLATE {self.template} STRATEGY FILE_COPY",
        )

    def _drop_orphans(self) -> None:
        """Databases of test runs that were killed."""
        for name in [*self._names("test_"), *self._names("draft_")]:
            number = name.partition("_")[2]
            if number.isdigit() and not command_of(int(number)):
                self._order(f"DROP DATABASE IF EXISTS {name} (FORCE)")

    def _exists(self, name: str) -> bool:
        return name in self._names(name)

    def _names(self, prefix: str) -> list[str]:
        with self._link() as link:
            rows = link.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
            return [row[0] for row in rows if row[0] not in ("template0", "template1")]

    def _order(self, *orders: str) -> None:
        with self._link() as link:
            for order in orders:
                link.execute(order.encode())

    def _link(self) -> psycopg.Connection[tuple[str, ...]]:
        return psycopg.connect(**self.cluster.connection(SUPERUSER, "postgres"), autocommit=True)

    def _close(self) -> None:
        connection = connections["default"]
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.cluster.var / "template.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _schema_mark() -> str:
    """Changes whenever a migration, a grant or a library that brings tables does."""
    mark = sha256()
    source = ROOT / "src" / "wangge"
    files = [*source.rglob("migrations/*.py"), *source.glob("groundwork/append_only.py")]
    for path in sorted([*files, *source.glob("project/migrating.py"), *source.rglob("migrations/*.sql")]):
        mark.update(str(path.relative_to(source)).encode() + path.read_bytes())
    for library in ("django", "procrastinate", "django-axes", "django-otp"):
        mark.update(version(library).encode())
    return mark.hexdigest()[:16]


def clear_photos(directory: str) -> None:
    """Remove the photos of this worker's tests."""
    shutil.rmtree(directory, ignore_errors=True)
