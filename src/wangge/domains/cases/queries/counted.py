"""What the cases of one import count for evaluation, each count with its moment: read from their steps, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, transaction

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.counting import Tally, count
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import as_recorded_in
from wangge.groundwork.clock import city_day

AT_ONCE = 5000
_STATEMENT = """
SELECT c.id, c.number, c.external_no, c.reported_at, c.filed_at, c.closed_at, c.stage, c.department_code,
       c.unknown_year, s.verb, s.post, s.at, s.payload
  FROM cases_case c JOIN cases_step s ON s.month = c.month AND s.case_id = c.id
 WHERE starts_with(c.external_no, %s) ORDER BY c.id, s.seq
"""


@dataclass(frozen=True, slots=True)
class CountedCase:
    """One imported case: where it stands and every counter its steps moved, with the moment and by how much."""

    number: str
    key: str
    reported_at: datetime
    filed_at: datetime | None
    closed_at: datetime | None
    stage: str
    unit: str
    stated_status: str
    """The other system's own word for where it stands."""
    without_limit: bool
    """Whether it was on time cannot be said: no calendar reaches its years, or no handling time was ever read."""
    counts: tuple[tuple[str, datetime, int], ...]


def counted_cases(*, system: str) -> Iterator[CountedCase]:
    """Every case imported from ``system``, streamed."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_STATEMENT, [f"{system}:"])
        for _case_id, rows in groupby(_streamed(cursor), key=itemgetter(0)):
            yield _counted(list(rows), system)


def _streamed(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(AT_ONCE):
        yield from rows


def _counted(rows: list[tuple[Any, ...]], system: str) -> CountedCase:
    _id, number, external, reported_at, filed_at, closed_at, stage, unit, unknown_year = rows[0][:9]
    state, tally, rules = CaseState(), Tally(), rulebook_on(city_day(reported_at))
    counts: list[tuple[str, datetime, int]] = []
    first: dict[str, Any] = {}
    for order, row in enumerate(rows):
        verb, post, at, payload = row[9:]
        told = orjson.loads(payload)
        first = first if order else told
        rules = _rules(told, rules)
        attempt = Attempt(
            verb, told["by"], post, civil(at), told.get("args", {}), frozenset(told.get("evidence", ())),
            told.get("unit", ""),
        )  # fmt: skip
        around = as_recorded_in(told)
        made = make(rules, state, rules.moves[verb, state.stage], attempt, around, tier=told.get("tier", 0))
        counts += [(name, at, n) for name, n in count(rules, tally, state, attempt, made).items()]
    return CountedCase(
        number, external[len(system) + 1 :], reported_at, filed_at, closed_at, stage, unit,
        str(first.get("foreign", {}).get("status", "")), bool(unknown_year) or (bool(closed_at) and not state.readings),
        tuple(counts),
    )  # fmt: skip


def _rules(told: dict[str, Any], rules: Rulebook) -> Rulebook:
    day = told.get("rules_on")
    return rulebook_on(datetime.fromisoformat(day).date()) if day else rules
