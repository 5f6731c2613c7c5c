"""Owns the people of a demo city: names, posts, grid duties, and who is on duty when.

Pure and seeded. Every grid has a collector of its own; some have a second one and walk in two turns; the others are
covered by a neighbour on their rest day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from wangge.domains.organizations.logic import Holding
from wangge.project.demo.city_data import CityData, Span

_CITY_ZONE = ZoneInfo("Asia/Shanghai")
_REST_EVERY_DAYS = 7


@dataclass(frozen=True, slots=True)
class GroundPerson:
    """A person of the demo city; `contract`: temporary, established, bureau, or unit for people of the units."""

    username: str
    display_name: str
    contract: str
    holdings: tuple[Holding, ...]

    @property
    def walks(self) -> bool:
        """Whether he walks a grid."""
        return any(holding.post == "collector" for holding in self.holdings)


@dataclass(frozen=True, slots=True)
class PlannedDuty:
    """Who has which grid: rank 1 is its own collector, 2 the second one or the neighbour who covers."""

    grid_code: str
    username: str
    rank: int
    covers: bool
    """He has another grid and comes on the owner's rest day only."""


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One turn on duty, moments with zone; seats have no grid."""

    username: str
    shift: str
    starts_at: datetime
    ends_at: datetime
    grid_code: str | None = None


def plan_people(city: CityData, departments: Sequence[tuple[str, str, str | None]]) -> tuple[GroundPerson, ...]:
    """Everybody: the centre's staff, and one or two people of each unit (code, kind, district)."""
    names = _names(city)
    people = [
        GroundPerson(
            f"{staff.username}{number:0{len(str(staff.count))}d}",
            next(names),
            staff.contract,
            tuple(Holding(post) for post in staff.posts),
        )
        for staff in city.staff
        for number in range(1, staff.count + 1)
    ]
    for code, kind, district in departments:
        people.extend(_people_of_unit(code, kind, district, names))
    return tuple(people)


def _people_of_unit(code: str, kind: str, district: str | None, names: Iterator[str]) -> Iterator[GroundPerson]:
    """A platform has two dispatchers of the district who also answer as its unit; others have one person."""
    if kind != "district_platform":
        yield GroundPerson(f"unit-{code}".lower(), next(names), "unit", (Holding("department", code),))
        return
    for number in (1, 2):
        holdings = (Holding("district_dispatcher", code, district), Holding("department", code))
        yield GroundPerson(f"district-{district}-{number}", next(names), "unit", holdings)


def _names(city: CityData) -> Iterator[str]:
    """Invented names; with some thousand combinations two may be namesakes, as in life."""
    random = np.random.default_rng(city.seed + 2)
    words = city.words
    while True:
        surname = words.surnames[int(random.integers(len(words.surnames)))]
        yield surname + words.given[int(random.integers(len(words.given)))]


def plan_duties(
    grid_codes: Sequence[str], neighbours: Mapping[str, Sequence[str]], collectors: Sequence[str]
) -> tuple[PlannedDuty, ...]:
    """Spread collectors over the grids: one each, the rest as second ones evenly over the city."""
    own = dict(zip(grid_codes, collectors, strict=False))
    spare = list(collectors[len(grid_codes) :])
    step = len(grid_codes) / len(spare) if spare else 0.0
    second = {grid_codes[int(i * step)]: name for i, name in enumerate(spare[: len(grid_codes)])}
    duties: list[PlannedDuty] = []
    for grid in grid_codes:
        duties.append(PlannedDuty(grid, own[grid], 1, covers=False))
        if grid in second:
            duties.append(PlannedDuty(grid, second[grid], 2, covers=False))
        else:
            cover = next((own[other] for other in neighbours.get(grid, ()) if other in own), None)
            if cover is not None:
                duties.append(PlannedDuty(grid, cover, 2, covers=True))
    return tuple(duties)


def collector_turns(
    city: CityData, duties: Sequence[PlannedDuty], *, first_on: date, last_on: date
) -> Iterator[PlannedTurn]:
    """Turns of the collectors on every day from first to last, both included.

    Who shares his grid walks early or late, changing every week; the other takes the whole day when one rests.
    Who is alone walks the whole day, and the neighbour covers his rest day.
    """
    by_grid: dict[str, list[PlannedDuty]] = {}
    for duty in duties:
        by_grid.setdefault(duty.grid_code, []).append(duty)
    order = {duty.username: i for i, duty in enumerate(duties) if not duty.covers}
    for day in _days(first_on, last_on):
        for grid, held in by_grid.items():
            present = [duty for duty in held if not duty.covers and not _rests(order[duty.username], day)]
            if len(present) == 2:
                swapped = day.isocalendar().week % 2 == 1
                early, late = reversed(present) if swapped else present
                yield _turn(early.username, "early", city.collecting["early"], day, grid)
                yield _turn(late.username, "late", city.collecting["late"], day, grid)
                continue
            chosen = present or [duty for duty in held if duty.covers]
            for duty in chosen[:1]:
                yield _turn(duty.username, "day", city.collecting["alone"], day, grid)


def seat_turns(
    city: CityData, people: Sequence[GroundPerson], *, first_on: date, last_on: date
) -> Iterator[PlannedTurn]:
    """Turns of the seats: each shift takes the next ones of its people, so that the work goes round."""
    for day in _days(first_on, last_on):
        busy: set[str] = set()
        for shift in city.shifts:
            for word, seats in shift.seats:
                pool = [each.username for each in people if each.username.rstrip("0123456789") == word]
                start = day.toordinal() * sum(n for s in city.shifts for w, n in s.seats if w == word)
                row = [pool[(start + i) % len(pool)] for i in range(len(pool))]
                for name in [name for name in row if name not in busy][:seats]:
                    busy.add(name)
                    yield _turn(name, shift.name, shift.span, day, None)


def _rests(order: int, day: date) -> bool:
    """One day in seven, spread over the week, so that neighbours seldom rest together."""
    return (day.toordinal() + order * 3) % _REST_EVERY_DAYS == 0


def _turn(username: str, shift: str, span: Span, day: date, grid: str | None) -> PlannedTurn:
    end_day = day if span.end > span.start else day + timedelta(days=1)
    return PlannedTurn(username, shift, _moment(day, span.start), _moment(end_day, span.end), grid)


def _moment(day: date, clock_time: time) -> datetime:
    return datetime.combine(day, clock_time, _CITY_ZONE)


def _days(first_on: date, last_on: date) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first_on.toordinal(), last_on.toordinal() + 1))
