"""From a point and a day to its areas: one by one, many at once, and on a border's other side of time."""

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import (
    Area,
    AreaKind,
    BoundaryRefused,
    GridDuty,
    Place,
    check_boundary,
)

DAY = date(2024, 4, 12)
OPENED = date(2020, 1, 1)


def area(kind: AreaKind, code: str, box: tuple[float, float, float, float], *days: date | None) -> Area:
    valid_from, valid_to = (*days, None, None)[:2]
    parent = "" if kind is AreaKind.DISTRICT else "990101"
    return Area(kind, code, f"名{code}", parent, "990101", shapely.box(*box), valid_from or OPENED, valid_to)


def chequered(kind: AreaKind, count: int) -> list[Area]:
    step = 1 / count
    return [
        area(kind, f"{i * count + j:06d}", (i * step, j * step, (i + 1) * step, (j + 1) * step))
        for i in range(count)
        for j in range(count)
    ]


CITY = AreaIndex(
    [
        *chequered(AreaKind.DISTRICT, 2),
        *chequered(AreaKind.STREET, 4),
        *chequered(AreaKind.COMMUNITY, 8),
        *chequered(AreaKind.UNIT_GRID, 16),
        *chequered(AreaKind.RESPONSIBILITY_GRID, 5),
    ]
)


def test_a_point_lies_in_one_area_of_each_kind() -> None:
    assert CITY.locate(0.9, 0.1, on=DAY) == Place("000002", "000012", "000056", "000225", "000020")


def test_a_point_outside_lies_nowhere() -> None:
    assert CITY.locate(3.0, 3.0, on=DAY) == Place()


def test_a_point_on_a_border_belongs_to_the_smaller_code() -> None:
    assert CITY.locate(0.5, 0.5, on=DAY).district == "000000"


@given(st.lists(st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)), min_size=1, max_size=30))
def test_many_points_lie_where_they_lie_one_by_one(points: list[tuple[float, float]]) -> None:
    lons, lats = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    places = CITY.locate_many(lons, lats, on=DAY)
    assert [places[i] for i in range(len(places))] == [CITY.locate(*point, on=DAY) for point in points]


def test_points_without_coordinates_lie_nowhere() -> None:
    places = CITY.locate_many(np.array([np.nan, 0.1]), np.array([0.1, 0.1]), on=DAY)
    assert places[0] == Place()
    assert places[1].district == "000000"


def test_a_case_keeps_the_border_of_its_day() -> None:
    moved = date(2024, 6, 1)
    index = AreaIndex(
        [
            area(AreaKind.DISTRICT, "990101", (0, 0, 1, 1), OPENED, moved),
            area(AreaKind.DISTRICT, "990101", (0, 0, 0.5, 1), moved),
            area(AreaKind.DISTRICT, "990102", (1, 0, 2, 1), OPENED, moved),
            area(AreaKind.DISTRICT, "990102", (0.5, 0, 2, 1), moved),
        ]
    )
    day_before = moved - timedelta(days=1)
    assert index.locate(0.7, 0.5, on=day_before).district == "990101"
    assert index.locate(0.7, 0.5, on=moved).district == "990102"
    assert index.locate(0.7, 0.5, on=OPENED - timedelta(days=1)).district is None
    both = index.locate_many(np.array([0.7, 0.7]), np.array([0.5, 0.5]), on=[day_before, moved])
    assert both.district.tolist() == ["990101", "990102"]
    before = index.area(kind=AreaKind.DISTRICT, code="990102", on=day_before)
    assert before is not None
    assert before.boundary.area == pytest.approx(1.0)


def test_an_area_with_a_hole_does_not_hold_what_lies_in_it() -> None:
    ring = shapely.difference(shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2))
    index = AreaIndex([Area(AreaKind.DISTRICT, "990101", "环", "", "990101", ring, OPENED)])
    assert index.locate(0.5, 0.5, on=DAY).district == "990101"
    assert index.locate(1.5, 1.5, on=DAY).district is None


def test_an_empty_city_answers_nowhere() -> None:
    index = AreaIndex([])
    assert index.locate(113.1, 27.8, on=DAY) == Place()
    assert index.locate_many(np.array([113.1]), np.array([27.8]), on=DAY)[0] == Place()


def test_a_grid_names_its_collectors_of_the_day_first_to_ask_first() -> None:
    change = date(2024, 5, 1)
    index = AreaIndex(
        [],
        [
            GridDuty("G001", 12, 2, OPENED),
            GridDuty("G001", 11, 1, OPENED, change),
            GridDuty("G001", 13, 1, change),
            GridDuty("G002", 12, 1, OPENED),
        ],
    )
    assert index.collectors("G001", on=DAY) == (11, 12)
    assert index.collectors("G001", on=change) == (13, 12)
    assert index.collectors("G009", on=DAY) == ()
    assert index.grids_of(12, on=DAY) == ("G001", "G002")


def test_the_nearest_grids_begin_with_the_points_own() -> None:
    assert CITY.nearest_grids(0.1, 0.1, on=DAY, count=3)[0] == "000000"
    assert len(CITY.nearest_grids(0.1, 0.1, on=DAY, count=3)) == 3


@pytest.mark.parametrize(
    ("figure", "hint"),
    [
        (shapely.Point(1, 1), "不是面"),
        (shapely.Polygon(), "不是面"),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "自相交"),
        (shapely.box(424102, 3086839, 424200, 3086900), "经纬度"),
    ],
)
def test_a_border_that_is_no_area_is_refused(figure: shapely.geometry.base.BaseGeometry, hint: str) -> None:
    with pytest.raises(BoundaryRefused, match=hint):
        check_boundary(figure, name="试验区")
