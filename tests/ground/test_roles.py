"""What the application role may do to the database: append to history, never change it."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.operations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.utils import ProgrammingError

from wangge.groundwork.append_only import FUNCTIONS, keep_append_only, partition_by_month
from wangge.project.migrating import grant_to_application

MAKE = """
CREATE TABLE tale (month date NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, words text NOT NULL,
    CONSTRAINT tale_pk PRIMARY KEY (month, id), CONSTRAINT tale_words CHECK (words <> ''))
PARTITION BY RANGE (month);
"""


def _sql_of(operation: Operation) -> bytes:
    assert isinstance(operation, RunSQL)
    return str(operation.sql).encode()


@pytest.fixture
def tale(owner_link: psycopg.Connection[Any], as_owner: None) -> psycopg.Connection[Any]:
    """An append-only table with two months, granted to the application."""
    owner_link.execute(FUNCTIONS.encode())
    owner_link.execute(MAKE.encode())
    owner_link.execute(_sql_of(keep_append_only("tale")))
    owner_link.execute(_sql_of(partition_by_month("tale", "2024-01", "2024-02")))
    grant_to_application("wangge_app")
    return owner_link


@pytest.fixture
def app_link(city_database: Any) -> Any:
    """A connection as the application role."""
    with psycopg.connect(**city_database.cluster.connection("wangge_app", city_database.name), autocommit=True) as link:
        yield link


@pytest.mark.django_db
def test_tests_speak_as_the_application_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("wangge_app", False)


@pytest.mark.django_db
def test_the_application_cannot_make_tables() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("CREATE TABLE sneaky (id int)")


@pytest.mark.django_db
def test_the_application_cannot_touch_the_list_of_migrations() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("DELETE FROM django_migrations")


@pytest.mark.django_db
def test_no_append_only_table_grants_the_application_a_change() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE p.proname = 'refuse_change' AND (has_table_privilege(c.oid, 'UPDATE')"
            " OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))"
        )
        assert cursor.fetchall() == []


def test_the_application_appends_and_reads_history(tale: Any, app_link: Any) -> None:
    app_link.execute("INSERT INTO tale (month, words) VALUES ('2024-02-01', 'once')")
    assert app_link.execute("SELECT words FROM tale").fetchall() == [("once",)]


@pytest.mark.parametrize("order", ["UPDATE tale SET words = 'x'", "DELETE FROM tale", "TRUNCATE tale"])
def test_the_application_is_refused_a_change_of_history(tale: Any, app_link: Any, order: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_link.execute(order)


@pytest.mark.parametrize(
    "order",
    [
        "UPDATE tale SET words = 'x'",
        "DELETE FROM tale_2024_01",
        "TRUNCATE tale",
        "TRUNCATE tale_2024_02",
        "UPDATE tale_2024_02 SET words = 'x'",
    ],
)
def test_even_the_owner_is_refused_a_change_of_history(tale: Any, order: str) -> None:
    tale.execute("INSERT INTO tale (month, words) VALUES ('2024-01-01', 'one'), ('2024-02-01', 'two')")
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        tale.execute(order)


def test_the_application_adds_months_without_owning_them(tale: Any, app_link: Any) -> None:
    row = app_link.execute("SELECT ensure_month_partitions('2024-02-10', '2024-05-01')").fetchone()
    assert row is not None
    assert row[0] >= 3
    app_link.execute("INSERT INTO tale (month, words) VALUES ('2024-05-01', 'later')")
    again = app_link.execute("SELECT ensure_month_partitions('2024-02-10', '2024-05-01')").fetchone()
    assert again == (0,)
    with pytest.raises(psycopg.errors.RestrictViolation):
        tale.execute("DELETE FROM tale_2024_05")
    with pytest.raises(psycopg.errors.RestrictViolation):
        tale.execute("TRUNCATE tale_2024_05")


def test_a_new_month_keeps_the_named_constraints(tale: Any, app_link: Any) -> None:
    app_link.execute("SELECT ensure_month_partitions('2024-07-01', '2024-07-31')")
    with pytest.raises(psycopg.errors.CheckViolation, match="tale_words"):
        app_link.execute("INSERT INTO tale (month, words) VALUES ('2024-07-01', '')")


def test_a_row_of_a_month_not_prepared_is_refused(tale: Any, app_link: Any) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition"):
        app_link.execute("INSERT INTO tale (month, words) VALUES ('2030-01-01', 'x')")


@pytest.mark.parametrize(("first", "last"), [("1999-12-31", "2000-01-01"), ("2024-01-01", "2100-01-01")])
def test_months_far_away_are_refused(tale: Any, app_link: Any, first: str, last: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="months outside"):
        app_link.execute("SELECT ensure_month_partitions(%s, %s)", [date.fromisoformat(first), last])


@pytest.mark.django_db(transaction=True)
def test_a_committed_row_is_gone_in_the_next_test_first() -> None:
    _leave_a_session()


@pytest.mark.django_db(transaction=True)
def test_a_committed_row_is_gone_in_the_next_test_second() -> None:
    _leave_a_session()


def _leave_a_session() -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    assert not Session.objects.exists()
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now())
