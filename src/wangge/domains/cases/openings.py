"""What a person may do with a case now, row by row of the table; and what his post has but the case does not allow.

Pure over a loaded row and its draft: no statement is made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wangge.domains.cases.logic.attempt import Attempt, Refused, Surroundings
from wangge.domains.cases.logic.judging import judge, judge_person
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.moving import attempts_of
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.sight import posts_within
from wangge.domains.organizations.logic import Actor
from wangge.standards.tables import Composite, Move

# Reasons worth saying although nobody asked: what is used up, late, standing still, or barred to this very person.
WORTH_SAYING = frozenset(
    {
        "same_person", "not_assignee", "suspended", "overdue", "handled_late", "limit_reached", "return_right_ended",
        "not_endorsed", "needs_verification", "verification_false", "children_open", "inner_open", "reworked",
        "window_passed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """A row of the table that this person may go by, and the post (of a unit: with it) he would act in."""

    move: Move
    post: str
    unit: str = ""
    act: Composite | None = None  # the composite act whose first step it is


@dataclass(frozen=True, slots=True)
class Barred:
    """A row of one of his posts that a guard closes, with the reason of refusals.csv."""

    move: Move
    reason: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything open to one person on one case, in the order of the table."""

    open: tuple[Opening, ...]
    barred: tuple[Barred, ...]


def desk_of(*, rules: Rulebook, state: CaseState, around: Surroundings, row: CaseRow, by: Actor, at: int) -> Desk:
    """What ``by`` may do at civil minute ``at`` with a case in ``state`` (as it stands then)."""
    if not by.may_write():
        return Desk((), ())
    found: list[Opening] = []
    barred: list[Barred] = []
    own = posts_within(by, row)
    for move in rules.by_stage.get(state.stage, ()):
        if own.isdisjoint(move.posts):
            continue
        reasons: list[str] = []
        for attempt in attempts_of(rules, row, move.verb, move.posts, "", by, at, {}, frozenset()):
            refused = judge_person(rules, state, move, attempt, around)
            if refused is None:
                found.append(Opening(move, attempt.post, attempt.unit))
                break
            reasons.append(_reason(refused))
        else:
            barred += [Barred(move, reason) for reason in dict.fromkeys(reasons) if reason in WORTH_SAYING][:1]
    return Desk((*_acts(rules, state, found), *found), tuple(barred))


def refusal_of(
    opening: Opening, *, rules: Rulebook, state: CaseState, around: Surroundings, by: Actor, at: int,
    args: Mapping[str, str],
) -> str:  # fmt: skip
    """The reason of refusals.csv for which an open row would be refused with these arguments; empty for none.

    Evidence is taken as given; of a composite act only its first step is judged, to which its condition belongs.
    """
    named = {"act": opening.act.act} if opening.act is not None else {}
    attempt = Attempt(
        opening.move.verb, str(by.person_id), opening.post, at, {**args, **named}, frozenset(opening.move.evidence),
        opening.unit,
    )  # fmt: skip
    answer = judge(rules, state, attempt, around)
    return answer.reason if isinstance(answer, Refused) else ""


def _reason(refused: Refused) -> str:
    return refused.reason


def _acts(rules: Rulebook, state: CaseState, found: list[Opening]) -> list[Opening]:
    """Composite acts that begin with an open row, in the post that the act names; their condition is judged later."""
    return [
        Opening(opening.move, opening.post, opening.unit, act)
        for opening in found
        for act in rules.composites.values()
        if act.steps[0] == opening.move.verb and act.post == opening.post and _source_fits(act, state)
    ]


def _source_fits(act: Composite, state: CaseState) -> bool:
    """An act for collectors' cases is not offered on a citizen's; other conditions depend on what will be chosen."""
    terms = [term.strip() for term in act.condition.split("&")]
    wanted = [term.removeprefix("source=") for term in terms if term.startswith("source=")]
    return not wanted or state.source in wanted
