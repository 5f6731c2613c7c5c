"""Invented pages of the ground for the gallery: areas, one area, import, its report, coming changes."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.sample_cases import MAP
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.office.pages import (
    AreaLine,
    AreaPage,
    ChangeLine,
    ComingPage,
    DrawPage,
    EditionLine,
    FoundLine,
    GroundPage,
    ImportLine,
    ImportPage,
    MoveList,
    PeriodLine,
    ReportPage,
)
from wangge.surfaces.web.pages import Viewer

OFFICE = Viewer(name="郑工", post_zh="系统管理员", unit="指挥中心", draft_scope="sample-office")
MOVES = (
    MoveList(
        "变动的区域", "2", ("类别", "代码", "名称", "变化", "变动面积"),
        (
            ("责任网格", "430299G01", "柳堤1号责任网格", "边界变动", "48,210 平方米"),
            ("责任网格", "430299G02", "柳堤2号责任网格", "边界变动", "48,210 平方米"),
        ),
        "没有区域变动。",
    ),
    MoveList(
        "换了区域的在办案卷", "1", ("案卷编号", "环节", "从哪里到哪里"),
        (("430299-20240411-00731", "处置中", "责任网格 430299G01 → 430299G02"),), "没有在办案卷受影响。",
    ),
    MoveList("受影响的采集员", "0", ("责任网格", "姓名"), (), "没有采集员受影响。"),
)  # fmt: skip


def ground() -> GroundPage:
    """Responsibility grids with one vacancy."""
    lines = (
        AreaLine("430299G01", "柳堤1号责任网格", "#", "柳堤街道", "1.24 平方公里", "2020-01-01", "", "王禾 街道办"),
        AreaLine("430299G02", "柳堤2号责任网格", "#", "柳堤街道", "986,400 平方米", "2020-01-01", is_vacant=True),
    )
    return GroundPage(
        shell=shell("区域与网格", OFFICE), heading="区域与网格",
        kinds=(
            Figure("区", "5", "#"), Figure("街道", "18", "#"), Figure("社区", "206", "#"),
            Figure("单元网格", "1,030", "#"), Figure("责任网格", "103", "#", is_current=True),
        ),
        kind="responsibility_grid", day="2024-04-12", words="", areas=lines, found_text="共 103 个", form_url="#",
        import_url="#", coming_url="#", coming_text="1 次变动即将生效",
        vacant=Notice(NoticeKind.WARNING, "1 个责任网格当日没有相关责任人。", "柳堤2号责任网格"), map=MAP,
        has_responsible=True, next_url="#",
    )  # fmt: skip


def empty_ground() -> GroundPage:
    """A city without ground."""
    return replace(ground(), areas=(), map=None, vacant=None, coming_text="", found_text="共 0 个", next_url="")


def area() -> AreaPage:
    """A responsibility grid with its people."""
    return AreaPage(
        shell=shell("柳堤1号责任网格", OFFICE), heading="柳堤1号责任网格", list_url="#",
        facts=(Fact("类别", "责任网格"), Fact("代码", "430299G01"), Fact("上级", "柳堤街道")),
        borders=(
            PeriodLine("2024-05-01", "", "1.19 平方公里", "柳堤1号责任网格"),
            PeriodLine("2020-01-01", "2024-05-01", "1.24 平方公里", "柳堤1号责任网格", True),
        ),
        map=MAP, has_people=True,
        responsible=(PeriodLine("2020-01-01", "", "王禾", "柳堤街道办事处", True),),
        collectors=(PeriodLine("2020-01-01", "", "赵小禾", "1", True),),
        appoint=Form(
            "#",
            (
                Field("name", "姓名", FieldKind.TEXT), Field("unit", "单位", FieldKind.TEXT, required=False),
                Field("from_on", "开始日期", FieldKind.TEXT, value="2024-04-12"),
            ),
            "任命", errors=("2024-04-12 已任命 王禾。请选别的日期。",),
        ),
        draw_url="#",
    )  # fmt: skip


def draw() -> DrawPage:
    """A grid's border on the map, refused once."""
    return DrawPage(
        shell=shell("调整边界：柳堤1号责任网格", OFFICE), heading="调整边界：柳堤1号责任网格", area_url="#", url="#",
        sheet_url="ground/sheet.geojson", preview_url="#", kind="责任网格", code="430299G01", size="1.24 平方公里",
        neighbours="柳堤2号责任网格、柳堤3号责任网格", day="2024-05-01", least_day="2024-04-13", map=MAP,
        figure='{"type": "Polygon", "coordinates": [[[113.127902, 27.822958], [113.134407, 27.822958], '
        "[113.134813, 27.827], [113.134, 27.831042], [113.127902, 27.831042], [113.127902, 27.822958]]]}",
        error="边界没有变化。",
    )  # fmt: skip


def give_file() -> ImportPage:
    """Where a file is given."""
    return ImportPage(
        shell=shell("导入", OFFICE), heading="导入区域、道路与地名", list_url="#",
        form=Form(
            "#",
            (
                Field("what", "导入什么", FieldKind.SELECT, choices=(Choice("unit_grid", "单元网格"),)),
                Field("from_on", "生效日期", FieldKind.TEXT, value="2024-05-01"),
                Field("system", "坐标系", FieldKind.SELECT, required=False, placeholder="按文件所说"),
            ),
            "试运行",
        ),
        accepts=".zip,.gpkg", limit_text="Shapefile 请打成 zip；也可用 GeoPackage、GeoJSON、CSV、Excel。不超过 50 MB。",
        past=(
            ImportLine("单元网格2024.zip", "单元网格", "2024-05-01", "2024-04-11 16:20", "郑工", "待确认", "#"),
            ImportLine("街道.gpkg", "街道", "2020-01-01", "2024-04-01 09:12", "命令行", "新增 18"),
        ),
    )  # fmt: skip


def report() -> ReportPage:
    """A dry run with wrong rows."""
    return ReportPage(
        shell=shell("试运行", OFFICE), heading="试运行：单元网格2024.zip", list_url="#", url="#",
        facts=(Fact("导入", "单元网格"), Fact("生效日期", "2024-05-01"), Fact("行数", "1,032")),
        counts=(Figure("新增", "12", ""), Figure("边界变动", "8", ""), Figure("没有变化", "1,010", "")),
        summary=Notice(NoticeKind.WARNING, "2 行有错，没有写入。", "请下载有错的行，修正后重来。"),
        problems=(), finding_counts=(Figure("边界自相交", "1", "", Urgency.OVERDUE), Figure("空隙", "1", "")),
        findings=(
            FoundLine("边界自相交，在 113.13402,27.82711 附近。可自动修正。", "17", "430299001001017"),
            FoundLine("上级区域“430299001001”内有 310 平方米没有下级区域覆盖。", "18", "430299001001018", False),
        ),
        changes=(ChangeLine("边界变动", "430299001001003", "东塘3号单元网格", "1,240 平方米"),),
        moves=MOVES, can_leave_bad=True, can_repair=True, bad_rows_url="#",
    )  # fmt: skip


def off_report() -> ReportPage:
    """A file half a kilometre off."""
    words = "按坐标系 wgs84 读取，整体与现有区域相距约 541 米。与现有区域比对，应为 gcj02：请加 --crs gcj02。"
    return replace(
        report(), summary=Notice(NoticeKind.WARNING, "文件整体有问题，没有写入。", "请换一种读法。"),
        problems=(FoundLine(words, again=(("system", "gcj02"),), again_text="按 gcj02 再试"),), findings=(),
        finding_counts=(), changes=(), moves=(), can_leave_bad=False, can_repair=False, bad_rows_url="", counts=(),
    )  # fmt: skip


def coming() -> ComingPage:
    """A border that moves next month."""
    return ComingPage(
        shell=shell("即将生效的变动", OFFICE), heading="即将生效的变动", list_url="#",
        days=(Figure("2024-05-01", "2", "#", is_current=True), Figure("2024-07-01", "14", "#")), moves=MOVES,
        editions=(EditionLine("边界调整 430299G01.geojson", "责任网格", "2", "郑工", "2024-04-11 16:20", "#"),),
    )  # fmt: skip


def nothing_coming() -> ComingPage:
    """Nothing planned."""
    return replace(coming(), days=(), moves=(), empty_text="导入时选择以后的生效日期，变动会列在这里。")
