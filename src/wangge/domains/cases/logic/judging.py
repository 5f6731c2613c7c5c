"""Whether a move may be made now: the row, the post, the guards, the arguments, the evidence, in that order.

The first failure is the answer (refusals.csv, check_order); the case and all its clocks stay as they were.
"""

from __future__ import annotations

from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Refused, Surroundings
from wangge.domains.cases.logic.guards import GUARDS
from wangge.domains.cases.logic.narrowing import SYSTEM, posts_left
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.standards.tables import Move, Tier

# What no row says: the clock of a unit, or of the parts of a case, needs an allowance, and filing fixes it; and a word
# that is neither yes nor no is not taken for a no.
_IN_THE_MOVE = {"dispatch": ("limit_fixed",), "split": ("limit_fixed",), "reply_verification": ("result_known",)}
REQUESTS = ("extension", "suspension", "postponement", "void", "reopen")


def judge(rules: Rulebook, state: CaseState, attempt: Attempt, surroundings: Surroundings) -> Allowed | Refused:
    """The answer to an attempt on a case as it stands at the attempt's moment (see ``timers.as_of``)."""
    row = rules.moves.get((attempt.verb, state.stage))
    if row is None:
        return Refused("no_such_move")
    refused = judge_person(rules, state, row, attempt, surroundings)
    if refused is not None:
        return refused
    missing = missing_args(row, attempt)
    if missing:
        return Refused("missing_argument", missing=missing)
    absent = tuple(kind for kind in row.evidence if kind not in attempt.evidence)
    if absent:
        return Refused("missing_evidence", missing=absent)
    return _with_tier(rules, state, row, attempt, surroundings)


def judge_person(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, surroundings: Surroundings
) -> Refused | None:
    """Post and guards alone: enough to say whether the verb is open to this person now."""
    posts = posts_left(rules, state, row, attempt)
    if attempt.post not in posts:
        return Refused("wrong_post", posts=posts)
    for name in guards_of(row):
        reason = GUARDS[name](rules, state, attempt, surroundings)
        if reason is not None:
            return Refused(reason, posts=posts, guard=name)
    return None


def guards_of(row: Move) -> tuple[str, ...]:
    """The guards of a row in their order, and behind them the one that lies in the move itself."""
    return (*row.guards, *_IN_THE_MOVE.get(row.verb, ()))


def missing_args(row: Move, attempt: Attempt) -> tuple[str, ...]:
    """Arguments without ``?`` that are absent or empty; the system must besides name the rule it acts by."""
    missing = tuple(name for name in row.args if name[-1] != "?" and not attempt.args.get(name))
    if attempt.post == SYSTEM and "rule?" in row.args and not attempt.args.get("rule"):
        missing += ("rule",)
    return missing


def _with_tier(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, surroundings: Surroundings
) -> Allowed | Refused:
    """A request takes the first tier whose condition holds; the tier may want evidence of its own."""
    kind = row.verb.removeprefix("request_")
    if kind not in REQUESTS or kind == row.verb:
        return Allowed(row)
    tier = tier_for(rules, state, kind, attempt, surroundings)
    absent = tuple(piece for piece in tier.evidence if piece not in attempt.evidence)
    return Refused("missing_evidence", missing=absent) if absent else Allowed(row, tier.seq)


def tier_for(rules: Rulebook, state: CaseState, kind: str, attempt: Attempt, surroundings: Surroundings) -> Tier:
    return next(
        tier for tier in rules.tiers[kind] if conditions.holds(tier.condition, rules, state, attempt, surroundings)
    )
