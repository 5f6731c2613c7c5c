"""Owns who and what a simulated case meets: the people by post and unit, the grids' collectors, the competent units.

Plain values, made once in each worker from the city that was loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wangge.domains.cases.draws import drawn_by_lot
from wangge.domains.cases.rules import own_slot_scopes
from wangge.domains.geography.areas import AreaKind, Place
from wangge.domains.geography.gazetteer_queries import in_words, names
from wangge.domains.geography.logic.gazetteer import HOUSE_NUMBER, ROAD, NameIndex
from wangge.project.demo.ground import Ground
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.demo.things import Thing, Things
from wangge.project.simulation.conduct import Conduct


@dataclass(slots=True)
class Cast:
    """The city as its cases see it; persons are their ids as text."""

    ground: Ground
    posts: dict[str, tuple[str, ...]]
    units: dict[str, tuple[str, ...]]
    """Responsible unit → its people."""
    collectors: dict[str, tuple[str, ...]]
    """Responsibility grid → its own collectors."""
    verifiers: tuple[str, ...]
    platforms: frozenset[str]
    streets_of: dict[str, tuple[str, ...]]
    """District → its street offices."""
    area_names: dict[str, str]
    """Street or community → its name."""
    gazetteer: NameIndex
    calendars: dict[str, str]
    conduct: Conduct = field(default_factory=lambda: Conduct(0))
    things: Things = field(default_factory=dict)
    _competent: dict[tuple[str, str], str] = field(default_factory=dict)

    def thing_for(self, category: str, place: Place, lon: float) -> Thing | None:
        """The component a case of this class about here is about; the millionth of the longitude draws it."""
        found = self.things.get((category, place.district or ""), ())
        return found[int(lon * 1_000_000) % len(found)] if found else None

    def address_at(self, place: Place, lon: float, lat: float, spot: str) -> str:
        """The address as the city's gazetteer gives it for the point, with the spot where the words leave one open."""
        street, spoken = self.area_names.get(place.street or "", ""), self.gazetteer.words_for(lon, lat)
        if spoken is None:
            return f"{street}{self.area_names.get(place.community or '', '')}{spot}"
        open_end = spoken.kind in (HOUSE_NUMBER, ROAD) and not spoken.is_near
        return f"{street}{in_words(spoken)}{spot if open_end else ''}"

    def competent_unit(self, category: str, place: Place) -> str:
        """The unit a class lies with at a place."""
        key = (category, place.district or "")
        found = self._competent.get(key)
        if found is None:
            found = self._competent[key] = self.ground.department_for(category, place)
        return found


def cast_of(loaded: LoadedGround) -> Cast:
    """The cast of a city in the database."""
    ground, ids = loaded.ground, loaded.person_ids
    posts: dict[str, list[str]] = {}
    units: dict[str, list[str]] = {}
    for person in ground.people:
        key = str(ids[person.username])
        for holding in person.holdings:
            posts.setdefault(holding.post, []).append(key)
            if holding.department_code and key not in units.setdefault(holding.department_code, []):
                units[holding.department_code].append(key)
    collectors: dict[str, list[str]] = {}
    for duty in ground.duties:
        if not duty.covers:
            collectors.setdefault(duty.grid_code, []).append(str(ids[duty.username]))
    platforms = frozenset(each.code for each in ground.departments if each.kind == "district_platform")
    streets: dict[str, list[str]] = {}
    for each in ground.departments:
        if each.kind == "street" and each.district_code:
            streets.setdefault(each.district_code, []).append(each.code)
    own = own_slot_scopes()
    scopes = {
        each.code: " ".join(
            scope for scope in (f"department:{each.code}", f"district:{each.district_code or ''}") if scope in own
        )
        for each in ground.departments
    }
    return Cast(
        ground=ground,
        posts={post: tuple(people) for post, people in posts.items()},
        units={code: tuple(people) for code, people in units.items()},
        collectors={code: tuple(people) for code, people in collectors.items()},
        verifiers=tuple(posts.get("verifier") or posts["collector"]),
        platforms=platforms,
        streets_of={district: tuple(codes) for district, codes in streets.items()},
        area_names={
            area.code: area.name for kind in (AreaKind.STREET, AreaKind.COMMUNITY) for area in ground.areas_of(kind)
        },
        gazetteer=names(ground.city.valid_from),
        calendars=scopes,
        things=loaded.things,
    )


@dataclass(slots=True)
class AroundStory:
    """The surroundings of a simulated case."""

    cast: Cast
    number: str
    collector: str
    open_leads: frozenset[str] = frozenset()

    def on_duty(self) -> str:
        return self.collector

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        return drawn_by_lot(number=self.number, rule=rule, cycle=cycle, percent=percent)

    def lead_is_open(self, lead_case: str) -> bool:
        return lead_case in self.open_leads

    def is_district(self, unit: str) -> bool:
        return unit in self.cast.platforms

    def calendar_of(self, unit: str) -> str:
        return self.cast.calendars.get(unit, "")

    def plausible(self) -> bool:
        return True

    def told_end(self) -> int:
        return 0
