"""The guards of the table of moves: each answers the reason a move is refused for, or None when it may go on.

Guards see the case as it stands at the attempt's moment (a suspension whose end has passed is over). An argument
that is absent makes a guard pass: the missing argument is the later answer.
"""

from __future__ import annotations

from collections.abc import Callable

from wangge.domains.cases.logic import clocks, conditions
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.moments import a_year_after, moment
from wangge.domains.cases.logic.narrowing import SYSTEM, follows_act, next_endorser
from wangge.domains.cases.logic.rulebook import Length, Rulebook, UnknownUnit
from wangge.domains.cases.logic.state import CaseState

Guard = Callable[[Rulebook, CaseState, Attempt, Surroundings], str | None]

CLOSED_STAGES = ("closed", "archived")
FIRST_JUDGES = {"at_dispatcher": "dispatcher", "at_evaluator": "evaluator"}
SECOND_JUDGES = {"at_acceptor": "acceptor", "at_centre_leader": "centre_leader"}


def _refuse(refused: bool, reason: str) -> str | None:
    return reason if refused else None


# ---- the same person 同一人回避 --------------------------------------------------------------------------------


def not_reporter(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(a.by == s.entry_by, "same_person")


def not_handler(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(a.by in s.hands, "same_person")


def not_requester(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.request is not None and (a.by == s.request.by or a.by in s.request.signers), "same_person")


def not_same_closer(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    rule = r.settings["not_same_closer"]
    applies = rule == "on" or (rule != "off" and shift_at(r, a.at) in rule.split())
    return _refuse(applies and a.by == s.filer, "same_person")


def shift_at(r: Rulebook, at: int) -> str:
    """The shift of a moment by the setting ``shifts`` (name and span, repeated), or empty."""
    words = r.settings["shifts"].split()
    return next((name for name, span in zip(words[::2], words[1::2], strict=True) if conditions.in_span(at, span)), "")


def not_author(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    judged = s.appeal is not None and s.appeal.first_judge == a.by
    return _refuse(r.settings["appeal_judges"] == "evaluation" and (a.by in s.authors or judged), "same_person")


# ---- whose case it is ------------------------------------------------------------------------------------------


def is_assignee(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(a.by != s.assignee, "not_assignee")


def is_department(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(not a.unit or a.unit != s.unit, "wrong_department")


def is_inner(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.inner is None or s.inner.status != "out" or a.unit != s.inner.unit, "wrong_department")


def is_unit_or_desk(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    inner = s.inner.unit if s.inner is not None else ""
    return _refuse(a.post != "acceptor" and (not a.unit or a.unit not in (s.unit, inner)), "wrong_department")


def own_if_unit(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return is_department(r, s, a, w) if a.post in ("department", "district_dispatcher") else None


# ---- suspension, postponement, deadline ------------------------------------------------------------------------


def not_suspended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(bool(s.suspended_until or s.postponed_until), "suspended")


def is_suspended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _ending(s.suspended_until, a)


def is_postponed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _ending(s.postponed_until, a)


def _ending(until: int, a: Attempt) -> str | None:
    if not until:
        return "not_suspended"
    return _refuse(a.post == SYSTEM and a.at < until, "suspended")


def not_overdue(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(clocks.handling_used(r, s, a.at) > s.handling.allowance, "overdue")


def handled_in_time(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(not conditions.on_time(s), "handled_late")


def until_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("until"):
        return None
    until = moment(a.args["until"])
    if until <= a.at:
        return "bad_argument"
    return _refuse(until > _latest_end(r, a.at), "too_long")


def _latest_end(r: Rulebook, at: int) -> int:
    value = r.settings["suspension_max"]
    if value == "1 year":
        return a_year_after(at)
    length = r.length(value)
    return r.clock(length.clock).due(at, length.minutes)


def until_ahead(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.request is not None and s.request.until <= a.at, "bad_argument")


def amount_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("amount"):
        return None
    amount = _same_kind(r, s, a.args["amount"])
    if amount is None:
        return "bad_argument"
    return _refuse(amount.minutes > _largest_extension(r, s), "too_long")


def _largest_extension(r: Rulebook, s: CaseState) -> int:
    value = r.settings["extension_max"]
    return s.handling.base if value == "original allowance" else int(value)


def inner_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("inner_limit"):
        return None
    amount = _same_kind(r, s, a.args["inner_limit"])
    if amount is None:
        return "bad_argument"
    return _refuse(amount.minutes > s.handling.allowance - clocks.handling_used(r, s, a.at), "too_long")


def _same_kind(r: Rulebook, s: CaseState, text: str) -> Length | None:
    """The amount on the handling clock's own kind of clock and above 0, else None."""
    try:
        amount = r.length(text)
    except UnknownUnit:
        return None
    return amount if amount.clock == r.units[s.limit_unit][0] and amount.minutes > 0 else None


# ---- numbers used up -------------------------------------------------------------------------------------------


def _left(used: int, r: Rulebook, setting: str) -> str | None:
    return _refuse(used >= r.number(setting), "limit_reached")


def extensions_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _left(s.extensions, r, "max_extensions")


def suspension_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _left(s.suspensions, r, "max_suspensions")


def postponement_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _left(s.postponements, r, "max_postponements")


def rating_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _left(s.ratings, r, "max_ratings")


def questions_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _left(s.questions, r, "max_questions")


def returns_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.ruled or s.returns >= r.number("max_returns"), "return_right_ended")


def first_round(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.rework > 0, "return_right_ended")


def ruling_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.ruled or s.returns < r.number("max_returns"), "ruling_not_open")


def no_rework(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.rework > 0, "reworked")


# ---- requests and questions ------------------------------------------------------------------------------------


def none_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.request is not None or s.question is not None, "request_pending")


def only_reopen_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    other = s.request is not None and s.request.kind != "reopen"
    return _refuse(other or s.question is not None, "request_pending")


def _pending(kind: str) -> Guard:
    def guard(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
        return _refuse(s.request is None or s.request.kind != kind, "no_request")

    return guard


def any_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.request is None, "no_request")


def endorsed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.request is not None and next_endorser(r, s) is not None, "not_endorsed")


def question_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.question is None, "no_request")


def why_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(bool(a.args.get("why")) and a.args["why"] not in r.ask_reasons, "bad_argument")


# ---- classes, sources, leads -----------------------------------------------------------------------------------


def condition_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    category, condition = a.args.get("category"), a.args.get("condition_seq")
    if not category:
        return None
    if category not in r.categories:
        return "bad_argument"
    known = not condition or (condition.isdecimal() and condition.isascii() and (category, int(condition)) in r.limits)
    return _refuse(not known, "bad_argument")


def quick_listed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse((a.args.get("category") or s.category) not in r.quick_list, "not_on_quick_list")


def source_is_collector(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.source != "collector", "wrong_source")


def has_citizen(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(r.entries[s.source].reporter_kind != "citizen", "wrong_source")


def verified_if_public(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not r.entries[s.source].needs_verification or s.verification == "true":
        return None
    return "verification_false" if s.verification else "needs_verification"


def lead_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    lead = a.args.get("lead_case")
    return _refuse(bool(lead) and not w.lead_is_open(str(lead)), "bad_lead")


# ---- pressure --------------------------------------------------------------------------------------------------


def level_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    ladder = "urge" if a.verb == "urge" else "supervision"
    level = a.args.get("level")
    return _refuse(bool(level) and (ladder, str(level)) not in r.ladders, "bad_argument")


def under_supervision(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.supervision is None, "not_supervised")


# ---- appeals, rating, exclusion --------------------------------------------------------------------------------


def appeal_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    kind = r.appeal_kinds.get(a.args.get("kind") or "late")
    if kind is None:
        return "bad_argument"
    if not kind.open_case and s.stage not in CLOSED_STAGES:
        return "kind_not_open"
    if kind.kind == "late" and conditions.on_time(s):
        return "not_overdue"
    return _refuse(kind.needs == "reworked" and s.rework == 0, "not_reworked")


def appeal_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse((a.args.get("kind") or "late") in s.appealed, "limit_reached")


def appeal_window(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    window = r.settings["appeal_window"]
    if window == "none" or s.stage not in CLOSED_STAGES:
        return None
    return _refuse(_after_closing(r, s, a, window), "window_passed")


def _after_closing(r: Rulebook, s: CaseState, a: Attempt, window: str) -> bool:
    length = r.length(window)
    return r.clock(length.clock, s.calendar).counted_between(s.closed_at, a.at) > length.minutes


def no_open_appeal(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.appeal is not None and s.appeal.status.startswith("at_"), "request_pending")


def appeal_at_first(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.appeal is None or s.appeal.status not in FIRST_JUDGES, "no_request")


def appeal_at_second(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.appeal is None or s.appeal.status not in SECOND_JUDGES, "no_request")


def appeal_at_reviewer(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    reviewer = (FIRST_JUDGES | SECOND_JUDGES).get(s.appeal.status) if s.appeal is not None else None
    return _refuse(reviewer != a.post, "no_request")


def rating_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(_after_closing(r, s, a, r.settings["rating_window"]), "window_passed")


def grade_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(bool(a.args.get("grade")) and a.args["grade"] not in r.rating_grades, "bad_argument")


def answer_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    known = ("satisfied", "unsatisfied", "unreachable")
    return _refuse(bool(a.args.get("answer")) and a.args["answer"] not in known, "bad_argument")


def unsatisfied(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    rated_down = bool(s.grade) and s.grade not in r.rating_satisfied
    return _refuse(not rated_down and s.call_back != "unsatisfied", "not_unsatisfied")


def not_excluded(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.excluded, "excluded")


def is_excluded(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(not s.excluded, "not_excluded")


# ---- inside a district -----------------------------------------------------------------------------------------


def level_on(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(r.settings["district_level"] != "on" or not w.is_district(s.unit), "level_off")


def _inner(s: CaseState) -> str:
    return s.inner.status if s.inner is not None else ""


def inner_done(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(_inner(s) == "out", "inner_open")


def inner_waiting(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(_inner(s) != "waiting", "inner_open")


def inner_out(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(_inner(s) != "out", "inner_not_open")


def inner_reported(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(_inner(s) != "reported", "inner_not_open")


# ---- outside bodies, children ----------------------------------------------------------------------------------


def result_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(bool(a.args.get("result")) and a.args["result"] not in ("done", "refused"), "bad_argument")


def outside_done(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(s.outside != "done", "outside_not_done")


def two_units(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    named = a.args.get("departments")
    return _refuse(bool(named) and len(set(str(named).split())) < 2, "bad_argument")


def child_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    child = a.args.get("child")
    return _refuse(bool(child) and (child not in s.children or child in s.children_ended), "bad_argument")


def child_ended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    child = a.args.get("child")
    return _refuse(bool(child) and child not in s.children_ended, "bad_argument")


def children_closed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _refuse(len(s.children_ended) < len(s.children), "children_open")


# ---- rules of the system and composite acts --------------------------------------------------------------------


def rule_allows(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if a.post != SYSTEM or not a.args.get("rule"):
        return None
    rows = r.automations.get((a.verb, s.stage), ())
    rule = next((row for row in rows if row.name == a.args["rule"]), None)
    if rule is None or not conditions.holds(rule.condition, r, s, a, w):
        return "rule_forbids"
    drawn = rule.second_look == "before" and w.drawn(rule.name, rule.second_look_percent, s.cycle)
    return _refuse(drawn, "rule_forbids")


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
    return _refuse(not conditions.holds(act.condition, r, s, a, w), "rule_forbids")


def _required(r: Rulebook, verb: str) -> tuple[str, ...]:
    return r.rows_of[verb][0].required_args if verb in r.rows_of else ()


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        not_reporter,
        not_handler,
        not_requester,
        not_same_closer,
        not_author,
        is_assignee,
        is_department,
        is_inner,
        is_unit_or_desk,
        own_if_unit,
        not_suspended,
        is_suspended,
        is_postponed,
        not_overdue,
        handled_in_time,
        until_fits,
        until_ahead,
        amount_fits,
        inner_fits,
        extensions_left,
        suspension_left,
        postponement_left,
        rating_left,
        questions_left,
        returns_left,
        first_round,
        ruling_open,
        no_rework,
        none_pending,
        only_reopen_pending,
        any_pending,
        endorsed,
        question_open,
        why_known,
        condition_known,
        quick_listed,
        source_is_collector,
        has_citizen,
        verified_if_public,
        lead_open,
        level_known,
        under_supervision,
        appeal_fits,
        appeal_left,
        appeal_window,
        no_open_appeal,
        appeal_at_first,
        appeal_at_second,
        appeal_at_reviewer,
        rating_open,
        grade_known,
        answer_known,
        unsatisfied,
        not_excluded,
        is_excluded,
        level_on,
        inner_done,
        inner_waiting,
        inner_out,
        inner_reported,
        result_known,
        outside_done,
        two_units,
        child_known,
        child_ended,
        children_closed,
        rule_allows,
        act_allows,
    )
}
GUARDS |= {f"pending_{kind}": _pending(kind) for kind in ("void", "extension", "suspension", "postponement", "reopen")}
