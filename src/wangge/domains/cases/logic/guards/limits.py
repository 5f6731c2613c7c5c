"""Guards about time and number: suspension, deadline, amounts, and what is used up."""

from __future__ import annotations

from wangge.domains.cases.logic import clocks, conditions
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import named, refuse
from wangge.domains.cases.logic.moments import a_year_after, moment
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Length, Rulebook, UnknownUnit
from wangge.domains.cases.logic.state import CaseState


def not_suspended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(bool(s.suspended_until or s.postponed_until), "suspended")


def is_suspended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _ending(s.suspended_until, a)


def is_postponed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return _ending(s.postponed_until, a)


def _ending(until: int, a: Attempt) -> str | None:
    if not until:
        return "not_suspended"
    return refuse(a.post == SYSTEM and a.at < until, "suspended")


def not_overdue(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(clocks.handling_used(r, s, a.at) > s.handling.allowance, "overdue")


def handled_in_time(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(not conditions.on_time(s), "handled_late")


def until_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("until"):
        return None
    until = moment(a.args["until"])
    if until <= a.at:
        return "bad_argument"
    return refuse(until > _latest_end(r, a.at), "too_long")


def _latest_end(r: Rulebook, at: int) -> int:
    value = r.settings["suspension_max"]
    if value == "1 year":
        return a_year_after(at)
    length = r.length(value)
    return r.clock(length.clock).due(at, length.minutes)


def until_ahead(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.request is not None and s.request.until <= a.at, "bad_argument")


def amount_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("amount"):
        return None
    amount = _same_kind(r, s, a.args["amount"])
    if amount is None:
        return "bad_argument"
    return refuse(amount.minutes > _largest_extension(r, s), "too_long")


def _largest_extension(r: Rulebook, s: CaseState) -> int:
    value = r.settings["extension_max"]
    return s.handling.base if value == "original allowance" else int(value)


def inner_fits(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not a.args.get("inner_limit"):
        return None
    amount = _same_kind(r, s, a.args["inner_limit"])
    if amount is None:
        return "bad_argument"
    return refuse(amount.minutes > s.handling.allowance - clocks.handling_used(r, s, a.at), "too_long")


def _same_kind(r: Rulebook, s: CaseState, text: str) -> Length | None:
    """The amount on the handling clock's own kind of clock and above 0, else None."""
    try:
        amount = r.length(text)
    except UnknownUnit:
        return None
    return amount if amount.clock == r.units[s.limit_unit][0] and amount.minutes > 0 else None


def _left(used: int, r: Rulebook, setting: str) -> str | None:
    return refuse(used >= r.number(setting), "limit_reached")


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
    return refuse(s.ruled or s.returns >= r.number("max_returns"), "return_right_ended")


def first_round(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.rework > 0, "return_right_ended")


def ruling_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.ruled or s.returns < r.number("max_returns"), "ruling_not_open")


def no_rework(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.rework > 0, "reworked")


GUARDS = named(
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
)
