"""A case of another system with its own steps as a case here: each foreign step becomes a move, or a remark.

Pure (docs/decisions/full-history.md). What the table of moves has at the stage the case stands in, with its arguments,
is made at the step's own moment; everything else is kept under its foreign name as a remark of the nearest move, so
that nothing is lost and nothing invented. Guards about facts (an open request, a question, a child) decide as well;
guards about persons and limits do not bind what happened elsewhere: where they would have refused, it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from wangge.domains.cases.drafting import Draft, StepMatter, civil
from wangge.domains.cases.foreign_history import fresh_case_id, next_salt
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Surroundings
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.guards import GUARDS
from wangge.domains.cases.logic.judging import REQUESTS, guards_of, missing_args, tier_for
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook, UnknownUnit
from wangge.domains.cases.logic.state import CaseState, copy_of
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.operations.moving import PRIVATE_ARGS
from wangge.domains.cases.operations.writing import Matter, NewCase
from wangge.domains.geography.areas import Place

ENTRY = "entry"
"""In place of a verb: the entry verb of the case's source."""
FACT_GUARDS = frozenset(
    {
        "pending_extension", "pending_suspension", "pending_postponement", "pending_void", "pending_reopen",
        "any_pending", "question_open", "why_known", "condition_known", "under_supervision", "level_known",
        "appeal_at_first", "appeal_at_second", "appeal_at_reviewer", "answer_known", "grade_known", "result_known",
        "is_suspended", "is_postponed", "child_known", "child_ended", "children_closed", "outside_done", "two_units",
        "limit_fixed",
        "level_on", "inner_waiting", "inner_out", "inner_reported", "is_inner", "is_excluded", "not_excluded",
    }
)  # fmt: skip
"""Guards that say what the case is; without them a move would mean nothing."""
_PERSON_GUARDS = frozenset(
    {
        "is_assignee", "is_department", "not_handler", "not_reporter", "not_requester", "not_same_closer",
        "not_author", "own_if_unit",
    }
)  # fmt: skip
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, AssertionError, IndexError, UnknownUnit)


class Action(NamedTuple):
    """One move a foreign step may be: ``optional`` ones are made only where the case stands before them."""

    verb: str
    optional: bool = False
    args: Mapping[str, str] = {}


class ToldStep(NamedTuple):
    """One step of the other system. ``by``: our person's id as text or empty; ``post``: our post or empty."""

    name: str
    at: datetime
    actions: tuple[Action, ...]
    by: str
    post: str
    unit: str
    args: Mapping[str, str]
    note: str
    order: str
    photos: tuple[tuple[str, str, str], ...] = ()
    """(kind, photo id, sha256) of pictures that lie here; (kind, "", path) of one that could not be taken."""


class ToldCase(NamedTuple):
    """What the other system told of a case; moments are aware, in UTC. ``stage``: where it says the case stands."""

    system: str
    key: str
    source: str
    category: str
    condition: int
    description: str
    address: str
    lon: float | None
    lat: float | None
    given_system: str
    given: tuple[float, float] | None
    component: str
    reported_at: datetime
    stage: str
    reporter_name: str
    reporter_phone: str
    told: Mapping[str, Any]
    steps: tuple[ToldStep, ...]
    line: int
    parent: str = ""
    lead: str = ""

    @property
    def external_no(self) -> str:
        """The number under which it is known here, once per source."""
        return f"{self.system}:{self.key}"


class Kin(NamedTuple):
    """Who a case belongs to: its parent, and the lead it was merged into."""

    parent_number: str = ""
    parent_id: UUID | None = None
    lead_number: str = ""
    lead_id: UUID | None = None


ALONE = Kin()


@dataclass(slots=True)
class Outcome:
    """What became of a case's steps."""

    made: int = 0
    remarks: Counter[str] = field(default_factory=Counter)
    """Foreign name and why it is no move here → how often."""
    bridged: Counter[str] = field(default_factory=Counter)
    """Verb that the mapping adds to a foreign step → how often."""
    would_refuse: Counter[str] = field(default_factory=Counter)
    """Reason for which the move would not be allowed here today → how often."""
    stage: str = ""


@dataclass(slots=True)
class _Move:
    """A foreign step as the move it becomes, with the remarks that stand beside it."""

    step: ToldStep
    attempt: Attempt
    allowed: Allowed
    is_bridge: bool
    remarks: list[ToldStep] = field(default_factory=list)


def draft_told(
    case: ToldCase,
    *,
    number: str,
    rules: Rulebook,
    day: date,
    place: Place,
    recorded_at: datetime,
    around: Surroundings,
    rules_on: Callable[[date], Rulebook],
    kin: Kin = ALONE,
    archive_after: timedelta | None = None,
) -> tuple[DraftedCase, Outcome]:
    """The case with its moves and remarks; ``day`` is the civil day of the report, whose rules hold.

    ``archive_after``: a closed case whose closing lies so far back is archived at the moment of the import.
    """
    outcome = Outcome()
    moves = _Choosing(case, rules, around, rules_on, kin, outcome).choose()
    draft = Draft(
        fresh_case_id(case.reported_at), date(day.year, day.month, 1), rules, day, CaseState(), around, salt=next_salt
    )
    people: dict[int, None] = {}
    departments: dict[str, None] = {}
    for order, move in enumerate(moves):
        if move.attempt.verb == "reopen":
            draft.rules_on = _day(move.step.at)
            draft.rules = rules_on(draft.rules_on)
        matter = _matter(case, move, is_first=not order)
        draft.add(_sealed(move.attempt), move.allowed, at=move.step.at, recorded_at=recorded_at, matter=matter)
        _remember(draft.state, people, departments)
    if archive_after is not None and draft.state.stage == "closed" and recorded_at - moves[-1].step.at >= archive_after:
        row = draft.rules.moves["archive_case", "closed"]
        by = f"import:{case.system}"
        draft.add(Attempt("archive_case", by, SYSTEM, civil(recorded_at)), Allowed(row), at=recorded_at,
                  recorded_at=recorded_at)  # fmt: skip
    outcome.made, outcome.stage = draft.version, draft.state.stage
    new = _new_case(case, moves[0], number, day, place, kin)
    return DraftedCase(draft, new, tuple(people), tuple(departments), kin.lead_id), outcome


# ---- which steps are moves -----------------------------------------------------------------------------------------


class _Choosing:
    """Walks the foreign steps over a state of its own and decides of each what it is here."""

    def __init__(
        self,
        case: ToldCase,
        rules: Rulebook,
        around: Surroundings,
        rules_on: Callable[[date], Rulebook],
        kin: Kin,
        outcome: Outcome,
    ) -> None:
        self.case, self.rules, self.around, self.kin, self.outcome = case, rules, around, kin, outcome
        self.rules_on = rules_on
        self.first_rules = rules
        self.barred: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.rules, self.state = self.first_rules, CaseState()
        self.moves: list[_Move] = []
        self.early: list[ToldStep] = []
        for counter in (self.outcome.remarks, self.outcome.bridged, self.outcome.would_refuse):
            counter.clear()

    def choose(self) -> list[_Move]:
        """Every move, the entry first; remarks that come before the entry stand beside it.

        A task that is still out at somebody not known here is no task: the case waits to be sent out again.
        """
        while True:
            for step in self.case.steps:
                self._take(step)
            if not self.moves:
                self._enter_from_case(self.case.reported_at)
            out = self.state.stage in _FIELD_STAGES and not self.state.assignee.isdigit()
            sent = next((m for m in reversed(self.moves) if m.attempt.verb in _SENDING), None) if out else None
            if sent is None:
                self.moves[0].remarks[:0] = self.early
                return self.moves
            self.barred.add(sent.step.order)
            self._begin()

    def _take(self, step: ToldStep) -> None:
        if not self.moves and not self._begins(step):
            if not step.actions:
                self._remark(step, "unknown_action")
                return
            self._enter_from_case(min(self.case.reported_at, step.at))
        reason = "unknown_action"
        made = False
        for order, action in enumerate(step.actions):
            is_bridge = order < len(step.actions) - 1 and action.optional
            failed = self._make(step, action, is_bridge=is_bridge)
            if failed is None:
                made = True
            elif not action.optional:
                reason = failed
                break
            else:
                reason = failed
        if not made or (step.actions and self.moves[-1].step is not step):
            self._remark(step, reason)

    def _begins(self, step: ToldStep) -> bool:
        return any(self._verb(action) in _ENTRIES for action in step.actions)

    def _verb(self, action: Action) -> str:
        return self.rules.entries[self.case.source].entry if action.verb == ENTRY else action.verb

    def _enter_from_case(self, at: datetime) -> None:
        """The report itself, which the other system tells only in the case's own row."""
        verb = "open_child" if self.kin.parent_number else ENTRY
        step = ToldStep("", at, (Action(verb),), "", "", "", {}, "", "")
        failed = self._make(step, step.actions[0], is_bridge=True)
        if failed is not None:
            raise CannotEnter(failed)

    def _remark(self, step: ToldStep, reason: str) -> None:
        self.outcome.remarks[f"{step.name}: {reason}"] += 1
        (self.moves[-1].remarks if self.moves else self.early).append(step)

    def _make(self, step: ToldStep, action: Action, *, is_bridge: bool) -> str | None:
        """Make the move on the walked state; why it cannot be made, or None."""
        verb = self._verb(action)
        if verb in _SENDING and step.order in self.barred:
            return "assignee_unknown"
        if verb == "reopen":
            self.rules = self.rules_on(_day(step.at))
        row = self.rules.moves.get((verb, self.state.stage))
        if row is None:
            return "no_such_move"
        post = step.post or SYSTEM
        by = step.by or f"import:{self.case.system}"
        args = self._arguments(verb, row.args, step, action)
        attempt = Attempt(
            verb, by, post, civil(step.at), args, frozenset(evidence_of(self.case, row.evidence, step)), step.unit
        )
        missing = [name for name in missing_args(row, attempt) if name != "rule"]
        if missing:
            return f"missing {' '.join(missing)}"
        try:
            refused = self._judge(guards_of(row), attempt)
            if refused is not None:
                return refused
            kind = verb.removeprefix("request_")
            tier = (
                tier_for(self.rules, self.state, kind, attempt, self.around).seq
                if (kind in REQUESTS and kind != verb)
                else 0
            )
            state = copy_of(self.state)
            make(self.rules, state, row, attempt, self.around, tier=tier)
        except _UNREADABLE as unreadable:
            return f"unreadable {unreadable!r:.60}"
        self.state = state
        self.moves.append(_Move(step, attempt, Allowed(row, tier), is_bridge))
        if is_bridge:
            self.outcome.bridged[verb] += 1
        return None

    def _judge(self, guards: Sequence[str], attempt: Attempt) -> str | None:
        known = attempt.by.isdigit()
        for name in guards:
            if name in _PERSON_GUARDS and not known:
                continue
            reason = GUARDS[name](self.rules, self.state, attempt, self.around)
            if reason is None:
                continue
            if name in FACT_GUARDS:
                return reason
            if name != "lead_open":  # what was open there then cannot be asked any more
                self.outcome.would_refuse[reason] += 1
        return None

    def _arguments(self, verb: str, names: Sequence[str], step: ToldStep, action: Action) -> dict[str, str]:
        """The move's arguments: told by the step, said by the mapping, or known of the case."""
        known = {
            "source": self.case.source,
            "category": self.case.category,
            "condition_seq": str(self.case.condition),
            "external_no": self.case.external_no,
            "parent": self.kin.parent_number,
            "lead_case": self.kin.lead_number,
            "assignee": f"import:{self.case.system}",
            "reason": step.note or step.name,
            "text": step.note or step.name,
            "question": step.note or step.name,
            "body": step.note or step.name,
        }
        args: dict[str, str] = {}
        for told in names:
            name = told.rstrip("?")
            value = action.args.get(name) or step.args.get(name)
            if not value and told[-1] != "?":
                value = known.get(name, "")
            if value:
                args[name] = moment_text(value) if name == "until" else value
        if verb in _ENTRIES and verb != "open_child":
            args["external_no"] = self.case.external_no
            if self.case.category:
                args.setdefault("category", self.case.category)
            args["source"] = self.case.source
        if step.note and step.note not in args.values():
            args["note"] = step.note
        return args


_FIELD_STAGES = frozenset({"verifying", "inspecting"})
_SENDING = frozenset({"send_verification", "send_inspection"})
_ENTRIES = frozenset({"report", "register_report", "receive_report", "report_self_handled", "open_child"})


class CannotEnter(ValueError):
    """No entry of the table fits the case; the text is the reason."""


def moment_text(value: str) -> str:
    """A moment as the table of moves takes it; ValueError where it is none."""
    moment(value)
    return value


def evidence_of(case: ToldCase, needed: Sequence[str], step: ToldStep) -> dict[str, Any]:
    """What the move shows: pictures that came along, the place, and for the rest that it lies in the other system."""
    evidence: dict[str, Any] = {}
    for kind, photo, digest in step.photos:
        if photo:
            evidence.setdefault(kind, []).append([photo, digest])
    for kind, photo, path in step.photos:
        if not photo and kind not in evidence:
            evidence[kind] = {"foreign": path}
    for kind in needed:
        if kind not in evidence:
            evidence[kind] = _lying_there(case, kind)
    return evidence


def _lying_there(case: ToldCase, kind: str) -> Any:
    if kind == "location":
        if case.lon is None:
            return {"address_only": True}
        return {"lon": case.lon, "lat": case.lat, "system": case.given_system}
    return True if kind == "description" else {"foreign": case.key}


# ---- what is written ----------------------------------------------------------------------------------------------


def _matter(case: ToldCase, move: _Move, *, is_first: bool) -> StepMatter:
    foreign: dict[str, Any] = {}
    words: dict[str, str] = {}
    evidence = evidence_of(case, sorted(move.attempt.evidence), move.step) if move.attempt.evidence else {}
    if is_first:
        foreign |= {"system": case.system, "key": case.key, **case.told}
        if move.attempt.verb != "open_child":
            spoken = {
                "description": case.description, "address": case.address, "reporter_name": case.reporter_name,
                "reporter_phone": case.reporter_phone,
            }  # fmt: skip
            words |= {name: text for name, text in spoken.items() if text}
    if move.step.name:
        foreign["step"] = move.step.name
    if move.is_bridge:
        foreign["bridge"] = True
    if move.remarks:
        foreign["remarks"] = [
            {"step": step.name, "at": step.at.isoformat(), **({"by": step.by} if step.by else {})}
            for step in move.remarks
        ]
        notes = [f"{step.name}：{step.note}" for step in move.remarks if step.note]
        if notes:
            words["remarks"] = "\n".join(notes)
    private = {name: move.attempt.args[name] for name in move.attempt.args if _is_private(move.attempt, name)}
    return StepMatter(evidence, {**words, **private}, {"foreign": foreign} if foreign else {})


def _sealed(attempt: Attempt) -> Attempt:
    """The attempt with a citizen's own words left out of its arguments: they stand apart."""
    if not any(_is_private(attempt, name) for name in attempt.args):
        return attempt
    return attempt._replace(
        args={name: "(sealed)" if _is_private(attempt, name) else text for name, text in attempt.args.items()}
    )


def _is_private(attempt: Attempt, name: str) -> bool:
    return attempt.post == "reporter" and (attempt.verb, name) in PRIVATE_ARGS


def _remember(state: CaseState, people: dict[int, None], departments: dict[str, None]) -> None:
    if state.assignee.isdigit():
        people[int(state.assignee)] = None
    for unit in (state.unit, state.inner.unit if state.inner is not None else ""):
        if unit:
            departments[unit] = None


def _new_case(case: ToldCase, entry: _Move, number: str, day: date, place: Place, kin: Kin) -> NewCase:
    x, y = case.given or (case.lon, case.lat)
    by = entry.attempt.by
    return NewCase(
        source=case.source,
        entry=entry.attempt.verb,
        district_code=place.district or "",
        grid_code=place.responsibility_grid or "",
        reporter_id=int(by) if by.isdigit() else None,
        # a child was reported when its parent was
        reported_at=case.reported_at if entry.attempt.verb == "open_child" else entry.step.at,
        day=day,
        external_no=case.external_no,
        parent_id=kin.parent_id,
        number=number,
        matter=Matter(
            description=case.description,
            address=case.address,
            lon=case.lon,
            lat=case.lat,
            given_system=case.given_system if case.lon is not None else "",
            given_x=x,
            given_y=y,
            component=case.component,
            unit_grid_code=place.unit_grid or "",
            street_code=place.street or "",
            community_code=place.community or "",
        ),
    )


def _day(at: datetime) -> date:
    return (at + timedelta(hours=8)).date()
