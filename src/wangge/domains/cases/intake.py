"""What comes in from outside, made into values the logic takes: arguments as text, places, evidence, people, units.

A value that cannot be read is refused by name (``BadInput``) before anything is judged by it or after the guards,
as the order of refusals wants; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.logic.moments import day_of, text_of
from wangge.domains.cases.operations.writing import Matter
from wangge.domains.cases.surroundings import units
from wangge.domains.components.queries.register import ComponentRow, component_on
from wangge.domains.geography.queries import locate_given
from wangge.domains.organizations.queries import city_tables, person_named
from wangge.groundwork.coordinates import CoordinateError

PEOPLE_ARGS = ("assignee", "handler")
UNIT_ARGS = ("department",)
MOMENT_ARGS = ("until", "reply_by")
WORDS_AND_PLACES = frozenset({"location", "description"})
LONGEST_ARGUMENT = 2000
YEARS = range(1990, 2200)  # of a moment in an argument: beyond lies a slip of the pen
SYSTEMS = ("wgs84", "gcj02", "bd09", "city")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as given and as found: WGS-84, the areas it lies in, the words of its address."""

    matter: Matter
    district_code: str = ""
    grid_code: str = ""
    accuracy_m: float | None = None  # as the device said
    fix: str = ""  # how the point was found: device, photo, map, typed

    @property
    def given(self) -> bool:
        return self.matter.lon is not None or bool(self.matter.address)

    def as_evidence(self) -> dict[str, Any]:
        """The place in a step's payload; the address is a personal word and stands apart."""
        if self.matter.lon is None:
            return {"address_only": True}
        place: dict[str, Any] = {
            "lon": self.matter.lon, "lat": self.matter.lat, "system": self.matter.given_system,
        }  # fmt: skip
        if self.accuracy_m is not None:
            place["accuracy_m"] = self.accuracy_m
        return {**place, "fix": self.fix} if self.fix else place


NOWHERE = Spot(Matter())


def spot_of(location: Mapping[str, Any] | None, *, at: datetime) -> Spot:
    """A location of the contract's form: lon/lat or x/y in its system, address, component."""
    if not location:
        return NOWHERE
    system = str(location.get("system") or "wgs84").lower()
    if system not in SYSTEMS:
        raise BadInput("location.system", _("坐标系只能是 wgs84、gcj02、bd09 或 city。"))
    first, second = ("x", "y") if system == "city" else ("lon", "lat")
    address = str(location.get("address") or "").strip()
    component = str(location.get("component") or "")
    if component:
        location = _beside(location, _component_of(component, at), first, second)
        system = str(location.get("system") or "wgs84").lower()
        first, second = ("x", "y") if system == "city" else ("lon", "lat")
    if location.get(first) is None or location.get(second) is None:
        return Spot(Matter(address=address, component=component))
    try:
        given = float(location[first]), float(location[second])
        found = locate_given(first=given[0], second=given[1], system=system, on=day_of(civil(at)))
    except (TypeError, ValueError, CoordinateError) as wrong:
        raise BadInput("location", str(wrong) or _("坐标不是数字。")) from wrong
    place = found.place
    matter = Matter(
        address=address,
        lon=found.lon,
        lat=found.lat,
        given_system=system,
        given_x=given[0],
        given_y=given[1],
        component=component,
        unit_grid_code=place.unit_grid or "",
        street_code=place.street or "",
        community_code=place.community or "",
    )
    return Spot(
        matter, place.district or "", place.responsibility_grid or "", location.get("accuracy_m"),
        str(location.get("fix") or ""),
    )  # fmt: skip


def _component_of(code: str, at: datetime) -> ComponentRow:
    found = None if "\0" in code else component_on(code=code, on=day_of(civil(at)))
    if found is None:
        raise BadInput("location.component", _("部件库中没有标识码为“%(code)s”的部件。") % {"code": code})
    return found


def _beside(location: Mapping[str, Any], component: ComponentRow, first: str, second: str) -> Mapping[str, Any]:
    """The place of a report that names a component and no point is the component's own."""
    if location.get(first) is not None and location.get(second) is not None:
        return location
    return {**location, "system": "wgs84", "lon": component.lon, "lat": component.lat, "x": None, "y": None}


@lru_cache(maxsize=1)
def photo_kinds() -> frozenset[str]:
    """The kinds of evidence that are photos: every piece the table of moves or a tier may ask for but places and
    words."""
    tables = city_tables()
    asked = {piece for move in tables.moves for piece in move.evidence}
    asked |= {piece for tier in tables.approval_tiers for piece in tier.evidence}
    return frozenset(asked - WORDS_AND_PLACES)


def arguments(given: Mapping[str, Any]) -> tuple[dict[str, str], BadInput | None]:
    """Argument values as the logic's text (people become their ids, moments the city's wall clock), and the first
    value that cannot be read: it is the answer only where nothing before it refuses.
    """
    args: dict[str, str] = {}
    bad: BadInput | None = None
    for name, value in given.items():
        if value is None or value in ("", []):
            continue
        try:
            args[name] = _argument(name, value)
        except BadInput as wrong:
            bad = bad or wrong
    return args, bad


def _argument(name: str, value: Any) -> str:
    if name in PEOPLE_ARGS:
        return person_key(name, str(value))
    if name in MOMENT_ARGS:
        return moment_text(name, value)
    if name in UNIT_ARGS and str(value) not in units():
        raise BadInput(name, _("没有代码为“%(code)s”的责任单位。") % {"code": value})
    if name == "departments":
        return _unit_codes(name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise BadInput(name, _("应为一个值，不是对象或列表。"))
    text = str(value).strip()
    if len(text) > LONGEST_ARGUMENT:
        raise BadInput(name, _("不能超过 %(most)s 字。") % {"most": LONGEST_ARGUMENT})
    return text


def _unit_codes(name: str, value: Any) -> str:
    """Codes of units with blanks between; they may come as a list."""
    codes = value.split() if isinstance(value, str) else value
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise BadInput(name, _("应为责任单位代码的列表。"))
    for code in codes:
        _argument("department", code)
    return " ".join(codes)


def person_key(name: str, username: str) -> str:
    """The person's id as text; refused when nobody in use has this user name."""
    person = person_named(username)
    if person is None or not person.is_active:
        raise BadInput(name, _("没有用户名为“%(name)s”的在用人员。") % {"name": username})
    return str(person.id)


def moment_text(name: str, value: Any) -> str:
    """An ISO moment, with an offset or on the city's clock, as ``2024-03-13 08:10`` on the city's clock."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise BadInput(name, _("时间应写作 2024-03-13T08:10:00+08:00。")) from wrong
    if moment.year not in YEARS:
        raise BadInput(name, _("时间应在 %(first)s 至 %(last)s 年之间。") % {"first": YEARS[0], "last": YEARS[-1]})
    if moment.tzinfo is None:
        return moment.strftime("%Y-%m-%d %H:%M")
    return text_of(civil(moment))
