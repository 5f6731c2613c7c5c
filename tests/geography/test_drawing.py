"""A border drawn by hand: its neighbours give way and close up, and no ground is lost or counted twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.logic.checking import left_open, overlaps
from wangge.domains.geography.logic.drawing import Redrawn, Sheet, redrawn, sheet_of
from wangge.domains.geography.logic.measures import square_metres

WEST, SOUTH, EAST, NORTH = 113.0, 27.0, 113.02, 27.02
MIDDLE = 113.01


def area(code: str, figure: BaseGeometry, parent: str = "430202001") -> Area:
    return Area(AreaKind.RESPONSIBILITY_GRID, code, code, parent, "430202", figure, date(2020, 1, 1))


STREET = area("430202001", shapely.box(WEST, SOUTH, EAST, NORTH))
OWN = area("G1", shapely.box(WEST, SOUTH, MIDDLE, NORTH))
LOWER = area("G2", shapely.box(MIDDLE, SOUTH, EAST, 27.01))
UPPER = area("G3", shapely.box(MIDDLE, 27.01, EAST, NORTH))
BEYOND = area("G9", shapely.box(112.99, SOUTH, WEST, NORTH), parent="430202002")


@pytest.fixture
def sheet() -> Sheet:
    return sheet_of(OWN, [OWN, LOWER, UPPER, BEYOND], STREET)


def ground_after(sheet: Sheet, found: Redrawn) -> np.ndarray:
    grids = [found.neighbours.get(each.code, each.boundary) for each in sheet.neighbours if each is not BEYOND]
    return np.array([found.border, *grids], dtype=object)


def assert_whole(sheet: Sheet, found: Redrawn) -> None:
    """The street is covered as before, and no square metre twice."""
    after = ground_after(sheet, found)
    assert overlaps(after) == []
    assert left_open(np.array([STREET.boundary], dtype=object), after, np.array([], dtype=object)) is None
    assert shapely.area(after).sum() == pytest.approx(STREET.boundary.area, rel=1e-6)


def test_a_grid_gets_a_corner_where_two_neighbours_meet(sheet: Sheet) -> None:
    assert [each.code for each in sheet.neighbours] == ["G2", "G3", "G9"]
    assert (MIDDLE, 27.01) in {tuple(point) for point in shapely.get_coordinates(sheet.border).tolist()}
    assert square_metres(sheet.border)[0] == pytest.approx(square_metres(OWN.boundary)[0])


def test_what_is_taken_leaves_the_neighbours(sheet: Sheet) -> None:
    found = redrawn(sheet, shapely.box(WEST, SOUTH, 113.013, NORTH))
    assert set(found.neighbours) == {"G2", "G3"}
    assert found.neighbours["G2"].equals_exact(shapely.box(113.013, SOUTH, EAST, 27.01), 1e-7, normalize=True)
    assert_whole(sheet, found)


def test_what_is_given_up_is_shared_out_where_the_neighbours_met(sheet: Sheet) -> None:
    found = redrawn(sheet, shapely.box(WEST, SOUTH, 113.008, NORTH))
    lower = shapely.box(113.008, SOUTH, EAST, 27.01)
    assert square_metres(found.neighbours["G2"])[0] == pytest.approx(square_metres(lower)[0], rel=1e-6)
    assert found.neighbours["G2"].symmetric_difference(lower).area < 1e-10
    assert_whole(sheet, found)


def test_a_corner_that_was_moved_takes_the_meeting_of_the_neighbours_along(sheet: Sheet) -> None:
    corner = (113.007, 27.012)
    drawn = shapely.Polygon([(WEST, SOUTH), (MIDDLE, SOUTH), corner, (MIDDLE, NORTH), (WEST, NORTH)])
    found = redrawn(sheet, drawn)
    for code in ("G2", "G3"):
        assert corner in {tuple(point) for point in shapely.get_coordinates(found.neighbours[code]).tolist()}
    assert_whole(sheet, found)


def test_a_neighbour_that_is_not_touched_stays_as_it_is(sheet: Sheet) -> None:
    drawn = shapely.Polygon([(WEST, SOUTH), (113.012, SOUTH), (MIDDLE, 27.01), (MIDDLE, NORTH), (WEST, NORTH)])
    assert set(redrawn(sheet, drawn).neighbours) == {"G2"}
    assert redrawn(sheet, sheet.border).neighbours == {}


def test_what_is_drawn_beyond_the_parent_is_cut_off_and_said(sheet: Sheet) -> None:
    found = redrawn(sheet, shapely.box(112.995, SOUTH, MIDDLE, NORTH))
    assert found.cut_off_m2 == pytest.approx(square_metres(shapely.box(112.995, SOUTH, WEST, NORTH))[0], rel=1e-6)
    assert found.neighbours == {}
    assert_whole(sheet, found)


def test_what_nobody_lies_along_stays_open_and_is_named(sheet: Sheet) -> None:
    found = redrawn(sheet, shapely.box(113.002, SOUTH, MIDDLE, NORTH))
    assert found.neighbours == {}
    assert len(found.left_open) == 1
    lon, lat = map(float, found.left_open[0].split(","))
    assert WEST < lon < 113.002
    assert SOUTH < lat < NORTH


_east = st.floats(113.001, 113.019)


@given(st.lists(_east, min_size=3, max_size=7))
@settings(max_examples=150, deadline=None)
def test_however_a_border_is_drawn_across_the_street_stays_whole(across: list[float]) -> None:
    sheet = sheet_of(OWN, [OWN, LOWER, UPPER], STREET)
    heights = np.linspace(SOUTH, NORTH, len(across)).tolist()
    line = [(round(lon, 7), lat) for lon, lat in zip(across, heights, strict=True)]
    found = redrawn(sheet, shapely.Polygon([(WEST, SOUTH), *line, (WEST, NORTH)]))
    assert_whole(sheet, found)
    assert found.left_open == ()
