"""Draws of a second look 复核: by lot from the case's number, so that anyone can draw them again.

The seed is case number, ``/``, rule, ``/``, cycle (README of the tables); a step made by a rule with a share carries
its draw in the payload.
"""

from __future__ import annotations

import hashlib
from typing import Any

from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState


def seed_of(*, number: str, rule: str, cycle: int) -> str:
    return f"{number}/{rule}/{cycle}"


def drawn_number(seed: str) -> int:
    """0 to 99: the first eight hex digits of the seed's SM3, modulo 100."""
    return int(hashlib.new("sm3", seed.encode()).hexdigest()[:8], 16) % 100


def drawn_by_lot(*, number: str, rule: str, cycle: int, percent: int) -> bool:
    """Whether the draw hits: it lies below the share."""
    return drawn_number(seed_of(number=number, rule=rule, cycle=cycle)) < percent


def draw_record(rules: Rulebook, state: CaseState, attempt: Attempt, *, number: str) -> dict[str, Any]:
    """The draw that let a rule act, for the step's payload; empty for a rule that draws nothing."""
    rows = rules.automations.get((attempt.verb, state.stage), ())
    rule = next((row for row in rows if row.name == attempt.args.get("rule")), None)
    if rule is None or not rule.second_look_percent:
        return {}
    seed = seed_of(number=number, rule=rule.name, cycle=state.cycle)
    return {"draw": {"seed": seed, "number": drawn_number(seed), "percent": rule.second_look_percent}}
