"""Owns the ground of a demo city: districts, streets, communities and grids, units, people and their duties.

Pure and seeded: the same data file gives the same city, to the last code and corner.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from wangge.domains.geography.areas import Area, AreaKind, Place
from wangge.project.demo.city_data import CityData, DistrictData
from wangge.project.demo.partition import Cells, Group, Points, divide, draw_cells, reading_order, scatter
from wangge.project.demo.staffing import GroundPerson, PlannedDuty, plan_duties, plan_people


@dataclass(frozen=True, slots=True)
class GroundDepartment:
    """A responsible unit; parents come before their children. `handles` are beginnings of classes."""

    code: str
    name: str
    kind: str
    district_code: str | None = None
    parent_code: str | None = None
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A whole demo city before its first case."""

    city: CityData
    cells: Cells
    areas: tuple[Area, ...]
    cell_places: tuple[Place, ...]
    """The place of each cell: a point drawn in a cell needs no search."""
    departments: tuple[GroundDepartment, ...]
    people: tuple[GroundPerson, ...]
    duties: tuple[PlannedDuty, ...]

    def areas_of(self, kind: AreaKind) -> tuple[Area, ...]:
        """Areas of one kind, by code."""
        return tuple(area for area in self.areas if area.kind is kind)

    def point_in(self, district_code: str) -> tuple[float, float]:
        """A point (lon, lat) well inside a district."""
        for area in self.areas:
            if area.kind is AreaKind.DISTRICT and area.code == district_code:
                point = area.boundary.representative_point()
                return round(point.x, 6), round(point.y, 6)
        raise KeyError(district_code)

    def department_for(self, category: str, place: Place) -> str:
        """Code of the unit competent for a class (`component:0101`) at a place: longest entry, else the district."""
        fitting = [
            (len(beginning), department.code)
            for department in self.departments
            for beginning in department.handles
            if category.startswith(beginning)
        ]
        return max(fitting)[1] if fitting else platform_code(place.district or self.city.districts[0].code)

    def scatter(
        self, amount: int, *, random: np.random.Generator, weights: Points | None = None
    ) -> tuple[Points, npt.NDArray[np.int64]]:
        """Random points (lon, lat) in the city and the cell of each (index of `cell_places`)."""
        return scatter(self.cells, amount, random=random, weights=weights)


def platform_code(district_code: str) -> str:
    """Code of a district's platform (区级平台) as responsible unit."""
    return f"{district_code}-P"


def grow_ground(city: CityData) -> Ground:
    """Draw the city's areas and people from its data."""
    grids = sum(district.grids for district in city.districts)
    cells = draw_cells(
        count=grids * city.unit_grids_per_grid, centre=city.centre, extent_km=city.extent_km, seed=city.seed
    )
    areas, places = _Drawing(city, cells).draw()
    grid_codes = sorted({place.responsibility_grid or "" for place in places})
    departments = _departments(city)
    people = plan_people(city, [(each.code, each.kind, each.district_code) for each in departments])
    duties = plan_duties(grid_codes, _grid_neighbours(cells, places), [each.username for each in people if each.walks])
    return Ground(city, cells, areas, places, departments, people, duties)


class _Drawing:
    """The areas of a city, from the largest to the smallest, and the place of each cell."""

    def __init__(self, city: CityData, cells: Cells) -> None:
        self.city = city
        self.cells = cells
        self.areas: list[Area] = []
        self.places: dict[int, Place] = {}
        self.community_names = _community_names(city)

    def draw(self) -> tuple[tuple[Area, ...], tuple[Place, ...]]:
        everything = range(len(self.cells.polygons))
        groups = divide(self.cells, everything, [district.grids for district in self.city.districts])
        for district, group in zip(self.city.districts, groups, strict=True):
            self._add(AreaKind.DISTRICT, district.code, district.name, "", district.code, group)
            self._draw_district(district, group)
        ordered = sorted(self.areas, key=lambda area: (area.kind, area.code))
        return tuple(ordered), tuple(self.places[i] for i in everything)

    def _draw_district(self, district: DistrictData, group: Group) -> None:
        shares = _shares(district.grids, len(district.streets))
        numbers = count(1)
        groups = divide(self.cells, group, shares)
        for i, (name, grids, part) in enumerate(zip(district.streets, shares, groups, strict=True), start=1):
            code = f"{district.code}{i:03d}"
            self._add(AreaKind.STREET, code, name, district.code, district.code, part)
            self._draw_street(district, code, name, divide(self.cells, part, [1.0] * grids), numbers)

    def _draw_street(
        self, district: DistrictData, street: str, name: str, groups: Sequence[Group], numbers: Iterator[int]
    ) -> None:
        community_numbers = count(1)
        for i, (number, group) in enumerate(zip(numbers, groups, strict=False), start=1):
            grid = f"{district.code}G{number:02d}"
            label = f"{name.removesuffix('街道')}{i}号责任网格"
            self._add(AreaKind.RESPONSIBILITY_GRID, grid, label, street, district.code, group)
            for part in divide(self.cells, group, [1.0] * self.city.communities_per_grid):
                community = f"{street}{next(community_numbers):03d}"
                self._draw_community(Place(district.code, street, community, None, grid), part)

    def _draw_community(self, place: Place, group: Group) -> None:
        district, street, community = place.district or "", place.street or "", place.community or ""
        name = next(self.community_names)
        self._add(AreaKind.COMMUNITY, community, name, street, district, group)
        for i, cell in enumerate(reading_order(self.cells, group), start=1):
            code = f"{community}{i:03d}"
            self._add(AreaKind.UNIT_GRID, code, f"{name}{i}号单元网格", community, district, (cell,))
            self.places[cell] = Place(district, street, community, code, place.responsibility_grid)

    def _add(self, kind: AreaKind, code: str, name: str, parent: str, district: str, group: Group) -> None:
        border = self.cells.union(group)
        self.areas.append(Area(kind, code, name, parent, district, border, self.city.valid_from))


def _shares(amount: int, parts: int) -> list[int]:
    """A whole amount in whole parts that differ by one at most."""
    return [amount // parts + (i < amount % parts) for i in range(parts)]


def _community_names(city: CityData) -> Iterator[str]:
    """Invented names, each once in the city; numbered when the words run out."""
    words = city.words
    names = [first + second for first in words.community_first for second in words.community_second]
    np.random.default_rng(city.seed + 1).shuffle(names)
    for series in count(1):
        for name in names:
            yield f"{name}社区" if series == 1 else f"{name}第{series}社区"


def _departments(city: CityData) -> tuple[GroundDepartment, ...]:
    """District platforms, streets under them, and the units that serve the whole city."""
    found: list[GroundDepartment] = []
    for district in city.districts:
        platform = platform_code(district.code)
        found.append(GroundDepartment(platform, f"{district.name}城市管理指挥平台", "district_platform", district.code))
        for i, street in enumerate(district.streets, start=1):
            code = f"{district.code}{i:03d}"
            found.append(GroundDepartment(code, f"{street}办事处", "street", district.code, platform))
    for each in city.departments:
        found.append(GroundDepartment(each.code, each.name, each.kind, handles=each.handles))
    return tuple(found)


def _grid_neighbours(cells: Cells, places: Sequence[Place]) -> Mapping[str, tuple[str, ...]]:
    """For each responsibility grid those it touches, in its own district first."""
    touched: dict[str, set[str]] = {}
    for i, place in enumerate(places):
        own = place.responsibility_grid or ""
        others = {places[j].responsibility_grid or "" for j in cells.neighbours[i]}
        touched.setdefault(own, set()).update(others - {own})
    return {
        grid: tuple(sorted(others, key=lambda other: (other[:6] != grid[:6], other)))
        for grid, others in touched.items()
    }
