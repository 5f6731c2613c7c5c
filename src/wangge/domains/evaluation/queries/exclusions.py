"""The exclusion list 剔除清单 of a period: which cases scoring leaves out, by which step; the same for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wangge.domains.evaluation.evaluating import civil_minute
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.queries.results import civil_text
from wangge.domains.evaluation.snapshots import CASES, STEPS, Snapshot

_LISTED = """
WITH listed AS (
    SELECT "case", sum(CASE WHEN list_contains($orders, what) THEN 1 ELSE -1 END) AS n, max(seq) AS seq,
        max("at") AS moment, max(unit) AS unit, max(place) AS place
    FROM read_parquet($steps) WHERE list_contains($both, what)
        AND recorded <= $known GROUP BY 1 HAVING n > 0
)
SELECT c.number, l.seq, l.moment, l.unit, l.place FROM listed l JOIN read_parquet($cases) c ON c."case" = l."case"
WHERE EXISTS (
    SELECT 1 FROM read_parquet($steps) s WHERE s."case" = l."case"
    AND (s."at" >= $first AND s."at" < $end OR s.due_after >= $first AND s.due_after < $end)
) ORDER BY 1
"""


def exclusion_list(snapshot: Snapshot, period: Period, *, known_until: datetime) -> list[dict[str, Any]]:
    """The excluded cases that were reported, due or closed in the period."""
    orders = [number for number, what in snapshot.whats.items() if what.verb == "exclude_from_scoring"]
    lifts = [number for number, what in snapshot.whats.items() if what.verb == "lift_exclusion"]
    if not orders:
        return []
    # Only here: most processes that show results count nothing themselves.
    import duckdb

    with duckdb.connect() as link:
        rows = link.execute(
            _LISTED,
            {
                "orders": orders, "both": [*orders, *lifts], "steps": snapshot.paths(STEPS),
                "cases": snapshot.paths(CASES), "first": period.from_minute, "end": period.to_minute,
                "known": civil_minute(known_until),
            },
        ).fetchall()  # fmt: skip
    return [
        {
            "case": number, "step": seq, "at": civil_text(at), "department": snapshot.codes.get(unit, ""),
            "district": snapshot.places[place][0] if place else "",
        }
        for number, seq, at, unit, place in rows
    ]  # fmt: skip
