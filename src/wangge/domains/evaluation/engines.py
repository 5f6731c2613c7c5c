"""The engines that count over a snapshot: DuckDB in this process, or Spark, both by the same expressions.

An engine answers whole counts by period and object; see :mod:`wangge.domains.evaluation.plain` for the third one.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from wangge.domains.evaluation import expressions
from wangge.domains.evaluation.compiled import CUT_MARKS, Compiled, form_of
from wangge.domains.evaluation.expressions import SCANNED_SCHEMA, WEIGHT_SCHEMA
from wangge.domains.evaluation.fact_schemas import STEP_SCHEMA
from wangge.domains.evaluation.logic.counting_request import Counts, Netted, Request
from wangge.domains.evaluation.logic.scans import shared
from wangge.domains.evaluation.logic.terms import Term, terms_of
from wangge.domains.evaluation.plain import PlainEngine
from wangge.domains.evaluation.snapshots import STEPS, Snapshot

Listed = Iterator[tuple[int, int, int]]


class EngineMissing(Exception):
    """The engine asked for cannot run here; the text says what to install."""


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
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def count(self, snapshot: Snapshot, request: Request) -> Counts:
        terms = [term for count, text in request.counted.items() for term in terms_of(count, text)]
        answer: Counts = {}
        if not terms or not snapshot.whats:
            return answer
        counts = expressions.counts_of(terms)
        with self._lock:
            rows = self._asked(snapshot, terms, request)
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
            rows = self._asked(snapshot, terms, request, key)
        if rows is not None:
            yield from rows

    def marks(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]], *, skip: int, most: int
    ) -> Netted:
        terms = [term for count, text in request.counted.items() for term in terms_of(count, text)]
        rows = None
        if terms and snapshot.whats:
            with self._lock:
                rows = self._asked(snapshot, terms, request, key, (skip, max(most, 1)))
        if not rows:
            # beyond the last one nothing tells how many there are
            return replace(self.marks(snapshot, request, key, skip=0, most=1), rows=()) if skip else Netted(0, 0, ())
        return Netted(int(rows[0][6]), int(rows[0][5]), tuple(tuple(row[:5]) for row in rows[:most]))

    def _asked(
        self,
        snapshot: Snapshot,
        terms: list[Term],
        request: Request,
        key: Sequence[Sequence[int | str]] | None = None,
        cut: tuple[int, int] | None = None,
    ) -> list[Any] | None:
        """The rows of a question: counts, or with ``key`` what is listed under it; None where no step can count."""
        if self.name != "duckdb":
            expression = self._expression(snapshot, terms, request, key, cut)
            return None if expression is None else _tuples(self._backend().to_pyarrow(expression))
        paths = tuple(snapshot.paths(STEPS))  # proven unchanged, each time
        form, values = form_of(request, key)
        if cut is not None:
            values |= {mark: str(number) for mark, number in zip(CUT_MARKS, cut, strict=True)}
            cut = CUT_MARKS
        shape = (paths, snapshot.id, tuple(terms), len(request.periods), form.request.keys, form.request.known_until,
                 request.only, request.alike, form.key, cut)  # fmt: skip
        if shape not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[shape] = self._compiled(self._expression(snapshot, terms, form.request, form.key, cut))
        kept = self._kept[shape]
        return None if kept is None else self._backend().con.execute(kept.sql_with(values)).fetchall()

    def _compiled(self, expression: Table | None) -> Compiled | None:
        if expression is None:
            return None
        backend = self._backend()
        backend._register_in_memory_tables(expression)
        return Compiled(str(backend.compile(expression)), expression)

    def _expression(
        self,
        snapshot: Snapshot,
        terms: list[Term],
        request: Request,
        key: Sequence[Sequence[int | str]] | None,
        cut: tuple[int, int] | None,
    ) -> Table | None:
        if key is None:
            return self._counted(snapshot, terms, request)
        views = list(dict.fromkeys(expressions.view_of(term) for term in terms))
        weighed = pa.Table.from_pylist(expressions.weights(snapshot.whats, terms, views), WEIGHT_SCHEMA)
        kinds = _kinds(weighed, len(views))
        if not any(kinds):
            return None
        steps, small = self._steps(snapshot, request), self._small(weighed)
        if cut is not None:
            return expressions.netted(steps, small, views, kinds, request, key, cut)
        return expressions.listed(steps, small, views, kinds, request, key)

    def _counted(self, snapshot: Snapshot, terms: list[Term], request: Request) -> Table | None:
        scans, weighed = shared(snapshot.whats, terms, expressions.counts_of(terms), request.keys)
        if not scans:
            return None
        columns = {name: [getattr(each, name) for each in weighed] for name in SCANNED_SCHEMA.names}
        small = self._small(pa.table(columns, schema=SCANNED_SCHEMA))
        return expressions.counted(self._steps(snapshot, request), small, scans, request)

    def _steps(self, snapshot: Snapshot, request: Request) -> Table:
        steps = self._table(snapshot, STEPS)
        if request.only is not None:
            steps = self._steps_of(snapshot, steps, request.only)
        if request.alike and "place" in request.keys:
            of, whole = (pa.array(side, pa.int32()) for side in zip(*request.alike, strict=True))
            steps = expressions.with_places_alike(steps, self._small(pa.table({"place": of, "whole": whole})))
        return steps

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
        handle, path = tempfile.mkstemp(suffix=".parquet", dir=_spool())
        os.close(handle)
        pq.write_table(rows, path)
        return self._backend().read_parquet(path)


_MOST_KEPT = 256
_MOST_TABLES = 16
_spools: list[tempfile.TemporaryDirectory[str]] = []


def _spool() -> str:
    """A directory for small tables handed to Spark; gone with the process."""
    if not _spools:
        _spools.append(tempfile.TemporaryDirectory(prefix="wangge-spark-"))
    return _spools[0].name


def _tuples(rows: pa.Table) -> list[Any]:
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))


def _kinds(weighed: pa.Table, views: int) -> list[list[int]]:
    kinds: list[set[int]] = [set() for _view in range(views)]
    for what, view in zip(weighed["what"].to_pylist(), weighed["view"].to_pylist(), strict=True):
        kinds[view].add(what)
    return [sorted(of_view) for of_view in kinds]


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


def spark_engine(master: str) -> ExpressionEngine:
    """Spark on a cluster; :class:`EngineMissing` says what is not installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineMissing("没有安装 Spark：请运行 pip install 'wangge[spark]'，并安装 Java 17。") from None

    def connect() -> Any:
        session = (
            SparkSession.builder.master(master)
            .appName("wangge-evaluation")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        return ibis.pyspark.connect(session)

    return ExpressionEngine("spark", connect)


_engines: dict[str, Engine] = {}


def engine_of(name: str, *, spark_master: str = "local[*]") -> Engine:
    """The engine of a name; the same one for the life of the process."""
    if name not in _engines:
        if name == "duckdb":
            _engines[name] = ExpressionEngine("duckdb", _duckdb)
        elif name == "spark":
            _engines[name] = spark_engine(spark_master)
        elif name == "plain":
            _engines[name] = PlainEngine()
        else:
            raise EngineMissing(f"没有名为“{name}”的计算引擎：可用 duckdb、plain、spark。")
    return _engines[name]
