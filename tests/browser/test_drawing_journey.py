"""An officer moves a grid's border from next month on, on the map and by keys; old cases keep their grid."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import shapely
from django.contrib.auth.hashers import make_password
from django.db import connection
from playwright.sync_api import Page, expect

from tests.browser.conftest import BIRTH, NOW, PASSWORD, SignIn
from tests.browser.test_journeys import Picture, report
from tests.cases.conftest import _person
from wangge.domains.geography import queries
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.models import Person
from wangge.groundwork import clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GRID = AreaKind.RESPONSIBILITY_GRID
NEXT_MONTH = date(2024, 4, 1)
FIRST_OF_APRIL = datetime(2024, 4, 1, 1, tzinfo=UTC)
MIDDLE = 113.134
BORDER = 113.14
"""Between the two grids; reports of the journeys lie west of it."""
DRAWN = "wangge-draw[data-ready]"


@pytest.fixture
def officer(served_city: str, enter: SignIn, settings: object) -> Callable[[], Page]:
    """The city's one grid lies in a street with two more; somebody keeps the ground."""
    settings.TOTP_COMPULSORY = False  # type: ignore[attr-defined]
    settings.PASSWORD_AGE_DAYS = 0  # type: ignore[attr-defined]
    _person("office-1", "system_administrator")
    Person.objects.filter(username="office-1").update(password=make_password(PASSWORD), password_set_at=NOW)
    halves = {"W": shapely.box(113.12, 27.81, BORDER, 27.84), "E": shapely.box(BORDER, 27.81, 113.16, 27.84)}
    street = shapely.box(113.12, 27.81, 113.16, 27.84)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM geography_area WHERE code = 'G1'")
    load_areas(
        areas=[
            Area(AreaKind.STREET, "990101001", "一街", "990101", "990101", street, BIRTH),
            *(Area(GRID, code, f"{code}网格", "990101001", "990101", box, BIRTH) for code, box in halves.items()),
        ]
    )
    queries.forget()
    return lambda: enter("office-1")


def grid_on(day: date, lon: float = MIDDLE) -> str | None:
    queries.forget()
    return queries.locate(lon=lon, lat=27.827, on=day).responsibility_grid


def grid_of(number: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT grid_code FROM cases_case WHERE number = %s", [number])
        return str(cursor.fetchone()[0])


def corners(page: Page) -> list[tuple[float, float]]:
    """The corners of the border as the form would send them."""
    ring = json.loads(page.locator("[name=figure]").input_value())["coordinates"][0]
    return [(lon, lat) for lon, lat in ring[:-1]]


def corner_at(page: Page, lon: float) -> tuple[float, float]:
    """Step to the first corner of this longitude; where its handle stands on the screen."""
    all_corners = corners(page)
    number = next(n for n, corner in enumerate(all_corners, start=1) if abs(corner[0] - lon) < 1e-7)
    handle = page.locator(".draw-handle")
    for _step in all_corners:
        page.get_by_role("button", name="下一点", exact=True).click()
        if (handle.get_attribute("aria-label") or "").startswith(f"边界点 {number} / "):
            box = handle.bounding_box()
            assert box is not None
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    raise AssertionError(f"no corner at {lon}")


def drag_west(page: Page) -> None:
    """Take the first corner of the eastern border with the mouse and carry it to the middle of the grid."""
    west, _y = corner_at(page, 113.12)
    east, y = corner_at(page, BORDER)
    page.mouse.move(east, y)
    page.mouse.down()
    page.mouse.move((west + east) / 2 + 20, y, steps=4)
    page.mouse.move((west + east) / 2, y, steps=2)
    page.mouse.up()


def test_an_officer_moves_a_grid_border_from_next_month_on(
    officer: Callable[[], Page], enter: SignIn, picture: Picture
) -> None:
    old = report(enter("collector-1", width=390, height=844), picture)
    page = officer()
    page.goto("/ground/areas/responsibility_grid/W")
    page.get_by_role("link", name="在地图上调整边界").click()
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.locator("input[name=from]")).to_have_value("2024-04-01")
    drag_west(page)
    expect(page.locator("[data-said]")).to_contain_text("E网格")
    corner_at(page, BORDER)  # the other end of the border goes by keys, twenty metres at a time
    for _step in range(49):
        page.keyboard.press("Shift+ArrowLeft")
    assert max(lon for lon, _lat in corners(page)) == pytest.approx(113.13, abs=2e-4)
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_text("可以导入")).to_be_visible()
    expect(page.get_by_text(f"{old}")).to_be_visible()
    expect(page.get_by_text("责任网格 W → E")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("自 2024-04-01 起生效")).to_be_visible()
    page.goto("/ground/coming")
    expect(page.get_by_text("边界调整 W.geojson")).to_be_visible()
    assert [grid_on(day) for day in (date(2024, 3, 13), date(2024, 3, 31), NEXT_MONTH)] == ["W", "W", "E"]
    assert grid_of(old) == "W"
    with clock.held_at(FIRST_OF_APRIL):
        queries.forget()
        new = report(enter("collector-1", width=390, height=844), picture)
        assert grid_of(new) == "E"
        assert grid_of(old) == "W"


def test_a_border_is_pasted_where_there_is_no_script(officer: Callable[[], Page], enter: SignIn) -> None:
    officer()
    page = enter("office-1", script=False)
    page.goto("/ground/areas/responsibility_grid/W/draw")
    page.get_by_text("粘贴或上传 GeoJSON").click()
    page.locator("[name=figure]").fill(str(shapely.to_geojson(shapely.box(113.12, 27.81, 113.13, 27.84))))
    page.get_by_role("button", name="试运行").click()
    expect(page.get_by_text("可以导入")).to_be_visible()
    page.get_by_role("button", name="确认导入").click()
    assert grid_on(NEXT_MONTH) == "E"
