"""The names of the objects that evaluation speaks of: districts, units, collectors, grids."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.organizations.directory import known
from wangge.groundwork import clock


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
    return code
