"""Owns the roads, house numbers and places of a demo city, and who is responsible for its grids.

Pure and seeded. Roads are two families of gently winding lines over the whole city; each is a section in every
district it runs through, with house numbers on both sides, odd on the left.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import AreaKind
from wangge.project.demo.ground import Ground

ROAD_SPACING_M = 1000.0
NUMBER_SPACING_M = 80.0
BESIDE_ROAD_M = 16.0
PLACES_A_COMMUNITY = 3
_METRES_A_DEGREE = 111_320.0
_STEP_M = 120.0


@dataclass(frozen=True, slots=True)
class Section:
    """A road in one district."""

    code: str
    road: str
    district_code: str
    line: BaseGeometry


@dataclass(frozen=True, slots=True)
class Named:
    """A house number or a place with its point (degrees)."""

    kind: str
    name: str
    road: str
    number: str
    district_code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one person responsible for a grid."""

    grid_code: str
    name: str
    unit: str


def sections_of(ground: Ground) -> tuple[Section, ...]:
    """Every road, cut at the borders of the districts."""
    found: list[Section] = []
    districts = ground.areas_of(AreaKind.DISTRICT)
    for number, (road, line) in enumerate(_lines(ground), start=1):
        for district in districts:
            for part in shapely.get_parts(shapely.intersection(line, district.boundary)):
                if part.geom_type == "LineString" and part.length * _METRES_A_DEGREE > 2 * NUMBER_SPACING_M:
                    code = f"{district.code}R{number:02d}{len(found) % 100:02d}"
                    found.append(Section(code, road, district.code, part))
    return tuple(found)


def numbers_of(sections: tuple[Section, ...]) -> Iterator[Named]:
    """House numbers along the sections; a road counts on from one section to the next."""
    last: dict[tuple[str, str], int] = {}
    for section in sections:
        stretch = math.cos(math.radians(section.line.centroid.y))
        line = _stretched(section.line, stretch)
        steps = np.arange(NUMBER_SPACING_M / 2, line.length * _METRES_A_DEGREE, NUMBER_SPACING_M) / _METRES_A_DEGREE
        before = last.get((section.road, section.district_code), 0)
        for side, offset in ((0, BESIDE_ROAD_M), (1, -BESIDE_ROAD_M)):
            beside = shapely.offset_curve(line, offset / _METRES_A_DEGREE)
            points = shapely.get_coordinates([beside.interpolate(min(step, beside.length)) for step in steps])
            for n, (x, y) in enumerate(points):
                number = str(before + 2 * n + 1 + side)
                name = f"{section.road}{number}号"
                lon, lat = round(float(x) / stretch, 6), round(float(y), 6)
                yield Named("house_number", name, section.road, number, section.district_code, lon, lat)
        last[section.road, section.district_code] = before + 2 * len(steps)


def _stretched(line: BaseGeometry, across: float) -> BaseGeometry:
    """The line in degrees of equal length."""
    moved: BaseGeometry = shapely.transform(line, lambda points: points * (across, 1.0))
    return moved


def places_of(ground: Ground) -> Iterator[Named]:
    """A few named places in every community."""
    random = np.random.default_rng(ground.city.seed + 3)
    words = ground.city.words.places
    communities = {area.code: area for area in ground.areas_of(AreaKind.COMMUNITY)}
    cells: dict[str, list[int]] = {}
    for cell, place in enumerate(ground.cell_places):
        cells.setdefault(place.community or "", []).append(cell)
    for code, own in sorted(cells.items()):
        area = communities[code]
        for word in random.choice(words, size=PLACES_A_COMMUNITY, replace=False):
            lon, lat = ground.cells.centres[int(random.choice(own))] + random.uniform(-0.0006, 0.0006, 2)
            name = f"{area.name.removesuffix('社区')}{word}"
            yield Named("place", name, "", "", area.district_code, round(float(lon), 6), round(float(lat), 6))


def responsible_of(ground: Ground) -> Iterator[Responsible]:
    """One person of the street's office for each responsibility grid."""
    random = np.random.default_rng(ground.city.seed + 4)
    words = ground.city.words
    streets = {area.code: area.name for area in ground.areas_of(AreaKind.STREET)}
    for grid in ground.areas_of(AreaKind.RESPONSIBILITY_GRID):
        name = str(random.choice(list(words.surnames))) + str(random.choice(words.given))
        yield Responsible(grid.code, name, f"{streets.get(grid.parent_code, '')}办事处")


def _lines(ground: Ground) -> Iterator[tuple[str, BaseGeometry]]:
    """Roads across and along, each winding a little in its own way."""
    outline = shapely.union_all([area.boundary for area in ground.areas_of(AreaKind.DISTRICT)])
    west, south, east, north = outline.bounds
    stretch = math.cos(math.radians((south + north) / 2))
    random = np.random.default_rng(ground.city.seed + 2)
    names = iter(ground.city.words.roads)
    spacing = ROAD_SPACING_M / _METRES_A_DEGREE
    step = _STEP_M / _METRES_A_DEGREE
    for is_across in (True, False):
        width = (east - west) * stretch if is_across else north - south
        height = north - south if is_across else (east - west) * stretch
        for k in range(1, max(2, round(height / spacing))):
            name = next(names, "")
            if not name:
                return
            along = np.arange(-step, width + 2 * step, step)
            swing = random.uniform(0.1, 0.3) * spacing
            off = k * spacing + swing * np.sin(along / spacing * random.uniform(0.6, 1.2) + random.uniform(0, 6.28))
            if is_across:
                points = np.column_stack([west + along / stretch, south + off])
            else:
                points = np.column_stack([west + off / stretch, south + along])
            yield name, shapely.LineString(np.round(points, 7))
