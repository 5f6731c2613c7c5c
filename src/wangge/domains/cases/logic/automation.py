"""What the system does by itself: the rules of the active set that hold for a case at a moment."""

from __future__ import annotations

from wangge.domains.cases.logic.attempt import Allowed, Attempt, Surroundings
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.standards.tables import Automation


def attempt_of(rule: Automation, surroundings: Surroundings, at: int) -> Attempt:
    """The system's attempt by one rule, its arguments filled in (``assignee=on_duty`` becomes the collector)."""
    args = {"rule": rule.name}
    for item in rule.args.split():
        name, _, value = item.partition("=")
        args[name] = surroundings.on_duty() if value == "on_duty" else value
    return Attempt(rule.verb, SYSTEM, SYSTEM, at, args)


def next_act(rules: Rulebook, state: CaseState, at: int, surroundings: Surroundings) -> tuple[Attempt, Allowed] | None:
    """The first rule of the stage that may act now, with the row that allows it; None when a person must."""
    for rule in rules.rules_by_stage.get(state.stage, ()):
        attempt = attempt_of(rule, surroundings, at)
        answer = judge(rules, state, attempt, surroundings)
        if isinstance(answer, Allowed):
            return attempt, answer
    return None
