"""The plain engine: a loop over cases and their steps, the way one would count by hand.

It shares nothing with the expressions but the definitions. Where those read from a row what went before (first of its
cycle, what it replaces, what stood before), this engine walks each case from its first step and remembers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from wangge.domains.evaluation.logic.counting_request import Counts, Netted, Request
from wangge.domains.evaluation.logic.facts import What
from wangge.domains.evaluation.snapshots import STEPS, Snapshot
from wangge.standards.counted import Condition, Statement, parse_counted

Row = dict[str, int]


class PlainEngine:
    """Counts in plain Python; slow, and easy to check by eye."""

    name = "plain"

    def count(self, snapshot: Snapshot, request: Request) -> Counts:
        answer: Counts = {}
        alike = dict(request.alike)
        for count, _case, (row, sign, bucket, whose) in self._marks(snapshot, request):
            found = (_key(snapshot, row, name, whose) for name in request.keys)
            pairs = zip(request.keys, found, strict=True)
            key = (bucket, *(alike.get(int(each), each) if name == "place" else each for name, each in pairs))
            answer.setdefault(key, Counter())[count] += sign
        return answer

    def excluded(self, snapshot: Snapshot, known_until: int | None) -> frozenset[int]:
        listed: Counter[int] = Counter()
        for case, rows in _cases(snapshot):
            for row in rows:
                verb = snapshot.whats[row["what"]].verb
                if known_until is None or row["recorded"] <= known_until:
                    listed[case] += (verb == "exclude_from_scoring") - (verb == "lift_exclusion")
        return frozenset(case for case, number in listed.items() if number > 0)

    def cases_of(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]]
    ) -> Iterator[tuple[int, int, int]]:
        found = []
        for _count, case, (row, sign, _bucket, whose) in self._marks(snapshot, request):
            if _is_of(snapshot, request, key, row, whose):
                found.append((case, row["seq"], sign))
        yield from sorted(found)

    def marks(
        self, snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]], *, skip: int, most: int
    ) -> Netted:
        by_case: dict[int, list[tuple[int, int, int, int, int]]] = {}
        for _count, case, (row, sign, _bucket, whose) in self._marks(snapshot, request):
            if _is_of(snapshot, request, key, row, whose):
                by_case.setdefault(case, []).append((case, row["seq"], sign, row["what"], row["at"]))
        left: list[tuple[int, int, int, int, int]] = []
        for of_case in by_case.values():
            total = sum(mark[2] for mark in of_case)
            same = sorted(mark for mark in of_case if mark[2] * total > 0)
            left += same[len(same) - abs(total) :] if total else []
        left.sort()
        return Netted(sum(mark[2] for mark in left), len(left), tuple(left[skip : skip + most]))

    def _marks(self, snapshot: Snapshot, request: Request) -> Iterator[tuple[str, int, tuple[Row, int, int, str]]]:
        """(count, case, (row, sign, period, whose)) of everything that counts."""
        parsed = {count: parse_counted(text) for count, text in request.counted.items()}
        for case, rows in _cases(snapshot):
            if request.only is not None and case not in request.only:
                continue
            known = [
                (row, snapshot.whats[row["what"]])
                for row in rows
                if request.known_until is None or row["recorded"] <= request.known_until
            ]
            for count, statements in parsed.items():
                once = {verb for each in statements if each.once for verb in each.names}
                for told in statements:
                    for mark in _of_statement(told, known, request, once):
                        yield count, case, mark


Known = Sequence[tuple[Row, What]]
Marks = Iterator[tuple[Row, int, int, str]]


def _of_statement(told: Statement, rows: Known, request: Request, once: set[str]) -> Marks:
    if told.subject == "verbs":
        yield from _of_verbs(told, rows, request, once)
    elif told.subject == "deadline":
        yield from _of_deadlines(told, rows, request)
    elif told.subject in ("stage", "overrun"):
        yield from _of_standing(told, rows, request)
    elif told.subject == "unended":
        yield from _of_unended(told, rows, request)


def _of_verbs(told: Statement, rows: Known, request: Request, once: set[str]) -> Marks:
    seen: set[tuple[str, int]] = set()
    replaced: dict[tuple[int, int], tuple[Row, int]] = {}
    cycle = 1
    for row, what in rows:
        cycle += what.verb == "reopen"
        if what.verb in told.names:
            moment = row[told.moment]
            bucket = _bucket(moment, request) if moment else None
            fresh = not any((verb, cycle) in seen for verb in (*told.new, *(once if told.once else ())))
            first = fresh and (told.once != "case" or cycle == 1)
            in_time = bucket is not None and (not told.by_end or row["at"] < request.periods[bucket].to_minute)
            if bucket is not None and in_time and first:
                if not told.last:
                    if _holds(told.conditions, what):
                        yield row, told.sign, bucket, told.whose
                else:
                    replaced[cycle, bucket] = row, _holds(told.conditions, what)
        seen.add((what.verb, cycle))
    for (_cycle, bucket), (row, counts) in replaced.items():
        if counts:
            yield row, told.sign, bucket, ""


def _of_deadlines(told: Statement, rows: Known, request: Request) -> Marks:
    """By each period's end: the deadline each cycle stood with then, if it lies in the period."""
    for bucket, period in enumerate(request.periods):
        standing: dict[int, tuple[int, Row]] = {}
        cycle = 1
        for row, what in rows:
            if row["at"] >= period.to_minute:
                continue
            cycle += what.verb == "reopen"
            if row["due_before"] or row["due_after"]:
                standing[cycle] = row["due_after"], row
        for due, row in standing.values():
            if period.from_minute <= due < period.to_minute:
                yield row, told.sign, bucket, "held"


def _of_standing(told: Statement, rows: Known, request: Request) -> Marks:
    """Where the case stands when each period ends, and whether its clock has run out by then."""
    for bucket, period in enumerate(request.periods):
        stage, running, entered, done = "new", 0, None, set[str]()
        run_row, latest = None, None
        for row, what in rows:
            if row["at"] >= period.to_minute:
                continue
            if what.verb == "reopen":
                done = set()
            if what.to_stage != what.from_stage:
                entered = (what, frozenset(done))
            if what.to_stage != what.from_stage or what.moved == "yes" or latest is None:
                latest = row  # the step that brought the case into the stage, or to its unit and class
            stage = what.to_stage
            if row["run_before"] or row["run_after"]:
                running, run_row = row["run_after"], (row, what)
            done.add(what.verb)
        if stage not in told.names or entered is None or latest is None:
            continue
        if told.subject == "stage":
            what, before = entered
            if _holds(told.conditions, what) and not before & set(told.new):
                yield latest, told.sign, bucket, "held"
        elif running and running < period.to_minute and run_row is not None and _holds(told.conditions, run_row[1]):
            yield run_row[0], told.sign, bucket, "held"


def _of_unended(told: Statement, rows: Known, request: Request) -> Marks:
    for bucket, period in enumerate(request.periods):
        known = [(row, what) for row, what in rows if row["at"] < period.to_minute]
        if not known or known[0][1].child == "yes":
            continue
        if period.from_minute <= known[-1][0]["reported"] < period.to_minute and known[-1][1].to_ends == "no":
            # the step that opened the case, or brought it to its unit and class
            decided = [row for row, what in known if what.from_ends == "yes" or what.moved == "yes"]
            yield decided[-1] if decided else known[0][0], told.sign, bucket, "held"


def _holds(conditions: Sequence[Condition], what: What) -> bool:
    return all((getattr(what, each.column) in each.values) is not each.negated for each in conditions)


def _bucket(moment: int, request: Request) -> int | None:
    for place, period in enumerate(request.periods):
        if period.from_minute <= moment < period.to_minute:
            return place
    return None


def _key(snapshot: Snapshot, row: Row, name: str, whose: str) -> int | str:
    """What a row counts for; who stands somewhere counts for no seat, round or inner unit."""
    if name == "source":
        return snapshot.whats[row["what"]].source
    if whose == "held" and name in ("seat", "collector", "inner"):
        return 0
    return row["author"] if whose == "author" and name == "seat" else row[name]


def _is_of(snapshot: Snapshot, request: Request, key: Sequence[Sequence[int | str]], row: Row, whose: str) -> bool:
    """Whether a row counts for the object that a key stands for."""
    alike = dict(request.alike)
    for name, values in zip(request.keys, key, strict=True):
        found = _key(snapshot, row, name, whose)
        if (alike.get(int(found), found) if name == "place" else found) not in values:
            return False
    return True


def _cases(snapshot: Snapshot) -> Iterator[tuple[int, list[Row]]]:
    """Every case with its steps in their order."""
    rows = pa.concat_tables([pq.read_table(path, partitioning=None) for path in snapshot.paths(STEPS)])
    rows = rows.sort_by([("case", "ascending"), ("seq", "ascending")])
    held: list[Row] = []
    for batch in rows.to_batches(max_chunksize=65_536):
        names = batch.schema.names
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            row = dict(zip(names, values, strict=True))
            if held and held[0]["case"] != row["case"]:
                yield held[0]["case"], held
                held = []
            held.append(row)
    if held:
        yield held[0]["case"], held
