"""Guards about who acts: not the same person on both sides, and whose case or task it is."""

from __future__ import annotations

from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import named, refuse
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState


def not_reporter(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(a.by == s.entry_by, "same_person")


def not_handler(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(a.by in s.hands, "same_person")


def not_requester(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.request is not None and (a.by == s.request.by or a.by in s.request.signers), "same_person")


def not_same_closer(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    rule = r.settings["not_same_closer"]
    applies = rule == "on" or (rule != "off" and shift_at(r, a.at) in rule.split())
    return refuse(applies and a.by == s.filer, "same_person")


def shift_at(r: Rulebook, at: int) -> str:
    """The shift of a moment by the setting ``shifts`` (name and span, repeated), or empty."""
    words = r.settings["shifts"].split()
    return next((name for name, span in zip(words[::2], words[1::2], strict=True) if conditions.in_span(at, span)), "")


def not_author(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    """Who filed the appeal never judges it; before the evaluation section neither do the authors of what is judged."""
    if s.appellant == a.by:
        return "same_person"
    judged = s.appeal is not None and s.appeal.first_judge == a.by
    return refuse(r.settings["appeal_judges"] == "evaluation" and (a.by in s.authors or judged), "same_person")


def is_assignee(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(a.by != s.assignee, "not_assignee")


def is_department(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(not a.unit or a.unit != s.unit, "wrong_department")


def is_inner(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.inner is None or s.inner.status != "out" or a.unit != s.inner.unit, "wrong_department")


def is_unit_or_desk(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    inner = s.inner.unit if s.inner is not None else ""
    return refuse(a.post != "acceptor" and (not a.unit or a.unit not in (s.unit, inner)), "wrong_department")


def own_if_unit(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return is_department(r, s, a, w) if a.post in ("department", "district_dispatcher") else None


GUARDS = named(
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
)
