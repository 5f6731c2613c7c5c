"""A cursor for the few statements on the way of every request: the server plans them once per connection.

Django's own cursor writes the values into the statement, so that the server plans it anew each time; for a
statement with a sub-select that is most of its cost. Here the values travel apart, and psycopg prepares a
statement at its sixth use (``prepare_threshold``). Values of unknown type need a cast in the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """A cursor of Django's connection and transaction, counted and translated like any other of Django's."""
    connection.ensure_connection()
    with connection._prepare_cursor(psycopg.Cursor(connection.connection)) as cursor:  # type: ignore[attr-defined]
        yield cursor
