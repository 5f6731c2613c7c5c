"""The office's pages of the ground: lists by day, who is responsible, a file from dry run to yes, coming changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import BEGAN
from tests.geography.ground_files import (
    as_geojson,
    as_ogr,
    bring_city,
    brought,
    communities,
    districts,
    into,
    row,
    unit_grids,
    zipped,
)
from tests.web.conftest import Browser, Open
from wangge.domains.geography import gazetteer_queries, queries
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.models import AreaRow, GroundImportRow
from wangge.domains.geography.models.layers import LayerItemRow, LayerRow
from wangge.domains.geography.models.roads import RoadSectionRow
from wangge.domains.organizations.models import Person, PostHolding

pytestmark = pytest.mark.django_db
GRID = AreaKind.RESPONSIBILITY_GRID


@pytest.fixture
def office(browser: Open, settings: Any, tmp_path: Path) -> Browser:
    settings.TOTP_COMPULSORY = False
    person = Person.objects.create(
        username="office-1", display_name="郑工", password="!", created_at=BEGAN, password_set_at=BEGAN
    )
    settings.PASSWORD_AGE_DAYS = 0
    PostHolding.objects.create(person=person, post="system_administrator", valid_from=BEGAN)
    queries.forget()
    gazetteer_queries.forget_names()
    bring_city(tmp_path)
    rows = [row(f"G{n:02d}", each["figure"]) for n, each in enumerate(communities(), start=1)]
    assert brought(as_geojson(tmp_path / "grids.geojson", rows), GRID).written
    queries.forget()
    return browser("office-1")


def sent(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def give(office: Browser, path: Path, status: int = 302, **values: Any) -> str:
    office.get("/ground/import")
    asked = {"what": "unit_grid", "from_on": "2024-03-14", "file": sent(path), **values}
    return office.send("ground-import", status, **asked)


def test_the_administrator_lands_on_the_grounds_page_and_others_do_not_open_it(office: Browser, browser: Open) -> None:
    answer = office.client.get("/")
    assert answer["Location"] == "/ground"
    browser("dispatcher-1").get("/ground", 403)


def test_areas_are_listed_by_kind_and_day_with_vacancies(office: Browser) -> None:
    office.get("/ground")
    text = office.text()
    assert "责任网格 8" in text
    assert "8 个责任网格当日没有相关责任人" in text
    office.get("/ground?kind=community&q=430203")
    assert "共 4 个" in office.text()
    office.get("/ground?kind=district&on=2019-12-31")
    assert "当日没有这样的区域" in office.text()
    office.get("/ground?kind=nothing&on=nonsense")
    assert "责任网格" in office.text()


def test_the_list_asks_two_statements_behind_the_gate(office: Browser, django_assert_num_queries: Any) -> None:
    office.get("/ground")
    with CaptureQueriesContext(connection) as asked:
        office.get("/ground")
    own = [each["sql"] for each in asked.captured_queries if "geography" in each["sql"]]
    assert len(own) == 2, own


def test_a_person_is_appointed_from_a_day_on(office: Browser) -> None:
    office.get("/ground/areas/responsibility_grid/G01")
    assert "还没有相关责任人" in office.text()
    office.send("appoint", name="王禾", unit="松台街道办事处", from_on="2024-03-14")
    assert "王禾 自 2024-03-14 起负责 G01" in office.text()
    office.send("appoint", 422, name="李某", from_on="2024-03-14")
    assert "已任命 王禾" in office.text()
    office.send("appoint", 422, name="李某", from_on="soon")
    assert "请填写开始日期" in office.text()
    office.get("/ground?on=2024-03-14")
    assert "王禾 松台街道办事处" in office.text()
    assert "7 个责任网格当日没有相关责任人" in office.text()
    office.get("/ground/areas/responsibility_grid/G99", 404)
    office.get("/ground/areas/lake/G01", 404)


def test_a_file_goes_from_dry_run_to_yes(office: Browser, tmp_path: Path) -> None:
    give(office, zipped(as_ogr(tmp_path / "u.shp", unit_grids(), encoding="GBK")))
    assert "可以导入" in office.text()
    assert "128 新增" in office.text()
    assert not AreaRow.objects.filter(kind="unit_grid").exists()
    office.send("take")
    assert "已导入，自 2024-03-14 起生效" in office.text()
    assert AreaRow.objects.filter(kind="unit_grid").count() == 128
    assert not GroundImportRow.objects.filter(done_at__isnull=True).exists()
    office.get("/ground/import")
    assert "新增 128" in office.text()
    assert "郑工" in office.text()


def test_wrong_rows_are_shown_downloaded_and_left_out_when_asked(office: Browser, tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(113.0, 27.0), (113.0025, 27.0025), (113.0025, 27.0), (113.0, 27.0025)])
    rows = [{**each, "figure": bow_tie} if n == 0 else each for n, each in enumerate(unit_grids())]
    give(office, as_geojson(tmp_path / "w.geojson", rows))
    assert "1 行有错，没有写入" in office.text()
    assert 'id="take"' not in office.page
    upload = GroundImportRow.objects.get(done_at__isnull=True)
    table = office.client.get(f"/ground/import/{upload.pk}/rows.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("1,430202001001001,")
    office.send("repair")
    assert "可以导入" in office.text()
    office.send("drop")
    assert "已放弃" in office.text()
    office.get(f"/ground/import/{upload.pk}", 404)
    give(office, as_geojson(tmp_path / "w.geojson", rows))
    office.send("leave-bad")
    assert AreaRow.objects.filter(kind="unit_grid").count() == 127


def test_a_file_in_the_wrong_system_is_offered_the_right_one(office: Browser, tmp_path: Path) -> None:
    give(office, as_geojson(tmp_path / "off.geojson", unit_grids(), into("gcj02")))
    assert "按 gcj02 再试" in office.text()
    upload = GroundImportRow.objects.get(done_at__isnull=True)
    office.client.post(f"/ground/import/{upload.pk}", {"order": "again", "system": "gcj02"})
    office.get(f"/ground/import/{upload.pk}")
    assert "可以导入" in office.text()
    office.send("take")
    assert AreaRow.objects.filter(kind="unit_grid").count() == 128


def test_a_file_that_cannot_be_read_or_is_missing_is_said_on_the_form(office: Browser, tmp_path: Path) -> None:
    broken = tmp_path / "b.geojson"
    broken.write_text("{", "utf-8")
    give(office, broken, 422)
    assert "无法读取" in office.text()
    give(office, broken, 422, file=None)
    assert "请选择一个不超过 50 MB 的文件" in office.text()
    give(office, broken, 422, what="lake", from_on="x")
    assert "请选择导入什么" in office.text()
    give(office, broken, 422, what="layer", layer="Ü")
    assert "请填写图层标识" in office.text()
    assert not GroundImportRow.objects.filter(done_at__isnull=True).exists()


def test_a_coming_change_says_what_it_moves(office: Browser, tmp_path: Path) -> None:
    office.get("/ground/coming")
    assert "没有即将生效的变动" in office.text()
    moved = [
        row("430202", shapely.box(113.0, 27.0, 113.015, 27.02)),
        row("430203", shapely.box(113.015, 27.0, 113.04, 27.02)),
    ]
    give(office, as_geojson(tmp_path / "m.geojson", moved), what="district", from_on="2024-04-01")
    assert "换了区域的在办案卷" in office.text()
    office.send("take")
    queries.forget()
    office.get("/ground/coming")
    assert "2024-04-01 2" in office.text()
    assert "1.10 平方公里" in office.text()
    office.get("/ground/areas/district/430202")
    assert "2024-04-01" in office.text()


def test_address_candidates_and_words_for_a_point_are_answered(office: Browser, browser: Open, tmp_path: Path) -> None:
    give(office, as_geojson(tmp_path / "c.geojson", districts()), what="name", from_on="2024-03-01")
    office.send("take")
    queries.forget()
    seat = browser("acceptor-1").client
    found = seat.get("/ground/places", {"q": "名430202"}).json()
    assert [each["name"] for each in found["items"]] == ["名430202"]
    assert found["items"][0]["district"] == "430202"
    at = seat.get("/ground/places/at", {"lon": "113.005", "lat": "27.005"}).json()
    assert at["responsibility_grid"] == "G01"
    assert at["address"]
    assert seat.get("/ground/places/at", {"lon": "x"}).status_code == 422
    assert seat.get("/ground/places", {"q": "a\0"}).status_code == 422


def test_road_sections_and_own_layers_are_listed_by_day(office: Browser) -> None:
    assert "当日没有这样的路段" in office.get("/ground/roads")
    line = shapely.to_wkb(shapely.LineString([(113.0, 27.0), (113.1, 27.0)]))
    for side, until in (("left", None), ("right", date(2024, 1, 1))):
        RoadSectionRow.objects.create(
            code="R1", side=side, road_name="松台路", begins_at="东街", ends_at="西街", line=line,
            valid_from=date(2020, 1, 1), valid_to=until,
        )  # fmt: skip
    layer = LayerRow.objects.create(key="markets", name="临时摊点", valid_from=date(2020, 1, 1))
    spot = shapely.to_wkb(shapely.Point(113.0, 27.0))
    LayerItemRow.objects.create(layer=layer, code="M1", figure=spot, valid_from=date(2020, 1, 1))
    now = office.get("/ground/roads?on=2024-03-13")
    assert ("左侧" in now, "右侧" in now, "东街 — 西街" in now, "临时摊点" in now) == (True, False, True, True)
    assert "右侧" in office.get("/ground/roads?on=2023-12-31")
    assert "松台路" not in office.get("/ground/roads?on=2024-03-13&q=江南")
    assert "临时摊点" not in office.get("/ground/roads?on=2019-12-31")
