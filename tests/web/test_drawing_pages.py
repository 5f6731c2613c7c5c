"""A grid's border moved on its page: neighbours follow, a dry run names what moves, old cases keep their grid."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from shapely.geometry.base import BaseGeometry

from tests.geography.ground_files import as_geojson, row
from tests.web.conftest import REPORT, Browser, Open, photo
from tests.web.test_ground_pages import give, office
from wangge.domains.geography import queries
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.models import AreaRow, GroundImportRow
from wangge.domains.geography.operations.versions import GroundRefused
from wangge.domains.geography.operations.withdrawing import withdraw
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork import clock

__all__ = ["office"]
pytestmark = pytest.mark.django_db
GRID = AreaKind.RESPONSIBILITY_GRID
PAGE = "/ground/areas/responsibility_grid/G01/draw"
APRIL, MAY = date(2024, 4, 1), date(2024, 5, 1)
WIDER = shapely.box(113.0, 27.0, 113.012, 27.01)
NARROWER = shapely.box(113.0, 27.0, 113.008, 27.01)


def told(figure: BaseGeometry) -> str:
    return str(shapely.to_geojson(figure))


def grid_at(lon: float, on: date) -> str | None:
    queries.forget()
    return queries.locate(lon=lon, lat=27.005, on=on).responsibility_grid


def draw(office: Browser, figure: BaseGeometry, status: int = 302, **values: Any) -> str:
    office.get(values.pop("page", PAGE))
    return office.send("draw", status, **{"figure": told(figure), "follows": "yes", **values})


def plan(office: Browser, figure: BaseGeometry, page: str = PAGE) -> None:
    draw(office, figure, page=page)
    office.send("take")
    queries.forget()


def reported(browser: Open, lon: str) -> str:
    collector = browser("collector-1")
    collector.get("/cases/new")
    collector.send("report", **{**REPORT, "location_lon": lon, "location_lat": "27.005"}, photo_before=photo())
    return collector.url.rpartition("/")[2]


def test_a_border_moves_from_next_month_on_and_its_neighbour_with_it(office: Browser, browser: Open) -> None:
    number = reported(browser, "113.011")
    draw(office, WIDER)
    assert "可以导入" in office.text()
    assert "2024-04-01" in office.text()
    assert "2 边界变动" in office.text()
    assert f"{number} 待受理 责任网格 G02 → G01" in office.text()
    assert not AreaRow.objects.filter(valid_from=APRIL).exists()
    office.send("take")
    assert "自 2024-04-01 起生效" in office.text()
    assert [grid_at(113.011, day) for day in (date(2024, 3, 31), APRIL)] == ["G02", "G01"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT grid_code FROM cases_case WHERE number = %s", [number])
        assert cursor.fetchone() == ("G02",)
    properties = AreaRow.objects.get(code="G02", valid_from=APRIL)
    assert (properties.name, properties.parent_code, properties.valid_to) == ("名G02", "430202001", None)


def test_a_coming_change_is_taken_back_before_its_day(office: Browser) -> None:
    plan(office, WIDER)
    office.get("/ground/coming")
    assert "边界调整 G01.geojson 责任网格 2 郑工" in office.text()
    office.send("withdraw-1")
    assert "已撤回，2 个区域保持原来的边界" in office.text()
    assert "没有即将生效的变动" in office.text()
    assert grid_at(113.011, APRIL) == "G02"
    assert set(AreaRow.objects.filter(kind=GRID).values_list("valid_to", flat=True)) == {None}
    edition = GroundImportRow.objects.get(withdrawn_at__isnull=False)
    with pytest.raises(GroundRefused, match="已经撤回"):
        withdraw(by=TERMINAL, at=clock.now(), import_id=edition.pk)


def test_a_change_in_force_is_not_taken_back(office: Browser) -> None:
    plan(office, WIDER)
    edition = GroundImportRow.objects.latest("id")
    with clock.held_at(clock.now().replace(year=2025)), pytest.raises(GroundRefused, match="已经生效"):
        withdraw(by=TERMINAL, at=clock.now(), import_id=edition.pk)
    assert grid_at(113.011, APRIL) == "G01"


def test_a_change_that_a_later_one_builds_on_is_not_torn_out(office: Browser, tmp_path: Path) -> None:
    plan(office, WIDER)
    april = GroundImportRow.objects.latest("id")
    parts = [
        row("G02", shapely.box(113.012, 27.0, 113.016, 27.01)),
        row("G22", shapely.box(113.016, 27.0, 113.02, 27.01)),
    ]
    give(office, as_geojson(tmp_path / "g.geojson", parts), what="responsibility_grid", from_on="2024-05-01")
    office.send("take")
    office.get("/ground/coming")
    office.send("withdraw-1")
    assert "没有撤回" in office.text()
    assert "撤回后 2024-05-01 有 2203" in office.text()
    may = GroundImportRow.objects.latest("id")
    for edition in (may, april):
        assert withdraw(by=TERMINAL, at=clock.now(), import_id=edition.pk) == 2
    assert [grid_at(113.017, MAY), grid_at(113.011, MAY)] == ["G02", "G02"]
    assert AreaRow.objects.filter(kind=GRID).count() == 8


def test_a_drawing_that_leaves_ground_open_or_overlaps_is_refused_by_name(office: Browser) -> None:
    draw(office, WIDER, follows=None)
    assert "与“G02”重叠" in office.text()
    assert 'id="take"' not in office.page
    draw(office, NARROWER, follows=None)
    assert "没有相邻网格接手" in office.text()
    assert 'id="take"' not in office.page
    back = re.search(r'href="(/ground/areas/[^"]+/draw[^"]+)"', office.page)
    assert back is not None
    office.get(unescape(back[1]))
    assert "113.008" in office.page
    draw(office, NARROWER)
    office.send("take")
    assert grid_at(113.009, APRIL) == "G02"


def test_a_file_of_the_border_does_the_same_as_drawing_it(office: Browser) -> None:
    feature = {"type": "Feature", "properties": {"code": "G01"}, "geometry": json.loads(told(WIDER))}
    file = SimpleUploadedFile("g.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
    draw(office, NARROWER, file=file)
    office.send("take")
    assert grid_at(113.011, APRIL) == "G01"


def test_the_preview_tells_what_a_figure_does_and_writes_nothing(office: Browser) -> None:
    queries.ground()
    with CaptureQueriesContext(connection) as asked:
        answer = office.client.post(
            PAGE.replace("draw", "preview"), {"figure": told(WIDER), "from_on": "2024-04-01", "follows": "yes"}
        )
    assert [each["sql"] for each in asked.captured_queries if "geography_area" in each["sql"]] == []
    found = answer.json()
    assert [each["properties"]["code"] for each in found["features"]] == ["G02"]
    assert [line.split(" · ")[0] for line in found["lines"]] == ["名G01 G01", "名G02 G02"]
    assert found["problems"] == []
    crossed = shapely.Polygon([(113, 27), (113.01, 27.01), (113.01, 27), (113, 27.01)])
    broken = office.client.post(PAGE.replace("draw", "preview"), {"figure": told(crossed), "follows": "yes"}).json()
    assert "自相交" in broken["problems"][0]


def test_the_sheet_holds_the_grid_its_neighbours_and_its_street(office: Browser) -> None:
    sheet = office.client.get(PAGE.replace("draw", "sheet.geojson")).json()
    parts = {each["properties"]["code"]: each["properties"]["part"] for each in sheet["features"]}
    assert parts == {"G01": "own", "G02": "neighbour", "G03": "neighbour", "G04": "neighbour", "430202001": "parent"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"figure": "{"}, "不是可读的 GeoJSON"),
        ({"figure": '{"type": "Point", "coordinates": [113, 27]}'}, "不是面"),
        ({"figure": '{"type": "FeatureCollection", "features": []}'}, "没有找到网格"),
        ({"figure": "[" * 100_000}, "不是可读的 GeoJSON"),
        ({"file": SimpleUploadedFile("g.json", b" " * 3_000_000)}, "图形太大"),
        ({"from_on": "2024-03-13"}, "边界从明天起才能变动"),
        ({"figure": told(shapely.box(113.0, 27.0, 113.01, 27.01))}, "边界没有变化"),
    ],
)
def test_what_cannot_be_drawn_says_why_and_keeps_the_text(office: Browser, values: dict[str, Any], words: str) -> None:
    office.get(PAGE)
    office.send("draw", 422, **{"figure": told(WIDER), "follows": "yes", **values})
    assert words in office.text()
    assert not GroundImportRow.objects.filter(done_at__isnull=True).exists()


def test_only_grids_are_drawn_and_only_by_the_administrator(office: Browser, browser: Open) -> None:
    office.get("/ground/areas/district/430202/draw", 404)
    office.get(PAGE.replace("G01", "G99"), 404)
    office.get("/ground/areas/responsibility_grid/G01")
    assert PAGE in office.page
    dispatcher = browser("dispatcher-1")
    dispatcher.get(PAGE, 403)
    assert dispatcher.client.post(PAGE.replace("draw", "preview"), {}).status_code == 403
    assert dispatcher.client.post("/ground/coming/1/withdraw").status_code == 403
