"""What a move does to a case: clocks by the row's operations, the rest by its verb.

``make`` changes the state in place. It judges nothing: a replay of recorded steps and a move just allowed go the
same way, and both leave the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wangge.domains.cases.logic import clocks, verb_effects
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import (
    IDLE,
    PAUSED,
    STOPPED,
    CaseState,
    HandlingClock,
    InnerClock,
    StageClock,
)
from wangge.standards.tables import Move

CENTRE_POSTS = frozenset({"acceptor", "duty_leader", "dispatcher", "verifier", "archivist"})
DESK_VERBS_OF_DISPATCH = frozenset({"dispatch", "quick_dispatch", "redispatch", "rule_department"})


@dataclass(slots=True)
class Made:
    """What a move left behind besides the state: the stage clock's reading for those who count."""

    row: Move
    from_stage: str
    stage_reading: tuple[str, int, int] | None = None  # (clock, used, allowance) of the stage clock that stopped
    inner_reading: tuple[int, int] | None = None


def make(
    rules: Rulebook,
    state: CaseState,
    row: Move,
    attempt: Attempt,
    surroundings: Surroundings,
    *,
    tier: int = 0,
) -> Made:
    """Make the move: ``state`` becomes what it is after it."""
    made = Made(row, state.stage)
    before = verb_effects.BEFORE.get(row.verb)
    if before is not None:
        before(rules, state, attempt, surroundings)
    if row.verb in DESK_VERBS_OF_DISPATCH and attempt.args["department"] != state.unit:
        state.calendar = surroundings.calendar_of(attempt.args["department"])
    for operation, clock in row.clock_ops:
        _clock_operation(rules, state, attempt, made, operation, clock)
    if row.to_stage != state.stage:
        _enter(rules, state, row, attempt, surroundings)
    after = verb_effects.AFTER.get(row.verb)
    if after is not None:
        after(rules, state, attempt, surroundings)
    if row.verb.startswith("request_") and row.verb != "request_ruling":
        verb_effects.open_request(rules, state, attempt, tier)
    _remember(rules, state, row, attempt)
    return made


# ---- clocks ----------------------------------------------------------------------------------------------------


def _clock_operation(
    rules: Rulebook, state: CaseState, attempt: Attempt, made: Made, operation: str, clock: str
) -> None:
    if clock == "handling":
        _HANDLING[operation](rules, state, attempt)
    elif clock == "inner":
        _inner_operation(rules, state, attempt, made, operation)
    elif clock == "all":
        state.clock = state.paused_clock = None
        if state.handling.status != IDLE:
            clocks.pause_handling(rules, state, attempt.at, status=STOPPED)
    else:
        _stage_operation(rules, state, attempt, made, operation, clock)


def _stage_operation(
    rules: Rulebook, state: CaseState, attempt: Attempt, made: Made, operation: str, name: str
) -> None:
    if operation == "start":
        state.clock = StageClock(name, attempt.at)
    elif operation == "resume" and state.paused_clock is not None:
        state.clock, state.paused_clock = state.paused_clock, None
        state.clock.since = attempt.at
    elif state.clock is not None:
        used = clocks.stage_clock_used(rules, state.clock, attempt.at)
        if operation == "pause":
            state.paused_clock = clocks.paused_stage_clock(rules, state.clock, used)
        if operation != "cancel":
            made.stage_reading = (name, used, rules.stage_clocks[name].minutes)
        state.clock = None


def _inner_operation(rules: Rulebook, state: CaseState, attempt: Attempt, made: Made, operation: str) -> None:
    inner = state.inner
    if inner is None:
        return
    if operation == "start":
        state.inner = InnerClock(
            "out", attempt.args["department"], attempt.at, 0, _inner_allowance(rules, state, attempt)
        )
    elif operation == "resume":
        inner.status, inner.since = "out", attempt.at
    elif operation == "stop":
        inner.used, inner.since, inner.status = clocks.inner_used(rules, state, attempt.at), -1, "reported"
        made.inner_reading = (inner.used, inner.allowance)
    else:
        state.inner = InnerClock()


def _inner_allowance(rules: Rulebook, state: CaseState, attempt: Attempt) -> int:
    if attempt.args.get("inner_limit"):
        return rules.length(attempt.args["inner_limit"]).minutes
    left = state.handling.allowance - clocks.handling_used(rules, state, attempt.at)
    return max(left, 0) * rules.number("district_inner_percent") // 100


def _start_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    length = rules.length(f"{state.limit_value} {state.limit_unit}")
    state.handling = HandlingClock(base=length.minutes)
    clocks.start_handling(state, attempt.at)


def _pause_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    clocks.pause_handling(rules, state, attempt.at)


def _stop_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    clocks.pause_handling(rules, state, attempt.at, status=STOPPED)
    state.readings.append((state.handling.used, state.handling.allowance))


def _resume_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    clocks.resume_handling(state, attempt.at)


def _resume_or_restart(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    if attempt.args["department"] == state.unit:
        clocks.resume_handling(state, attempt.at)
    else:
        clocks.start_handling(state, attempt.at)
        state.extensions = 0


def _rework_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    if rules.settings["rework_clock"] == "restart":
        clocks.start_handling(state, attempt.at)
    else:
        clocks.resume_handling(state, attempt.at)
    state.rework += 1


def _extend_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    assert state.request is not None
    state.handling.allowance += state.request.amount
    state.extensions += 1


def _reset_handling(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    state.handling = HandlingClock()


def _pause_if_listed(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    if rules.ask_reasons[attempt.args["why"]].pauses_handling:
        clocks.pause_handling(rules, state, attempt.at)


def _resume_if_paused(rules: Rulebook, state: CaseState, attempt: Attempt) -> None:
    if state.question is not None and state.question.pauses and state.handling.status == PAUSED:
        clocks.resume_handling(state, attempt.at)


_HANDLING: dict[str, Callable[[Rulebook, CaseState, Attempt], None]] = {
    "start": _start_handling, "pause": _pause_handling, "stop": _stop_handling, "resume": _resume_handling,
    "resume_or_restart": _resume_or_restart, "rework": _rework_handling, "extend": _extend_handling,
    "reset": _reset_handling, "pause_if_listed": _pause_if_listed, "resume_if_paused": _resume_if_paused,
}  # fmt: skip


# ---- stages ----------------------------------------------------------------------------------------------------


def _enter(rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, surroundings: Surroundings) -> None:
    """Another stage: what belonged to the old one lapses; a district's desk finds the case waiting."""
    state.stage = row.to_stage
    state.request = None
    state.question = None
    state.suspended_until = state.postponed_until = 0
    state.inner = None
    if row.to_stage == "handling":
        unit = attempt.args["department"] if row.verb in DESK_VERBS_OF_DISPATCH else state.unit
        if rules.settings["district_level"] == "on" and surroundings.is_district(unit):
            state.inner = InnerClock()
    if rules.stages[row.to_stage].is_ending:
        state.supervision = None
        state.act = None
    if row.to_stage == "closed":
        state.closed_at, state.closed_by = attempt.at, row.verb


def _remember(rules: Rulebook, state: CaseState, row: Move, attempt: Attempt) -> None:
    """Who did what, and which pieces of evidence the case has."""
    if row.kind == "move" and attempt.post in CENTRE_POSTS and attempt.by not in state.authors:
        state.authors.append(attempt.by)
    for kind in sorted(attempt.evidence):
        if kind not in state.evidence:
            state.evidence.append(kind)
