"""Owns the running of a simulation: days shared out to worker processes, each written in one transaction.

Every day has its own chance by (seed, day) and its own numbers, so that the city is the same to the last byte however
many workers write it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.operations.bulk import ensure_months, take_numbers, write_drafted
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import mark_used
from wangge.groundwork.worker_pool import worked
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.simulation.cast import Cast, cast_of
from wangge.project.simulation.conduct import balanced
from wangge.project.simulation.likeness import likeness
from wangge.project.simulation.playing import Photos, Stage, play
from wangge.project.simulation.rhythm import amounts_by_day, days_of, weather_of
from wangge.project.simulation.stories import Classes, Day, chance_of, first_second, stories_of_day, waiting_in

RECENT_DAYS = 14
WAITING_PER_STAGE = 6
RARE_ENDINGS = ("declined", "voided")
"""A small city might have none by chance."""
WAITING_DAYS = 3
DEMO_YEAR = 2024
WORK_SAMPLE = 4_000


@dataclass(frozen=True, slots=True)
class DayTask:
    """One day to be written: what comes in, and in which stages some of it waits."""

    day: Day
    until: int
    waiting: tuple[str, ...] = ()
    seconds: tuple[int, int] | None = None
    """From when to when reports come, seconds since 1970 UTC, when it is not the whole day."""


@dataclass(frozen=True, slots=True)
class DayDone:
    """A day in the database."""

    day: date
    cases: int
    steps: int


@dataclass(frozen=True, slots=True)
class Production:
    """What every worker is given."""

    loaded: LoadedGround
    seed: int
    by: Actor
    at: datetime
    photos: Photos = field(default_factory=dict)


def year_tasks(*, cases: int, year: int, seed: int) -> list[DayTask]:
    """A whole year; what is not over when it ends stays open."""
    until = first_second(date(year + 1, 1, 1)) - 1
    days = _days(days_of(date(year, 1, 1), date(year, 12, 31)), cases, seed)
    return [DayTask(day, until) for day in days if day.amounts]


def demo_tasks(*, cases: int, recent: int, at: datetime, seed: int) -> list[DayTask]:
    """So many cases of the demo's year, and of the last days up to now, where some wait in every open stage."""
    until = int(at.timestamp())
    today = (at.astimezone(UTC) + timedelta(hours=8)).date()
    last_days = days_of(today - timedelta(days=RECENT_DAYS - 1), today)
    year = days_of(date(DEMO_YEAR, 1, 1), min(date(DEMO_YEAR, 12, 31), last_days[0] - timedelta(days=1)))
    early = [DayTask(day, until) for day in _days(year, cases, seed) if day.amounts] if year else []
    waiting = [()] * (RECENT_DAYS - WAITING_DAYS) + _waiting(WAITING_DAYS)
    late = [
        DayTask(
            _with_room(day, len(stages)), until, stages,
            (first_second(day.on), min(first_second(day.on) + 86399, until)),
        )
        for day, stages in zip(_days(last_days, recent if year else recent + cases, seed), waiting, strict=True)
    ]  # fmt: skip
    return early + late


def _days(days: list[date], cases: int, seed: int) -> list[Day]:
    weather = {year: weather_of(seed, year) for year in {day.year for day in days}}
    amounts = amounts_by_day(cases, days, likeness().sources, weather)
    return [Day(day, amount, day in weather[day.year].storms) for day, amount in zip(days, amounts, strict=True)]


def _with_room(day: Day, least: int) -> Day:
    """The day with at least so many reports."""
    missing = max(least - sum(day.amounts.values()), 0)
    return replace(day, amounts={**day.amounts, "collector": day.amounts.get("collector", 0) + missing})


def _waiting(days: int) -> list[tuple[str, ...]]:
    """The open stages spread over the last days, each as often, and each on every one of them; a rare ending once, on
    the first of them: what came in a moment ago has not ended yet.
    """
    spread: list[list[str]] = [[] for _day in range(days)]
    spread[0] += RARE_ENDINGS
    for turn in range(WAITING_PER_STAGE):
        for order, stage in enumerate(OPEN_STAGES):
            spread[(turn + order) % days].append(stage)
    return [tuple(each) for each in spread]


def produce(production: Production, tasks: list[DayTask], *, jobs: int) -> Iterator[DayDone]:
    """Write every day; answers each as it is done. As the owner of the tables: months are made first."""
    if not tasks:
        return
    ensure_months(tasks[0].day.on, tasks[-1].day.on)
    if production.photos:
        mark_used(ids=[photo for pictures in production.photos.values() for photo, _digest in pictures])
    yield from worked(write_day, tasks, jobs=jobs, prepare=prepare, given=(production,))


def load_demo_cases(
    *,
    city: LoadedGround,
    seed: int,
    at: datetime,
    by: Actor,
    cases: int,
    recent: int,
    photos: Photos | None = None,
    jobs: int = 1,
) -> Iterator[DayDone]:
    """The cases of a demo city: so many in 2024, and in the last 14 days up to ``at`` some in every open stage.

    ``photos``: pictures that lie in the store already, by (subject, settled) of ``demo.pictures``; they are marked as
    used. Must be run as the owner, on a city without cases.
    """
    production = Production(city, seed, by, at, photos=photos or {})
    yield from produce(production, demo_tasks(cases=cases, recent=recent, at=at, seed=seed), jobs=jobs)


# ---- in a worker ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Worker:
    """What a worker keeps between its days."""

    production: Production
    cast: Cast
    classes: dict[int, Classes] = field(default_factory=dict)


_workers: list[_Worker] = []


def prepare(production: Production) -> None:
    """Make this process ready to write days."""
    _workers[:] = [_Worker(production, cast_of(production.loaded))]


def _work_of(cast: Cast, classes: Classes, seed: int) -> Iterator[str]:
    """Units as often as work comes to them: a sample of the city's."""
    chance, places = random.Random(f"work/{seed}"), cast.ground.cell_places  # noqa: S311 - a simulation
    for _report in range(WORK_SAMPLE):
        category, _condition = classes.draw(chance)
        yield cast.competent_unit(category, places[int(chance.random() * len(places))])


def write_day(task: DayTask) -> DayDone:
    """Tell, play and write one day."""
    worker, on = _workers[0], task.day.on
    production, rules = worker.production, rulebook_on(on)
    classes = worker.classes.get(id(rules))
    if classes is None:
        classes = worker.classes[id(rules)] = Classes(rules, production.seed)
        worker.cast.conduct = balanced(production.seed, _work_of(worker.cast, classes, production.seed))
    chance = chance_of(production.seed, on)
    stories = stories_of_day(
        cast=worker.cast, rules=rules, classes=classes, seed=production.seed, day=task.day, chance=chance
    )
    if task.seconds is not None:
        first, last = task.seconds
        for story in stories:
            story.at = first + (story.at - first) * (last - first) // 86399
    waiting = stories[-len(task.waiting) :] if task.waiting else []
    waiting_in(waiting, task.waiting, rules=rules, classes=classes, chance=chance)
    stage = Stage(worker.cast, rules, on, task.until, chance, production.photos)
    with transaction.atomic():
        numbers = take_numbers([(story.place.district or "", on) for story in stories])
        drafted = [case for story, number in zip(stories, numbers, strict=True) for case in play(stage, story, number)]
        detail = {"simulated": on.isoformat(), "seed": production.seed}
        written = write_drafted(cases=drafted, by=production.by, at=production.at, detail=detail)
    return DayDone(on, written.cases, written.steps)
