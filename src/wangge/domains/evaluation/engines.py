"""The engines that count over a snapshot: DuckDB in this process, or Spark, both by the same expressions.

An engine answers whole counts by period and object; see :mod:`wangge.domains.evaluation.plain` for the third one.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from wangge.domains.evaluation import expressions, sums
from wangge.domains.evaluation.compiled import (
    BORDER_MARK,
    CUT_MARKS,
    WEIGHTS_MARK,
    Compiled,
    Form,
    KeyValues,
    form_of,
    marked_kinds,
)
from wangge.domains.evaluation.expressions import SCANNED_SCHEMA, SUMMED_SCHEMA
from wangge.domains.evaluation.fact_schemas import STEP_SCHEMA
from wangge.domains.evaluation.kept_weights import KeptWeights, kinds_of_views, weighed_rows
from wangge.domains.evaluation.logic.counting_request import Counts, Netted, Request
from wangge.domains.evaluation.logic.scans import scan_name, shared
from wangge.domains.evaluation.logic.terms import Term, Window, terms_of
from wangge.domains.evaluation.plain import PlainEngine
from wangge.domains.evaluation.snapshots import STEPS, Snapshot
from wangge.domains.evaluation.spark_link import EngineMissing, handed_over, spark_link

Listed = Iterator[tuple[int, int, int]]
_OfObjects = dict[tuple[int | str, ...], list[tuple[int, int, int, int, int]]]
"""Key → its steps, as ``Netted`` tells them."""


class Engine(Protocol):
    """What every engine answers."""

    name: str

    def count(self, snapshot: Snapshot, request: Request) -> Counts:
        """The counts of the request; counts not named in an answer are zero."""

    def excluded(self, snapshot: Snapshot, known_until: int | None) -> frozenset[int]:
        """The cases on the exclusion list, as known then."""

    def cases_of(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]]
    ) -> Iterator[tuple[int, int, int]]:
        """(case, step, sign) of everything that makes up the one count of the request under one key."""

    def marks(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]], *, skip: int, most: int
    ) -> Netted:
        """What remains of it case by case: how much in all, and ``most`` of its steps after ``skip``."""


@dataclass
class ExpressionEngine:
    """Runs the expressions on a backend of Ibis."""

    name: str
    connect: Callable[[], Any]
    _link: Any = None
    _tables: dict[tuple[str, ...], Table] = field(default_factory=dict)
    _kept: dict[tuple[Any, ...], Compiled | None] = field(default_factory=dict)
    _excluded: dict[tuple[Any, ...], frozenset[int]] = field(default_factory=dict)
    _few: dict[tuple[Any, ...], Table] = field(default_factory=dict)
    _standing: dict[tuple[Any, ...], _OfObjects | None] = field(default_factory=dict)
    _weights: KeptWeights | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def count(self, snapshot: Snapshot, request: Request) -> Counts:
        terms = [term for count, text in request.counted.items() for term in terms_of(count, text)]
        answer: Counts = {}
        if not terms or not snapshot.whats:
            return answer
        counts = expressions.counts_of(terms)
        with self._lock:
            rows = self._counts_asked(snapshot, terms, request)
        if rows is None:
            return answer
        standing: Counts = {}
        for *key, place, number in rows:
            count, stands = counts[place]
            if number:
                into = standing if stands else answer
                into.setdefault(tuple(key), Counter())[count] += int(number)
        return _with_standing(answer, standing, len(request.periods))

    def excluded(self, snapshot: Snapshot, known_until: int | None) -> frozenset[int]:
        adding = [number for number, what in snapshot.whats.items() if what.verb == "exclude_from_scoring"]
        lifting = [number for number, what in snapshot.whats.items() if what.verb == "lift_exclusion"]
        if not adding:
            return frozenset()
        asked = tuple(snapshot.paths(STEPS)), snapshot.id, known_until  # files of one hash never answer otherwise
        with self._lock:
            if asked not in self._excluded:
                if len(self._excluded) >= _MOST_TABLES:
                    self._excluded.pop(next(iter(self._excluded)))
                steps = self._table(snapshot, STEPS)
                found = self._backend().to_pyarrow(expressions.excluded_cases(steps, adding, lifting, known_until))
                self._excluded[asked] = frozenset(found["case"].to_pylist())
            return self._excluded[asked]

    def cases_of(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]]
    ) -> Iterator[tuple[int, int, int]]:
        terms = [term for count, text in request.counted.items() for term in terms_of(count, text)]
        if not terms or not snapshot.whats:
            return
        with self._lock:
            rows = self._listed_asked(snapshot, terms, request, key)
        if rows is not None:
            yield from rows

    def marks(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]], *, skip: int, most: int
    ) -> Netted:
        terms = [term for count, text in request.counted.items() for term in terms_of(count, text)]
        if not terms or not snapshot.whats:
            return Netted(0, 0, ())
        # Counts that share what stands (超期未处置 is in three) share its rows: the name of the count is no part of it.
        lasting = [replace(term, count="") for term in terms if term.window is Window.STANDING]
        with self._lock:
            if lasting and all(len(of) == 1 for of in key):
                standing = self._standing_of(snapshot, lasting, request)
                if standing is not None:
                    left = standing.get(tuple(of[0] for of in key), [])
                    of_acts = [term for term in terms if term.window is not Window.STANDING]
                    return _with_what_stands(
                        self._netted(snapshot, of_acts, request, key, 0, skip + most), left, skip, most
                    )
            return self._netted(snapshot, terms, request, key, skip, most)

    def _netted(
        self, snapshot: Snapshot, terms: list[Term], request: Request, key: KeyValues, skip: int, most: int
    ) -> Netted:
        rows = self._listed_asked(snapshot, terms, request, key, (skip, max(most, 1))) if terms else None
        if not rows:
            # beyond the last one nothing tells how many there are
            return replace(self._netted(snapshot, terms, request, key, 0, 1), rows=()) if skip else Netted(0, 0, ())
        return Netted(int(rows[0][6]), int(rows[0][5]), tuple(tuple(row[:5]) for row in rows[:most]))

    def _standing_of(self, snapshot: Snapshot, terms: list[Term], request: Request) -> _OfObjects | None:
        """What stands at a period's end, for every object at once: each object's would be a walk through all the past.

        None where more stand than are worth keeping.
        """
        asked = (tuple(snapshot.paths(STEPS)), snapshot.id, tuple(terms), request.periods, request.keys,
                 request.known_until, request.only, request.alike)  # fmt: skip
        if asked not in self._standing:
            if len(self._standing) >= _MOST_TABLES:
                self._standing.pop(next(iter(self._standing)))
            found: _OfObjects = {}
            every = [()] * len(request.keys)
            rows = self._listed_asked(snapshot, terms, request, every, (0, _MOST_STANDING + 1)) or []
            for row in rows if len(rows) <= _MOST_STANDING else ():
                found.setdefault(tuple(row[7:]), []).append(tuple(row[:5]))
            self._standing[asked] = found if len(rows) <= _MOST_STANDING else None
        return self._standing[asked]

    def _counts_asked(self, snapshot: Snapshot, terms: list[Term], request: Request) -> list[Any] | None:
        """The counts of a question; None where no step can count."""
        if self.name != "duckdb":
            return self._of_cluster(self._counted(snapshot, terms, request))
        paths = tuple(snapshot.paths(STEPS))  # proven unchanged, each time
        form, values = form_of(request, None)
        column = sums.serves(request, terms)
        if column:
            begins_on = request.periods[0].first.day
            paths = tuple(sums.paths_of(snapshot, column, begins_on, self._backend().con))
            values |= {BORDER_MARK + nth: str(month) for nth, month in enumerate(sums.borders_of(request.periods))}
        shape = column, paths, snapshot.id, tuple(terms), *_shape_of(form)
        given = snapshot, terms, form.request
        return self._rows(shape, values, lambda: self._summed(*given, list(paths)) if column else self._counted(*given))

    def _listed_asked(
        self,
        snapshot: Snapshot,
        terms: list[Term],
        request: Request,
        key: Sequence[Sequence[int | str]],
        cut: tuple[int, int] | None = None,
    ) -> list[Any] | None:
        """What is listed under a key; None where no step can count."""
        views = tuple(dict.fromkeys(expressions.view_of(term) for term in terms))
        if self.name != "duckdb":
            rows = weighed_rows(snapshot, terms, views)
            kinds = kinds_of_views(rows, len(views))
            if not any(kinds):
                return None
            listing = expressions.listed(
                self._steps(snapshot, request), self._small(rows), views, kinds, request, key, cut
            )
            return self._of_cluster(listing)
        paths = tuple(snapshot.paths(STEPS))  # proven unchanged, each time
        form, values = form_of(request, key)
        if self._weights is None:
            self._weights = KeptWeights(self._backend())
        weighed = self._weights.of(snapshot, terms, views)
        if not any(weighed.kinds):
            return None
        kinds = marked_kinds(weighed.kinds, values)
        values[WEIGHTS_MARK] = str(weighed.number)
        if cut is not None:
            values |= {mark: str(number) for mark, number in zip(CUT_MARKS, cut, strict=True)}
            cut = CUT_MARKS
        shape = "listed", paths, snapshot.id, views, kinds, cut, *_shape_of(form)
        weights, given = self._weights, (views, kinds, form.request, form.key or (), cut)
        return self._rows(
            shape,
            values,
            lambda: expressions.listed(self._steps(snapshot, form.request), weights.rows(WEIGHTS_MARK), *given),
        )

    def _rows(
        self, shape: tuple[Any, ...], values: Mapping[int, str], expression: Callable[[], Table | None]
    ) -> list[Any] | None:
        """The rows of a form with these values in it; compiled the first time it is asked."""
        if shape not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[shape] = self._compiled(expression())
        kept = self._kept[shape]
        return None if kept is None else self._backend().con.execute(kept.sql_with(values)).fetchall()

    def _of_cluster(self, expression: Table | None) -> list[Any] | None:
        return None if expression is None else _tuples(self._backend().to_pyarrow(expression))

    def _compiled(self, expression: Table | None) -> Compiled | None:
        if expression is None:
            return None
        backend = self._backend()
        backend._register_in_memory_tables(expression)
        return Compiled(str(backend.compile(expression)), expression)

    def _counted(self, snapshot: Snapshot, terms: list[Term], request: Request) -> Table | None:
        scans, weighed = shared(snapshot.whats, terms, expressions.counts_of(terms), request.keys)
        if not scans:
            return None
        columns = {name: [getattr(each, name) for each in weighed] for name in SCANNED_SCHEMA.names}
        small = self._small(pa.table(columns, schema=SCANNED_SCHEMA))
        return expressions.counted(self._steps(snapshot, request), small, scans, request)

    def _summed(self, snapshot: Snapshot, terms: list[Term], request: Request, paths: list[str]) -> Table | None:
        """The same as ``_counted`` from sums beside the facts, with marks for the months' borders."""
        scans, weighed = shared(snapshot.whats, terms, expressions.counts_of(terms), request.keys)
        if not scans:
            return None
        names = [scan_name(scan.moment, dict(scan.changes)) for scan in scans]
        columns = {name: [getattr(each, name) for each in weighed] for name in SUMMED_SCHEMA.names}
        columns["scan"] = [names[number] for number in columns["scan"]]
        small = self._small(pa.table(columns, schema=SUMMED_SCHEMA))
        rows = self._with_places(self._backend().read_parquet(paths), request)
        borders = [BORDER_MARK + nth for nth in range(len(request.periods) + 1)]
        return expressions.counted_from_sums(rows, small, names, borders, request)

    def _steps(self, snapshot: Snapshot, request: Request) -> Table:
        steps = self._table(snapshot, STEPS)
        if request.only is not None:
            steps = self._steps_of(snapshot, steps, request.only)
        return self._with_places(steps, request)

    def _with_places(self, rows: Table, request: Request) -> Table:
        if not request.alike or "place" not in request.keys:
            return rows
        of, whole = (pa.array(side, pa.int32()) for side in zip(*request.alike, strict=True))
        return expressions.with_places_alike(rows, self._small(pa.table({"place": of, "whole": whole})))

    def _steps_of(self, snapshot: Snapshot, steps: Table, cases: frozenset[int]) -> Table:
        """The steps of a few cases, taken out of the many once for all questions to a snapshot."""
        asked = tuple(snapshot.paths(STEPS)), snapshot.id, cases
        if asked not in self._few:
            if len(self._few) >= _MOST_TABLES:
                self._few.pop(next(iter(self._few)))
            only = pa.table({"case": pa.array(sorted(cases), pa.int64())})
            found = self._backend().to_pyarrow(expressions.of_cases(steps, self._small(only)))
            self._few[asked] = self._small(found.cast(STEP_SCHEMA))
        return self._few[asked]

    def cursor(self) -> Any:
        """A further connection to the database in process."""
        with self._lock:
            return self._backend().con.cursor()

    def _backend(self) -> Any:
        if self._link is None:
            self._link = self.connect()
        return self._link

    def _table(self, snapshot: Snapshot, table: str) -> Table:
        """A table of the snapshot; its files are proven unchanged each time, but opened once."""
        paths = tuple(snapshot.paths(table))
        found = self._tables.get(paths)
        if found is None:
            if len(self._tables) >= _MOST_TABLES:
                self._tables.pop(next(iter(self._tables)))
            found = self._tables[paths] = self._opened(list(paths))
        return found

    def _opened(self, paths: list[str]) -> Table:
        if self.name != "spark":
            return self._backend().read_parquet(paths)
        view = f"wangge_{len(self._tables)}_{abs(hash(tuple(paths)))}"  # Ibis opens one path at a time on Spark
        self._backend()._session.read.parquet(*paths).createOrReplaceTempView(view)
        return self._backend().table(view)

    def _small(self, rows: pa.Table) -> Table:
        """A small table of ours as the backend sees it."""
        if self.name == "duckdb":
            return ibis.memtable(rows)
        return self._backend().read_parquet(handed_over(rows))


_MOST_KEPT = 256
_MOST_TABLES = 16
_MOST_STANDING = 50_000


def _tuples(rows: pa.Table) -> list[Any]:
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _with_what_stands(
    happened: Netted, standing: Sequence[tuple[int, int, int, int, int]], skip: int, most: int
) -> Netted:
    """What happened, its first rows told, and all that stands, as one listing."""
    rows = sorted((*happened.rows, *standing))[skip : skip + most]
    return Netted(happened.number + sum(row[2] for row in standing), happened.steps + len(standing), tuple(rows))


def _shape_of(form: Form) -> tuple[Any, ...]:
    of = form.request
    return len(of.periods), of.keys, of.known_until, of.only, of.alike, form.key


def _with_standing(answer: Counts, flows: Counts, periods: int) -> Counts:
    """What stands at a period's end is the sum of all that came and went until then."""
    for of_object in {key[1:] for key in flows}:
        stands: Counter[str] = Counter()
        for bucket in range(-1, periods):
            stands.update(flows.get((bucket, *of_object), {}))
            if bucket >= 0:
                answer.setdefault((bucket, *of_object), Counter()).update(stands)
    return answer


def _duckdb() -> Any:
    link = ibis.duckdb.connect(threads=max(1, len(os.sched_getaffinity(0))), memory_limit="3GB")
    link.con.execute("SET parquet_metadata_cache = true")
    return link


_engines: dict[str, Engine] = {}


def engine_of(name: str, *, spark_master: str = "local[*]") -> Engine:
    """The engine of a name; the same one for the life of the process."""
    if name not in _engines:
        if name == "duckdb":
            _engines[name] = ExpressionEngine("duckdb", _duckdb)
        elif name == "spark":
            _engines[name] = ExpressionEngine("spark", spark_link(spark_master))
        elif name == "plain":
            _engines[name] = PlainEngine()
        else:
            raise EngineMissing(f"没有名为“{name}”的计算引擎：可用 duckdb、plain、spark。")
    return _engines[name]


def prepare_sums(snapshot: Snapshot, *, begins_on: int) -> None:
    """Make the sums of a snapshot's months, so that nobody who asks for figures waits for them."""
    engine = engine_of("duckdb")
    if isinstance(engine, ExpressionEngine):
        sums.prepare(snapshot, begins_on=begins_on, link=engine.cursor())
