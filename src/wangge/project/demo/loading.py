"""The loading of a whole demo city: its ground, its people with one password, its photos, its cases, its doors.

To be run as the owner of the tables. The ground is one transaction; the cases are written day by day by several
processes, so a load that was broken off leaves a part of a city, which ``start_anew`` clears away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.cases import surroundings
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.operations.bulk import shared_password_hash
from wangge.domains.organizations.operations.public_doors import open_door
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.worker_pool import worked
from wangge.project.demo.accounts import load_account, publish_account
from wangge.project.demo.assessment import publish_year
from wangge.project.demo.city_data import CityData
from wangge.project.demo.ground import grow_ground
from wangge.project.demo.ground_loading import LoadedGround, load_ground
from wangge.project.demo.pictures import Scene, draw_scene, scene_pool
from wangge.project.demo.things import PER_CLASS, PER_CLASS_OF_SMALL, component_classes, load_things
from wangge.project.migrating import grant_to_application, migrate_database
from wangge.project.simulation.playing import Photos
from wangge.project.simulation.running import load_demo_cases


class Size(StrEnum):
    """How much is loaded: a thousand cases, the year thinned, or the year with as many as a centre published."""

    SMALL = "small"
    USUAL = "usual"
    YEAR = "year"


_CASES = {Size.SMALL: 940, Size.USUAL: 18_800, Size.YEAR: 864_300}
_RECENT = {Size.SMALL: 60, Size.USUAL: 1_200, Size.YEAR: 1_200}
# Components of each class.
_THINGS = {Size.SMALL: PER_CLASS_OF_SMALL, Size.USUAL: PER_CLASS, Size.YEAR: PER_CLASS}
# How many streets each picture is drawn in.
_VARIANTS = {Size.SMALL: 1, Size.USUAL: 3, Size.YEAR: 3}

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told of each picture, batch of cases and published month that is done (how many)."""

    pictures: Told = field(default=lambda count: None)
    cases: Told = field(default=lambda count: None)
    things: Told = field(default=lambda count: None)
    months: Told = field(default=lambda count: None)


def cases_of(size: Size) -> int:
    """About how many cases are loaded."""
    return _CASES[size] + _RECENT[size]


def things_of(size: Size) -> int:
    """How many components are loaded."""
    return _THINGS[size] * len(component_classes())


def scenes_of(size: Size) -> tuple[Scene, ...]:
    """What the photos show."""
    return scene_pool(_VARIANTS[size])


@dataclass(frozen=True, slots=True)
class LoadedCity:
    """How much was loaded."""

    people: int
    pictures: int
    cases: int
    steps: int


def load_city(city: CityData, *, at: datetime, password: str, size: Size, jobs: int, progress: Progress) -> LoadedCity:
    """Load everything into an empty database; raises CityExists where there is a city."""
    shared = shared_password_hash(password)
    loaded = load_ground(grow_ground(city), by=TERMINAL, at=at, password_hash_of=lambda _person: shared)
    surroundings.forget_units()
    things = load_things(loaded.ground, by=TERMINAL, at=at, per_class=_THINGS[size], told=progress.things)
    loaded = replace(loaded, things=things)
    photos = _load_pictures(loaded, scenes_of(size), at=at, jobs=jobs, told=progress.pictures)
    cases = steps = 0
    for day in load_demo_cases(
        city=loaded,
        seed=city.seed,
        at=at,
        by=TERMINAL,
        cases=_CASES[size],
        recent=_RECENT[size],
        photos=photos,
        jobs=jobs,
    ):
        cases, steps = cases + day.cases, steps + day.steps
        progress.cases(day.cases)
    _open_doors(at)
    publish_year(at=at, jobs=jobs, paper=draw_scene(scenes_of(Size.SMALL)[0]), told=progress.months)
    if city.account:  # after the results: the self-evaluation is filled from them
        load_account(city, at=at)
        publish_account(city, at=at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")  # the first lists should not wait for the server to find out by itself
    return LoadedCity(len(loaded.person_ids), sum(map(len, photos.values())), cases, steps)


def start_anew() -> None:
    """Clear away a load that was broken off: the tables are made afresh, and what the application may do."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    migrate_database(verbosity=0)
    grant_to_application()


def _load_pictures(loaded: LoadedGround, scenes: tuple[Scene, ...], *, at: datetime, jobs: int, told: Told) -> Photos:
    """Draw the pictures on every core and take them in as if the first collector had sent them."""
    sender = next(loaded.person_ids[person.username] for person in loaded.ground.people if person.walks)
    found: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for scene, data in worked(_drawn, scenes, jobs=jobs):
        photo = receive_photo(data=data, by=sender, at=at)
        found.setdefault((scene.subject.value, scene.settled), []).append((photo.id, photo.sha256))
        told(1)
    return {key: tuple(sorted(pictures)) for key, pictures in found.items()}


def _drawn(scene: Scene) -> tuple[Scene, bytes]:
    return scene, draw_scene(scene)


def _open_doors(at: datetime) -> None:
    """The demo's public doors stand open, by a decision on record like any other."""
    for door in PublicDoor:
        open_door(
            by=TERMINAL,
            at=at,
            door=door,
            decided_by=_("演示城市管理监督指挥中心"),
            decision=_("演示：开放%(door)s") % {"door": door.label},
            secrecy_review=_("演示数据均为虚构，不涉及国家秘密与工作秘密，可以开放"),
        )
