"""Every move of the table on a case that exists: the beats lock, find, judge, make, let rules act, write.

What a verb does lies in the logic; what it means beyond its own case (children, their parent) in ``families``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.cases import intake
from wangge.domains.cases.drafting import Draft, StepMatter, civil, exact
from wangge.domains.cases.draws import draw_record
from wangge.domains.cases.failures import BadInput, MoveRefused, NoSuchCase, NoSuchVerb, StaleVersion, VersionMissing
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Refused
from wangge.domains.cases.logic.automation import next_act
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.timers import due_steps
from wangge.domains.cases.operations import families
from wangge.domains.cases.operations.writing import Receipt, update_case
from wangge.domains.cases.queries.proposal import proposal_for
from wangge.domains.cases.rows import CaseRow, draft_of, load
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.sight import desk_posts, may_see
from wangge.domains.cases.surroundings import AroundCase
from wangge.domains.organizations.logic import Actor
from wangge.domains.ownership.operations.proposals import keep_proposal
from wangge.domains.ownership.operations.rulings import keep_ruling
from wangge.groundwork.attachments.operations import use_photos

ReceiptFor = Callable[[Draft, CaseRow], Receipt]
RULES_UNIT = "rule_department"
CHOOSES_UNIT = frozenset({"dispatch", "redispatch", "quick_dispatch", RULES_UNIT})
MOST_RULE_STEPS = 8
PRIVATE_ARGS = {("reporter_answered", "answer"), ("rate", "text"), ("request_reopen", "reason")}


@dataclass(frozen=True, slots=True)
class Order:
    """One move asked for: the case, the verb and what comes with it."""

    number: str
    verb: str
    args: Mapping[str, Any]
    photos: Mapping[str, list[str]]
    location: Mapping[str, Any] | None = None
    version: int | None = None
    needs_version: bool = False
    post: str = ""
    observed_at: datetime | None = None
    proposal_shown: bool = False  # the proposed unit lay before whoever ordered this
    unreadable: BadInput | None = None  # told where nothing but arguments and evidence is left to refuse


@dataclass(frozen=True, slots=True)
class Moved:
    """A case after a move, with the row it had before."""

    row: CaseRow
    draft: Draft


def move_case(*, order: Order, by: Actor, at: datetime, address: str = "", receipt: ReceiptFor | None = None) -> Moved:
    """Make the move. Raises what ``failures`` names, and PhotoGone or PhotoUnknown of the attachments."""
    with transaction.atomic():
        row = load(order.number, lock=True)
        if row is None or not may_see(by, row):
            raise NoSuchCase(order.number)
        draft = draft_of(row, at)
        if order.verb not in draft.rules.verbs:
            raise NoSuchVerb(order.verb)
        if order.version is None and order.needs_version:
            raise VersionMissing
        if order.version is not None and order.version != row.version:
            raise StaleVersion(order.version, row.version)
        settle(draft, at)
        _make_ordered(draft, row, order, by, at)
        let_rules_act(draft, at)
        kept = receipt(draft, row) if receipt is not None else None
        write(draft, row, by=by, address=address, receipt=kept)
        _keep_proposal(draft, row, order, by, at)
        _keep_ruling(draft, row, by, at)
        families.follow(draft, row, by=by, at=at)
    return Moved(row, draft)


def try_move(*, order: Order, by: Actor, at: datetime) -> None:
    """Raise what :func:`move_case` would, photos apart; nothing is locked or written."""
    row = load(order.number)
    if row is None or not may_see(by, row):
        raise NoSuchCase(order.number)
    draft = draft_of(row, at)
    settle(draft, at)
    _make_ordered(draft, row, order, by, at)


def _keep_proposal(draft: Draft, row: CaseRow, order: Order, by: Actor, at: datetime) -> None:
    """Where a unit was chosen: what the rules of ownership had proposed, beside it, for good."""
    step = next((each for each in draft.steps if each.verb in CHOOSES_UNIT), None)
    choice = None if step is None else proposal_for(row, category=draft.state.category, at=at)
    if step is None or choice is None or not draft.state.unit:
        return
    keep_proposal(
        month=draft.month, case_id=draft.case_id, seq=step.seq, at=at, person_id=by.person_id,
        category=draft.state.category, choice=choice, chosen=draft.state.unit, shown=order.proposal_shown,
    )  # fmt: skip


def _keep_ruling(draft: Draft, row: CaseRow, by: Actor, at: datetime) -> None:
    """What was ruled about this case waits in the register of ownership to be made a rule for its like."""
    step = next((each for each in draft.steps if each.verb == RULES_UNIT), None)
    if step is not None and draft.state.unit and draft.state.category:
        keep_ruling(
            case_id=draft.case_id, seq=step.seq, case_number=row.number, category=draft.state.category,
            district=row.district_code, grid=row.grid_code, unit=draft.state.unit, by=by, at=at,
        )  # fmt: skip


def settle(draft: Draft, at: datetime) -> None:
    """Append the steps of ends that have passed, with the moment they were due."""
    for attempt in due_steps(draft.state, civil(at)):
        row = draft.rules.moves[attempt.verb, draft.state.stage]
        draft.add(attempt, Allowed(row), at=exact(attempt.at), recorded_at=at)


def let_rules_act(draft: Draft, at: datetime) -> None:
    """The system's own steps, as long as a rule of the active set holds."""
    for _turn in range(MOST_RULE_STEPS):
        found = next_act(draft.rules, draft.state, civil(at), draft.around)
        if found is None:
            return
        number = draft.around.number if isinstance(draft.around, AroundCase) else ""
        drawn = draw_record(draft.rules, draft.state, found[0], number=number)
        draft.add(*found, at=at, recorded_at=at, matter=StepMatter(extra=drawn))


def write(draft: Draft, row: CaseRow, *, by: Actor, address: str = "", receipt: Receipt | None = None) -> None:
    """Write what was drafted on the locked row, remembering who held it until now."""
    people, departments = set(row.past_people), set(row.past_departments)
    if row.assignee_id is not None:
        people.add(row.assignee_id)
    departments.update(code for code in (row.department_code, row.inner_department_code) if code)
    lead = getattr(draft.around, "lead_ids", {}).get(draft.state.lead_case) if draft.state.lead_case else None
    update_case(
        draft,
        by=by,
        address=address,
        receipt=receipt,
        past_people=sorted(people),
        past_departments=sorted(departments),
        lead_id=lead or (row.lead_id if draft.state.lead_case else None),
    )


def _make_ordered(draft: Draft, row: CaseRow, order: Order, by: Actor, at: datetime) -> None:
    """The step ordered; of a composite act every step, all or none."""
    rules, state = draft.rules, draft.state
    if order.verb == "reopen":
        draft.rules_on = day_of(civil(at))
        draft.rules = rules = rulebook_on(draft.rules_on)
    if (order.verb, state.stage) not in rules.moves:
        raise MoveRefused(order.verb, state.stage, "no_such_move")
    args, bad = intake.arguments(order.args)
    pieces, matter, misplaced = _evidence(order, at)
    bad = order.unreadable or bad or misplaced or _unknown_argument(rules, order.verb, args)
    verbs = [order.verb]
    act = rules.composites.get(args.get("act", ""))
    if act is not None and order.verb == act.steps[0]:
        verbs = list(act.steps)
    used = False
    for verb in verbs:
        attempt, allowed = _allowed(draft, row, verb, order, by, at, args, pieces, bad)
        if not used and order.photos:
            matter = _with_photos(order, matter, by)
            used = True
        draft.add(_sealed_apart(attempt), allowed, at=at, recorded_at=at, matter=_with_words(attempt, matter))
        matter = StepMatter()
        pieces = frozenset()


def _unknown_argument(rules: Rulebook, verb: str, args: Mapping[str, str]) -> BadInput | None:
    """An argument the table gives this verb nowhere: a slip of the pen, told rather than dropped."""
    known = {"note", "act"}
    act = rules.composites.get(args.get("act", ""))
    for name in (verb, *(act.steps if act is not None else ())):
        known.update(arg.rstrip("?") for row in rules.rows_of.get(name, ()) for arg in row.args)
    unknown = next((name for name in args if name not in known), None)
    return None if unknown is None else BadInput(unknown, _("此操作没有名为“%(name)s”的参数。") % {"name": unknown})


def _evidence(order: Order, at: datetime) -> tuple[frozenset[str], StepMatter, BadInput | None]:
    evidence: dict[str, Any] = {kind: [] for kind, ids in order.photos.items() if ids}
    bad = None
    try:
        spot = intake.spot_of(order.location, at=at)
        if spot.given:
            evidence["location"] = spot.as_evidence()
    except BadInput as wrong:
        bad = wrong
    extra = {"observed_at": order.observed_at.isoformat()} if order.observed_at else {}
    return frozenset(evidence), StepMatter(evidence, {}, extra), bad


def _with_photos(order: Order, matter: StepMatter, by: Actor) -> StepMatter:
    """The photos named, marked as used, with the hash of their content; asked last, as refusals are ordered."""
    ids = [photo for photos in order.photos.values() for photo in photos]
    found = use_photos(ids=ids, by=by.person_id or 0)
    evidence = dict(matter.evidence)
    for kind, photos in order.photos.items():
        if photos:
            evidence[kind] = [[photo, found[photo].sha256] for photo in photos]
    return StepMatter(evidence, matter.words, matter.extra)


def _with_words(attempt: Attempt, matter: StepMatter) -> StepMatter:
    words = {name: attempt.args[name] for name in attempt.args if _is_private(attempt, name)}
    return StepMatter(matter.evidence, {**matter.words, **words}, matter.extra)


def _sealed_apart(attempt: Attempt) -> Attempt:
    """The attempt with personal words left out of its arguments: they stand apart, the step commits to them."""
    if not any(_is_private(attempt, name) for name in attempt.args):
        return attempt
    args = {name: "(sealed)" if _is_private(attempt, name) else text for name, text in attempt.args.items()}
    return Attempt(attempt.verb, attempt.by, attempt.post, attempt.at, args, attempt.evidence, attempt.unit)


def _is_private(attempt: Attempt, name: str) -> bool:
    return attempt.post == "reporter" and (attempt.verb, name) in PRIVATE_ARGS


def _allowed(
    draft: Draft,
    row: CaseRow,
    verb: str,
    order: Order,
    by: Actor,
    at: datetime,
    args: Mapping[str, str],
    evidence: frozenset[str],
    bad: BadInput | None,
) -> tuple[Attempt, Allowed]:
    """The first post in the row's order for which post and guards pass; else the refusal that came furthest.

    A value that could not be read is the answer where nothing but arguments and evidence is left to refuse.
    """
    rules, state = draft.rules, draft.state
    table_row = rules.moves.get((verb, state.stage))
    if table_row is None:
        raise MoveRefused(verb, state.stage, "no_such_move")
    best: Refused | None = None
    for attempt in attempts_of(rules, row, verb, table_row.posts, order.post, by, civil(at), args, evidence):
        answer = judge(rules, state, attempt, draft.around)
        if isinstance(answer, Allowed):
            if bad is not None:
                raise bad
            return attempt, answer
        best = _further(rules, best, answer)
    refused = best or Refused("wrong_post", posts=table_row.posts)
    if bad is not None and refused.reason in ("missing_argument", "missing_evidence"):
        raise bad
    raise MoveRefused(verb, state.stage, refused.reason, refused.posts, refused.missing, refused.guard)


def attempts_of(
    rules: Rulebook,
    row: CaseRow,
    verb: str,
    posts: tuple[str, ...],
    only: str,
    by: Actor,
    at: int,
    args: Mapping[str, str],
    evidence: frozenset[str],
) -> list[Attempt]:
    """One attempt for each post of the row that the person holds here, in the row's order."""
    key = str(by.person_id) if by.person_id is not None else ""
    held = list(desk_posts(by, row, verb))
    return [
        Attempt(verb, key or post, post, at, args, evidence, unit)
        for post in posts
        if only in ("", post)
        for held_post, unit in held
        if held_post == post
    ]


def _further(rules: Rulebook, best: Refused | None, answer: Refused) -> Refused:
    order = {"wrong_post": 0, "missing_argument": 2, "missing_evidence": 3}
    if best is None or order.get(answer.reason, 1) > order.get(best.reason, 1):
        return answer
    return best
