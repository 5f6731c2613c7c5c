"""Owns what simulated cases are about: a day's reports with source, class, place, words and what will befall each.

Pure and seeded by (seed, day): a day's stories do not depend on the days before it, nor on who writes them.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import accumulate

import numpy as np

from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.geography.areas import Place
from wangge.project.simulation import words
from wangge.project.simulation.cast import Cast
from wangge.project.simulation.likeness import WHOLE, likeness
from wangge.project.simulation.rhythm import second_of_day

SECONDS_PER_DAY = 86400
CIVIL_SECONDS = 8 * 3600
_UNIX_EPOCH = date(1970, 1, 1)

CITIZENS = frozenset({"public", "hotline"})
EVENT_SHARE = 0.72
_TRAITS = {"late": "late", "dragging": "late", "rework": "rework"}
_FLOOD_WORDS = ("水", "排", "井", "树", "绿")
# Where a case arrives only when its handling is over: no such case would be there after a long holiday, or early on
# a Monday, if its limit ran in working time.
_AFTER_HANDLING = frozenset({"feedback", "awaiting_inspection", "inspecting", "awaiting_close"})
_LEADING_TO = {
    "returned": "returned", "awaiting_ruling": "ruling", "outside": "outside", "awaiting_children": "split",
    "declined": "decline", "voided": "void",
}  # fmt: skip
"""Stage → the fate that leads there."""
_HURRY = 12 * 60


@dataclass(slots=True)
class Story:
    """One report before it becomes a case; ``at`` in whole seconds since 1970 UTC."""

    at: int
    source: str
    self_handled: bool
    category: str
    condition: int
    place: Place
    lon: float
    lat: float
    fate: str
    description: str
    address: str
    reporter_name: str = ""
    reporter_phone: str = ""
    component: str = ""
    in_storm: bool = False
    stop_at: str = ""
    """The stage in which it is still waiting, however long; empty: it goes on to its end."""


@dataclass(frozen=True, slots=True)
class Day:
    """What comes in on a day: reports by source, and whether a storm floods the streets."""

    on: date
    amounts: Mapping[str, int]
    storm: bool = False


class Classes:
    """Classes with how often each comes: few are common, most are rare; the same for a seed in every worker."""

    def __init__(self, rules: Rulebook, seed: int) -> None:
        self._conditions: dict[str, list[int]] = {}
        for category, condition in rules.limits:
            self._conditions.setdefault(category, []).append(condition)
        self._kinds = {kind: self._ranked(kind, seed) for kind in ("event", "component")}
        self._urgent = sorted(
            each for each, limit in rules.limits.items() if limit.unit.startswith("urgent") and limit.minutes <= _HURRY
        )
        self._flood = sorted(
            each for each, limit in rules.limits.items() if any(word in limit.minor_zh for word in _FLOOD_WORDS)
        )

    def _ranked(self, kind: str, seed: int) -> tuple[list[str], list[float]]:
        known = [category for category in self._conditions if category.startswith(kind)]
        known.sort(key=lambda category: sha256(f"{seed}/{category}".encode()).digest())
        return known, list(accumulate(1 / (rank + 4) for rank in range(len(known))))

    def draw(self, chance: random.Random) -> tuple[str, int]:
        """(class, filing condition)."""
        categories, weights = self._kinds["event" if chance.random() < EVENT_SHARE else "component"]
        category = categories[bisect(weights, chance.random() * weights[-1])]
        conditions = self._conditions[category]
        return category, conditions[int(chance.random() * len(conditions))]

    def draw_flood(self, chance: random.Random) -> tuple[str, int]:
        """(class, filing condition) of what a storm does: water, drains, covers, trees."""
        return self._flood[int(chance.random() * len(self._flood))]

    def draw_urgent(self, chance: random.Random) -> tuple[str, int]:
        """(class, filing condition) of what must be done within hours, by day and night, on any day."""
        return self._urgent[int(chance.random() * len(self._urgent))]


def first_second(day: date) -> int:
    """The second at which a civil day begins."""
    return (day - _UNIX_EPOCH).days * SECONDS_PER_DAY - CIVIL_SECONDS


def chance_of(seed: int, day: date) -> random.Random:
    """The day's own source of chance."""
    return random.Random(f"{seed}/{day.isoformat()}")  # noqa: S311 - a simulation


def stories_of_day(
    *, cast: Cast, rules: Rulebook, classes: Classes, seed: int, day: Day, chance: random.Random
) -> list[Story]:
    """The day's reports in the order of their moments."""
    sources = [source for source, count in sorted(day.amounts.items()) for _report in range(count)]
    points, cells = cast.ground.scatter(len(sources), random=np.random.default_rng([seed, day.on.toordinal()]))
    places = cast.ground.cell_places
    begin = first_second(day.on)
    stories = []
    for source, point, cell in zip(sources, points.tolist(), cells.tolist(), strict=True):
        own, citizen = source == "self_handled", source in CITIZENS
        in_storm = day.storm and citizen
        category, condition = classes.draw_flood(chance) if in_storm else classes.draw(chance)
        place = places[cell]
        thing = cast.thing_for(category, place, point[0])
        if thing is not None:
            place = places[thing.cell]
        lon, lat = point if thing is None else (thing.lon, thing.lat)
        limit = rules.limits[category, condition]
        stories.append(
            Story(
                at=begin + second_of_day(chance, citizen=citizen, storm=day.storm),
                source="collector" if own else source,
                self_handled=own,
                category=category,
                condition=condition,
                place=place,
                lon=round(lon, 6),
                lat=round(lat, 6),
                fate=_fate(chance, cast, category, place, own=own),
                description=words.description(chance, limit, citizen=citizen),
                address=cast.address_at(place, lon, lat, words.spot(chance)),
                reporter_name=words.name(chance) if citizen else "",
                reporter_phone=words.phone(chance) if citizen else "",
                component="" if thing is None else thing.code,
                in_storm=in_storm,
            )
        )
    stories.sort(key=lambda story: story.at)
    return stories


def _fate(chance: random.Random, cast: Cast, category: str, place: Place, *, own: bool) -> str:
    """What befalls the case, or nothing; a unit known for being late or careless more often is."""
    shares = likeness().self_fates if own else likeness().fates
    unit = cast.competent_unit(category, place)
    drawn = chance.random() * WHOLE
    for fate, share in shares.items():
        trait = _TRAITS.get(fate)
        drawn -= share * cast.conduct.factor(trait, unit) if trait else share
        if drawn < 0:
            return fate
    return ""


def waiting_in(
    stories: Sequence[Story], stages: Sequence[str], *, rules: Rulebook, classes: Classes, chance: random.Random
) -> None:
    """Let every story wait or end in the next of ``stages``, with the fate that leads there."""
    for story, stage in zip(stories, stages, strict=False):
        story.stop_at = stage
        story.self_handled = stage == "self_handled"
        story.source = "public" if stage == "verifying" else "collector"
        story.fate = _LEADING_TO.get(stage, "")
        if stage in _AFTER_HANDLING:
            story.category, story.condition = classes.draw_urgent(chance)
            limit = rules.limits[story.category, story.condition]
            story.description = words.description(chance, limit, citizen=False)
