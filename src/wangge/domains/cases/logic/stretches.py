"""The clocks of a case as stretches of time: told again from its steps, for the line under each round.

The steps go through the same ``make`` as when they were made, so the picture and the state cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.attempt import Attempt, Surroundings
from wangge.domains.cases.logic.effects import Made, make
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import IDLE, PAUSED, RUNNING, CaseState
from wangge.groundwork.working_time import CalendarUnknown


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded step as the logic takes it."""

    attempt: Attempt
    from_stage: str
    rules: Rulebook
    around: Surroundings
    tier: int = 0
    args_hidden: bool = False


@dataclass(slots=True)
class Stretch:
    """From one civil minute to another (0: still going on) the clock ran or stood still."""

    status: str
    start: int
    end: int = 0


@dataclass(slots=True)
class Round:
    """The handling clock of one round 处置轮次: its stretches, its last known deadline, how it ended."""

    cycle: int
    number: int
    start: int
    unit: str
    stretches: list[Stretch] = field(default_factory=list)
    due: int = 0
    used: int = 0
    allowance: int = 0
    ended: int = 0

    @property
    def in_time(self) -> bool:
        """Whether no more was used than allowed."""
        return self.used <= self.allowance


@dataclass(slots=True)
class Story:
    """A case told again: its last state, its rounds, and what each step left behind."""

    state: CaseState
    rounds: list[Round]
    made: list[Made]


def tell(steps: Iterable[Recorded]) -> Story:
    """Tell a case from its recorded steps; the state is that after the last of them."""
    story = Story(CaseState(), [], [])
    open_round: Round | None = None
    for step in steps:
        state = story.state
        unit = state.unit
        row = step.rules.moves[step.attempt.verb, step.from_stage]
        story.made.append(make(step.rules, state, row, step.attempt, step.around, tier=step.tier))
        open_round = _follow(story, open_round, step, unit)
    return story


def _follow(story: Story, current: Round | None, step: Recorded, unit: str) -> Round | None:
    """Bring the rounds up to the state after a step; answers the round still open."""
    state, at = story.state, step.attempt.at
    status = state.handling.status
    restarted = current is not None and bool(unit) and state.unit != unit and status == RUNNING
    if current is not None and (status not in (RUNNING, PAUSED) or restarted):
        _close(current, state, at, keep_used=restarted or status == IDLE)
        current = None
    if current is None and status in (RUNNING, PAUSED):
        current = Round(state.cycle, state.rework + 1, at, state.unit)
        story.rounds.append(current)
    if current is not None:
        _extend(current, step.rules, state, at)
    return current


def _extend(current: Round, rules: Rulebook, state: CaseState, at: int) -> None:
    last = current.stretches[-1] if current.stretches else None
    if last is None or last.status != state.handling.status:
        if last is not None:
            last.end = at
        current.stretches.append(Stretch(state.handling.status, at))
    current.allowance, current.used = state.handling.allowance, state.handling.used
    if state.handling.status == RUNNING:
        try:
            current.due = clocks.handling_due(rules, state)
        except CalendarUnknown:
            current.due = 0


def _close(current: Round, state: CaseState, at: int, *, keep_used: bool) -> None:
    current.ended = at
    current.stretches[-1].end = at
    if not keep_used:
        current.used, current.allowance = state.handling.used, state.handling.allowance
