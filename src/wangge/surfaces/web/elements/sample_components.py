"""Invented samples of the register of components and of its census."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.sample_cases import MAP
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.office.component_pages import (
    CaseLine,
    CensusesPage,
    CensusPage,
    ComponentLine,
    ComponentPage,
    ComponentPhotoLine,
    ComponentsPage,
    FindingLine,
    LeftLine,
    ProgressLine,
    TaskPage,
    UnitsLine,
)
from wangge.surfaces.web.office.road_views import LayerLine, RoadLine, RoadsPage

_CODE = "9901010101000017"
_TASK = ProgressLine("柳堤一号网格", "#", "上水井盖", "2024-05-31", "118", "240", "49", who="陈晨")


def register() -> ComponentsPage:
    """A page of the register."""
    return ComponentsPage(
        shell=shell("部件", OFFICE), heading="部件",
        states=(
            Figure("全部", "300,000", "#", is_current=True), Figure("完好", "296,310", "#"),
            Figure("破损", "2,911", "#"),
        ),
        state="", words="", district="", districts=(("990101", "柳堤区"),), category="",
        categories=(("component:0101", "上水井盖"),), unit="", form_url="#",
        components=(
            ComponentLine(_CODE, "#", "上水井盖", "完好", "990101001001001", "水务公司", "水务公司"),
            ComponentLine("9901010101000018", "#", "上水井盖", "破损", "990101001001001", "水务公司", "", True),
        ),
        census_url="#", next_url="#",
    )  # fmt: skip


def nothing_there() -> ComponentsPage:
    """Before the first import."""
    return replace(register(), components=(), states=(), next_url="")


def nothing_found() -> ComponentsPage:
    """A filter that fits nothing."""
    return replace(register(), components=(), words="99", is_narrowed=True, next_url="")


def component() -> ComponentPage:
    """One component whose owner changed."""
    return ComponentPage(
        shell=shell("上水井盖", OFFICE), heading=f"上水井盖 {_CODE}", list_url="#",
        facts=(Fact("小类", "上水井盖"), Fact("状态", "完好"), Fact("单元网格", "990101001001001")),
        units=(
            UnitsLine("2024-01-01", "", "建设局", "水务公司", "水务公司", is_now=True),
            UnitsLine("2020-01-01", "2024-01-01", "建设局", "自来水厂", "", is_now=False),
        ),
        cases=(CaseLine("990101-20240313-00001", "#", "处置", "水务公司", "2024-03-13 09:12", ""),),
        cases_text="案卷 1 件",
        photos=(ComponentPhotoLine("/gallery/photo/1.svg", "/gallery/photo/1.svg", "上水井盖的照片 1"),), map=MAP,
        add_photo=Form("#", (Field("photo", "照片", FieldKind.PHOTOS, errors=("请选择照片。",)),), "加入照片"),
    )  # fmt: skip


def censuses() -> CensusesPage:
    """One's own task and every census."""
    whole = ProgressLine("2024 年井盖普查", "#", "自 2024-03-01 起", "2024-05-31", "12", "103", "11")
    return CensusesPage(
        shell=shell("部件普查", OFFICE), heading="部件普查", components_url="#", censuses=(whole,), mine=(_TASK,),
        open=Form("#", (Field("title", "名称", FieldKind.TEXT),), "开始普查"),
    )  # fmt: skip


def no_census() -> CensusesPage:
    """Before the first census."""
    return replace(censuses(), censuses=(), mine=(), open=None)


def census() -> CensusPage:
    """A census with a finding that waits for another person."""
    finding = FindingLine(_CODE, "#", "上水井盖", "未找到", "2024-03-13 10:40", "#")
    return CensusPage(
        shell=shell("2024 年井盖普查", OFFICE), heading="2024 年井盖普查", list_url="#",
        figures=(Figure("部件", "24,118", ""), Figure("已看", "2,640", ""), Figure("任务完成", "12 / 103", "")),
        tasks=(_TASK, replace(_TASK, title="柳堤二号网格", done="231", of="231", percent="100", is_done=True)),
        findings=(finding, replace(finding, code="9901010101000018", decide_url="")),
    )  # fmt: skip


def task() -> TaskPage:
    """What one person walks."""
    return TaskPage(
        shell=shell("柳堤一号网格", OFFICE), heading="2024 年井盖普查 柳堤一号网格", list_url="#", progress=_TASK,
        left=(LeftLine(_CODE, "#", "上水井盖", "完好"),), left_text="还有 122 个部件没有记录",
        note=Form("#", (Field("component", "标识码", FieldKind.TEXT),), "记录"), finish_url="#",
    )  # fmt: skip


def roads() -> RoadsPage:
    """Road sections and a layer of the city's own."""
    return RoadsPage(
        shell=shell("路段与自有图层", OFFICE), heading="路段与自有图层", list_url="#", form_url="#", import_url="#",
        day="2024-03-13", words="", found_text="共 2 个",
        roads=(
            RoadLine("R0017-1", "松台路", "左侧", "柳堤街 — 江南路", "柳堤区", "2024-01-01", ""),
            RoadLine("R0017-1", "松台路", "右侧", "柳堤街 — 江南路", "柳堤区", "2024-01-01", "2024-07-01"),
        ),
        layers=(LayerLine("markets", "临时摊点", "强调色", "38", "2024-01-01", ""),),
    )  # fmt: skip


def no_roads() -> RoadsPage:
    """Before the first import."""
    return replace(roads(), roads=(), layers=(), found_text="共 0 个")
