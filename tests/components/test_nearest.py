"""The nearest components: the index against a plain search over all of them."""

from __future__ import annotations

import random

import pytest
import shapely

from tests.components.conftest import DAY, WEST, fit
from wangge.domains.components.operations.importing import import_components
from wangge.domains.components.queries.register import nearest
from wangge.domains.components.queries.standing import standing_within
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork import clock
from wangge.groundwork.coordinates import metres_between

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("square_city")]


def scattered(count: int, seed: int) -> dict[str, tuple[float, float, str]]:
    chance = random.Random(seed)
    rows, places = [], {}
    for n in range(1, count + 1):
        code4 = chance.choice(("0101", "0102"))
        lon, lat = 113.04 + chance.random() / 200, 27.04 + chance.random() / 200
        state = "removed" if n % 17 == 0 else "intact"
        rows.append(fit(n, code=f"{WEST}{code4}{n:06d}", lon=lon, lat=lat, state=state))
        if state != "removed":
            places[rows[-1].code] = (lon, lat, code4)
    import_components(rows=rows, by=TERMINAL, at=clock.now(), from_on=DAY, dry_run=False)
    return places


def test_the_nearest_are_those_a_plain_search_finds(django_assert_num_queries: object) -> None:
    places, chance = scattered(400, 7), random.Random(8)
    for turn in range(40):
        lon, lat = 113.04 + chance.random() / 200, 27.04 + chance.random() / 200
        code4 = ("", "0101")[turn % 2]
        reach = (20.0, 60.0, 300.0)[turn % 3]
        plain = sorted(
            (metres_between(lon, lat, x, y), code)
            for code, (x, y, kind) in places.items()
            if code4 in ("", kind) and metres_between(lon, lat, x, y) <= reach
        )[:5]
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = nearest(
                lon=lon, lat=lat, on=DAY, category=f"component:{code4}" if code4 else "", within_metres=reach
            )
        assert [near.component.code for near in found] == [code for _metres, code in plain]


def test_what_stands_within_areas_is_what_a_plain_look_finds(django_assert_num_queries: object) -> None:
    places = scattered(400, 9)
    triangle = shapely.Polygon([(113.04, 27.04), (113.043, 27.04), (113.04, 27.044)])
    square = shapely.box(113.044, 27.043, 113.0448, 27.0448)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = standing_within([triangle, square, square.buffer(0.0001)], on=DAY, most=1000)
    areas = shapely.union_all([triangle, square.buffer(0.0001)])
    plain = sorted(code for code, (lon, lat, _kind) in places.items() if areas.contains(shapely.Point(lon, lat)))
    assert [each.code for each in found] == plain
    assert len(plain) > 20
    assert {each.maintainer for each in found} == {""}
    assert standing_within([], on=DAY, most=10) == []
    assert standing_within([shapely.box(112, 26, 112.1, 26.1)], on=DAY, most=10) == []


def test_a_point_off_the_map_has_nothing_near() -> None:
    assert nearest(lon=113.0, lat=89.9, on=DAY) == []
