"""Where figures of a period show signs of having been made to look better, each with its measure and its cases.

What steps tell is gathered from the snapshot, what photos and places tell from the database; always by sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from wangge.domains.evaluation.evaluating import moments_of
from wangge.domains.evaluation.logic import signs
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.logic.signs import Showing, Use
from wangge.domains.evaluation.queries.exclusions import exclusion_list
from wangge.domains.evaluation.snapshots import CASES, STEPS, Snapshot
from wangge.standards.library import load_tables
from wangge.standards.measures import SignRow

MOST_OBJECTS = 50
MOST_CASES = 100
MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign as defined, and where it shows, the strongest first; ``shows``: at how many objects in all."""

    row: SignRow
    showings: tuple[Showing, ...]
    shows: int


def signs_of(period: Period, *, snapshot: Snapshot, at: datetime, overlay: Path | None) -> list[Sign]:
    """Every sign of a period, in the order of ``signs.csv``."""
    rows = load_tables(overlay, on=period.end - timedelta(days=1)).signs
    with _Facts(snapshot, period) as facts:
        return [_sign(row, _MEASURES[row.sign](row, facts, at)) for row in rows]


def _sign(row: SignRow, showings: list[Showing]) -> Sign:
    shown = [replace(each, cases=each.cases[:MOST_CASES]) for each in showings[:MOST_OBJECTS]]
    return Sign(row, tuple(shown), len(showings))


class _Facts:
    """The steps of a period, asked in SQL; the files are proven unchanged once for all questions."""

    def __init__(self, snapshot: Snapshot, period: Period) -> None:
        import duckdb

        self.snapshot, self.period = snapshot, period
        self._link = duckdb.connect()
        self._given = {
            "steps": snapshot.paths(STEPS), "cases": snapshot.paths(CASES), "first": period.from_minute,
            "end": period.to_minute,
        }  # fmt: skip

    def __enter__(self) -> _Facts:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._link.close()

    def kinds(self, verb: str, **wanted: str) -> list[int]:
        """The numbers of the kinds of step with this verb and these properties."""
        whats = self.snapshot.whats.items()
        return [
            number
            for number, what in whats
            if what.verb == verb and all(getattr(what, name) == value for name, value in wanted.items())
        ]

    def ask(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement over $steps and $cases; those of its values that it names are given."""
        given = {name: value for name, value in {**self._given, **values}.items() if f"${name}" in statement}
        return self._link.execute(statement, given).fetchall()

    def code(self, number: int) -> str:
        return self.snapshot.codes.get(number, "")


_OF_PERIOD = 's."at" >= $first AND s."at" < $end AND list_contains($kinds, s.what)'
_NUMBERED = 'JOIN read_parquet($cases) c ON c."case" = s."case"'
_NEAR_LIMIT = f"""
SELECT s.unit, count(*), count(*) FILTER (s.run_before - s."at" <= $window),
    list(c.number ORDER BY s.run_before - s."at", c.number) FILTER (s.run_before - s."at" <= $window)
FROM read_parquet($steps) s {_NUMBERED}
WHERE {_OF_PERIOD} AND s.run_before >= s."at" AND s.unit > 0 GROUP BY 1
"""
_OWN_CHECKS = f"""
SELECT s.collector, count(*), count(*) FILTER (r.collector = s.collector),
    list(c.number ORDER BY c.number) FILTER (r.collector = s.collector)
FROM read_parquet($steps) s {_NUMBERED}
LEFT JOIN read_parquet($steps) r ON r."case" = s."case" AND r.seq = 1 AND list_contains($reports, r.what)
WHERE {_OF_PERIOD} AND s.collector > 0 GROUP BY 1
"""
_SELF_HANDLED = f"""
SELECT s.collector, s."at", c.number FROM read_parquet($steps) s {_NUMBERED}
WHERE {_OF_PERIOD} AND s.collector > 0
"""
_BY_HOUR = f"""
SELECT s.place, s."at" // 60 % 24, count(*) FROM read_parquet($steps) s
WHERE {_OF_PERIOD} AND s.place > 0 GROUP BY 1, 2
"""
_AROUND = f"""
SELECT s.place, s."at" // 60 % 24, list(c.number ORDER BY c.number) FROM read_parquet($steps) s {_NUMBERED}
WHERE {_OF_PERIOD} AND list_contains($places, s.place) GROUP BY 1, 2
"""
_DONE = f"""
SELECT s.unit, count(*) FROM read_parquet($steps) s WHERE {_OF_PERIOD} AND s.unit > 0 GROUP BY 1
"""


def _with_cases(found: list[Showing], cases: Mapping[str, Sequence[str]]) -> list[Showing]:
    return [replace(each, cases=tuple(cases[each.code]), all_cases=len(cases[each.code])) for each in found]


def _parts(row: SignRow, facts: _Facts, rows: list[tuple[Any, ...]]) -> list[Showing]:
    """Showings of (object, whole, part, cases)."""
    named = [(facts.code(number), whole, part, cases or []) for number, whole, part, cases in rows]
    found = signs.shares(row, {code: part for code, _whole, part, _cases in named},
                         {code: whole for code, whole, _part, _cases in named})  # fmt: skip
    return _with_cases(found, {code: cases for code, _whole, _part, cases in named})


def _close_to_limit(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    kinds = facts.kinds("report_handled", reading="in_time")
    return _parts(row, facts, facts.ask(_NEAR_LIMIT, kinds=kinds, window=int(row.window)))


def _same_checker(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    kinds, reports = facts.kinds("pass_inspection"), facts.kinds("report")
    return _parts(row, facts, facts.ask(_OWN_CHECKS, kinds=kinds, reports=reports))


def _self_handled_burst(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    events: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, minute, case in facts.ask(_SELF_HANDLED, kinds=facts.kinds("report_self_handled")):
        events[facts.code(number)].append((minute, case))
    return signs.bursts(row, events)


def _collection_gap(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    kinds = [*facts.kinds("report"), *facts.kinds("report_self_handled")]
    grids = {place: parts[3] for place, parts in facts.snapshot.places.items() if parts[3]}
    reports: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for place, hour, number in facts.ask(_BY_HOUR, kinds=kinds):
        if place in grids:
            reports[grids[place]][hour] += number
    found = signs.gaps(row, reports)
    wanted = {each.code for each in found[:MOST_OBJECTS]}
    places = [place for place, grid in grids.items() if grid in wanted]
    around: dict[tuple[str, int], list[str]] = defaultdict(list)
    for place, hour, cases in facts.ask(_AROUND, kinds=kinds, places=places) if places else ():
        around[grids[place], hour] += cases
    told = []
    for each in found:
        assert each.hour is not None
        beside = sorted({*around[each.code, each.hour - 1], *around[each.code, each.hour + 1]})
        told.append(replace(each, cases=tuple(beside), all_cases=len(beside)))
    return told


def _exclusion_favour(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    cases: dict[str, list[str]] = defaultdict(list)
    for each in exclusion_list(facts.snapshot, facts.period, known_until=at):
        if each["department"]:
            cases[each["department"]].append(each["case"])
    done = {facts.code(unit): number for unit, number in facts.ask(_DONE, kinds=facts.kinds("report_handled"))}
    found = signs.favours(row, {code: len(of) for code, of in cases.items()}, done)
    return _with_cases(found, cases)


_PICTURES = """
SELECT p.fingerprint, c.number, c.district_code, e.photo->>0
FROM cases_case c CROSS JOIN LATERAL jsonb_array_elements(c.photos::jsonb) AS e(photo)
JOIN attachments_photo p ON p.id = e.photo->>1
WHERE c.reported_at >= %s AND c.reported_at < %s AND c.parent_id IS NULL AND c.photos <> '[]'
GROUP BY 1, 2, 3, 4
"""
# a case divided or voided at a place where the same class came up again and again
_AT_ONE_PLACE = """
WITH touched AS (
    SELECT DISTINCT group_id FROM cases_recurrence WHERE reported_at >= %(first)s AND reported_at < %(end)s
), near AS (
    SELECT r.group_id, c.number, c.grid_code, c.reported_at,
        c.stage = 'voided' OR EXISTS (SELECT FROM cases_case k WHERE k.parent_id = c.id) AS taken
    FROM touched t JOIN cases_recurrence r ON r.group_id = t.group_id JOIN cases_case c ON c.id = r.case_id
    WHERE r.reported_at >= %(since)s AND r.reported_at < %(end)s
)
SELECT max(grid_code), count(*) FILTER (WHERE taken), count(*), array_agg(number ORDER BY reported_at, number)
FROM near GROUP BY group_id HAVING count(*) >= %(least)s AND count(*) FILTER (WHERE taken) >= %(limit)s
"""


def _same_photo(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, moments_of(facts.period))
        uses = [Use(*found) for found in cursor.fetchall()]
    return signs.same_pictures(row, uses)


def _split_or_void(row: SignRow, facts: _Facts, at: datetime) -> list[Showing]:
    first, end = moments_of(facts.period)
    given: dict[str, datetime | int] = {
        "first": first, "end": end, "since": first - timedelta(days=int(row.window)), "least": row.least,
        "limit": row.limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONE_PLACE, given)
        rows = cursor.fetchall()
    found = [
        Showing(grid, Decimal(taken), taken, number, tuple(cases), len(cases)) for grid, taken, number, cases in rows
    ]
    return sorted(found, key=lambda each: (-each.measure, -each.whole, each.code, each.cases))


_MEASURES = {
    "close_to_limit": _close_to_limit,
    "same_photo": _same_photo,
    "same_checker": _same_checker,
    "split_or_void": _split_or_void,
    "self_handled_burst": _self_handled_burst,
    "collection_gap": _collection_gap,
    "exclusion_favour": _exclusion_favour,
}
