"""Owns the loading of a demo city's ground into an empty database, by bulk through the domains' operations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import AreaKind, GridDuty
from wangge.domains.geography.models import AreaRow
from wangge.domains.geography.operations.duties import load_grid_duties
from wangge.domains.geography.operations.versions import set_city_epsg
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Department, District
from wangge.domains.organizations.operations.bulk import (
    NewDepartment,
    NewDistrict,
    NewPerson,
    NewTurn,
    load_people,
    load_turns,
    load_units,
)
from wangge.groundwork.clock import city_day
from wangge.project.demo.ground import Ground
from wangge.project.demo.place_files import load_places
from wangge.project.demo.staffing import GroundPerson, PlannedTurn, collector_turns, seat_turns
from wangge.project.demo.things import Things

TURN_DAYS_BEFORE = 14
TURN_DAYS_AFTER = 60


class CityExists(Exception):
    """The database holds a city already; the text says what to do."""


@dataclass(frozen=True, slots=True)
class LoadedGround:
    """What is in the database now, with the ids that the cases need."""

    ground: Ground
    person_ids: dict[str, int]
    """User name → id."""
    things: Things = field(default_factory=dict)
    """Components that cases may be about; empty where there are none."""


def load_ground(
    ground: Ground,
    *,
    by: Actor,
    at: datetime,
    password_hash_of: Callable[[GroundPerson], str | None] = lambda person: None,
    turns_from: date | None = None,
    turns_to: date | None = None,
) -> LoadedGround:
    """Write a city's ground, in one transaction; raises CityExists where there is a city.

    `password_hash_of` gives a person's password hash, None where nobody signs in as him. Turns are written from
    `turns_from` to `turns_to` (both included), else from TURN_DAYS_BEFORE before to TURN_DAYS_AFTER after `at`.
    """
    city = ground.city
    with transaction.atomic():
        _check_empty()
        _load_units(ground, by=by, at=at)
        ids = load_people(
            by=by,
            at=at,
            people=[
                NewPerson(each.username, each.display_name, each.holdings, password_hash=password_hash_of(each))
                for each in ground.people
            ],
            valid_from=datetime.combine(city.valid_from, time(), UTC),
        )
        set_city_epsg(code=city.epsg)
        load_places(ground, by=by, at=at)
        load_grid_duties(
            duties=[GridDuty(duty.grid_code, ids[duty.username], duty.rank, city.valid_from) for duty in ground.duties]
        )
        load_ground_turns(
            ground,
            by=by,
            at=at,
            first_on=turns_from or city_day(at) - timedelta(days=TURN_DAYS_BEFORE),
            last_on=turns_to or city_day(at) + timedelta(days=TURN_DAYS_AFTER),
        )
    geography.forget()
    return LoadedGround(ground, ids)


def load_ground_turns(ground: Ground, *, by: Actor, at: datetime, first_on: date, last_on: date) -> int:
    """Write the turns of collectors and seats on these days, both included; answers how many."""
    turns = [
        *collector_turns(ground.city, ground.duties, first_on=first_on, last_on=last_on),
        *seat_turns(ground.city, ground.people, first_on=first_on, last_on=last_on),
    ]
    load_turns(by=by, at=at, turns=[_new_turn(turn) for turn in turns])
    return len(turns)


def _load_units(ground: Ground, *, by: Actor, at: datetime) -> None:
    load_units(
        by=by,
        at=at,
        districts=[NewDistrict(area.code, area.name) for area in ground.areas_of(AreaKind.DISTRICT)],
        departments=[
            NewDepartment(each.code, each.name, each.kind, each.parent_code, each.district_code)
            for each in ground.departments
        ],
        valid_from=ground.city.valid_from,
    )


def _check_empty() -> None:
    if District.objects.exists() or Department.objects.exists() or AreaRow.objects.exists():
        raise CityExists(
            _("数据库中已有城市数据，不再载入演示城市。如需重来，请换一个 WANGGE_VAR 目录，或使用空数据库。")
        )


def _new_turn(turn: PlannedTurn) -> NewTurn:
    return NewTurn(
        turn.username, turn.shift, turn.starts_at.astimezone(UTC), turn.ends_at.astimezone(UTC), turn.grid_code
    )
