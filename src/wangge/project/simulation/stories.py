"""Owns what simulated cases are about: a day's reports with source, class, place, words and what will befall each.

Pure and seeded by (seed, day): a day's stories do not depend on the days before it, nor on who writes them.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import accumulate

import numpy as np

from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.geography.areas import Place
from wangge.project.simulation import words
from wangge.project.simulation.cast import Cast
from wangge.project.simulation.rhythm import second_of_day

SECONDS_PER_DAY = 86400
CIVIL_SECONDS = 8 * 3600
_UNIX_EPOCH = date(1970, 1, 1)

# Shares in thousandths of all reports: 317,100 of 864,300 self-handled, one in twenty from citizens.
_SOURCES = (
    ("self_handled", 367), ("collector", 577), ("public", 26), ("hotline", 23), ("media", 1), ("video", 3),
    ("leader", 1), ("transfer", 2),
)  # fmt: skip
# What befalls an ordinary case, in thousandths; the rest goes as it should.
_FATES = (
    ("late", 40), ("rework", 30), ("returned", 22), ("extension", 14), ("suspension", 3), ("postponement", 2),
    ("void", 2), ("decline", 5), ("merge", 6), ("outside", 1), ("ruling", 1), ("split", 1),
)  # fmt: skip
_SELF_FATES = (("reject", 4), ("decline", 2))
CITIZENS = frozenset({"public", "hotline"})
EVENT_SHARE = 0.72
# Where a case arrives only when its handling is over: no such case would be there after a long holiday, or early on
# a Monday, if its limit ran in working time.
_AFTER_HANDLING = frozenset({"feedback", "awaiting_inspection", "inspecting", "awaiting_close"})
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
    stop_at: str = ""
    """The stage in which it is still waiting, however long; empty: it goes on to its end."""


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
    *, cast: Cast, rules: Rulebook, classes: Classes, seed: int, day: date, count: int, chance: random.Random
) -> list[Story]:
    """The day's reports in the order of their moments."""
    points, cells = cast.ground.scatter(count, random=np.random.default_rng([seed, day.toordinal()]))
    places = cast.ground.cell_places
    begin = first_second(day)
    stories = []
    for (lon, lat), cell in zip(points.tolist(), cells.tolist(), strict=True):
        source = _drawn(_SOURCE_NAMES, _SOURCE_SUMS, chance)
        own, citizen = source == "self_handled", source in CITIZENS
        category, condition = classes.draw(chance)
        place = places[cell]
        limit = rules.limits[category, condition]
        stories.append(
            Story(
                at=begin + second_of_day(chance, citizen=citizen),
                source="collector" if own else source,
                self_handled=own,
                category=category,
                condition=condition,
                place=place,
                lon=round(lon, 6),
                lat=round(lat, 6),
                fate=_fate(chance, own=own),
                description=words.description(chance, limit, citizen=citizen),
                address=words.address(chance, cast.street_names.get(place.street or "", "")),
                reporter_name=words.name(chance) if citizen else "",
                reporter_phone=words.phone(chance) if citizen else "",
            )
        )
    stories.sort(key=lambda story: story.at)
    return stories


def _sums(shares: Sequence[tuple[str, int]]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(name for name, _ in shares), tuple(accumulate(share for _, share in shares))


_SOURCE_NAMES, _SOURCE_SUMS = _sums(_SOURCES)
_FATE_NAMES, _FATE_SUMS = _sums(_FATES)
_SELF_FATE_NAMES, _SELF_FATE_SUMS = _sums(_SELF_FATES)


def _drawn(names: tuple[str, ...], sums: tuple[int, ...], chance: random.Random) -> str:
    """A name by its share in thousandths, or empty."""
    index = bisect(sums, chance.random() * 1000)
    return names[index] if index < len(names) else ""


def _fate(chance: random.Random, *, own: bool) -> str:
    if own:
        return _drawn(_SELF_FATE_NAMES, _SELF_FATE_SUMS, chance)
    return _drawn(_FATE_NAMES, _FATE_SUMS, chance)


def waiting_in(
    stories: Sequence[Story], stages: Sequence[str], *, rules: Rulebook, classes: Classes, chance: random.Random
) -> None:
    """Let every story wait in the next of ``stages``, with the fate that leads there."""
    for story, stage in zip(stories, stages, strict=False):
        story.stop_at = stage
        story.self_handled = stage == "self_handled"
        story.source = "public" if stage == "verifying" else "collector"
        story.fate = {"returned": "returned", "awaiting_ruling": "ruling", "outside": "outside"}.get(stage, "")
        if stage == "awaiting_children":
            story.fate = "split"
        if stage in _AFTER_HANDLING:
            story.category, story.condition = classes.draw_urgent(chance)
            limit = rules.limits[story.category, story.condition]
            story.description = words.description(chance, limit, citizen=False)
