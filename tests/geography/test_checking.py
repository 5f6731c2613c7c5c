"""Figures among themselves, against plain slow references: areas, overlaps, gaps, what sticks out, codes."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic import checking
from wangge.domains.geography.logic.codes import code_form
from wangge.domains.geography.logic.measures import EARTH_RADIUS_M, lengths_m, mean_width_m, square_metres
from wangge.standards.library import load_tables


def figures(*shapes: BaseGeometry) -> np.ndarray:
    return np.array(shapes, dtype=object)


def spherical_m2(figure: BaseGeometry) -> float:
    """Ring by ring, corner by corner."""
    total = 0.0
    for polygon in shapely.get_parts(figure):
        for n, ring in enumerate([polygon.exterior, *polygon.interiors]):
            points = list(ring.coords)
            turned = sum(
                math.radians(x2 - x1) * (2 + math.sin(math.radians(y1)) + math.sin(math.radians(y2)))
                for (x1, y1), (x2, y2) in itertools.pairwise(points)
            )
            total += (-1 if n else 1) * abs(turned) / 2 * EARTH_RADIUS_M**2
    return total


def test_areas_are_those_on_the_sphere_holes_and_parts_counted() -> None:
    ring = shapely.difference(shapely.box(113, 27, 113.3, 27.3), shapely.box(113.1, 27.1, 113.2, 27.2))
    both = shapely.MultiPolygon([shapely.box(113, 27, 113.1, 27.1), shapely.box(114, 28, 114.2, 28.1)])
    shapes = figures(ring, both, shapely.Point(1, 1), shapely.Polygon(), shapely.box(113, 27, 113.00001, 27.00001))
    for found, shape in zip(square_metres(shapes), shapes, strict=True):
        wanted = spherical_m2(shape) if shape.geom_type != "Point" else 0.0
        assert found == pytest.approx(wanted, rel=1e-6)
    assert square_metres(figures(shapely.box(113, 27, 113.00001, 27.00001)))[0] == pytest.approx(1.1, abs=0.02)


def test_parts_of_an_area_add_up_to_it() -> None:
    whole = shapely.box(113, 27, 114, 28)
    parts = figures(*(shapely.box(113 + i / 10, 27, 113.1 + i / 10, 28) for i in range(10)))
    assert square_metres(parts).sum() == pytest.approx(square_metres(whole)[0], rel=1e-9)


def test_lengths_are_metres() -> None:
    degree = math.pi * EARTH_RADIUS_M / 180
    assert lengths_m(figures(shapely.LineString([(113, 27), (113, 28)])))[0] == pytest.approx(degree)
    assert lengths_m(figures(shapely.box(113, 0, 113.01, 0.01)))[0] == pytest.approx(degree * 0.04, rel=1e-6)
    thin = figures(shapely.box(113, 27, 113.01, 27.000001))
    assert mean_width_m(thin)[0] == pytest.approx(0.111, abs=0.003)
    assert checking.is_sliver(thin).tolist() == [True]


def slow_overlaps(shapes: Sequence[BaseGeometry]) -> set[tuple[int, int]]:
    found = set()
    for i, j in itertools.combinations(range(len(shapes)), 2):
        cut = figures(shapely.intersection(shapes[i], shapes[j]))
        if cut[0].area > 0 and not checking.is_sliver(cut)[0]:
            found.add((i, j))
    return found


boxes = st.builds(
    lambda x, y, w, h: shapely.box(113 + x / 1000, 27 + y / 1000, 113 + (x + w) / 1000, 27 + (y + h) / 1000),
    st.integers(0, 20), st.integers(0, 20), st.integers(1, 8), st.integers(1, 8),
)  # fmt: skip


@given(st.lists(boxes, min_size=2, max_size=14), st.integers(0, 5))
def test_overlaps_are_those_found_pair_by_pair(shapes: list[BaseGeometry], but: int) -> None:
    wanted = {pair for pair in slow_overlaps(shapes) if pair[1] >= but}
    assert {(each.first, each.second) for each in checking.overlaps(figures(*shapes), but=but)} == wanted


def test_neighbours_that_share_corners_are_no_overlap_and_a_shifted_one_is() -> None:
    chequers = [shapely.box(113 + i * 0.01, 27 + j * 0.01, 113 + (i + 1) * 0.01, 27 + (j + 1) * 0.01)
                for i in range(8) for j in range(8)]  # fmt: skip
    assert checking.overlaps(figures(*chequers)) == []
    random.seed(1)
    shifted = [shapely.transform(each, lambda points: points + 0.0005) if n == 27 else each
               for n, each in enumerate(chequers)]  # fmt: skip
    found = checking.overlaps(figures(*shifted))
    assert {(each.first, each.second) for each in found} == slow_overlaps(shifted)
    assert len(found) == 3


def test_what_sticks_out_is_measured() -> None:
    parent = shapely.box(113, 27, 113.1, 27.1)
    inside, across = shapely.box(113.01, 27.01, 113.02, 27.02), shapely.box(113.09, 27, 113.11, 27.01)
    found = checking.sticking_out(figures(inside, across, parent), figures(parent, parent, parent))
    assert found == {1: pytest.approx(square_metres(shapely.box(113.1, 27, 113.11, 27.01))[0])}


def test_a_gap_is_measured_and_named_beside_its_neighbour() -> None:
    parent = shapely.box(113, 27, 113.03, 27.01)
    left, right = shapely.box(113, 27, 113.01, 27.01), shapely.box(113.02, 27, 113.03, 27.01)
    hole = shapely.box(113.01, 27, 113.02, 27.01)
    gap = checking.gaps({"P": [0, 1]}, figures(left, right), {"P": parent})[0]
    assert gap.area_m2 == pytest.approx(square_metres(hole)[0])
    assert hole.contains(shapely.Point(*map(float, gap.place.split(","))))
    assert checking.gaps({"P": [0, 1, 2]}, figures(left, right, hole), {"P": parent}) == []


def test_a_repair_keeps_the_ground_of_a_bow_tie() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert checking.repaired(bow).area == pytest.approx(0.5)
    assert checking.repaired(bow).is_valid
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 2), (0.5, 1), (0, 1)])
    assert checking.repaired(spike).area == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kind", "code", "right", "parent"),
    [
        (AreaKind.DISTRICT, "430202", True, ""),
        (AreaKind.DISTRICT, "43020", False, ""),
        (AreaKind.STREET, "430202001", True, "430202"),
        (AreaKind.COMMUNITY, "430202001001", True, "430202001"),
        (AreaKind.UNIT_GRID, "430202001001001", True, "430202001001"),
        (AreaKind.UNIT_GRID, "22020600100706", True, "220206001007"),
        (AreaKind.UNIT_GRID, "4302020010010011", False, None),
        (AreaKind.UNIT_GRID, "43020200100100１", False, None),
        (AreaKind.RESPONSIBILITY_GRID, "430202G01", True, ""),
        (AreaKind.RESPONSIBILITY_GRID, "G 1", False, None),
    ],
)
def test_codes_are_read_by_the_table(kind: AreaKind, code: str, right: bool, parent: str | None) -> None:
    form = code_form(load_tables().area_codes, kind)
    assert form.is_right(code) == right
    if parent is not None:
        assert form.parent_in(code) == parent
