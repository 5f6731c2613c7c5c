"""The same question on a Spark cluster of two workers on this machine and on DuckDB: seconds of each, what differs."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

MASTER = "local-cluster[2,1,1024]"


def main(warehouse: Path) -> None:
    """All indicators, the year, by districts and months; without Spark nothing but its absence is told."""
    from wangge.domains.evaluation.engines import engine_of
    from wangge.domains.evaluation.evaluating import Question, evaluate
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.snapshots import latest
    from wangge.domains.evaluation.spark_link import EngineMissing

    try:
        engine_of("spark", spark_master=MASTER)
    except EngineMissing as missing:
        print(json.dumps({"missing": str(missing)}))
        return
    question = Question(parse_period("2024"), ("district",), months=True)
    contents, seconds = {}, {}
    for engine in ("duckdb", "spark"):
        rounds = []
        for _round in range(2):
            began = time.perf_counter()
            contents[engine] = evaluate(question, snapshot=latest(warehouse), engine=engine).content()
            rounds.append(time.perf_counter() - began)
        seconds[engine] = rounds
    rows = zip(contents["duckdb"].pop("rows"), contents["spark"].pop("rows"), strict=True)
    differs = sum(ours != theirs for ours, theirs in rows) + (contents["duckdb"] != contents["spark"])
    print(json.dumps({"differs": differs, "seconds": seconds}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
