"""Owns the shelf on which an export's rows are put in order: cases, steps and photos by the case's key.

Vendors export each table for itself, sorted as it happened to lie. A private file that SQLite keeps small in memory
and deletes brings them together, however many millions there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import orjson

from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.reading import FileRefused, Record

_TABLES = """
CREATE TABLE told_case (key TEXT PRIMARY KEY, parent TEXT NOT NULL, line INTEGER, record BLOB) WITHOUT ROWID;
CREATE TABLE place (n INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE step (n INTEGER PRIMARY KEY, key TEXT NOT NULL, line INTEGER, record BLOB);
CREATE TABLE photo (n INTEGER PRIMARY KEY, key TEXT NOT NULL, line INTEGER, record BLOB);
"""


class Staged(NamedTuple):
    """One row as it was read."""

    line: int
    record: Record


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an export, or one sheet of a workbook."""

    path: Path
    sheet: str = ""


def sources_of(export: Path, pattern: str) -> list[Source]:
    """The files a pattern names below the export; of a single workbook its sheet. Raises FileRefused."""
    name, _, sheet = pattern.partition("#")
    if export.is_file():
        return [Source(export, sheet)]
    found = sorted(path for path in export.glob(name) if path.is_file())
    if not found:
        raise FileRefused(gettext_noop("在“%(folder)s”中没有找到“%(pattern)s”。"), folder=str(export), pattern=name)
    return [Source(path, sheet) for path in found]


class Shelf:
    """The rows of one export."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def put_case(self, key: str, parent: str, row: Staged) -> bool:
        """Put a case's row down; False when its key is there already."""
        put = self._database.execute(
            "INSERT OR IGNORE INTO told_case VALUES (?, ?, ?, ?)", (key, parent, row.line, orjson.dumps(row.record))
        )
        if put.rowcount:
            self._database.execute("INSERT INTO place (key) VALUES (?)", (key,))
        return put.rowcount == 1

    def put_step(self, key: str, row: Staged) -> None:
        self._put("step", key, row)

    def put_photo(self, key: str, row: Staged) -> None:
        self._put("photo", key, row)

    def _put(self, table: str, key: str, row: Staged) -> None:
        self._database.execute(
            f"INSERT INTO {table} (key, line, record) VALUES (?, ?, ?)", (key, row.line, orjson.dumps(row.record))
        )

    def sort(self) -> None:
        """Let rows be found by their case; to be called once everything lies here."""
        self._database.execute("COMMIT")
        for table in ("step", "photo"):
            self._database.execute(f"CREATE INDEX {table}_of ON {table} (key, n)")
        self._database.execute("CREATE INDEX case_of ON told_case (parent) WHERE parent <> ''")

    def count(self, table: str = "told_case") -> int:
        return int(self._database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def has_case(self, key: str) -> bool:
        return self._database.execute("SELECT 1 FROM told_case WHERE key = ?", (key,)).fetchone() is not None

    def case_keys(self) -> Iterator[str]:
        """The keys of cases without a parent here, in the order of the file."""
        rows = self._database.execute(
            "SELECT p.key FROM place p JOIN told_case c USING (key) WHERE c.parent = ''"
            " OR NOT EXISTS (SELECT 1 FROM told_case t WHERE t.key = c.parent) ORDER BY p.n"
        )
        yield from (row[0] for row in rows)

    def children_of(self, key: str) -> list[str]:
        rows = self._database.execute(
            "SELECT p.key FROM place p JOIN told_case c USING (key) WHERE c.parent = ? ORDER BY p.n", (key,)
        )
        return [row[0] for row in rows]

    def case(self, key: str) -> Staged:
        line, record = self._database.execute("SELECT line, record FROM told_case WHERE key = ?", (key,)).fetchone()
        return Staged(line, orjson.loads(record))

    def steps_of(self, key: str) -> list[Staged]:
        return self._rows("step", key)

    def photos_of(self, key: str) -> list[Staged]:
        return self._rows("photo", key)

    def _rows(self, table: str, key: str) -> list[Staged]:
        rows = self._database.execute(f"SELECT line, record FROM {table} WHERE key = ? ORDER BY n", (key,))
        return [Staged(line, orjson.loads(record)) for line, record in rows]

    def without_case(self, table: str) -> Iterator[tuple[str, Staged]]:
        """Rows of steps or photos whose case is not here."""
        rows = self._database.execute(
            f"SELECT key, line, record FROM {table} t"
            " WHERE NOT EXISTS (SELECT 1 FROM told_case c WHERE c.key = t.key) ORDER BY n"
        )
        yield from ((key, Staged(line, orjson.loads(record))) for key, line, record in rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
