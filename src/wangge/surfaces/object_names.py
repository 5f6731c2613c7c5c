"""The names of the objects that evaluation speaks of: districts, units, collectors, streets, classes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.standards.tables import Tables

_AREAS = {"street": AreaKind.STREET, "community": AreaKind.COMMUNITY, "grid": AreaKind.RESPONSIBILITY_GRID}


def object_name(kind: str, code: str, *, at: datetime | None = None) -> str:
    """The name of an object; its code where it has none."""
    if kind == "district":
        return district_names().get(code, code)
    if kind == "department":
        unit = units().get(code)
        return unit.name if unit is not None else code
    if kind == "collector" and code.isdigit():
        person = known([int(code)], at=at or clock.now()).get(int(code))
        return person.name if person is not None else code
    if kind in _AREAS:
        return area_name(kind=_AREAS[kind], code=code, on=clock.city_day(at or clock.now()))
    if kind == "minor_class":
        return _class_names(city_tables(), rulebook_on(clock.city_day(at or clock.now())).edition).get(code, code)
    return code


@lru_cache(maxsize=8)
def _class_names(tables: Tables, edition: str) -> Mapping[str, str]:
    return {row.key: row.minor_zh for row in tables.categories if row.edition == edition}
