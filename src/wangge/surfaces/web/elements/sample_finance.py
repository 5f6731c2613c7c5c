"""Invented finance pages for the gallery: self-evaluation, budget board, draft, trace, what the public sees."""

from __future__ import annotations

from dataclasses import replace

from django.utils.safestring import mark_safe

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.finance.pages import (
    BudgetBoardPage,
    BudgetChange,
    BudgetLine,
    BudgetLinePage,
    BudgetPayment,
    DraftPage,
    EvaluationListPage,
    EvaluationRow,
    EvaluationSheetPage,
    FillingEditor,
    FillingInput,
    FindingNote,
    FormLine,
    HistoryRow,
    PublishedLine,
    PublishedListPage,
    PublishedPage,
    Slice,
    TargetEditor,
    TargetInput,
    TracePage,
    TraceRow,
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


def board() -> BudgetBoardPage:
    """The budget lines of a year."""
    lines = (
        BudgetLine(
            "采集-01",
            "2120102 一般行政管理事务",
            "城市管理信息采集",
            "1,080.00",
            "1,080.00",
            "0.00",
            "0.00",
            "0.00",
            "100%",
        ),
        BudgetLine(
            "升级-01",
            "2120102 一般行政管理事务",
            "系统升级维护",
            "360.00",
            "352.16",
            "0.00",
            "7.84",
            "7.84",
            "97.82%",
            True,
        ),
    )
    total = BudgetLine("合计", "", "", "1,440.00", "1,432.16", "0.00", "7.84", "7.84", "99.46%")
    return BudgetBoardPage(shell("预算执行", ACCOUNTANT), "监督指挥中心", 2024, _YEARS, (), lines, total)


def budget_line() -> BudgetLinePage:
    """A line whose last payment came back."""
    facts = (Fact("全年预算", "3,600,000.00 元"), Fact("已支付", "3,521,600.00 元"), Fact("退单", "78,400.00 元"))
    payments = (
        BudgetPayment("ZF202400745", "2024-12-27", "云栈信息技术服务社", "系统升级维护", "HT2024-010", "78,400.00",
                      "退单", True, "年底资金调度，系统退单"),
        BudgetPayment("ZF202400712", "2024-12-02", "松台机电维修部", "系统升级维护", "", "37,500.00", "已支付",
                      False, ""),
    )  # fmt: skip
    states = (Figure("全部", "", "#", is_current=True), Figure("已支付", "", "#"), Figure("退单", "", "#"))
    return BudgetLinePage(
        shell("系统升级维护", ACCOUNTANT), "系统升级维护", "监督指挥中心", 2024, facts,
        (BudgetChange("年初预算", "3,600,000.00", "预〔2024〕1号", "2024-01-22"),), states, payments, "", "#",
    )  # fmt: skip


def draft() -> DraftPage:
    """A document with a finding and a question in its margin."""
    body = (
        "<h2>一、收入支出决算总体情况说明</h2><p>2024年度收入总计与支出总计均为"
        '<a class="figure" href="#" id="figure-N.s1.total">1833.86</a>万元。</p>'
        '<section><p class="note">公开01表</p><div class="wide" tabindex="0"><table><caption>收入支出决算总表</caption>'
        '<thead><tr><th scope="col">项目</th><th scope="col">金额</th></tr></thead><tbody><tr><td>总计</td>'
        '<td class="right"><a class="figure" href="#">1,833.86</a></td></tr></tbody></table></div></section>'
    )
    question = Field("text", "N.s1.change　1936.69 → 1833.86 万元", FieldKind.LONG_TEXT)
    return DraftPage(
        shell("决算公开", ACCOUNTANT), "2024年度部门决算", "监督指挥中心", 2024, _YEARS, (), mark_safe(body),  # noqa: S308
        tuple((f"gap-{n}", Form("#", (question,), "保存", hidden=(("key", "N.s1.change"),))) for n in range(2)),
        (
            FindingNote("error", "错误", "N-S1-TOTAL", "一 第 2 段", "与公开01表不符，应为 1833.86。", "N.s1.total"),
            FindingNote("note", "提示", "T06-PERSONNEL", "公开06表", "尾差，在四舍五入的范围内。"),
        ),
        (Fact("PDF", "", "#"), Fact("DOCX", "", "#")), "错误 1 · 提醒 0 · 提示 1 · 待补充 1",
    )  # fmt: skip


def trace() -> TracePage:
    """What is below a figure."""
    rows = (
        TraceRow("ZF202400731", "42,000.00 元", "2024-04-12 · 线路租用 · 云栈信息技术服务社"),
        TraceRow("05.2120102.c3", "1,432.16", "48 笔", "#"),
    )
    return TracePage(
        shell("数据溯源", ACCOUNTANT), "05.2120102.c1", "监督指挥中心", 2024, "c2 + c3", "8f3a" * 16, rows, "#"
    )


def published_list() -> PublishedListPage:
    """What the public may open."""
    return PublishedListPage(shell("决算公开", None), (PublishedLine("published", "监督指挥中心", 2024, 1, NOW),))


def published() -> PublishedPage:
    """A published account."""
    slices = (
        Slice("城乡社区支出", "1,732.04", "94.45%", "1732.04"),
        Slice("社会保障和就业支出", "43.41", "2.37%", "43.41"),
        Slice("卫生健康支出", "28.88", "1.57%", "28.88"),
    )  # fmt: skip
    return PublishedPage(
        shell("2024 年度决算", None), "2024 年度决算", "监督指挥中心", 2024, 1, NOW, "", slices, draft().body,
        (Fact("PDF", "", "#"), Fact("XLSX", "", "#")), "8f3a" * 16, "published-list",
    )  # fmt: skip
