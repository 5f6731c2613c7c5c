"""Evaluation over a simulated year: the first snapshot, refreshes, figures from Parquet, and the machine beside.

The city is simulated by the command line; figures are taken in this process after a warming round, as a server has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.bench_city import WANGGE, environment
from bench.measurement import Measurement, at_most
from bench.volume import run_watched

YEAR = 864_300
ROUNDS = 5


def measure(var: Path, *, cases: int) -> list[Measurement]:
    """The lines of evaluation for a city that was simulated under ``var``."""
    share = cases / YEAR
    first = run_watched(var, "warehouse", "refresh", "--json")
    again = _refreshed(var)
    found = [
        at_most(f"warehouse: first snapshot of {cases:,} cases", first.seconds, "s", round(90 * share, 1)),
        at_most("warehouse: refresh without news", again, "s", 2),
    ]
    return [*found, *_figures(var)]


def _refreshed(var: Path) -> float:
    told = subprocess.run(
        [WANGGE, "warehouse", "refresh", "--json"], env=environment(var), check=True, capture_output=True, text=True
    )
    return float(json.loads(told.stdout)["seconds"])


def _figures(var: Path) -> list[Measurement]:
    from wangge.domains.evaluation.engines import engine_of
    from wangge.domains.evaluation.evaluating import Question, evaluate
    from wangge.domains.evaluation.logic.counting_request import Request
    from wangge.domains.evaluation.logic.periods import months_of, parse_period
    from wangge.domains.evaluation.snapshots import latest
    from wangge.standards.library import load_tables

    snapshot, engine = latest(var / "warehouse"), engine_of("duckdb")
    counted = {each.id: each.counted for each in load_tables().indicators if each.kind == "count"}
    year, months = (parse_period("2024"),), months_of(parse_period("2024"))
    by_district = Question(parse_period("2024"), ("district",), months=True)
    one = replace(by_district, indicators=("close_rate_filed",))
    objects = [Request(counted, year, (key,)) for key in ("place", "unit", "collector", "category")]
    asked: dict[str, tuple[Callable[[], Any], float]] = {
        "all indicators, year, districts by months": (partial(evaluate, by_district, snapshot=snapshot), 0.5),
        "one indicator, year, districts by months": (partial(evaluate, one, snapshot=snapshot), 0.1),
        "all counts, year, places by months": (
            partial(_counted, engine, snapshot, [Request(counted, months, ("place",))]),
            1.5,
        ),
        "all objects for the year (grid, unit, collector, class)": (partial(_counted, engine, snapshot, objects), 3.0),
    }
    scan = _timed(lambda: _scan(snapshot.paths("steps")))
    found = []
    for name, (work, target) in asked.items():
        seconds = _timed(work)
        found.append(at_most(name, seconds * 1000, "ms", target * 1000, scan * 1000))
    return found


def _counted(engine: Any, snapshot: Any, requests: list[Any]) -> None:
    for each in requests:
        engine.count(snapshot, each)


def _scan(paths: list[str]) -> Any:
    """What DuckDB alone needs to read the same columns."""
    import duckdb

    with duckdb.connect(config={"threads": len(os.sched_getaffinity(0))}) as link:
        return link.execute('SELECT sum(what), sum("at"), sum(place) FROM read_parquet(?)', [paths]).fetchall()


def _timed(work: Callable[[], Any]) -> float:
    """The middle of some rounds, after a warming one."""
    work()
    rounds = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - began)
    return sorted(rounds)[len(rounds) // 2]
