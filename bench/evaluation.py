"""Evaluation over a simulated year: snapshots, figures, scale, Spark, the way to the cases, and the machine beside.

The city is simulated by the command line. Each part is measured in a process of its own, after a warming round where a
server would be warm. ``WANGGE_BENCH_CITY_YEARS`` says how many city-years the scale is tried at (``1,4``; the last
of ``1,116`` is 100 million cases; what it takes on disk is told).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.bench_city import ROOT, WANGGE, environment, running_city
from bench.evaluation_pages import drill_down, publish
from bench.measurement import Measurement, at_most, stated
from bench.volume import run_watched

YEAR = 864_300
DAYS = 366
SIZES = "1,4"
LINEAR = 1.25
"""So much more than its share a larger size may take."""


def measure(var: Path, *, cases: int, quick: bool = False) -> Iterator[list[Measurement]]:
    """The lines of evaluation for a city that was simulated under ``var``, part by part."""
    yield _snapshots(var, cases)
    yield _figures(_script("evaluation_questions", var))
    yield _pages(var, seconds=4 if quick else 15)
    yield _spark(var)
    yield _scale(var / "warehouse", var / "scale")


def _snapshots(var: Path, cases: int) -> list[Measurement]:
    share, a_day = cases / YEAR, max(1, cases // DAYS)
    first = run_watched(var, "warehouse", "refresh", "--json")
    _script("evaluation_day", var, "2025-01-02", str(a_day))
    _refreshed(var)
    written = _script("evaluation_day", var, "2025-01-03", str(a_day))
    increment, again = _refreshed(var), _refreshed(var)
    return [
        at_most(f"warehouse: first snapshot of {cases:,} cases", first.seconds, "s", round(90 * share, 1)),
        at_most("warehouse: first snapshot, memory", first.peak_mib, "MiB", 4096),
        at_most(f"warehouse: a day's increment ({written:,} cases)", increment, "s", 2),
        at_most("warehouse: refresh without news", again, "s", 2),
    ]


def _refreshed(var: Path) -> float:
    """Seconds of a refresh by its own clock: the start of the command is not part of it."""
    told = subprocess.run(
        [WANGGE, "warehouse", "refresh", "--json"], env=environment(var), check=True, capture_output=True, text=True
    )
    return float(json.loads(told.stdout)["seconds"])


def _figures(asked: dict[str, Any]) -> list[Measurement]:
    scan, scan_all, sql = asked["scan"] * 1000, asked["scan_all"] * 1000, asked["sql"] * 1000
    rows = asked["rows"]
    return [
        at_most("all indicators, year, districts by months", asked["all"] * 1000, "ms", 500, scan_all),
        at_most("one indicator, year, districts by months", asked["one"] * 1000, "ms", 100, scan),
        stated("the same by plain SQL on PostgreSQL", sql, "ms"),
        at_most(f"cells of {asked['cells']} that plain SQL finds otherwise", asked["sql_differs"], "cells", 0),
        at_most(
            "all indicators, year: grids, units, collectors, classes", asked["objects"] * 1000, "ms", 3000, scan_all
        ),
        stated(f"DuckDB alone reads three columns of {rows:,} steps", scan, "ms"),
        stated("DuckDB alone: rows a second of three columns", rows / asked["scan"], "1/s"),
        stated("DuckDB alone: rows a second of all columns", rows / asked["scan_all"], "1/s"),
        at_most("signs of a month", asked["signs"] * 1000, "ms", 1000),
    ]


def _scale(warehouse: Path, directory: Path) -> list[Measurement]:
    """One indicator by city and month at several sizes: a row takes as long in the largest as in the smallest."""
    sizes = [int(each) for each in os.environ.get("WANGGE_BENCH_CITY_YEARS", SIZES).split(",")]
    told = {}
    for size in sizes:
        told[size] = _script("evaluation_scale", warehouse.parent, str(warehouse), str(directory), str(size))
        shutil.rmtree(directory)
    found = [
        stated(
            f"one indicator by city and month, {size} city-years ({of['rows']:,} steps, {of['bytes'] / 1e9:.1f} GB)",
            of["facts"] * 1000, "ms"
        )
        for size, of in told.items()
    ]  # fmt: skip
    found += [
        stated(f"the same of sums, {size} city-years", of["seconds"] * 1000, "ms") for size, of in told.items()
    ] + [stated("its sums made, once", told[sizes[-1]]["first"], "s")]
    small, large = told[sizes[0]], told[sizes[-1]]
    growth = large["facts"] / small["facts"] / (large["rows"] / small["rows"])
    return [
        *found,
        at_most("time a row in the largest, of that in the smallest", growth, "times", LINEAR),
        at_most("its memory", large["memory_mib"], "MiB", 4096),
        stated("its files proven unchanged, once", large["proven"], "s"),
    ]


def _spark(var: Path) -> list[Measurement]:
    """The same expressions on two Spark workers; left out, aloud, where Spark is not installed."""
    told = _script("evaluation_spark", var, str(var / "warehouse"))
    if "missing" in told:
        sys.stderr.write(f"spark: {told['missing']}\n")
        return []
    first, second = told["seconds"]["spark"]
    machine = told["seconds"]["duckdb"][1]
    return [
        at_most("Spark, 2 workers: rows that differ from DuckDB's", told["differs"], "rows", 0),
        stated("Spark, 2 workers: all indicators, with its start", first, "s"),
        stated("Spark, 2 workers: all indicators, the second time", second, "s", machine),
    ]


def _pages(var: Path, *, seconds: float) -> list[Measurement]:
    objects = publish(var)
    with running_city(var) as city:
        loads = drill_down(city, objects, seconds=seconds)
    found = [at_most(f"drill-down: {name}, p95", load.percentile_ms(95), "ms", 150) for name, load in loads.items()]
    failures = [text for load in loads.values() for text in load.failures]
    for text in failures[:5]:
        sys.stderr.write(f"drill-down: {text}\n")
    return [*found, at_most("failed requests: drill-down", len(failures), "requests", 0)]


def _script(name: str, var: Path, *words: str) -> Any:
    """What a script of this directory tells, run in the city under ``var``."""
    script = str(Path(__file__).with_name(f"{name}.py"))
    known = {**environment(var), "PYTHONPATH": str(ROOT)}
    told = subprocess.run([sys.executable, script, *words], env=known, capture_output=True, text=True)
    if told.returncode:
        sys.stderr.write(told.stderr)
        told.check_returncode()
    return json.loads(told.stdout.strip().splitlines()[-1])
