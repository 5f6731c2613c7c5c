"""Ends that pass: a suspension, a postponement and a question are over at their moment, written or not.

Whatever looks at the case later sees it as if the clock had run again from that moment (``as_of``); whatever writes
first appends the system's step with the moment it was due (``due_steps``).
"""

from __future__ import annotations

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState, copy_of

TIMED_VERBS = frozenset({"resume_suspended", "resume_postponed", "reporter_answered"})


def next_end(state: CaseState) -> int:
    """The earliest moment at which something open on the case ends by itself; 0 when nothing does."""
    ends = [state.suspended_until, state.postponed_until, state.question.until if state.question else 0]
    return min((end for end in ends if end), default=0)


def due_steps(state: CaseState, at: int) -> list[Attempt]:
    """The system's steps whose moment has come by ``at``: at most one of each, in the order of their moments."""
    steps = []
    if 0 < state.suspended_until <= at:
        steps.append(Attempt("resume_suspended", SYSTEM, SYSTEM, state.suspended_until))
    if 0 < state.postponed_until <= at:
        steps.append(Attempt("resume_postponed", SYSTEM, SYSTEM, state.postponed_until))
    if state.question is not None and state.question.until <= at:
        steps.append(Attempt("reporter_answered", SYSTEM, SYSTEM, state.question.until, {"answer": "none"}))
    return sorted(steps, key=lambda step: step.at)


def as_of(rules: Rulebook, state: CaseState, at: int, surroundings: Surroundings) -> CaseState:
    """The case as it stands at ``at``: itself when no end has passed, else a copy with the ends let count."""
    steps = due_steps(state, at)
    if not steps:
        return state
    settled = copy_of(state)
    for step in steps:
        make(rules, settled, rules.moves[step.verb, settled.stage], step, surroundings)
    return settled
