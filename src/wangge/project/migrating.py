"""Bringing the database to this version: migrations as owner, then what the application role may do."""

from __future__ import annotations

from time import sleep

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import LockNotAvailable

from wangge.domains.cases.operations.bulk import pieces_at_once
from wangge.domains.cases.operations.recurrence import keep_reach
from wangge.groundwork.append_only import APPEND_ONLY_TABLES
from wangge.project.database import connection_of
from wangge.project.environment import Role, read_environment

_OWNERS_ALONE = (
    "django_migrations",
    "months_away",
    # sums of the ledger: triggers keep them
    "budgeting_year",
    "budgeting_allotment_total",
    "budgeting_balance",
    "budgeting_account_balance",
    "budgeting_voucher_check",
)
"""Tables the application reads and never writes."""


_LOCK_SECONDS = 0.5
"""Less than PostgreSQL waits before it looks for a deadlock: of two that wait for each other, this one gives way."""
_REST_SECONDS = 0.5
_TRIES = 240


def migrate_database(*, plan: bool = False, verbosity: int = 1) -> None:
    """Run the migrations; the process must have been opened as owner.

    A change of a table that waits for its lock would make everyone behind it wait: it gives up after a moment, lets the
    others go first, and tries again. What was migrated by then stays.
    """
    if not plan:
        _give_new_tables()
    for turn in range(1, _TRIES + 1):
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{round(_LOCK_SECONDS * 1000)}ms'")
            call_command("migrate", plan=plan, verbosity=verbosity, interactive=False)
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or turn == _TRIES:
                raise
            sleep(_REST_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
    if not plan:
        keep_reach()
        pieces_at_once()


def _give_new_tables() -> None:
    """A trigger made on the way may write to a table made on the way, as whoever works just then.

    What the application may do for good is said at the end, by ``grant_to_application``; until then history is kept by
    its triggers.
    """
    name = str(connection_of(read_environment(), Role.APPLICATION).get("user", ""))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
        (owner, exists) = cursor.fetchone()
        if not exists or owner == name:
            return
        for what, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
            order = f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {what} TO {{}}"
            cursor.execute(sql.SQL(order).format(sql.Identifier(name)).as_string())


def grant_to_application(role: str | None = None) -> None:
    """Give the application role what it needs and no more: history may be read and appended to.

    Partitions get no grant of their own: rows are reached through their table. Harmless when repeated. In one
    transaction: a city that works meanwhile must not meet the moment between taking away and giving.
    """
    name = role or str(connection_of(read_environment(), Role.APPLICATION).get("user", ""))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if not name or cursor.fetchone() == (name,):
            return
        role_name = sql.Identifier(name)
        for order in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(order).format(role_name).as_string())
        cursor.execute(APPEND_ONLY_TABLES)
        append_only = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm') AND NOT relispartition"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(_grant_on(table, append_only=table in append_only, role=role_name))


def _grant_on(table: str, *, append_only: bool, role: sql.Identifier) -> str:
    rights = "SELECT, INSERT, UPDATE, DELETE"
    if table in _OWNERS_ALONE:
        rights = "SELECT"
    elif append_only:
        rights = "SELECT, INSERT"
    return sql.SQL("GRANT " + rights + " ON {} TO {}").format(sql.Identifier(table), role).as_string()
