"""What a move does to a case: clocks by the row's operations, the rest by its verb.

``make`` changes the state in place. It judges nothing: a replay of recorded steps and a move just allowed go the
same way, and both leave the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import (
    IDLE,
    PAUSED,
    STOPPED,
    Act,
    Appeal,
    CaseState,
    HandlingClock,
    InnerClock,
    Question,
    Request,
    StageClock,
    Supervision,
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
    before = _BEFORE.get(row.verb)
    if before is not None:
        before(rules, state, attempt, surroundings)
    if row.verb in DESK_VERBS_OF_DISPATCH and attempt.args["department"] != state.unit:
        state.calendar = surroundings.calendar_of(attempt.args["department"])
    for operation, clock in row.clock_ops:
        _clock_operation(rules, state, attempt, made, operation, clock)
    if row.to_stage != state.stage:
        _enter(rules, state, row, attempt, surroundings)
    after = _AFTER.get(row.verb)
    if after is not None:
        after(rules, state, attempt, surroundings)
    if row.verb.startswith("request_") and row.verb != "request_ruling":
        _open_request(rules, state, attempt, tier)
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


# ---- verbs -----------------------------------------------------------------------------------------------------

Effect = Callable[[Rulebook, CaseState, Attempt, Surroundings], None]


def _entered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.entry, s.entry_by, s.reported_at = a.verb, a.by, a.at
    s.source = a.args.get("source") or "collector"
    s.category = a.args.get("category", "")


def _child_opened(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    _entered(r, s, a, w)
    s.parent = a.args["parent"]
    _fix_limit(r, s, a)


def _verification_sent(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.assignee = a.args["assignee"]


def _verification_replied(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.verification = "true" if a.args["result"] == "true" else "false"
    s.assignee = ""


def _task_over(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.assignee = ""


def _accepted(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.category = a.args["category"]
    if a.args.get("act"):
        s.act = Act(a.args["act"], a.by, a.at, {name: value for name, value in a.args.items() if name != "note"})


def _fix_limit(r: Rulebook, s: CaseState, a: Attempt) -> None:
    """The class, filing condition and allowance of the cycle; they keep the edition they were filed under."""
    s.category, s.condition_seq = a.args["category"], int(a.args["condition_seq"])
    limit = r.limits[s.category, s.condition_seq]
    s.limit_value, s.limit_unit, s.limit_edition = limit.value, limit.unit, limit.edition
    if not s.filed_at:
        s.filed_at = a.at


def _filed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    _fix_limit(r, s, a)
    s.filer = a.by


def _dispatched(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.unit = a.args["department"]
    s.outside = ""
    if s.unit not in s.units:
        s.units.append(s.unit)
    if s.act is not None and a.verb == "dispatch":
        s.act = None


def _ruled(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    _dispatched(r, s, a, w)
    s.ruled = True


def _sent_back(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.returns += 1


def _hand(s: CaseState, person: str) -> None:
    if person and person not in s.hands:
        s.hands.append(person)


def _handler_assigned(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.handler = a.args["handler"]
    _hand(s, a.by)
    _hand(s, s.handler)


def _handled(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    _hand(s, a.by)


def _self_handled_closed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.filed_at = s.filed_at or (a.at if r.settings["self_handled_counts_as_filed"] == "yes" else 0)


def _called_back(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.call_back = a.args["answer"]


def _rated(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.grade = a.args["grade"]
    s.ratings += 1


def _reopened(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    """A new cycle: it starts with nothing open but the exclusion and the children; counts per cycle start at 0."""
    s.cycle += 1
    s.rework = s.returns = s.extensions = s.suspensions = s.postponements = s.questions = s.ratings = 0
    s.ruled = False
    s.units, s.readings, s.hands, s.authors = [], [], [], []
    s.appealed, s.granted, s.appeal = [], [], None
    s.grade = s.call_back = s.handler = s.outside = s.filer = s.assignee = ""
    s.closed_at, s.closed_by, s.calendar, s.unit = 0, "", "", ""


def _open_request(rules: Rulebook, state: CaseState, attempt: Attempt, tier: int) -> None:
    args = attempt.args
    state.request = Request(
        kind=attempt.verb.removeprefix("request_"),
        by=attempt.by,
        at=attempt.at,
        tier=tier,
        amount=rules.length(args["amount"]).minutes if args.get("amount") else 0,
        until=moment(args["until"]) if args.get("until") else 0,
    )


def _request_over(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.request = None


def _endorsed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.request is not None
    s.request.signed.append(a.post)
    s.request.signers.append(a.by)


def _suspended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.request is not None
    s.suspended_until, s.request = s.request.until, None
    s.suspensions += 1


def _postponed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.request is not None
    s.postponed_until, s.request = s.request.until, None
    s.postponements += 1


def _resumed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.suspended_until = s.postponed_until = 0


def _supervised(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    level = a.args.get("level", "")
    reply_by = moment(a.args["reply_by"]) if a.args.get("reply_by") else 0
    if level and not reply_by:
        length = r.length(r.ladders["supervision", level].answer_within)
        reply_by = r.clock(length.clock, s.calendar).due(a.at, length.minutes)
    s.supervision = Supervision(level, reply_by)


def _supervision_answered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.supervision is not None
    s.supervision.answered = True


def _supervision_lifted(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.supervision = None


def _asked(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    wait = r.length(r.settings["question_wait"])
    why = r.ask_reasons[a.args["why"]]
    until = r.clock(wait.clock, s.calendar).due(a.at, wait.minutes)
    s.question = Question(why.why, until, why.pauses_handling and s.stage == "handling")
    s.questions += 1


def _answered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.question = None


def _appealed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    kind = a.args.get("kind") or "late"
    s.appeal = Appeal(kind, "at_dispatcher" if r.settings["appeal_judges"] == "desk" else "at_evaluator")
    s.appealed.append(kind)


def _appeal_endorsed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.appeal is not None
    s.appeal.first_judge = a.by
    s.appeal.status = "at_acceptor" if s.appeal.status == "at_dispatcher" else "at_centre_leader"


def _appeal_granted(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.appeal is not None
    s.appeal.status = "granted"
    s.granted.append(s.appeal.kind)


def _appeal_dismissed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.appeal is not None
    s.appeal.status = "dismissed"


def _excluded(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.excluded = a.verb == "exclude_from_scoring"


def _outside_answered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.outside = a.args["result"]


def _sent_outside(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.outside = ""


def _split(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    """Children are known by their order (1, 2 …); their numbers are the parent's with that order behind."""
    s.children = [f"child-{n}" for n in range(1, len(dict.fromkeys(a.args["departments"].split())) + 1)]
    s.children_ended = []


def _child_closed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.children_ended.append(a.args["child"])


def _child_reopened(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.children_ended.remove(a.args["child"])


def _merged(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.lead_case = a.args["lead_case"] if a.verb == "merge" else ""


_BEFORE: dict[str, Effect] = {
    "report": _entered, "register_report": _entered, "receive_report": _entered, "report_self_handled": _entered,
    "open_child": _child_opened, "file_case": _filed, "accept": _accepted, "quick_dispatch": _filed,
    "reopen": _reopened,
}  # fmt: skip
_AFTER: dict[str, Effect] = {
    "confirm_self_handled": _self_handled_closed, "send_verification": _verification_sent,
    "reply_verification": _verification_replied, "recall_verification": _task_over, "dispatch": _dispatched,
    "quick_dispatch": _dispatched, "redispatch": _dispatched, "rule_department": _ruled, "send_back": _sent_back,
    "assign_handler": _handler_assigned, "report_handled": _handled, "district_report_handled": _handled,
    "district_dispatch": _handled, "send_inspection": _verification_sent, "pass_inspection": _task_over,
    "fail_inspection": _task_over, "recall_inspection": _task_over, "call_back": _called_back, "rate": _rated,
    "approve_extension": _request_over, "refuse_extension": _request_over, "refuse_suspension": _request_over,
    "refuse_postponement": _request_over, "refuse_void": _request_over, "refuse_reopen": _request_over,
    "endorse_request": _endorsed, "approve_suspension": _suspended, "approve_postponement": _postponed,
    "resume_suspended": _resumed, "resume_postponed": _resumed, "supervise": _supervised,
    "reply_supervision": _supervision_answered, "lift_supervision": _supervision_lifted, "ask_reporter": _asked,
    "reporter_answered": _answered, "file_appeal": _appealed, "endorse_appeal": _appeal_endorsed,
    "grant_appeal": _appeal_granted, "dismiss_appeal": _appeal_dismissed, "exclude_from_scoring": _excluded,
    "lift_exclusion": _excluded, "outside_answered": _outside_answered, "forward_outside": _sent_outside,
    "split": _split, "child_closed": _child_closed, "child_reopened": _child_reopened, "merge": _merged,
    "unmerge": _merged,
}  # fmt: skip
