"""Owns the scene of a simulated case: its story and state, who may act, and what a turn is.

Pure.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.project.simulation.cast import Cast
from wangge.project.simulation.likeness import likeness
from wangge.project.simulation.stories import Story

MINUTE, DAY = 60, 86400
CIVIL_MINUTES = 480
NO_ARGS: Mapping[str, str] = {}
NOTHING: tuple[str, ...] = ()
SYSTEM = "system"
SITE = ("photo_site", "location")


class Turn(NamedTuple):
    """A move that comes next; ``at`` in seconds since 1970 UTC, evidence as kinds."""

    verb: str
    post: str
    by: str
    at: int
    args: Mapping[str, str] = NO_ARGS
    evidence: tuple[str, ...] = NOTHING
    unit: str = ""


class Scene:
    """One case on its way: its story, its state, what was done so far. ``now`` is the moment of its last step."""

    __slots__ = ("cast", "chance", "children_end", "done", "now", "queued", "rules", "state", "story")

    def __init__(self, cast: Cast, rules: Rulebook, story: Story, state: CaseState, chance: random.Random) -> None:
        self.cast = cast
        self.rules = rules
        self.story = story
        self.state = state
        self.chance = chance
        self.now = story.at
        self.done: set[str] = set()
        self.queued: list[Turn] = []
        self.children_end: list[tuple[int, str]] = []

    def happens(self, what: str) -> bool:
        """Whether something that can happen here does, by its share."""
        return likeness().happens(self.chance, what)

    def once(self, what: str) -> bool:
        """Whether this is the first time."""
        if what in self.done:
            return False
        self.done.add(what)
        return True

    def one_of(self, people: Sequence[str], *not_these: str) -> str:
        """Somebody, but none of these."""
        person = people[int(self.chance.random() * len(people))]
        if person in not_these:
            others = [each for each in people if each not in not_these]
            person = others[int(self.chance.random() * len(others))] if others else person
        return person

    def desk(self, post: str, *not_these: str) -> str:
        return self.one_of(self.cast.posts[post], *not_these)

    def later(self, least_minutes: float, most_minutes: float) -> int:
        """A moment between so many minutes from now."""
        return self.now + int((least_minutes + self.chance.random() * (most_minutes - least_minutes)) * MINUTE)

    def collector(self) -> str:
        """Somebody who walks the grid."""
        own = self.cast.collectors.get(self.story.place.responsibility_grid or "")
        return self.one_of(own or self.cast.verifiers)

    def soon(self) -> int:
        """A desk's time to act: within its quarter of an hour, now and then later."""
        longest = 60 if self.chance.random() < 0.02 else 13
        return self.now + MINUTE + int(self.chance.random() * longest * MINUTE)

    def unit_turn(self, verb: str, at: int, args: Mapping[str, str] = NO_ARGS, evidence: tuple[str, ...] = ()) -> Turn:
        """A turn of the responsible unit."""
        unit = self.state.unit
        post = "district_dispatcher" if self.state.inner is not None else "department"
        return Turn(verb, post, self.one_of(self.cast.units[unit]), at, args, evidence, unit)
