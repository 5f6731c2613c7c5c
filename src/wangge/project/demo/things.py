"""Owns the things of a demo city: generated components, brought in by the import like anybody's, and whose they are.

Pure and seeded up to the loading: the same city has the same components to the last code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.utils.translation import gettext as _

from wangge.domains.components.logic.incoming import Incoming, Units
from wangge.domains.components.operations.importing import import_components
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.domains.ownership.logic.choosing import PlaceKind, Role, Source
from wangge.domains.ownership.operations.rule_sets import NewRule, add_rules, release, start_draft
from wangge.project.demo.ground import Ground, platform_code
from wangge.standards.editions import categories_of, edition_in_force

PER_CLASS = 260
PER_CLASS_OF_SMALL = 20
_SURVEYED_ON = date(2023, 6, 1)
_DAMAGED_OF_HUNDRED = 3


@dataclass(frozen=True, slots=True)
class Thing:
    """A component of the demo city: where it stands, and the cell of the ground it stands in."""

    code: str
    lon: float
    lat: float
    cell: int


Things = Mapping[tuple[str, str], tuple[Thing, ...]]
"""(class, district) → its components."""


def component_classes() -> list[tuple[str, str]]:
    """(class, name) of every class of components in force."""
    tables = city_tables()
    return sorted(
        (key, row.minor_zh)
        for key, row in categories_of(tables, edition_in_force(tables)).items()
        if row.category_type == "component"
    )


def grow_things(ground: Ground, *, per_class: int) -> tuple[list[Incoming], Things]:
    """Components of every class all over the city, as rows of an import, and where each stands."""
    classes = component_classes()
    random = np.random.default_rng([ground.city.seed, per_class])
    points, cells = ground.scatter(per_class * len(classes), random=random)
    states = random.integers(0, 100, len(points))
    names = {each.code: each.name for each in ground.departments}
    numbers: dict[tuple[str, str], int] = {}
    rows: list[Incoming] = []
    things: dict[tuple[str, str], list[Thing]] = {}
    for i, ((lon, lat), cell) in enumerate(zip(points.tolist(), cells.tolist(), strict=True)):
        category, name = classes[i % len(classes)]
        place = ground.cell_places[cell]
        key = category, place.district or ""
        numbers[key] = numbers.get(key, 0) + 1
        code = f"{key[1]}{category.removeprefix('component:')}{numbers[key]:06d}"
        state = "damaged" if states[i] < _DAMAGED_OF_HUNDRED else "intact"
        thing = Thing(code, round(lon, 7), round(lat, 7), cell)
        things.setdefault(key, []).append(thing)
        units = _units(names, place.district or "", ground.department_for(category, place))
        rows.append(
            Incoming(
                i + 2, code, name, state, thing.lon, thing.lat, ground.city.valid_from, units, _SURVEYED_ON, "实测",
                stated_grid=place.unit_grid or "",
            )
        )  # fmt: skip
    return rows, {key: tuple(each) for key, each in things.items()}


def _units(names: Mapping[str, str], district: str, owner: str) -> Units:
    manager = platform_code(district)
    return Units(manager, names.get(manager, ""), owner, names.get(owner, owner), owner, names.get(owner, owner))


def load_things(
    ground: Ground, *, by: Actor, at: datetime, per_class: int, told: Callable[[int], None] = lambda _count: None
) -> Things:
    """Import the components and release the city's rules of ownership; answers where the components stand."""
    rows, things = grow_things(ground, per_class=per_class)
    from_on = ground.city.valid_from
    done = import_components(rows=rows, by=by, at=at, from_on=from_on, dry_run=False, strict=True, told=told)
    assert done.added == len(rows), done
    _release_rules(ground, by=by, at=at, on=from_on)
    return things


def _release_rules(ground: Ground, *, by: Actor, at: datetime, on: date) -> None:
    """What the city's data say about who is competent, as a released set: the thing's owner, units, districts."""
    said = _("%(city)s职责分工") % {"city": ground.city.title}
    own = NewRule("component:", Source.REGULATION, said, on, role=Role.OWNER)
    units = [
        NewRule(beginning, Source.REGULATION, said, on, department=each.code)
        for each in ground.departments
        for beginning in each.handles
    ]
    drafted = start_draft(title=said, by=by, at=at, on=on, empty=True)
    add_rules(rule_set_id=drafted, rules=[own, *units, *_of_districts(ground, said, on)], by=by, at=at)
    release(rule_set_id=drafted, effective_on=on, past={}, by=by, at=at)


def _of_districts(ground: Ground, said: str, on: date) -> list[NewRule]:
    """A district's rules for the classes no unit handles: one for every class would go before a unit's for one."""
    tables = city_tables()
    handled = tuple(beginning for each in ground.departments for beginning in each.handles)
    rest = [key for key in sorted(categories_of(tables, edition_in_force(tables))) if not key.startswith(handled)]
    return [
        NewRule(
            key, Source.REGULATION, said, on, department=platform_code(each.code), place_kind=PlaceKind.DISTRICT,
            place=each.code,
        )
        for key in rest
        for each in ground.city.districts
    ]  # fmt: skip
