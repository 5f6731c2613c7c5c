"""Sends rows to a table by PostgreSQL's binary COPY: no number or moment is written or read as text."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from django.db import connection

RAW = "bytea"
"""The type of a column whose values come as the bytes the table takes: COPY is told no types, only bytes."""

_ARRAY_HEAD = struct.Struct(">iiIii")
_INT8_OID = 20
_NO_NUMBERS = struct.pack(">iiI", 0, 0, _INT8_OID)
_NUMBER = np.dtype([("length", ">i4"), ("value", ">i8")])


def copy_in(table: str, columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]) -> None:
    """Send rows to a table; ``columns`` gives the type of each column as PostgreSQL names it, in the rows' order.

    Raises Django's database errors, as an INSERT would.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def numbers_array(values: npt.NDArray[np.int64]) -> bytes:
    """A ``bigint[]`` as the table takes it, for a column that is RAW."""
    if not len(values):
        return _NO_NUMBERS
    items = np.empty(len(values), _NUMBER)
    items["length"] = 8
    items["value"] = values
    return _ARRAY_HEAD.pack(1, 0, _INT8_OID, len(values), 1) + items.tobytes()
