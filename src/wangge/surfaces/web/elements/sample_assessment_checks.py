"""Invented pages of a month's checks, of its grids and of a unit's appeals for the gallery."""

from __future__ import annotations

from wangge.surfaces.web.assessment.appeals_views import AppealLine, AppealsPage
from wangge.surfaces.web.assessment.checks_views import (
    AdjustmentLine,
    ChecksPage,
    Choice,
    DrawBlock,
    FileLine,
    FindingLine,
    PersonLine,
)
from wangge.surfaces.web.assessment.grid_views import Column, GridLine, GridsPage
from wangge.surfaces.web.assessment.pages import Cell
from wangge.surfaces.web.elements.forms import Choice as Chosen
from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.samples import shell

_FIGURE = "/gallery/assessment-figure"
_SOURCE = "结果 M2024-03-1 · 快照 000012-5f0c2ab81d77 · 定义 8c1e09a7b2f4 · 软件 0.1.0 · 2024-04-03 09:20 计算"


def checks() -> ChecksPage:
    """A month with a draw, findings one of which was taken back, a bonus, and case files that wait."""
    return ChecksPage(
        shell=shell("考评检查"),
        period="2024-03",
        may_write=True,
        act_url="/gallery/assessment-checks",
        back_url="/gallery/assessment",
        draws=(
            DrawBlock(
                "quality", "案卷质检",
                "从 5120 个对象中抽中 60 个 · 种子 quality/2024-03/sample · 总体 SM3 0b9d5e31c7aa · 2024-04-01 09:00",
                (), False,
            ),
            DrawBlock("spot", "实地考评", "本月还没有抽取。", (), True),
        ),
        objects=(
            ("各区", (Choice("district=430299", "湘北区"),)),
            ("责任单位", (Choice("department=sz", "市政维护中心"),)),
        ),
        items=(
            ("实地考评", (Choice("spot/sanitation", "环境卫生（最多 10 分）"),)),
            ("专项检查", (Choice("special/safety", "安全隐患整治（最多 20 分）"),)),
        ),
        faults=(Choice("photo_unclear", "照片不清或与描述不符"), Choice("dispatch_wrong", "派遣有误")),
        findings=(
            FindingLine(
                41, "实地考评", "湘北区", "环境卫生", "−2.00", "新城路口", "果皮箱满溢", "430299-20240312-00731",
                "/gallery/case", "2024-03-12 09:30", False, True,
            ),
            FindingLine(
                40, "专项检查", "市政维护中心", "安全隐患整治", "−5.00", "", "井盖松动", "", "", "2024-03-08 15:10",
                True, False,
            ),
        ),
        adjustments=(AdjustmentLine("湘北区", "+1.50", "防汛保障有力", "办〔2024〕17 号", "2024-03-29 17:00"),),
        files=(FileLine("430299-20240305-00118", "/gallery/case"),),
        files_told="抽中 60 件，已质检 59 件，其中有效 56 件；待质检 1 件。",
        to_case=Form(
            "/gallery/assessment-checks",
            (
                Field("number", "发现", FieldKind.SELECT, choices=(Chosen("43", "#43 · 新城路口 · 垃圾外溢"),)),
                Field("category", "小类", FieldKind.SEARCH, choices=(Chosen("event:0201", "暴露垃圾"),)),
                Field("address", "地址", FieldKind.TEXT, help="不填的，用发现里的地点。", required=False),
                Field("photo_before", "处置前照片", FieldKind.PHOTOS, required=False),
            ),
            "登记成案卷",
            hidden=(("what", "case"),),
        ),
        persons=(
            PersonLine("采集员甲", "采集员", "11 / 12", "91.67"),
            PersonLine("派遣员乙", "派遣员", "20 / 20", "100.00"),
        ),
    )  # fmt: skip


def grids() -> GridsPage:
    """The table of two grids, without a map: the gallery has no ground."""

    def cells(*values: str) -> tuple[Cell, ...]:
        return tuple(Cell(value, _FIGURE) for value in values)

    return GridsPage(
        shell=shell("考评 2024-03"),
        period="2024-03",
        columns=(
            Column("立案数", "/gallery/assessment-grids", True), Column("结案率", "/gallery/assessment-grids", False),
        ),
        heads=("立案数", "结案率"),
        lines=(
            GridLine("新城一网格", "43029900100101", "湘北区", cells("182", "98.35")),
            GridLine("新城二网格", "43029900100102", "湘北区", cells("96", "94.79")),
        ),
        map=None,
        legend="",
        back_url="/gallery/assessment-month",
        source=_SOURCE,
    )  # fmt: skip


def no_grids() -> GridsPage:
    """A month that was frozen before grids had figures."""
    return GridsPage(shell("考评 2024-01"), "2024-01", (), (), (), None, "", "/gallery/assessment-month", _SOURCE)


def appeals() -> AppealsPage:
    """A workbook that was tried: one row stands, two do not."""
    return AppealsPage(
        shell=shell("批量申诉"),
        period="2024-03",
        back_url="/gallery/assessment-month",
        book_url="/gallery/assessment-appeals",
        act_url="/gallery/assessment-appeals",
        told="本月有 14 件失分案卷在您的查看范围内；申诉截至 2024-04-04 09:00。",
        is_open=True,
        lines=(
            AppealLine(
                "3", "430299-20240312-00731", "", "非本单位原因超时", "交警封路两小时，附通告", "refused",
                "不可选：此类申诉请在结案后提出。",
            ),
            AppealLine("9", "430299-20240318-00102", "", "立案不准", "", "refused", "申诉理由须填写，不超过 500 字。"),
            AppealLine(
                "5", "430299-20240305-00118", "/gallery/case", "派遣、权属有误",
                "该井盖属供水公司，权属移交清单第 12 项", "open",
            ),
        ),
        packed="[]",
        key="sample",
        open_count=1,
        summary="试读 3 行：1 行可以申诉，2 行不可以。还没有提交。",
        refused=2,
    )  # fmt: skip
