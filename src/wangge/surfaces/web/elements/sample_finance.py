"""Invented finance pages for the gallery: a self-evaluation sheet in two states, its list, and an empty year."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.finance.pages import (
    EvaluationListPage,
    EvaluationRow,
    EvaluationSheetPage,
    FillingEditor,
    FillingInput,
    FormLine,
    HistoryRow,
    TargetEditor,
    TargetInput,
    WatchRow,
)
from wangge.surfaces.web.pages import Viewer

ACCOUNTANT = Viewer(name="钱会计", post_zh="财务人员", unit="监督指挥中心", draft_scope="sample-finance")
_YEARS = (Figure("2024", "", "#", is_current=True), Figure("2023", "", "#"))


def evaluation_list() -> EvaluationListPage:
    """The forms of a year."""
    return EvaluationListPage(
        shell("绩效自评", ACCOUNTANT),
        "监督指挥中心",
        2024,
        _YEARS,
        (),
        (
            FormLine("evaluation-sheet", "整体支出", "整体支出", "已自评，待报送", "10 项指标", "96.87", "优"),
            FormLine("evaluation-sheet", "城市管理信息采集", "项目支出", "目标已批复", "8 项指标", "—", ""),
        ),
        _new_form(),
        (Fact("PDF", "", "#"), Fact("Word", "", "#")),
    )


def _new_form() -> Form:
    return Form(
        "#",
        (
            Field("project", "项目名称", FieldKind.TEXT, required=False),
            Field("edition", "表式", FieldKind.SELECT, choices=(Choice("province-2024", "省级统一表（2024）"),)),
        ),
        "建立自评表",
    )


def empty_list() -> EvaluationListPage:
    """A year without forms."""
    return replace(evaluation_list(), lines=(), book_urls=())


def _rows() -> tuple[EvaluationRow, ...]:
    return (
        EvaluationRow(
            "产出指标",
            "数量指标",
            "微服务开展情况",
            "≥800次",
            "665次",
            "5",
            "2",
            "评审认定 2（规则得分 4.16）：活动记录不全（评审组）",
            "签字说明：活动登记表 12 页（李科长，2025-01-05）",
            (),
            "暴雨停办活动；增加室内活动",
            (),
            is_judged=True,
        ),
        EvaluationRow(
            "产出指标",
            "质量指标",
            "有效案卷",
            "≥90%",
            "99.18%",
            "7",
            "7",
            "≥90%，完成 99.18%：分值 × min(1，完成值 ÷ 指标值) = 7",
            "取数：质检合格数 ÷ 抽检数（9918 ÷ 10000），截至 2024-12-31 24:00，10000 条",
            (Fact("", "430299-20240412-00731", "case"), Fact("", "430299-20240329-00418", "case")),
            "",
        ),
        EvaluationRow(
            "效益指标",
            "社会效益指标",
            "城市环境",
            "更加美好",
            "更加美好",
            "20",
            "20",
            "达成年度指标，取该档上限 100% × 20 = 20",
            "签字说明：问卷 300 份（王主任，2025-01-08）",
            (),
            "",
            ("“城市环境”的指标值“更加美好”不够明确：“更加”没有可比的基数。请写成可核对的结果，或改为定量指标。",),
        ),
    )


def evaluation_sheet() -> EvaluationSheetPage:
    """A form that has been filled."""
    return EvaluationSheetPage(
        shell=shell("2024 年度整体支出绩效自评", ACCOUNTANT),
        title="2024 年度整体支出绩效自评",
        state_zh="已自评，待报送",
        goal="及时发现和处置城市管理问题，信息系统全年稳定运行。",
        money=(
            Fact("年初预算数", "1839.65 万元"),
            Fact("全年预算数", "1850.00 万元"),
            Fact("全年执行数", "1833.86 万元"),
            Fact("执行率", "99.13%"),
        ),
        rows=_rows(),
        total="96.87",
        grade="优",
        missing="",
        duties=("“探头考评”扣了分，须写明偏差原因和改进措施。",),
        watches=(
            WatchRow("预算执行", "902.10万元", "1814.00万元", "正常", False, ""),
            WatchRow("微服务开展情况", "300次", "603.26次", "滞后", True, "雨季；下半年每周两次"),
        ),
        history=(
            HistoryRow(NOW, "申报绩效目标", "钱会计", ""),
            HistoryRow(NOW, "退回修改", "局财务", "补写单位"),
            HistoryRow(NOW, "批复绩效目标", "局财务", ""),
        ),
        list_url="evaluation-list",
        steps=(Form("#", (), "报送自评"),),
        readings_form=Form("#", (Field("cut_off", "截止时点", FieldKind.MOMENT, value="2025-01-01T00:00"),), "取数"),
        filling=FillingEditor(
            "#",
            (
                FillingInput(0, "微服务开展情况", "暴雨停办活动", "增加室内活动", "2", "活动记录不全"),
                FillingInput(1, "有效案卷"),
            ),
        ),
        book_urls=(Fact("PDF", "", "#"), Fact("Word", "", "#")),
    )


def evaluation_targets() -> EvaluationSheetPage:
    """A form whose targets are written, refused once."""
    editor = TargetEditor(
        "#",
        "及时发现和处置城市管理问题。",
        "",
        False,
        (
            TargetInput(
                0, "output", "数量指标", "微服务开展情况", "≥", "800", "次", "5", "micro_services", "活动登记表"
            ),
            TargetInput(1, "output", "质量指标", "有效案卷", "≥", "九十", "%", "7", "valid_case_rate"),
            TargetInput(2),
        ),
        (Choice("output", "产出指标（40）"), Choice("benefit", "效益指标（20）")),
        ("数量指标", "质量指标", "时效指标"),
        (Choice("", "由人说明"), Choice("micro_services", "微服务次数")),
        ("≥", "≤", "=", "定性"),
    )
    return replace(
        evaluation_sheet(),
        state_zh="编写目标",
        rows=(),
        total="",
        grade="",
        duties=("“产出指标”各项分值合计 12，应为 40。",),
        watches=(),
        history=(),
        steps=(Form("#", (), "申报绩效目标"),),
        readings_form=None,
        filling=None,
        editor=editor,
        errors=("“有效案卷”的“九十”不是数。",),
    )
