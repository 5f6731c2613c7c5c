"""Owns the weights that listed questions are held against: one table in DuckDB's memory for all of them.

So the SQL of a listing does not depend on which count is listed, only on the views it looks through, and is compiled
once for fifty counts instead of fifty times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from ibis.expr.types import Table

from wangge.domains.evaluation.expressions import WEIGHT_SCHEMA, weights
from wangge.domains.evaluation.logic.terms import Term, View
from wangge.domains.evaluation.snapshots import Snapshot

_TABLE = "wangge_weights"
_MOST = 256


@dataclass(frozen=True, slots=True)
class Weighed:
    """Terms held against the kinds of steps of a snapshot: the number of their rows, and each view's kinds."""

    number: int
    kinds: tuple[tuple[int, ...], ...]


@dataclass
class KeptWeights:
    """The weights of the questions asked last; ``backend`` is Ibis' link to DuckDB."""

    backend: Any
    _numbers: dict[tuple[Any, ...], Weighed] = field(default_factory=dict)
    _next: int = 1

    def __post_init__(self) -> None:
        columns = "what INTEGER, source VARCHAR, view INTEGER, count INTEGER, sign INTEGER"
        self.backend.con.execute(f"CREATE TABLE {_TABLE} (asked INTEGER, {columns})")

    def of(self, snapshot: Snapshot, terms: Sequence[Term], views: Sequence[View]) -> Weighed:
        """The weights of these terms, put into the table when they are new."""
        asked = snapshot.root, snapshot.id, tuple(terms)
        found = self._numbers.get(asked)
        if found is None:
            if len(self._numbers) >= _MOST:
                oldest = self._numbers.pop(next(iter(self._numbers)))
                self.backend.con.execute(f"DELETE FROM {_TABLE} WHERE asked = ?", [oldest.number])
            found = self._numbers[asked] = self._put(weighed_rows(snapshot, terms, views), len(views))
        return found

    def _put(self, rows: pa.Table, views: int) -> Weighed:
        number, self._next = self._next, self._next + 1
        self.backend.con.register("wangge_new_weights", rows)
        self.backend.con.execute(f"INSERT INTO {_TABLE} SELECT {number}, * FROM wangge_new_weights")
        self.backend.con.unregister("wangge_new_weights")
        return Weighed(number, kinds_of_views(rows, views))

    def rows(self, number: int) -> Table:
        """The rows of a number, or of a mark in its place, as an expression."""
        table: Table = self.backend.table(_TABLE)
        return table.filter(table["asked"] == number).drop("asked")


def weighed_rows(snapshot: Snapshot, terms: Sequence[Term], views: Sequence[View]) -> pa.Table:
    """The rows of ``WEIGHT_SCHEMA`` of these terms."""
    return pa.Table.from_pylist(weights(snapshot.whats, terms, views), WEIGHT_SCHEMA)


def kinds_of_views(rows: pa.Table, views: int) -> tuple[tuple[int, ...], ...]:
    """The kinds of steps that each view looks for."""
    kinds: list[set[int]] = [set() for _view in range(views)]
    for what, view in zip(rows["what"].to_pylist(), rows["view"].to_pylist(), strict=True):
        kinds[view].add(what)
    return tuple(tuple(sorted(of_view)) for of_view in kinds)
