"""Invented pages of evaluation for the gallery."""

from __future__ import annotations

from wangge.surfaces.web.assessment.pages import (
    CaseGroup,
    CaseLine,
    Cell,
    ChangeLine,
    CountBlock,
    FigurePage,
    MonthLine,
    MonthPage,
    MonthsPage,
    ObjectPage,
    PartLine,
    ScoreLine,
    ScoreTable,
    StepButton,
    StepLine,
)
from wangge.surfaces.web.elements.samples import shell

_SOURCE = "结果 M2024-03-2 · 快照 000012-5f0c2ab81d77 · 定义 8c1e09a7b2f4 · 软件 0.1.0 · 2024-04-03 09:20 计算"
_CASE = CaseLine(
    "430299-20240312-00731", "/gallery/case", "处置完毕 #7", "2024-03-14 10:42", "计入", "湘北区 市政维护一队"
)


def months() -> MonthsPage:
    """Three months in three states."""
    return MonthsPage(
        shell("考评"),
        (
            MonthLine("2024-04", "/gallery/assessment-month", "已冻结，待单位核对", "1"),
            MonthLine("2024-03", "/gallery/assessment-month", "已发布", "2", "一件超期申诉成立。"),
            MonthLine("2024-02", "/gallery/assessment-month", "已发布", "1"),
        ),
        freeze_url="/gallery/assessment",
    )


def no_months() -> MonthsPage:
    """Nothing published yet."""
    return MonthsPage(shell("考评"), (), empty_text="还没有可看的月份：考评员冻结、领导签发后在此发布。")


def month() -> MonthPage:
    """A re-issued month with a small group and an exclusion."""
    lines = (
        ScoreLine("1", "湘北区", "/gallery/assessment-object", "94.96", _cells("98.20", "95.10", "82.00"), True),
        ScoreLine("2", "湘南区", "/gallery/assessment-object", "92.31", _cells("97.00", "91.44", "88.00")),
        ScoreLine(
            "—", "新港区", "/gallery/assessment-object", "99.17", _cells("100.00", "98.00", "—"),
            note="案卷少，不排名 · 按期处置率区间 82.4–99.1",
        ),
    )  # fmt: skip
    return MonthPage(
        shell=shell("考评 2024-03"),
        period="2024-03",
        span="2024-03-01 至 2024-04-01（不含）",
        state="已发布",
        seal="9f2c" * 16,
        source=_SOURCE,
        steps=(
            StepLine("冻结", "考评员一", "2024-04-01 09:00"),
            StepLine("复核", "考评员二", "2024-04-05 15:10"),
            StepLine("签发", "中心领导", "2024-04-05 17:30"),
            StepLine("发布", "考评员一", "2024-04-05 17:35"),
            StepLine("更正重发", "中心领导", "2024-04-12 10:00", "一件超期申诉成立。"),
        ),
        buttons=(StepButton("reissue", "更正重发", needs_note=True),),
        tables=(ScoreTable("各区得分", ("结案", "按期处置", "实地考评"), lines),),
        exclusions=(_CASE,),
        changes=(ChangeLine("湘北区", "得分", "94.80 分，第 2 名", "94.96 分，第 1 名"),),
        change_note="一件超期申诉成立。",
        step_url="/gallery/assessment-month",
    )


def one_object() -> ObjectPage:
    """A district's paper."""
    return ObjectPage(
        shell=shell("考评单"),
        heading="湘南区",
        period="2024-03",
        rank="2",
        total="92.31",
        advice="再得 2.65 分即与第 1 名持平；失分最多的是实地考评（3.60 分）。",
        parts=(
            PartLine("结案", Cell("97.00", "/gallery/assessment-figure"), "0.1500", "14.55", "0.45"),
            PartLine("按期处置", Cell("91.44", "/gallery/assessment-figure"), "0.2500", "22.86", "2.14"),
            PartLine("实地考评", Cell("88.00"), "0.3000", "26.40", "3.60"),
        ),
        figures=(
            ("立案数", Cell("1024", "/gallery/assessment-figure")),
            ("结案率", Cell("102.10", "/gallery/assessment-figure", "1022 / 1001", "分子分母不是同一批案卷")),
            ("回访满意率", Cell("—", "/gallery/assessment-figure", "0 / 0")),
        ),
        groups=(CaseGroup("超期处置 1", (_CASE,)), CaseGroup("返工 0", ())),
        back_url="/gallery/assessment-month",
        source=_SOURCE,
        trend=(("2024-03", "92.31", "2"), ("2024-02", "93.05", "1")),
    )


def figure() -> FigurePage:
    """The trace of a rate."""
    return FigurePage(
        shell=shell("按期处置率"),
        heading="按期处置率（处置加超期未处置）",
        object_name="湘南区 2024-03",
        value="91.44（940 / 1028 · 剔除 1 件）",
        formula="100 × 按期处置数 ÷ 应处置数（处置加超期未处置）",
        treatment=("超期未办的计入", "延期的按新时限", "剔除的不计"),
        confidence="C",
        origin="reading named in the notes of n_need_handle and n_need_close",
        counts=(
            CountBlock(
                "按期处置数 n_handle_intime", "940", "report_handled & last=cycle & reading=in_time", (_CASE,),
                "此处列出前 1 步。",
            ),
            CountBlock("超期未处置数 n_unhandled_overdue", "0", "overrun:handling", ()),
        ),
        back_url="/gallery/assessment-object",
        source=_SOURCE,
    )  # fmt: skip


def _cells(*values: str) -> tuple[Cell, ...]:
    return tuple(Cell(value, "/gallery/assessment-figure", "−1.20") for value in values)
