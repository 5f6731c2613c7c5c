"""A province out of one city-year: its steps as Parquet again and again, each with cases and places of its own, asked.

``python bench/evaluation_scale.py WAREHOUSE DIRECTORY CITY_YEARS`` writes and asks, and prints one JSON document;
``python bench/evaluation_scale.py --ask DIRECTORY CITY_YEARS`` asks alone, in a process whose memory is its own.
Files keep the form of a warehouse, so that the same expressions read them; the question is one indicator by city and
month.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MOST_PLACES = 1_000_000
MOST_CASES = 100_000_000
ROUNDS = 3


def write(warehouse: Path, directory: Path, city_years: int) -> int:
    """The steps of so many city-years beside the year's dictionaries, under one manifest; answers the rows."""
    import duckdb
    import pyarrow as pa

    from wangge.domains.evaluation.fact_schemas import PLACE_SCHEMA, WHAT_SCHEMA
    from wangge.domains.evaluation.snapshots import PLACES, STEPS, WHATS, latest
    from wangge.groundwork.warehouse.keeping import ROWS_PER_GROUP, refreshing
    from wangge.groundwork.warehouse.manifest import FactFile, facts_directory, sm3_of

    year = latest(warehouse)
    sources = [file for file in year.manifest.of_table(STEPS) if file.month[:4] == "2024"]
    with refreshing(directory) as under_way, duckdb.connect(config={"memory_limit": "2GB"}) as link:
        places = [
            (city * MOST_PLACES + number, city_code(city) + place[0][4:], *place[1:])
            for city in range(city_years)
            for number, place in year.places.items()
        ]
        kinds = [(number, *what) for number, what in year.whats.items()]
        under_way.add(PLACES, "", pa.table(list(map(list, zip(*places, strict=True))), schema=PLACE_SCHEMA))
        under_way.add(WHATS, "", pa.table(list(map(list, zip(*kinds, strict=True))), schema=WHAT_SCHEMA))
        for city in range(city_years):
            for file in sources:
                path = facts_directory(directory) / f"steps-{file.month}-{city:06d}-{len(under_way.added):06d}.parquet"
                link.execute(
                    f'COPY (SELECT * REPLACE ("case" + {city * MOST_CASES} AS "case",'
                    f" (place + {city * MOST_PLACES})::int AS place)"
                    f" FROM read_parquet('{facts_directory(warehouse) / file.name}'))"
                    f" TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_PER_GROUP})"
                )
                found = FactFile(path.name, STEPS, file.month, file.rows, path.stat().st_size, sm3_of(path))
                under_way.added.append(found)
        manifest = under_way.finish(made_at="2025-01-01T00:00:00+00:00", told={})
    return manifest.rows_of(STEPS)


def city_code(city: int) -> str:
    """Four digits that stand for a city in the codes of its districts."""
    return f"{1000 + city}"


def ask(directory: Path, city_years: int) -> dict[str, Any]:
    """One indicator by city and month: seconds of the first question (files proven, sums made) and of those after.

    ``facts`` is the same as of a moment, which sums cannot tell: read from every row.
    """
    from wangge.domains.evaluation.evaluating import Question, evaluate
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.snapshots import latest

    began = time.perf_counter()
    snapshot = latest(directory)
    snapshot.paths("steps")
    proven = time.perf_counter() - began
    cities = {place[0]: place[0][:4] for place in snapshot.places.values() if place[0]}
    question = Question(parse_period("2024"), ("group",), ("close_rate_filed",), months=True, laid={"group": cities})
    rounds, from_facts, answer = [], [], None
    long_after = replace(question, as_of=datetime(2100, 1, 1, tzinfo=UTC))
    for _round in range(ROUNDS + 1):
        began = time.perf_counter()
        whole = evaluate(long_after, snapshot=snapshot)
        from_facts.append(time.perf_counter() - began)
    for _round in range(ROUNDS + 1):
        began = time.perf_counter()
        answer = evaluate(question, snapshot=snapshot)
        rounds.append(time.perf_counter() - began)
    assert answer is not None
    assert [row.figures for row in answer.rows] == [row.figures for row in whole.rows]
    figures = {row.figures["close_rate_filed"].value for row in answer.rows if row.period == "2024-03"}
    assert len({row.objects["group"] for row in answer.rows}) == city_years
    assert len(figures) == 1, "every city is the same one"
    return {
        "proven": proven,
        "seconds": statistics.median(rounds[1:]),
        "first": rounds[0],
        "facts": statistics.median(from_facts[1:]),
        "rows": snapshot.manifest.rows_of("steps"),
        "bytes": sum(file.bytes for file in snapshot.manifest.files),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Write, then ask in a process of its own."""
    if sys.argv[1] == "--ask":
        print(json.dumps(ask(Path(sys.argv[2]), int(sys.argv[3]))))
        return
    began = time.perf_counter()
    write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    written = time.perf_counter() - began
    words = [sys.executable, __file__, "--ask", *sys.argv[2:]]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    print(json.dumps({**json.loads(told), "written": written}))


if __name__ == "__main__":
    main()
