"""Operations on the clocks of a case: setting going, pausing, stopping, reading.

The rules are those of the facts' section on how a case's clocks work: the working clock counts the slots' minutes,
overdue means used > allowance, a deadline is the earliest moment with used = allowance.
"""

from __future__ import annotations

from wangge.domains.cases.logic.rulebook import Clock, Rulebook
from wangge.domains.cases.logic.state import PAUSED, RUNNING, CaseState, HandlingClock, StageClock
from wangge.groundwork.working_time import CalendarUnknown


def handling_clock(rules: Rulebook, state: CaseState) -> Clock:
    return rules.clock(rules.units[state.limit_unit][0], state.calendar)


def handling_used(rules: Rulebook, state: CaseState, at: int) -> int:
    """Minutes of the handling clock used at ``at``; inside an unknown year what was counted before it."""
    handling = state.handling
    if handling.status != RUNNING:
        return handling.used
    try:
        return handling.used + handling_clock(rules, state).counted_between(handling.since, at)
    except CalendarUnknown as unknown:
        handling.unknown_year = unknown.year
        return handling.used


def handling_due(rules: Rulebook, state: CaseState) -> int:
    """The deadline while the clock runs; :class:`CalendarUnknown` where no calendar reaches; 0 when it stands.

    A clock that already ran out keeps the moment it did: the allowance was used up inside the running stretch or
    before it, then the stretch's own beginning is the last moment that can be named.
    """
    handling = state.handling
    if handling.status != RUNNING:
        return 0
    if handling.overdue_at and handling.used > handling.allowance:
        return handling.overdue_at
    return handling_clock(rules, state).due(handling.since, max(handling.allowance - handling.used, 0))


def start_handling(state: CaseState, at: int) -> None:
    base = state.handling.base
    state.handling = HandlingClock(RUNNING, at, 0, base, base)


def pause_handling(rules: Rulebook, state: CaseState, at: int, *, status: str = PAUSED) -> None:
    """Stop counting: ``status`` paused or stopped; the district's inner clock stands still with it."""
    handling = state.handling
    if handling.status == RUNNING:
        used = handling_used(rules, state, at)
        if used > handling.allowance >= handling.used:
            handling.overdue_at = handling_due(rules, state)
        handling.used = used
    handling.status = status
    inner = state.inner
    if inner is not None and inner.since >= 0:
        inner.used += _counted(rules, state, inner.since, at)
        inner.since = -1


def resume_handling(state: CaseState, at: int) -> None:
    state.handling.status = RUNNING
    state.handling.since = at
    if state.inner is not None and state.inner.status == "out":
        state.inner.since = at


def inner_used(rules: Rulebook, state: CaseState, at: int) -> int:
    inner = state.inner
    if inner is None:
        return 0
    return inner.used + (_counted(rules, state, inner.since, at) if inner.since >= 0 else 0)


def _counted(rules: Rulebook, state: CaseState, start: int, end: int) -> int:
    try:
        return handling_clock(rules, state).counted_between(start, end)
    except CalendarUnknown as unknown:
        state.handling.unknown_year = unknown.year
        return 0


def stage_clock_used(rules: Rulebook, clock: StageClock, at: int) -> int:
    rule = rules.stage_clocks[clock.name]
    try:
        return clock.used + rules.clock(rule.clock).counted_between(clock.since, at)
    except CalendarUnknown:
        return clock.used


def paused_stage_clock(rules: Rulebook, clock: StageClock, used: int) -> StageClock:
    """The clock put aside with ``used`` minutes; if they are too many, its deadline stays."""
    overdue = used > rules.stage_clocks[clock.name].minutes
    return StageClock(clock.name, 0, used, stage_clock_due(rules, clock) if overdue else 0)


def stage_clock_due(rules: Rulebook, clock: StageClock) -> int:
    if clock.overdue_at:
        return clock.overdue_at
    rule = rules.stage_clocks[clock.name]
    return rules.clock(rule.clock).due(clock.since, max(rule.minutes - clock.used, 0))
