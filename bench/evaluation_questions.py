"""Asks a filled warehouse in an open city, and its machine: each question's seconds, as one JSON document.

Beside our figures stand what DuckDB alone needs to read the same columns, and the same figure by plain SQL on
PostgreSQL; where the two figures differ, it is said.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from wangge.project.opening import open_city

ROUNDS = 5
OBJECTS = ("grid", "department", "collector", "minor_class")
JUDGING = ("exclude_from_scoring", "lift_exclusion")
FILED, CLOSED = ("file_case", "quick_dispatch"), ("close_case", "quick_close")
AUDITED = ("confirm_self_handled",)  # counts as filed and closed
# What the definitions of n_file and n_close say, written by hand.
BY_SQL = """
WITH told AS (
    SELECT month, case_id, seq, verb, at,
        sum((verb = 'reopen')::int) OVER (PARTITION BY month, case_id ORDER BY seq) AS cycle
    FROM cases_step WHERE verb = ANY(%(all)s)
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY month, case_id, cycle, verb = ANY(%(filed)s) ORDER BY seq) AS nth
    FROM told
), judged AS (
    SELECT DISTINCT ON (case_id) case_id, verb FROM cases_step WHERE verb = ANY(%(judging)s) ORDER BY case_id, seq DESC
)
SELECT c.district_code, to_char(s.at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'),
    count(*) FILTER (WHERE s.verb = ANY(%(closed)s)),
    count(*) FILTER (WHERE s.verb = ANY(%(audited)s) OR s.verb = ANY(%(filed)s) AND s.nth = 1 AND c.parent_id IS NULL)
FROM counted s JOIN cases_case c ON c.id = s.case_id
WHERE s.at >= '2024-01-01 00:00+08' AND s.at < '2025-01-01 00:00+08' AND c.district_code <> ''
    AND NOT EXISTS (SELECT FROM judged j WHERE j.case_id = c.id AND j.verb = %(excluded)s)
GROUP BY 1, 2
"""


def main() -> None:
    """Every question, after a warming round."""
    with open_city() as environment:
        from wangge.domains.evaluation.evaluating import Question, evaluate
        from wangge.domains.evaluation.logic.periods import parse_period
        from wangge.domains.evaluation.snapshots import latest

        snapshot, year = latest(environment.warehouse_root), parse_period("2024")

        def asked(*by: str, months: bool = False, indicators: tuple[str, ...] = ()) -> Any:
            return evaluate(Question(year, by, indicators, months=months), snapshot=snapshot)

        rate = "close_rate_filed"
        told: dict[str, Any] = {
            "all": timed(lambda: asked("district", months=True)),
            "one": timed(lambda: asked("district", months=True, indicators=(rate,))),
            "objects": timed(lambda: [asked(each) for each in OBJECTS], rounds=3),
            "scan": timed(lambda: scan(snapshot.paths("steps"), ("what", "at", "place"))),
            "scan_all": timed(lambda: scan(snapshot.paths("steps"), None)),
            "rows": snapshot.manifest.rows_of("steps"),
        }
        by_sql: list[Any] = []
        told["sql"] = timed(lambda: by_sql.append(figures_by_sql()), rounds=1)
        ours = {
            (row.objects["district"], row.period): (row.figures[rate].numerator, row.figures[rate].denominator)
            for row in asked("district", months=True, indicators=(rate,)).rows
        }
        told["sql_differs"] = sum(ours.get(key) != value for key, value in by_sql[-1].items())
        told["cells"] = len(ours)
        told["signs"] = signs_seconds(snapshot)
    print(json.dumps(told))


def figures_by_sql() -> dict[tuple[str, str], tuple[int, int]]:
    """The closing rate over filed by district and month: numerator and denominator."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            BY_SQL,
            {
                "filed": list(FILED), "closed": [*CLOSED, *AUDITED], "audited": list(AUDITED),
                "all": [*FILED, *CLOSED, *AUDITED, "reopen"], "judging": list(JUDGING), "excluded": JUDGING[0],
            },
        )  # fmt: skip
        return {(district, month): (closed, filed) for district, month, closed, filed in cursor.fetchall()}


def signs_seconds(snapshot: Any) -> float:
    """The page of signs asks everything anew each time: a month of them."""
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.queries.signs import signs_of
    from wangge.groundwork import clock

    return timed(lambda: signs_of(parse_period("2024-03"), snapshot=snapshot, at=clock.now(), overlay=None), rounds=3)


def scan(paths: list[str], columns: tuple[str, ...] | None) -> Any:
    """What DuckDB alone needs to read these columns (None: all of them)."""
    import duckdb

    with duckdb.connect(config={"threads": len(os.sched_getaffinity(0))}) as link:
        named = columns or [
            row[0] for row in link.execute("DESCRIBE SELECT * FROM read_parquet(?)", [paths]).fetchall()
        ]
        sums = ", ".join(f'sum("{name}")' for name in named)
        return link.execute(f"SELECT {sums} FROM read_parquet(?)", [paths]).fetchall()


def timed(work: Callable[[], Any], *, rounds: int = ROUNDS) -> float:
    """The middle of some rounds, after a warming one."""
    work()
    found = []
    for _round in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


if __name__ == "__main__":
    main()
