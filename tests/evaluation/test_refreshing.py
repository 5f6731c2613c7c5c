"""Facts leave the database once each, whatever happens on the way; a file that changed is refused by its name."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from django.db import connection

from tests.volume.conftest import NOW, ground, months  # noqa: F401 - fixtures
from wangge.domains.evaluation.engines import engine_of
from wangge.domains.evaluation.logic.counting_request import Request
from wangge.domains.evaluation.logic.periods import parse_period
from wangge.domains.evaluation.operations.refreshing import refresh
from wangge.domains.evaluation.snapshots import CASES, STEPS, latest
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.warehouse.keeping import changed_files
from wangge.groundwork.warehouse.manifest import WarehouseRefused, chain_breaks, read_latest, read_manifest
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.simulation.running import Production, produce, year_tasks

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20240301
REPORTS = "report|register_report|receive_report|report_self_handled"


class Killed(BaseException):
    """The process ends here: nothing behind this point happens, no error is handled."""


@pytest.fixture
def city(ground: LoadedGround) -> Callable[[int], None]:  # noqa: F811
    """Writes so many days of a small year."""
    tasks = iter(year_tasks(cases=900, year=2024, seed=4))
    production = Production(ground, 7, TERMINAL, NOW)

    def write(days: int) -> None:
        for _done in produce(production, [next(tasks) for _day in range(days)], jobs=1):
            pass

    return write


def refreshed(root: Path) -> Any:
    return refresh(root=root, at=NOW, software="test")


def in_database() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM cases_step)")
        cases, steps = cursor.fetchone()
    return int(cases), int(steps)


def in_warehouse(root: Path) -> tuple[int, int, int]:
    """Cases, steps, and distinct (case, step) of the files the manifest names."""
    snapshot = latest(root)
    cases = sum(pq.read_metadata(path).num_rows for path in snapshot.paths(CASES))
    with duckdb.connect() as link:
        found = link.execute(
            'SELECT count(*), count(DISTINCT ("case", seq)) FROM read_parquet(?)', [snapshot.paths(STEPS)]
        ).fetchone()
    assert found is not None
    return cases, found[0], found[1]


def test_an_increment_brings_the_new_steps_and_nothing_else(city: Any, tmp_path: Path) -> None:
    city(20)
    first = refreshed(tmp_path)
    assert in_warehouse(tmp_path) == (*in_database(), in_database()[1])
    kept = {file.name: (tmp_path / "facts" / file.name).read_bytes() for file in first.manifest.files}
    assert refreshed(tmp_path).manifest.id == first.manifest.id
    city(3)
    second = refreshed(tmp_path)
    assert in_warehouse(tmp_path) == (*in_database(), in_database()[1])
    assert second.steps == in_database()[1] - first.steps
    assert all((tmp_path / "facts" / name).read_bytes() == data for name, data in kept.items())
    assert not list(chain_breaks(tmp_path))
    # the figures of the first snapshot are still there
    request = Request({"n_report": REPORTS}, (parse_period("2024"),))
    assert latest(tmp_path).id == second.manifest.id
    assert read_manifest(tmp_path, first.manifest.id).rows_of(STEPS) == first.steps
    assert engine_of("duckdb").count(latest(tmp_path), request)[0,]["n_report"] == in_database()[0] - _children()


def _children() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case WHERE parent_id IS NOT NULL")
        return int(cursor.fetchone()[0])


def test_killed_at_20_points_the_next_refresh_completes(
    city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city(8)
    refreshed(tmp_path)
    city(4)
    before = read_latest(tmp_path)
    calls = _calls_of_a_refresh(tmp_path, monkeypatch)
    whole = (*in_database(), in_database()[1])
    chance = random.Random(SEED)
    for time, point in enumerate(chance.sample(range(calls), min(20, calls))):
        root = tmp_path.with_name(f"round-{time}")
        shutil.copytree(tmp_path, root)
        with monkeypatch.context() as patched:
            _die_at(point, patched)
            with pytest.raises(Killed):
                refreshed(root)
        left = read_latest(root)
        assert left.id == before.id or in_warehouse(root) == whole  # all of it or nothing
        assert not changed_files(root, left.files, thoroughly=True)
        refreshed(root)
        assert in_warehouse(root) == whole
        assert not list(chain_breaks(root))
        assert {path.name for path in (root / "facts").iterdir()} == {file.name for file in read_latest(root).files}


def _calls_of_a_refresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many points a refresh could die at: counted on a copy."""
    copy = root.with_name("copy")
    shutil.copytree(root, copy)
    with monkeypatch.context() as patched:
        counted = _die_at(10**9, patched)
        refreshed(copy)
    return counted[0]


def _die_at(point: int, patched: pytest.MonkeyPatch) -> list[int]:
    """End the process at the n-th write, sync or rename, half of a write done."""
    calls = [0]

    def dying(real: Any, half: Any = None) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] - 1 == point:
                if half is not None:
                    half(*args)
                raise Killed
            return real(*args, **named)

        return call

    def half_written(_rows: Any, path: Path, *_more: Any) -> None:
        Path(path).write_bytes(b"PAR1 half a file")

    patched.setattr(pq, "write_table", dying(pq.write_table, half_written))
    patched.setattr(os, "fsync", dying(os.fsync))
    patched.setattr(Path, "replace", dying(Path.replace))
    return calls


def test_a_changed_file_is_refused_by_name(city: Any, tmp_path: Path) -> None:
    city(5)
    refreshed(tmp_path)
    snapshot = latest(tmp_path)
    name = snapshot.manifest.of_table(STEPS)[0].name
    path = tmp_path / "facts" / name
    snapshot.paths(STEPS)  # found right once
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    times = path.stat()
    path.write_bytes(bytes(data))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a careful forger would
    with pytest.raises(WarehouseRefused, match=name):
        snapshot.paths(STEPS)


def test_no_row_names_a_reporter_or_holds_a_word(city: Any, tmp_path: Path) -> None:
    city(10)
    refreshed(tmp_path)
    snapshot = latest(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT reporter_id::text FROM cases_case WHERE reporter_id IS NOT NULL"
            " AND entry = 'receive_report'"
        )
        citizens = {row[0] for row in cursor.fetchall()}
    with duckdb.connect() as link:
        persons = {
            snapshot.codes[row[0]]
            for row in link.execute(
                "SELECT DISTINCT unnest([collector, seat, author]) FROM read_parquet(?)", [snapshot.paths(STEPS)]
            ).fetchall()
            if row[0]
        }
    assert persons
    assert not persons & citizens
