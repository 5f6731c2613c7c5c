"""The small language of conditions in approval tiers, automations and composite acts: ``a=b & c>=d``.

Each name is one question; an unknown name is a fault of the tables and was refused when they were loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState

TERM = re.compile(r"([a-z_]+)(>=|>|=)(.+)")
MINUTES_PER_DAY = 1440


@lru_cache(maxsize=1024)
def parsed(condition: str) -> tuple[tuple[str, str, str], ...]:
    """``"a=b & c>2"`` → ((a, =, b), (c, >, 2))."""
    terms = []
    for text in filter(None, condition.split(" & ")):
        match = TERM.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"condition not understood: {text!r}")
        terms.append((match[1], match[2], match[3]))
    return tuple(terms)


def holds(condition: str, rules: Rulebook, state: CaseState, attempt: Attempt, surroundings: Surroundings) -> bool:
    """Whether every term holds for this attempt on this case."""
    return all(
        _ANSWERS[name](rules, state, attempt, surroundings, operator, value)
        for name, operator, value in parsed(condition)
    )


def compared(number: int, operator: str, value: int) -> bool:
    return number >= value if operator == ">=" else number > value if operator == ">" else number == value


def on_time(state: CaseState) -> bool:
    """All readings of the cycle within their allowance (appeals apart)."""
    return all(used <= allowance for used, allowance in state.readings)


Answer = Callable[[Rulebook, CaseState, Attempt, Surroundings, str, str], bool]


def _source(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return s.source == value


def _urgent(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    unit = s.limit_unit
    if a.args.get("condition_seq") and a.args.get("category"):
        limit = r.limits.get((a.args["category"], int(a.args["condition_seq"])))
        unit = limit.unit if limit else unit
    return unit.startswith("urgent") == (value == "yes")


def _complaint(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return r.entries[s.source].complaint == (value == "yes")


def _rework(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return compared(s.rework, op, int(value))


def _on_time(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return on_time(s) == (value == "yes")


def _evidence(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return value in s.evidence or value in a.evidence


def _assignee(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    person = w.on_duty()
    return bool(person) and a.args.get("assignee", person) == person


def _hours(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return in_span(a.at, value)


def in_span(at: int, span: str) -> bool:
    """Whether the moment lies in a daily span ``07:00-21:00``, half-open, across midnight when it ends earlier."""
    start, end = (_minute_of_day(text) for text in span.split("-"))
    now = at % MINUTES_PER_DAY
    return start <= now < end if start < end else now >= start or now < end


def _minute_of_day(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _closed_for(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    length = r.length(value)
    return r.clock(length.clock, s.calendar).counted_between(s.closed_at, a.at) >= length.minutes


def _plausible(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return w.plausible() == (value == "yes")


def _kind(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return (a.args.get("kind") or "ordinary") == value


def _count(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    granted = {
        "request_extension": s.extensions,
        "request_suspension": s.suspensions,
        "request_postponement": s.postponements,
    }
    return compared(granted.get(a.verb, 0), op, int(value))


def _minutes(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return compared(r.length(a.args.get("amount", "0 work_hour")).minutes, op, int(value))


def _days(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    ahead = moment(a.args["until"]) - a.at if a.args.get("until") else 0
    limit = int(value) * MINUTES_PER_DAY
    return compared(ahead, op, limit)


def _stage(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings, op: str, value: str) -> bool:
    return s.stage == value


_ANSWERS: dict[str, Answer] = {
    "source": _source, "urgent": _urgent, "complaint": _complaint, "rework": _rework, "on_time": _on_time,
    "evidence": _evidence, "assignee": _assignee, "hours": _hours, "closed_for": _closed_for,
    "plausible": _plausible, "kind": _kind, "count": _count, "minutes": _minutes, "days": _days, "stage": _stage,
}  # fmt: skip
NAMES = frozenset(_ANSWERS)
