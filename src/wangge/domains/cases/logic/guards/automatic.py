"""Guards of the system's rules and of composite acts."""

from __future__ import annotations

from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import named, refuse
from wangge.domains.cases.logic.narrowing import SYSTEM, follows_act
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState


def rule_allows(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if a.post != SYSTEM or not a.args.get("rule"):
        return None
    rows = r.automations.get((a.verb, s.stage), ())
    rule = next((row for row in rows if row.name == a.args["rule"]), None)
    if rule is None or not conditions.holds(rule.condition, r, s, a, w):
        return "rule_forbids"
    drawn = rule.second_look == "before" and w.drawn(rule.name, rule.second_look_percent, s.cycle)
    return refuse(drawn, "rule_forbids")


def act_allows(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    name = a.args.get("act")
    if not name or follows_act(r, s, a):
        return None
    act = r.composites.get(name)
    if act is None or a.post != act.post or a.verb != act.steps[0]:
        return "rule_forbids"
    needed = {arg for verb in act.steps for arg in _required(r, verb)}
    if any(not a.args.get(arg) for arg in needed):
        return "rule_forbids"
    return refuse(not conditions.holds(act.condition, r, s, a, w), "rule_forbids")


def _required(r: Rulebook, verb: str) -> tuple[str, ...]:
    return r.rows_of[verb][0].required_args if verb in r.rows_of else ()


GUARDS = named(
    rule_allows,
    act_allows,
)
