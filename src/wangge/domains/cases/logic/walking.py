"""Walks: worked examples of the closed loop, one row a step, run through the very logic that serves the pages.

A walk's rows give moment, person, post, verb and arguments; everything behind them is what the logic answers. The
columns are those of the facts' walks table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wangge.domains.cases.logic import clocks, views
from wangge.domains.cases.logic.attempt import Allowed, Attempt
from wangge.domains.cases.logic.counting import Tally, count
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.moments import moment, text_of
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import IDLE, RUNNING, CaseState
from wangge.domains.cases.logic.timers import TIMED_VERBS, as_of

INPUT_COLUMNS = ("walk", "title", "settings", "step", "moment", "by", "post", "verb", "args")
ANSWER_COLUMNS = (
    "expect", "reason", "stage_after", "stage_clock", "stage_clock_due", "limit", "handling_clock", "handling_due",
    "handling_used_minutes", "handling_allowance_minutes", "overlays", "rework", "returns", "extensions", "outcome",
)  # fmt: skip
WALK_ONLY_SETTINGS = ("on_duty", "drawn")


@dataclass(frozen=True, slots=True)
class WalkSurroundings:
    """What a walk states about the world around the case."""

    collector_on_duty: str = ""
    drawn_rules: frozenset[str] = frozenset()

    def on_duty(self) -> str:
        return self.collector_on_duty

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        return rule in self.drawn_rules

    def lead_is_open(self, lead_case: str) -> bool:
        return lead_case == "OPEN"

    def is_district(self, unit: str) -> bool:
        return unit.startswith("district")

    def calendar_of(self, unit: str) -> str:
        return ""

    def plausible(self) -> bool:
        return True

    def told_end(self) -> int:
        return 0


@dataclass(slots=True)
class Walked:
    """One walk run to its end: the answer rows in the walks' columns, and the counts of the whole walk."""

    rows: list[dict[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


RulesFor = Callable[[Mapping[str, str]], Rulebook]
"""settings stated by the walk → the rulebook with the defaults below them."""


def walk_all(rows: Iterable[Mapping[str, str]], rules_for: RulesFor) -> dict[str, Walked]:
    """Run every walk of a table: the columns up to ``args`` are read, nothing behind them."""
    walks: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        walks.setdefault(row["walk"], []).append(row)
    return {name: walk_one(steps, rules_for) for name, steps in walks.items()}


def walk_one(steps: Sequence[Mapping[str, str]], rules_for: RulesFor) -> Walked:
    stated = dict(item.split("=", 1) for item in steps[0].get("settings", "").split(";") if item)
    rules = rules_for({key: value for key, value in stated.items() if key not in WALK_ONLY_SETTINGS})
    around = WalkSurroundings(stated.get("on_duty", ""), frozenset(stated.get("drawn", "").split()))
    state, tally, walked = CaseState(), Tally(), Walked()
    for step in steps:
        attempt = attempt_of(step)
        seen = _seen(rules, state, attempt, around)
        answer = judge(rules, seen, attempt, around)
        reason = ""
        if isinstance(answer, Allowed):
            made = make(rules, seen, answer.row, attempt, around, tier=answer.tier)
            state = seen
            count(rules, tally, state, attempt, made)
        else:
            reason = answer.reason
        walked.rows.append(_answer(rules, step, seen, attempt.at, reason, last=step is steps[-1]))
    walked.counts = Counter({name: number for name, number in tally.counts.items() if number})
    return walked


def _seen(rules: Rulebook, state: CaseState, attempt: Attempt, around: WalkSurroundings) -> CaseState:
    """The timer's own step meets the case as written; everybody else sees an end that has passed as passed."""
    if attempt.post == SYSTEM and attempt.verb in TIMED_VERBS:
        return state
    return as_of(rules, state, attempt.at, around)


def attempt_of(step: Mapping[str, str]) -> Attempt:
    """A walk's row as an attempt: ``evidence=a+b`` apart from the other arguments, the unit before the slash."""
    args = dict(item.split("=", 1) for item in step["args"].split("; ") if item)
    evidence = frozenset(filter(None, args.pop("evidence", "").split("+")))
    unit = step["by"].partition("/")[0]
    return Attempt(step["verb"], step["by"], step["post"], moment(step["moment"]), args, evidence, unit)


def _answer(
    rules: Rulebook, step: Mapping[str, str], state: CaseState, at: int, reason: str, *, last: bool
) -> dict[str, str]:
    answer = {column: step.get(column, "") for column in INPUT_COLUMNS}
    handling = state.handling
    exists = handling.status != IDLE
    answer |= {
        "expect": "refused" if reason else "ok",
        "reason": reason,
        "stage_after": state.stage,
        "stage_clock": state.clock.name if state.clock else "",
        "stage_clock_due": text_of(clocks.stage_clock_due(rules, state.clock)) if state.clock else "",
        "limit": views.limit_text(state),
        "handling_clock": handling.status,
        "handling_due": text_of(clocks.handling_due(rules, state)) if handling.status == RUNNING else "",
        "handling_used_minutes": str(clocks.handling_used(rules, state, at)) if exists else "",
        "handling_allowance_minutes": str(handling.allowance) if exists else "",
        "overlays": "; ".join(views.overlays(rules, state)),
        "rework": str(state.rework),
        "returns": str(state.returns),
        "extensions": str(state.extensions),
        "outcome": views.outcome(state) if last else "",
    }
    return answer
