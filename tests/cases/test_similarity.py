"""How alike two reports are: worked examples, properties, and the pairs that dispatchers of a real city had named."""

from __future__ import annotations

import bisect
import csv
import gzip
import json
import math
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_material import DATA
from wangge.domains.cases.logic.similarity import Asked, Candidate, Reach, likeness, ranked, reach_of
from wangge.standards.library import load_tables
from wangge.surfaces.exchange.imports.mapping import load_mapping

BOSTON = DATA / "boston_open311" / "dev"
REACHES = tuple(
    Reach(row.beginning, row.radius_m, row.days, row.start / 100, row.age / 100) for row in load_tables().similar
)
DEGREE_M = 111_320.0
plain = reach_of("event:0110", REACHES)


def case(key: str, *, metres: float = 0.0, hours: float = 0.0, category: str = "event:0110") -> Candidate:
    return Candidate(key, 113.0, 27.0 + metres / DEGREE_M, category, -hours * 3600)


HERE = Asked(113.0, 27.0, "event:0110", 0.0)


def test_the_longest_beginning_of_a_class_holds() -> None:
    assert reach_of("event:0410", REACHES).category == "event:0410"
    assert reach_of("component:0101", REACHES).category == ""


def test_nearer_newer_and_of_the_same_class_comes_first() -> None:
    given_ = [
        case("far", metres=40), case("old", metres=5, hours=2.5), case("other", category="event:0401"),
        case("near", metres=5, hours=1),
    ]  # fmt: skip
    assert [each.key for each in ranked(HERE, given_, plain, most=5)] == ["near", "old", "far", "other"]


def test_what_is_too_far_or_too_old_is_not_shown() -> None:
    given_ = [
        case("far", metres=plain.radius_m + 1), case("old", hours=plain.days * 24 + 1),
        case("faint", metres=140, hours=600),
    ]  # fmt: skip
    assert ranked(HERE, given_, plain, most=5) == []


def test_words_decide_between_equals() -> None:
    asked = Asked(113.0, 27.0, "event:0110", 0.0, frozenset({"井盖", "破损"}))
    others = [
        Candidate("a", 113.0, 27.0, "event:0110", -60.0, frozenset({"垃圾"})),
        Candidate("b", 113.0, 27.0, "event:0110", -60.0, frozenset({"井盖", "破损"})),
    ]
    assert [each.key for each in ranked(asked, others, plain, most=2)] == ["b", "a"]


_metres = st.floats(0, 200)
_hours = st.floats(0, 800)


@given(_metres, _metres, _hours, _hours)
def test_points_never_grow_with_distance_or_age(first: float, second: float, early: float, late: float) -> None:
    near, far = sorted((first, second))
    new, old = sorted((early, late))
    best = likeness(HERE, case("a", metres=near, hours=new), plain)
    worst = likeness(HERE, case("b", metres=far, hours=old), plain)
    assert best.points >= worst.points - 1e-9


@given(st.lists(st.tuples(_metres, _hours), max_size=30), st.integers(1, 8))
def test_the_ranking_is_that_of_a_plain_sort(given_: list[tuple[float, float]], most: int) -> None:
    cases = [case(f"{n:03d}", metres=m, hours=h) for n, (m, h) in enumerate(given_)]
    found = ranked(HERE, cases, plain, most=most)
    measured = [likeness(HERE, each, plain) for each in cases]
    kept = [m for m in measured if m.points >= 0 and m.metres <= plain.radius_m and m.hours <= plain.days * 24]
    assert found == sorted(kept, key=lambda m: (-m.points, m.metres, m.key))[:most]


@pytest.mark.skipif(not BOSTON.is_dir(), reason="the Boston reports are not here")
def test_pairs_named_by_dispatchers_are_found_and_few_reports_are_flagged() -> None:
    """Reports in the order they came; a report sees what came before it. Recall over pairs whose original was first."""
    codes = load_mapping("boston_open311").declaration.tables["category"].codes
    reports = _reports(codes)
    index = {report["id"]: report for report in reports}
    truth: dict[str, set[str]] = defaultdict(set)
    with (BOSTON / "duplicate_pairs.csv").open(newline="") as opened:
        for pair in csv.DictReader(opened):
            later, first = index[pair["duplicate_id"]], index[pair["original_id"]]
            if first["at"] < later["at"]:
                truth[later["id"]].add(first["id"])
    cells: dict[tuple[int, int], list[tuple[float, dict[str, Any]]]] = defaultdict(list)
    for report in reports:
        cells[_cell(report)].append((report["at"], report))
    found = sum(bool(truth[key] & set(_shown(index[key], cells))) for key in truth)
    sample = reports[::23]
    flagged = sum(bool(_shown(report, cells)) for report in sample)
    assert len(truth) == 1938
    assert found / len(truth) >= 0.85, found / len(truth)
    assert flagged / len(sample) <= 0.28, flagged / len(sample)


def _reports(codes: Any) -> list[dict[str, Any]]:
    reports = []
    with gzip.open(BOSTON / "requests.jsonl.gz", "rt", encoding="utf-8") as opened:
        for line in opened:
            told = json.loads(line)
            at = datetime.fromisoformat(told["requested_datetime"]).timestamp()
            category = codes[told["service_name"]]
            key, lon, lat = told["service_request_id"], told["long"], told["lat"]
            reports.append({"id": key, "at": at, "lon": lon, "lat": lat, "category": category})
    return sorted(reports, key=lambda report: (report["at"], report["id"]))


def _cell(report: dict[str, Any]) -> tuple[int, int]:
    return math.floor(report["lat"] / 0.002), math.floor(report["lon"] / 0.003)


def _shown(report: dict[str, Any], cells: dict[tuple[int, int], list[tuple[float, dict[str, Any]]]]) -> list[str]:
    reach = reach_of(report["category"], REACHES)
    row, column = _cell(report)
    near = []
    for i in (row - 1, row, row + 1):
        for j in (column - 1, column, column + 1):
            there = cells.get((i, j), [])
            first = bisect.bisect_left(there, report["at"] - reach.days * 86400, key=lambda each: each[0])
            last = bisect.bisect_left(there, report["at"], key=lambda each: each[0])
            near += [
                Candidate(each["id"], each["lon"], each["lat"], each["category"], each["at"])
                for _at, each in there[first:last]
            ]
    asked = Asked(report["lon"], report["lat"], report["category"], report["at"])
    return [each.key for each in ranked(asked, near, reach, most=5)]
