"""What a case shows: its overlays as text, its outcome, its deadlines with their rules, its lights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wangge.domains.cases.logic import clocks, conditions
from wangge.domains.cases.logic.moments import text_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import IDLE, RUNNING, CaseState
from wangge.groundwork.working_time import CalendarUnknown

GREEN_FROM_PERCENT = 20


def limit_text(state: CaseState) -> str:
    """``4 work_hour``, or empty before filing."""
    return f"{state.limit_value} {state.limit_unit}" if state.limit_unit else ""


def overlays(rules: Rulebook, state: CaseState) -> list[str]:
    """What lies beside the stage, as texts in the fixed order of the facts' table."""
    shown: list[str] = []
    if state.request is not None:
        signed = f":signed {' '.join(state.request.signed)}" if state.request.signed else ""
        shown.append(f"request:{state.request.kind}{signed}")
    if state.suspended_until:
        shown.append(f"suspended_until:{text_of(state.suspended_until)}")
    if state.postponed_until:
        shown.append(f"postponed_until:{text_of(state.postponed_until)}")
    if state.appeal is not None:
        kind = "" if state.appeal.kind == "late" else f":{state.appeal.kind}"
        shown.append(f"appeal:{state.appeal.status}{kind}")
    if state.supervision is not None:
        shown.append(_supervision(state))
    if state.question is not None:
        shown.append(f"question:{state.question.why}:{text_of(state.question.until)}")
    if state.inner is not None:
        shown.append(_inner(rules, state))
    if state.outside:
        shown.append(f"outside:{state.outside}")
    if state.children:
        shown.append(f"children:{len(state.children_ended)}/{len(state.children)}")
    if state.grade:
        shown.append(f"rated:{state.grade}")
    if state.excluded:
        shown.append("excluded")
    return shown


def _supervision(state: CaseState) -> str:
    supervision = state.supervision
    assert supervision is not None
    if not supervision.level:
        return "supervised"
    end = "answered" if supervision.answered else text_of(supervision.reply_by)
    return f"supervised:{supervision.level}:{end}"


def _inner(rules: Rulebook, state: CaseState) -> str:
    inner = state.inner
    assert inner is not None
    if inner.status == "waiting":
        return "inner:waiting"
    if inner.status == "reported" or inner.since < 0:
        return f"inner:{inner.status}:{inner.unit}"
    return f"inner:out:{inner.unit}:{text_of(inner_due(rules, state))}"


def inner_due(rules: Rulebook, state: CaseState) -> int:
    inner = state.inner
    assert inner is not None
    return clocks.handling_clock(rules, state).due(inner.since, max(inner.allowance - inner.used, 0))


def counts_on_time(state: CaseState) -> bool:
    """Whether the closed case counts as on time: by its readings, or by an appeal that was granted."""
    return conditions.on_time(state) or healed(state)


def healed(state: CaseState) -> bool:
    """An appeal of kind late, or of kind wrong_rework with the first reading in time, was granted."""
    first_in_time = bool(state.readings) and state.readings[0][0] <= state.readings[0][1]
    return "late" in state.granted or ("wrong_rework" in state.granted and first_in_time)


def outcome(state: CaseState) -> str:
    """The outcome of the last cycle, in the words of the worked examples."""
    if state.stage in ("declined", "voided", "merged"):
        return state.stage
    if state.stage not in ("closed", "archived"):
        return "open"
    special = {
        "confirm_self_handled": "self_handled", "close_outside": "closed_outside", "close_parent": "closed_by_children",
    }  # fmt: skip
    if state.closed_by in special:
        return special[state.closed_by]
    if conditions.on_time(state):
        return "on_time"
    return "overdue_counts_on_time" if healed(state) else "overdue"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock of the case as it stands at a moment: minutes of its own kind; ``due`` 0 when it does not run."""

    clock: str
    state: str
    due: int
    used: int
    allowance: int
    rule: str
    light: str  # green, yellow, red, none


def deadlines(rules: Rulebook, state: CaseState, at: int) -> list[Deadline]:
    """The clocks that say something now: the stage's, the responsible unit's, the one inside a district."""
    shown = []
    if state.clock is not None:
        shown.append(_stage_deadline(rules, state, at))
    if state.handling.status != IDLE:
        shown.append(_handling_deadline(rules, state, at))
    if state.inner is not None and state.inner.status == "out":
        due = inner_due(rules, state) if state.inner.since >= 0 else 0
        used = clocks.inner_used(rules, state, at)
        light = light_of(used, state.inner.allowance)
        status = RUNNING if state.inner.since >= 0 else "paused"
        shown.append(Deadline("inner", status, due, used, state.inner.allowance, "district", light))
    return shown


def _stage_deadline(rules: Rulebook, state: CaseState, at: int) -> Deadline:
    assert state.clock is not None
    rule = rules.stage_clocks[state.clock.name]
    used = clocks.stage_clock_used(rules, state.clock, at)
    clock = state.clock
    due, text = _due_or_year(lambda: clocks.stage_clock_due(rules, clock), f"stage_limits:{rule.name}")
    return Deadline(rule.name, RUNNING, due, used, rule.minutes, text, light_of(used, rule.minutes))


def _handling_deadline(rules: Rulebook, state: CaseState, at: int) -> Deadline:
    handling = state.handling
    used = clocks.handling_used(rules, state, at)
    rule = f"{state.category}/{state.condition_seq} {limit_text(state)} [{state.limit_edition}]"
    due, text = _due_or_year(lambda: clocks.handling_due(rules, state), rule)
    return Deadline(
        "handling", handling.status, due, used, handling.allowance, text, light_of(used, handling.allowance)
    )


def _due_or_year(due: Callable[[], int], rule: str) -> tuple[int, str]:
    """The due moment and its rule; in a year without a calendar 0 and the year's name in the rule."""
    try:
        return due(), rule
    except CalendarUnknown as unknown:
        return 0, f"{rule}; {unknown}"


def light_of(used: int, allowance: int) -> str:
    """Remaining share of the allowance: 20 % and more green, below yellow, below 0 red."""
    if allowance <= 0:
        return "none"
    left = allowance - used
    if left < 0:
        return "red"
    return "green" if left * 100 >= GREEN_FROM_PERCENT * allowance else "yellow"
