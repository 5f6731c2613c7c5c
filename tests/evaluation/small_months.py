"""Published months of the small city of walks, for the tests that read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from tests.evaluation.small_city import city_of, steps_of
from wangge.domains.evaluation.operations.month import step
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.organizations.logic import Actor, Holding

REVIEWER = Actor(11, "kaoping", "考评员甲", (Holding("evaluator"),))
LEADER = Actor(12, "lingdao", "中心领导乙", (Holding("centre_leader"),))
COURSE = (("freeze", REVIEWER), ("review", REVIEWER), ("sign", LEADER), ("publish", REVIEWER))
WALKED = ("W01", "W02", "W03", "W58", "W60", "W61", "W86") * 3


def walked_city(
    root: Path, *, numbers: Mapping[int, str] | None = None, stops: Mapping[int, int] | None = None
) -> Snapshot:
    """Twenty-one walks in three districts.

    ``numbers``: case numbers of one's own, ``stops``: how many steps were made; both by the walk's place from 1.
    """
    made = {place: len(steps_of(name)[1]) for place, name in enumerate(WALKED, start=1)} | dict(stops or {})
    cases = [(name, made[place], (place - 1) % 3 + 1) for place, name in enumerate(WALKED, start=1)]
    return city_of(root, cases, numbers=numbers)


def run_months(snapshot: Snapshot, periods: Iterable[str], *, at: datetime, until: str = "publish") -> None:
    """Take months through their course, as far as ``until``."""
    for period in periods:
        for verb, by in COURSE:
            step(period=period, verb=verb, by=by, at=at, snapshot=snapshot)
            if verb == until:
                break
