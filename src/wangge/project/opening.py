"""How a process opens the city: the environment is read, the database is up, Django is ready."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from wangge.groundwork.embedded_postgres import Cluster
from wangge.project.database import connection_of
from wangge.project.environment import Environment, EnvironmentRefused, Role, read_environment

LEAST_POSTGRES = 150000


@contextmanager
def open_city(*, as_owner: bool = False) -> Iterator[Environment]:
    """Have the database running and Django set up for this while.

    ``as_owner``: the process speaks as the role that migrates and loads, not as the application. The role is
    fixed for the life of the process, as is everything else of the environment.
    """
    if as_owner:
        os.environ["WANGGE_DATABASE_ROLE"] = Role.OWNER
        read_environment.cache_clear()
    environment = read_environment()
    with open_database(environment):
        _set_up_django()
        try:
            yield environment
        finally:
            _close_connections()


@contextmanager
def open_database(environment: Environment, *, settles_backup: bool = False) -> Iterator[Cluster | None]:
    """Have the database running for this while: our own (then the cluster is given), or the named one.

    ``settles_backup``: continuous backup ends where no folder is set, as only ``wangge serve`` decides.
    """
    if environment.embedded:
        with cluster_of(environment, settles_backup=settles_backup).in_use() as cluster:
            yield cluster
    else:
        _refuse_old_postgres(environment)
        yield None


def cluster_of(environment: Environment, *, settles_backup: bool = False) -> Cluster:
    """The embedded cluster of this city, with its continuous backup."""
    return Cluster(
        environment.var, backups=environment.backup_folder, backup_seconds=environment.backup_seconds,
        settles_backup=settles_backup,
    )  # fmt: skip


def _set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.settings")
    django.setup()


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


def _refuse_old_postgres(environment: Environment) -> None:
    """Raise ``EnvironmentRefused`` when the given database is away or older than PostgreSQL 15."""
    try:
        with psycopg.connect(**connection_of(environment, environment.database_role), connect_timeout=10) as link:
            version = link.info.server_version
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise EnvironmentRefused([f"连不上 DATABASE_URL 所指的数据库：{reason}"]) from None
    if version < LEAST_POSTGRES:
        found = f"{version // 10000}.{version % 10000}"
        raise EnvironmentRefused([f"数据库版本过低：PostgreSQL {found}，须为 15 或更高。"])
