"""What a simulated unit may not do any more once its time is up: the table would refuse it."""

from __future__ import annotations

import random
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wangge.domains.cases.logic.state import RUNNING, CaseState, HandlingClock, Request
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.geography.areas import Place
from wangge.project.simulation import unit_turns
from wangge.project.simulation.scene import CIVIL_MINUTES, MINUTE, Scene
from wangge.project.simulation.stories import Story

WEDNESDAY = 1_710_900_000  # 2024-03-20 10:00 in the city
CLOCK_MINUTES = 60
PEOPLE = SimpleNamespace(
    units={"dept-a": ["7"]},
    posts={"dispatcher": ["8"], "duty_leader": ["9"], "section_head": ["10"], "centre_leader": ["11"]},
)


def scene_of(fate: str, *, used: int, chance: random.Random) -> Scene:
    """A unit that acknowledged a case whose limit is one hour, of which so many minutes are used."""
    story = Story(WEDNESDAY, "collector", False, "component:0101", 1, Place(), 113.1, 27.8, fate, "", "")
    state = CaseState()
    state.stage, state.unit, state.limit_value, state.limit_unit = "handling", "dept-a", 1, "urgent_work_hour"
    now = WEDNESDAY // MINUTE + CIVIL_MINUTES
    state.handling = HandlingClock(RUNNING, now - used, 0, CLOCK_MINUTES, CLOCK_MINUTES)
    scene = Scene(cast(Any, PEOPLE), rulebook_on(date(2024, 3, 20)), story, state, chance)
    scene.once("acknowledge dept-a")
    return scene


def test_a_unit_in_time_does_what_is_to_befall_the_case() -> None:
    verbs = {
        fate: unit_turns.handling(scene_of(fate, used=0, chance=random.Random(1))).verb
        for fate in ("returned", "extension", "suspension", "postponement")
    }
    assert verbs == {
        "returned": "send_back", "extension": "request_extension", "suspension": "request_suspension",
        "postponement": "request_postponement",
    }  # fmt: skip


@pytest.mark.parametrize("fate", ["returned", "ruling", "extension", "suspension", "postponement"])
def test_a_unit_that_is_late_turns_nothing_away_and_asks_for_no_time(fate: str) -> None:
    for seed in range(50):
        scene = scene_of(fate, used=CLOCK_MINUTES + 1, chance=random.Random(seed))
        turn = unit_turns.handling(scene)
        assert turn.verb in ("assign_handler", "report_handled"), (seed, turn)


def test_a_case_that_ran_out_while_its_request_lay_there_is_not_suspended() -> None:
    for seed in range(50):
        scene = scene_of("suspension", used=CLOCK_MINUTES + 1, chance=random.Random(seed))
        scene.state.request = Request("suspension", by="7", at=0, tier=1)
        turn = unit_turns.handling(scene)
        assert turn.verb == "refuse_suspension", (seed, turn)
