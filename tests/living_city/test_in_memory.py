"""A thousand cities lived in memory: whatever people do, in whatever order, the auditors find nothing.

A failure prints the seed and the shortest story that leads there; ``live(SEED)`` lives it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest

from tests.living_city.city import Life, current, live, told
from tests.living_city.memory import use_memory
from wangge.domains.cases.logic import clocks, effects, timers
from wangge.domains.cases.logic.guards import GUARDS
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations import moving

SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
SEEDS = range(1000) if SOAKING else range(20)
LONG = 120
SHORT = 10  # a citizen's case, verified, filed and dispatched, takes six before anything can go wrong


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    use_memory(monkeypatch, lambda: current[0])


def lives(seeds: range) -> Iterator[Life]:
    for seed in seeds:
        life = live(seed, length=LONG)
        if life.complaint is not None:
            pytest.fail(told(life), pytrace=False)
        yield life


def test_whatever_happens_in_a_city_no_auditor_finds_anything() -> None:
    lived = list(lives(SEEDS))
    assert sum(life.steps for life in lived) > 30 * len(lived)
    assert len(set().union(*(life.verbs for life in lived))) > 45
    assert {"handling", "closed", "returned", "inspecting"} <= set().union(*(life.stages for life in lived))


def test_a_seed_gives_the_same_city_again() -> None:
    first, second = live(3), live(3)
    assert first.actions == second.actions
    assert (first.steps, first.done) == (second.steps, second.done)


# ---- planted faults: each is a rule as it might be written wrong ---------------------------------------------------


def let_anybody_decide(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(GUARDS, "not_requester", lambda *_asked: None)


def forget_to_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(effects._HANDLING, "pause", lambda *_asked: None)


def extend_twice(patch: pytest.MonkeyPatch) -> None:
    real = effects._HANDLING["extend"]

    def extend(rules: Any, state: CaseState, attempt: Any) -> None:
        real(rules, state, attempt)
        assert state.request is not None
        state.handling.allowance += state.request.amount

    patch.setitem(effects._HANDLING, "extend", extend)


def give_rework_its_whole_time_again(patch: pytest.MonkeyPatch) -> None:
    def rework(rules: Any, state: CaseState, attempt: Any) -> None:
        clocks.start_handling(state, attempt.at)
        state.rework += 1

    patch.setitem(effects._HANDLING, "rework", rework)


def let_timers_tell_when_they_fired(patch: pytest.MonkeyPatch) -> None:
    real = timers.due_steps

    def late(state: CaseState, at: int) -> list[Any]:
        return [step._replace(at=at) for step in real(state, at)]

    patch.setattr(moving, "due_steps", late)


def keep_the_hands_of_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(GUARDS, "not_handler", lambda *_asked: None)


@pytest.mark.parametrize(
    ("plant", "auditor", "first"),  # first: from which seed on to look, only to spare time
    [
        (let_anybody_decide, "nobody_decides_on_his_own_request", 20),
        (forget_to_pause, "one_clock_runs", 0),
        (extend_twice, "used_and_left_are_the_whole", 80),
        (give_rework_its_whole_time_again, "used_and_left_are_the_whole", 0),
        (let_timers_tell_when_they_fired, "timers_tell_the_moment_they_were_due", 5),
        (keep_the_hands_of_nobody, "nobody_checks_his_own_work", 25),
    ],
)
def test_a_planted_fault_is_found_and_told_in_a_short_story(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None], auditor: str, first: int
) -> None:
    plant(monkeypatch)
    lived = (live(seed, length=LONG) for seed in range(first, first + 400))
    life = next(life for life in lived if life.complaint is not None and life.complaint.auditor == auditor)
    story = told(life).splitlines()
    assert story[0].startswith(f"seed {life.seed} ")
    assert story[-1].startswith(auditor)
    assert len(story) - 2 <= SHORT, "\n".join(story)
