"""A prepared cursor is Django's in every way but the plan."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from wangge.groundwork.prepared import prepared_cursor


def prepared_statements() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%asked_often%'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_server_plans_a_statement_once_it_is_asked_often() -> None:
    for asked in range(8):
        with prepared_cursor() as cursor:
            cursor.execute("SELECT %(value)s::int AS asked_often", {"value": asked})
            assert cursor.fetchone() == (asked,)
    assert prepared_statements() == 1


@pytest.mark.django_db
def test_its_statements_are_counted(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1), prepared_cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_it_writes_in_djangos_transaction_and_raises_djangos_errors() -> None:
    insert = "INSERT INTO organizations_district (code, name, valid_from) VALUES (%s, 'x', '2020-01-01')"
    with transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute(insert, ["430202"])
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_district")
        assert cursor.fetchone() == (0,)
    with pytest.raises(IntegrityError, match="district_code"), transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute(insert, ["short"])
