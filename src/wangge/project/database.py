"""Where the database is: the embedded cluster's address or DATABASE_URL, as Django and psycopg want it."""

from __future__ import annotations

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from wangge.groundwork import embedded_postgres
from wangge.project.environment import Environment, Role

_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def connection_of(environment: Environment, role: Role) -> dict[str, Any]:
    """Parameters of libpq for this role; needs no running server."""
    if environment.embedded:
        user = embedded_postgres.OWNER if role is Role.OWNER else embedded_postgres.APPLICATION
        return embedded_postgres.Cluster(environment.var).connection(user)
    url = environment.database_url
    if role is Role.OWNER and environment.owner_database_url:
        url = environment.owner_database_url
    return dict(conninfo_to_dict(url))


def django_database(environment: Environment) -> dict[str, Any]:
    """The entry of DATABASES for the role this process was given."""
    found = connection_of(environment, environment.database_role)
    entry: dict[str, Any] = {name: str(found.pop(key, "")) for key, name in _DJANGO_NAMES.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **entry,
        "CONN_MAX_AGE": 0,
        # A connection is looked at before use, so that a restarted database costs no request; 0.1 ms.
        "CONN_HEALTH_CHECKS": True,
        # psycopg's own pool keeps connections; raw cursors of the write path may prepare their statements.
        "OPTIONS": {
            **found,
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
            # A statement prepared on one server connection is unknown on the next that a pooler lends.
            "prepare_threshold": None if environment.database_pooled else 5,
        },
        "DISABLE_SERVER_SIDE_CURSORS": environment.database_pooled,
        "TEST": {"NAME": None},
    }
