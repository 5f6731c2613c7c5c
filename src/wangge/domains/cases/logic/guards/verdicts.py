"""Guards about appeals, the citizen's rating, and the exclusion list."""

from __future__ import annotations

from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import named, refuse
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState

CLOSED_STAGES = ("closed", "archived")
FIRST_JUDGES = {"at_dispatcher": "dispatcher", "at_evaluator": "evaluator"}
SECOND_JUDGES = {"at_acceptor": "acceptor", "at_centre_leader": "centre_leader"}


def appeal_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    kind = r.appeal_kinds.get(a.args.get("kind") or "late")
    if kind is None:
        return "bad_argument"
    if not kind.open_case and s.stage not in CLOSED_STAGES:
        return "kind_not_open"
    if kind.kind == "late" and conditions.on_time(s):
        return "not_overdue"
    return refuse(kind.needs == "reworked" and s.rework == 0, "not_reworked")


def appeal_left(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse((a.args.get("kind") or "late") in s.appealed, "limit_reached")


def appeal_window(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    window = r.settings["appeal_window"]
    if window == "none" or s.stage not in CLOSED_STAGES:
        return None
    return refuse(_after_closing(r, s, a, window), "window_passed")


def _after_closing(r: Rulebook, s: CaseState, a: Attempt, window: str) -> bool:
    length = r.length(window)
    return r.clock(length.clock, s.calendar).counted_between(s.closed_at, a.at) > length.minutes


def no_open_appeal(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.appeal is not None and s.appeal.status.startswith("at_"), "request_pending")


def appeal_at_first(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.appeal is None or s.appeal.status not in FIRST_JUDGES, "no_request")


def appeal_at_second(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.appeal is None or s.appeal.status not in SECOND_JUDGES, "no_request")


def appeal_at_reviewer(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    reviewer = (FIRST_JUDGES | SECOND_JUDGES).get(s.appeal.status) if s.appeal is not None else None
    return refuse(reviewer != a.post, "no_request")


def rating_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(_after_closing(r, s, a, r.settings["rating_window"]), "window_passed")


def grade_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(bool(a.args.get("grade")) and a.args["grade"] not in r.rating_grades, "bad_argument")


def answer_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    known = ("satisfied", "unsatisfied", "unreachable")
    return refuse(bool(a.args.get("answer")) and a.args["answer"] not in known, "bad_argument")


def unsatisfied(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    rated_down = bool(s.grade) and s.grade not in r.rating_satisfied
    return refuse(not rated_down and s.call_back != "unsatisfied", "not_unsatisfied")


def not_excluded(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.excluded, "excluded")


def is_excluded(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(not s.excluded, "not_excluded")


GUARDS = named(
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
)
