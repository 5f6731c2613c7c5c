"""What each verb means for a case beyond its stage and clocks: who holds it, what is open on it, what it counts."""

from __future__ import annotations

from collections.abc import Callable

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import Act, Appeal, CaseState, Question, Request, Supervision

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
    s.closed_at, s.closed_by, s.calendar, s.unit, s.appellant = 0, "", "", "", ""


def open_request(rules: Rulebook, state: CaseState, attempt: Attempt, tier: int) -> None:
    """What a unit asks for, at the tier that decides on it."""
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
        reply_by = w.told_end() or r.clock(length.clock, s.calendar).due(a.at, length.minutes)
    s.supervision = Supervision(level, reply_by)


def _supervision_answered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    assert s.supervision is not None
    s.supervision.answered = True


def _supervision_lifted(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.supervision = None


def _asked(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    wait = r.length(r.settings["question_wait"])
    why = r.ask_reasons[a.args["why"]]
    until = w.told_end() or r.clock(wait.clock, s.calendar).due(a.at, wait.minutes)
    s.question = Question(why.why, until, why.pauses_handling and s.stage == "handling")
    s.questions += 1


def _answered(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    s.question = None


def _appealed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> None:
    kind = a.args.get("kind") or "late"
    s.appeal = Appeal(kind, "at_dispatcher" if r.settings["appeal_judges"] == "desk" else "at_evaluator")
    s.appealed.append(kind)
    s.appellant = a.by


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


BEFORE: dict[str, Effect] = {
    "report": _entered, "register_report": _entered, "receive_report": _entered, "report_self_handled": _entered,
    "open_child": _child_opened, "file_case": _filed, "accept": _accepted, "quick_dispatch": _filed,
    "reopen": _reopened,
}  # fmt: skip
AFTER: dict[str, Effect] = {
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
