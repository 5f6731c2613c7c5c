"""Small cities out of worked walks: their steps told as facts and put into a warehouse, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tests.cases.test_walks import CLOCKS, DEFAULTS, TABLES, WALKS, inputs_of
from wangge.domains.cases.logic.attempt import Allowed
from wangge.domains.cases.logic.counting import Tally, count
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.walking import WALK_ONLY_SETTINGS, WalkSurroundings, _seen, attempt_of
from wangge.domains.evaluation.operations.refreshing import Merging, ToldPiece
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.evaluation.telling import Subject, Told, tell_case
from wangge.groundwork.warehouse.keeping import refreshing

Steps = list[list[bytes]]
_rules: dict[str, Rulebook] = {}


def steps_of(name: str) -> tuple[Rulebook, Steps, Tally]:
    """The walk's accepted steps as the database would hold them, the rules they keep, and their plain tally."""
    rows = inputs_of(WALKS[name])
    stated = dict(item.split("=", 1) for item in rows[0].get("settings", "").split(";") if item)
    settings = {key: value for key, value in stated.items() if key not in WALK_ONLY_SETTINGS}
    key = repr(sorted(settings.items()))
    if key not in _rules:
        _rules[key] = rulebook(tables=TABLES, settings={**DEFAULTS, **settings}, clock_of=CLOCKS.clock_of)
    rules = _rules[key]
    around = WalkSurroundings(stated.get("on_duty", ""), frozenset(stated.get("drawn", "").split()))
    state, tally, steps = CaseState(), Tally(), Steps()
    people: dict[str, str] = {}
    for row in rows:
        attempt = attempt_of(row)
        seen = _seen(rules, state, attempt, around)
        answer = judge(rules, seen, attempt, around)
        if not isinstance(answer, Allowed):
            continue
        made = make(rules, seen, answer.row, attempt, around, tier=answer.tier)
        state = seen
        count(rules, tally, state, attempt, made)
        told: dict[str, Any] = {
            "verb": attempt.verb, "post": attempt.post, "by": _number(people, attempt.by), "args": dict(attempt.args),
            "evidence": dict.fromkeys(sorted(attempt.evidence)), "unit": attempt.unit,
        }  # fmt: skip
        for name_of in ("assignee", "handler"):
            if name_of in told["args"]:
                told["args"][name_of] = _number(people, told["args"][name_of])
        if not steps or attempt.verb == "reopen":
            told["rules_on"] = "2024-01-01"
        if answer.tier:
            told["tier"] = answer.tier
        if answer.row.to_stage == "handling" != made.from_stage:
            told |= {"calendar": state.calendar, "district": state.inner is not None}
        recorded = attempt.args.get("recorded_at")
        steps.append([_utc(row["moment"]), _utc(recorded or row["moment"]), orjson.dumps(told)])
    return rules, steps, tally


def _number(people: dict[str, str], person: str) -> str:
    """Persons of walks have names; facts keep numbers."""
    return person if person in ("system", "reporter") else people.setdefault(person, str(100 + len(people)))


def _utc(moment: str) -> bytes:
    at = datetime.fromisoformat(moment.replace("T", " ")) - timedelta(hours=8)
    return at.strftime("%Y-%m-%d %H:%M:%S+00").encode()


def _always(rules: Rulebook, _day: str) -> Rulebook:
    return rules


def city_of(root: Path, cases: Sequence[tuple[str, int, int]], *, numbers: Mapping[int, str] | None = None) -> Snapshot:
    """A warehouse of walks: (name, how many of its steps happened, which of some places it lies in).

    ``numbers``: case numbers of one's own, by the case's place in the list from 1.
    """
    told, heads = Told(), []
    for case, (name, made, place) in enumerate(cases, start=1):
        rules, steps, _tally = steps_of(name)
        where = (f"43020{place}", f"43020{place}001", "", f"43020{place}-{case % 3}" if place else "")
        subject = Subject(case, 0, where, f"4302000123456{place}" if case % 5 == 0 else "")
        tell_case(told, subject, steps[:made], partial(_always, rules))
        number = (numbers or {}).get(case, f"43020{place}-20240101-{case:05d}")
        heads.append((case, case.to_bytes(16, "big"), number, told.place(where), 0))
    with refreshing(root) as under_way:
        merging = Merging(under_way, Snapshot(root, under_way.before))
        merging.add(
            ToldPiece(told.columns(), [tuple(w) for w in told.whats], list(told.places), list(told.codes), heads, 0)
        )
        merging.finish()
        return Snapshot(root, under_way.finish(made_at="2025-01-01T00:00:00+00:00", told={}))


def nonzero(counts: Mapping[Any, Mapping[str, int]]) -> dict[Any, dict[str, int]]:
    """Counts without their zeros."""
    found = {key: {name: number for name, number in of.items() if number} for key, of in counts.items()}
    return {key: of for key, of in found.items() if of}
