"""Rows sent by binary COPY arrive as they were given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from wangge.groundwork.binary_copy import RAW, copy_in, numbers_array

pytestmark = pytest.mark.django_db
COLUMNS = {
    "key": "uuid", "day": "date", "at": "timestamptz", "count": "int4", "person": "int8", "lon": "float8",
    "words": "text", "codes": "varchar[]", "numbers": RAW, "payload": RAW, "digest": "bytea", "seen": "jsonb",
}  # fmt: skip
KEY = UUID(int=7)
MOMENT = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def table() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (key uuid PRIMARY KEY, day date, at timestamptz, count integer,"
            " person bigint, lon double precision, words text, codes varchar(32)[], numbers bigint[],"
            " payload text, digest bytea,"
            " seen jsonb) ON COMMIT DROP"
        )
    return "copied"


def read_back() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, day, at, count, person, lon, words, codes, numbers, payload, digest, seen::text FROM copied"
        )
        return cursor.fetchall()


def test_every_type_arrives_as_it_was_given(table: str) -> None:
    numbers = np.array([-(2**63), -1, 0, 2**63 - 1])
    words = "tab\t line\n back\\slash \\N 井盖 \U0001f6a7"
    sent = (
        KEY, date(2024, 2, 29), MOMENT, -3, 2**40, 113.1, words, ["a,b", 'c"d', ""], numbers_array(numbers),
        words.encode(), b"\x00\xff", Jsonb({"a": [1]}, dumps=orjson.dumps),
    )  # fmt: skip
    copy_in(table, COLUMNS, [sent])
    (row,) = read_back()
    assert row[:8] == sent[:8]
    assert row[8:] == (numbers.tolist(), words, b"\x00\xff", '{"a": [1]}')


def test_nothing_and_no_numbers_are_two_things(table: str) -> None:
    absent = (None,) * 7
    copy_in(table, COLUMNS, [(KEY, *absent, numbers_array(np.array([], np.int64)), None, None, None)])
    (row,) = read_back()
    assert row == (KEY, *absent, [], None, None, None)


def test_a_key_sent_twice_is_refused_as_an_insert_would_be(table: str) -> None:
    row = (KEY, *(None,) * 11)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(table, COLUMNS, [row, row])
    assert read_back() == []
