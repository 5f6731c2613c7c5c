"""Guards about what lies open on a case, what it is about, and pressure on it."""

from __future__ import annotations

from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.guards.guard import Guard, named, refuse
from wangge.domains.cases.logic.narrowing import next_endorser
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState


def none_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.request is not None or s.question is not None, "request_pending")


def only_reopen_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    other = s.request is not None and s.request.kind != "reopen"
    return refuse(other or s.question is not None, "request_pending")


def _pending(kind: str) -> Guard:
    def guard(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
        return refuse(s.request is None or s.request.kind != kind, "no_request")

    return guard


def any_pending(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.request is None, "no_request")


def endorsed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.request is not None and next_endorser(r, s) is not None, "not_endorsed")


def question_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.question is None, "no_request")


def why_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(bool(a.args.get("why")) and a.args["why"] not in r.ask_reasons, "bad_argument")


def condition_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    category, condition = a.args.get("category"), a.args.get("condition_seq")
    if not category:
        return None
    if category not in r.categories:
        return "bad_argument"
    known = not condition or (condition.isdecimal() and condition.isascii() and (category, int(condition)) in r.limits)
    return refuse(not known, "bad_argument")


def limit_fixed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    """A self-handled case that was reopened was never filed: nothing says yet how long a unit may take."""
    return refuse(not s.limit_unit, "no_condition")


def quick_listed(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse((a.args.get("category") or s.category) not in r.quick_list, "not_on_quick_list")


def source_is_collector(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.source != "collector", "wrong_source")


def has_citizen(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(r.entries[s.source].reporter_kind != "citizen", "wrong_source")


def verified_if_public(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    if not r.entries[s.source].needs_verification or s.verification == "true":
        return None
    return "verification_false" if s.verification else "needs_verification"


def lead_open(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    lead = a.args.get("lead_case")
    return refuse(bool(lead) and not w.lead_is_open(str(lead)), "bad_lead")


def level_known(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    ladder = "urge" if a.verb == "urge" else "supervision"
    level = a.args.get("level")
    return refuse(bool(level) and (ladder, str(level)) not in r.ladders, "bad_argument")


def under_supervision(r: Rulebook, s: CaseState, a: Attempt, w: Surroundings) -> str | None:
    return refuse(s.supervision is None, "not_supervised")


GUARDS = named(
    none_pending,
    only_reopen_pending,
    any_pending,
    endorsed,
    question_open,
    why_known,
    condition_known,
    limit_fixed,
    quick_listed,
    source_is_collector,
    has_citizen,
    verified_if_public,
    lead_open,
    level_known,
    under_supervision,
)
GUARDS |= {f"pending_{kind}": _pending(kind) for kind in ("void", "extension", "suspension", "postponement", "reopen")}
