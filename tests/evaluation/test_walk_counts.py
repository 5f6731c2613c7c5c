"""The facts of every worked walk add up to the counts worked out for it, by both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.test_walks import COUNTS, TABLES
from tests.evaluation.small_city import city_of, nonzero, steps_of
from wangge.domains.evaluation.engines import engine_of
from wangge.domains.evaluation.logic.counting_request import Request
from wangge.domains.evaluation.logic.periods import parse_period
from wangge.standards.counted import parse_counted

COUNTED = {each.id: each.counted for each in TABLES.indicators if each.kind == "count"}
# What is measured when a period ends, or corrected later, does not stand in the counters of the moves.
FLOWS = {
    name: text
    for name, text in COUNTED.items()
    if all(each.subject == "verbs" and not each.by_end for each in parse_counted(text))
}
MADE_BY_MOVES = {counter for counts in COUNTS.values() for counter in counts}


@pytest.mark.parametrize("engine", ["duckdb", "plain"])
@pytest.mark.parametrize("name", sorted(COUNTS))
def test_the_walk_counts_what_was_worked_out(name: str, engine: str, tmp_path: Path) -> None:
    _rules, steps, _tally = steps_of(name)
    snapshot = city_of(tmp_path, [(name, len(steps), 1)])
    wanted = {count: COUNTED[count] for count in FLOWS.keys() & MADE_BY_MOVES}
    request = Request(wanted, (parse_period("2024"),))
    found = nonzero(engine_of(engine).count(snapshot, request)).get((0,), {})
    worked_out = {count: number for count, number in COUNTS[name].items() if count in wanted and number}
    differing = {count for count in found.keys() | worked_out.keys() if found.get(count, 0) != worked_out.get(count, 0)}
    assert not differing, {count: (found.get(count, 0), worked_out.get(count, 0)) for count in differing}
