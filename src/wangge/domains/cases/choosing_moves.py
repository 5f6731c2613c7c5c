"""Which foreign steps are moves here, and which stay remarks (docs/decisions/full-history.md); pure.

What the table of moves has at the stage the case stands in is made at the step's own moment. Guards about facts decide;
guards about persons and limits do not bind what happened elsewhere: where they would have refused, it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Surroundings
from wangge.domains.cases.logic.effects import make
from wangge.domains.cases.logic.guards import GUARDS
from wangge.domains.cases.logic.judging import REQUESTS, guards_of, missing_args, tier_for
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook, UnknownUnit
from wangge.domains.cases.logic.state import CaseState, copy_of
from wangge.domains.cases.told_history import ENTRY, Action, Kin, ToldCase, ToldStep, day_of

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
class Move:
    """A foreign step as the move it becomes, with the remarks that stand beside it."""

    step: ToldStep
    attempt: Attempt
    allowed: Allowed
    is_bridge: bool
    remarks: list[ToldStep] = field(default_factory=list)


class Choosing:
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
        self.moves: list[Move] = []
        self.early: list[ToldStep] = []
        for counter in (self.outcome.remarks, self.outcome.bridged, self.outcome.would_refuse):
            counter.clear()

    def choose(self) -> list[Move]:
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
            self.rules = self.rules_on(day_of(step.at))
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
        self.moves.append(Move(step, attempt, Allowed(row, tier), is_bridge))
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
