"""Refreshes the warehouse: the steps written since the last snapshot leave PostgreSQL as facts in Parquet.

Every case's version is compared with the steps the warehouse holds of it, so nothing is missed and nothing comes
twice, whoever wrote it: a click, an import of history, a restored backup. Cases with news are replayed by several
processes that share one snapshot of the database; only their new steps are added. Files are named by the manifest in
the end: a refresh that dies is as if it had not begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from numpy.typing import NDArray

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.verifying import take_snapshot
from wangge.domains.evaluation.fact_schemas import CASE_SCHEMA, CODE_SCHEMA, PLACE_SCHEMA, STEP_SCHEMA, WHAT_SCHEMA
from wangge.domains.evaluation.logic.facts import NUMBERS
from wangge.domains.evaluation.snapshots import CASES, CODES, PLACES, STEPS, WHATS, Snapshot
from wangge.domains.evaluation.telling import Subject, Told, tell_case
from wangge.groundwork.copied_rows import copied_rows
from wangge.groundwork.warehouse.keeping import Refresh, read_whole, refreshing
from wangge.groundwork.warehouse.manifest import Manifest
from wangge.groundwork.worker_pool import worked

CASES_PER_PIECE = 4000
ROWS_PER_FILE = 4_000_000
"""So many rows of a month wait in memory before a file is made of them."""
_SENT = np.dtype([("id", "S16"), ("version", ">i4")])
_HEAD = np.dtype([("id", "S16"), ("version", "i4"), ("month", "i4")])
_POSTGRES_EPOCH = date(2000, 1, 1)
_EPOCH_MONTH = 1970 * 12
_BEFORE = ("unit_before", "category_before")
Numbers = NDArray[np.int64]
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh brought: the snapshot that holds now, and how much is new in it."""

    manifest: Manifest
    cases: int
    steps: int
    files: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Cases of one month: their ids, the number each has in the warehouse, and how many of its steps are known.

    ``whole``: these are all cases of the month between the first id and the last one.
    """

    month: date
    ids: NDArray[np.bytes_]
    cases: Numbers
    known: Numbers
    whole: bool


@dataclass(frozen=True, slots=True)
class ToldPiece:
    """A piece as facts, its dictionaries still those of its worker."""

    columns: dict[str, NDArray[Any]]
    whats: list[tuple[str, ...]]
    places: list[tuple[str, ...]]
    codes: list[str]
    cases: list[tuple[int, bytes, str, int, int]]  # of cases that are new: number here, id, number, place, reported
    told: int


def refresh(
    *, root: Path, at: datetime, software: str, jobs: int = 1, tell: Callable[[int, int], None] | None = None
) -> Refreshed:
    """Bring the warehouse up to now; without news the snapshot stays as it is.

    ``tell`` hears (cases done, cases in all). Raises ``WarehouseRefused`` while another refresh runs, and when a
    file of the warehouse was changed.
    """
    with refreshing(root) as under_way, transaction.atomic():
        alone = jobs <= 1
        snapshot = "" if alone else _hold_snapshot()
        known = Snapshot(root, under_way.before)
        pieces = _pieces(known)
        total = sum(len(piece.ids) for piece in pieces)
        if not pieces:
            return Refreshed(under_way.before, 0, 0, 0)
        merging = Merging(under_way, known)
        done = 0
        jobs_used, snapshot = (1, "") if alone or total < CASES_PER_PIECE else (jobs, snapshot)
        for piece in worked(tell_piece, pieces, jobs=jobs_used, prepare=take_snapshot, given=(snapshot,)):
            merging.add(piece)
            done += piece.told
            if tell is not None:
                tell(done, total)
        merging.finish()
        told = {"software": software, "cases": merging.case_count, "steps": merging.step_count}
        manifest = under_way.finish(made_at=at.isoformat(), told=told)
    return Refreshed(manifest, merging.new_cases, merging.new_steps, len(under_way.added))


def _hold_snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


# ---- what is new ---------------------------------------------------------------------------------------------------


def _pieces(known: Snapshot) -> list[Piece]:
    """The cases with steps the warehouse has not, by month."""
    heads = _heads()
    ids, cases, versions = _held(known)
    order = np.argsort(ids)
    place = np.searchsorted(ids, heads["id"], sorter=order) if len(ids) else np.zeros(len(heads), dtype=np.int64)
    found = np.zeros(len(heads), dtype=bool)
    at = np.zeros(len(heads), dtype=np.int64)
    if len(ids):
        at = order[np.minimum(place, len(ids) - 1)]
        found = ids[at] == heads["id"]
    held = np.where(found, versions[at] if len(ids) else 0, 0)
    news = heads["version"] > held
    numbers = np.where(found, cases[at] if len(ids) else 0, 0)
    fresh = news & ~found
    numbers[fresh] = known.manifest.rows_of(CASES) + 1 + np.arange(int(fresh.sum()))
    pieces = []
    for day in np.unique(heads["month"][news]):
        of_month = heads["month"] == day
        wanted = news & of_month
        rows = np.flatnonzero(wanted)
        rows = rows[np.argsort(heads["id"][rows])]
        whole = bool(wanted.sum() == of_month.sum())
        for start in range(0, len(rows), CASES_PER_PIECE):
            part = rows[start : start + CASES_PER_PIECE]
            month = _POSTGRES_EPOCH + timedelta(days=int(day))
            pieces.append(Piece(month, heads["id"][part], numbers[part], held[part], whole))
    return pieces


def _heads() -> NDArray[Any]:
    """Id, version and month of every case; a month's cases come as one value, which costs less than a row each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, string_agg(uuid_send(id) || int4send(version), ''::bytea) FROM cases_case GROUP BY month"
        )
        found = [(month, np.frombuffer(sent, dtype=_SENT)) for month, sent in cursor.fetchall()]
    heads = np.empty(sum(len(sent) for _month, sent in found), dtype=_HEAD)
    filled = 0
    for month, sent in found:
        part = heads[filled : filled + len(sent)]
        part["id"], part["version"], part["month"] = sent["id"], sent["version"], (month - _POSTGRES_EPOCH).days
        filled += len(sent)
    return heads


def _held(known: Snapshot) -> tuple[NDArray[np.bytes_], Numbers, Numbers]:
    """Id, number and last step of every case the warehouse holds."""
    cases, steps = known.paths(CASES), known.paths(STEPS)
    if not cases:
        return np.zeros(0, dtype="S16"), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    with duckdb.connect() as link:
        asked = 'SELECT "case", max(seq)::int AS version FROM read_parquet($1) GROUP BY 1'
        found = link.sql(asked, params=[steps]).to_arrow_table()
    tables = [read_whole(path, columns=["id", "case"]) for path in cases]
    ids = np.concatenate([_plain(column, "S16") for table in tables for column in table["id"].chunks])
    numbers = np.concatenate([_plain(column, "i8") for table in tables for column in table["case"].chunks])
    versions = np.zeros(int(numbers.max()) + 1, dtype=np.int64)
    for batch in found.to_batches():
        versions[_plain(batch["case"], "i8")] = _plain(batch["version"], "i4")
    return ids, numbers, versions[numbers]


def _plain(column: pa.Array, kind: str) -> NDArray[Any]:
    """A column without gaps as it lies in memory: Arrow's own way to numpy brings in pandas, a third of a second."""
    data = column.buffers()[1]
    assert data is not None
    return np.frombuffer(data, dtype=kind)[column.offset : column.offset + len(column)]


def _arrow(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """The same the other way."""
    numbers = np.ascontiguousarray(values, dtype=kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(numbers)])


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows of numbers, texts and ids as Arrow has them."""
    columns = []
    for field_of, values in zip(schema, zip(*rows, strict=True), strict=True):
        if pa.types.is_integer(field_of.type):
            columns.append(_arrow(np.array(values), field_of.type))
        elif pa.types.is_string(field_of.type):
            texts = [value.encode() for value in values]
            ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
            buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
            columns.append(pa.Array.from_buffers(field_of.type, len(texts), buffers))
        else:
            columns.append(pa.Array.from_buffers(field_of.type, len(values), [None, pa.py_buffer(b"".join(values))]))
    return pa.table(columns, schema=schema)


# ---- in a worker ---------------------------------------------------------------------------------------------------


def tell_piece(piece: Piece) -> ToldPiece:
    """The facts of one piece."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'")
    named = {
        _text(raw): (int(case), int(known))
        for raw, case, known in zip(piece.ids, piece.cases, piece.known, strict=True)
    }
    limits = _limits(piece, named)
    told = Told()
    new_cases = []
    subjects: dict[bytes, Subject] = {}
    for case_id, number, district, street, community, grid, component, reported in copied_rows(
        "SELECT c.id, c.number, c.district_code, m.street_code, m.community_code, c.grid_code, m.component,"
        " floor(extract(epoch FROM c.reported_at) / 60)::int + 480"
        " FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
        f" WHERE c.month = '{piece.month}' AND {limits.format(column='c.id')}"
    ):
        if case_id not in named:
            continue
        case, known = named[case_id]
        place = (district.decode(), street.decode(), community.decode(), grid.decode())
        subjects[case_id] = Subject(case, known, place, component.decode())
        if not known:
            raw = bytes.fromhex(case_id.decode().replace("-", ""))
            new_cases.append((case, raw, number.decode(), told.place(place), int(reported)))
    for case_id, steps in _steps(piece, limits):
        if case_id in subjects:
            tell_case(told, subjects[case_id], steps, rulebook_on)
    return ToldPiece(
        told.columns(), [tuple(what) for what in told.whats], list(told.places), list(told.codes), new_cases,
        len(piece.ids),
    )  # fmt: skip


def _text(raw: bytes) -> bytes:
    text = raw.ljust(16, b"\0").hex()  # numpy drops zero bytes at the end
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}".encode()


def _limits(piece: Piece, named: dict[bytes, tuple[int, int]]) -> str:
    """A whole stretch of a month is read by its borders, single cases by name."""
    ids = [each.decode() for each in named]
    if piece.whole:
        return "{column} BETWEEN '%s' AND '%s'" % (ids[0], ids[-1])  # noqa: UP031
    return "{column} = ANY('{{%s}}'::uuid[])" % ",".join(ids)  # noqa: UP031


def _steps(piece: Piece, limits: str) -> Iterator[tuple[bytes, list[list[bytes]]]]:
    query = (
        f"SELECT case_id, at, recorded_at, payload FROM cases_step WHERE month = '{piece.month}'"
        f" AND {limits.format(column='case_id')} ORDER BY month, case_id, seq"
    )
    held: list[list[bytes]] = []
    current = b""
    for case_id, *step in copied_rows(query):
        if case_id != current:
            if held:
                yield current, held
            held, current = [], case_id
        held.append(step)
    if held:
        yield current, held


# ---- putting together ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Merging:
    """Pieces become months of rows with the warehouse's own dictionaries."""

    refresh: Refresh
    known: Snapshot
    months: dict[int, list[pa.Table]] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    cases: list[tuple[int, bytes, str, int, int]] = field(default_factory=list)
    new_cases: int = 0
    new_steps: int = 0
    _whats: dict[tuple[str, ...], int] = field(default_factory=dict)
    _places: dict[tuple[str, ...], int] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict)
    _old: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self) -> None:
        self._whats = {tuple(what): number for number, what in self.known.whats.items()}
        self._places = {place: number for number, place in self.known.places.items()}
        self._codes = {text: number for number, text in self.known.codes.items()}
        self._old = len(self._whats), len(self._places), len(self._codes)

    @property
    def case_count(self) -> int:
        return self.known.manifest.rows_of(CASES) + self.new_cases

    @property
    def step_count(self) -> int:
        return self.known.manifest.rows_of(STEPS) + self.new_steps

    def add(self, piece: ToldPiece) -> None:
        """Take over one piece."""
        maps = {
            "what": _mapping(piece.whats, self._whats),
            "place": _mapping(piece.places, self._places),
            "code": _mapping(piece.codes, self._codes),
        }
        by_code = ("category", "unit", "inner", "collector", "seat", "component", "author", "former_unit", *_BEFORE)
        arrays: dict[str, NDArray[Any]] = {}
        for name in NUMBERS:
            values = piece.columns[name]
            mapping = maps.get("code" if name in by_code else name)
            if mapping is None:
                arrays[name] = np.ascontiguousarray(values)
            elif name in _BEFORE:
                arrays[name] = np.where(values < 0, values, mapping[np.maximum(values, 0)])
            else:
                arrays[name] = mapping[values]
        rows = pa.table([_arrow(arrays[name], STEP_SCHEMA.field(name).type) for name in NUMBERS], schema=STEP_SCHEMA)
        self._by_month(rows, arrays["at"])
        self.cases += [(c, raw, number, int(maps["place"][p]), r) for c, raw, number, p, r in piece.cases]
        self.new_cases += len(piece.cases)
        self.new_steps += rows.num_rows

    def _by_month(self, rows: pa.Table, at: NDArray[Any]) -> None:
        months = (at.astype("datetime64[m]").astype("datetime64[M]")).astype(np.int64) + _EPOCH_MONTH
        for month in np.unique(months):
            part = rows.take(_arrow(np.flatnonzero(months == month), pa.int64()))
            self.months.setdefault(int(month), []).append(part)
            self.waiting[int(month)] = self.waiting.get(int(month), 0) + part.num_rows
            if self.waiting[int(month)] >= ROWS_PER_FILE:
                self._write(int(month))

    def _write(self, month: int) -> None:
        """One month's rows as a file, rows of one kind side by side."""
        rows = pa.concat_tables(self.months.pop(month))
        self.waiting[month] = 0
        rows = rows.sort_by([("what", "ascending"), ("at", "ascending"), ("case", "ascending"), ("seq", "ascending")])
        self.refresh.add(STEPS, f"{month // 12:04d}-{month % 12 + 1:02d}", rows)

    def finish(self) -> None:
        """Write what waits, the new cases and the new words of the dictionaries."""
        for month in sorted(self.months):
            self._write(month)
        if self.cases:
            self.cases.sort()
            self.refresh.add(CASES, "", _table(self.cases, CASE_SCHEMA))
        old_whats, old_places, old_codes = self._old
        self._dictionary(WHATS, WHAT_SCHEMA, [(n, *what) for what, n in self._whats.items() if n > old_whats])
        self._dictionary(PLACES, PLACE_SCHEMA, [(n, *place) for place, n in self._places.items() if n > old_places])
        self._dictionary(CODES, CODE_SCHEMA, [(n, text) for text, n in self._codes.items() if n > old_codes])

    def _dictionary(self, table: str, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self.refresh.add(table, "", _table(rows, schema))


def _mapping(local: list[Any], shared: dict[Any, int]) -> NDArray[np.int32]:
    """Local number → shared number; new entries get the next ones. 0 stays 0."""
    return np.array([0, *(shared.setdefault(each, len(shared) + 1) for each in local)], dtype=np.int32)
