"""Guards inside a district, about bodies outside, and about parent and children."""

from __future__ import annotations

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import named, refuse
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState


def level_on(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(r.settings["district_level"] != "on" or not w.is_district(s.unit), "level_off")


def _inner(s: CaseState) -> str:
    return s.inner.status if s.inner is not None else ""


def inner_done(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(_inner(s) == "out", "inner_open")


def inner_waiting(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(_inner(s) != "waiting", "inner_open")


def inner_out(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(_inner(s) != "out", "inner_not_open")


def inner_reported(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(_inner(s) != "reported", "inner_not_open")


def result_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    given = a.args.get("result")
    return refuse(bool(given) and given not in _RESULTS[a.verb], "bad_argument")


_RESULTS = {"outside_answered": ("done", "refused"), "reply_verification": ("true", "false")}


def outside_done(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.outside != "done", "outside_not_done")


def two_units(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    named = a.args.get("departments")
    return refuse(bool(named) and len(set(str(named).split())) < 2, "bad_argument")


def child_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    child = a.args.get("child")
    return refuse(bool(child) and (child not in s.children or child in s.children_ended), "bad_argument")


def child_ended(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    child = a.args.get("child")
    return refuse(bool(child) and child not in s.children_ended, "bad_argument")


def children_closed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(len(s.children_ended) < len(s.children), "children_open")


GUARDS = named(
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
)
