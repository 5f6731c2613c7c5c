"""Invented pages of the finance office for the gallery: editions and calendar, template, registers, imports."""

from __future__ import annotations

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.sample_finance import ACCOUNTANT
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.finance.office_pages import (
    DateRow,
    EditionPiece,
    EditionsPage,
    ImportLine,
    LedgerImportPage,
    LedgerImportsPage,
    LevelRow,
    ProofRow,
    RecordPage,
    RecordVersion,
    RegisterKindLine,
    RegisterPage,
    RegisterRow,
    RegistersPage,
    TemplatePage,
    UnitRow,
)
from wangge.surfaces.web.finance.stocktaking_pages import CardRow, StocktakingPage, SurplusRow

_UNIT = "监督指挥中心"
_YEARS = (Figure("2024", "", "#", is_current=True), Figure("2023", "", "#"))
_REASON = Field("reason", "意见、文号或公开的理由", FieldKind.TEXT, required=False)


def editions() -> EditionsPage:
    """One edition on its way, a date that is late."""
    piece = EditionPiece(
        "第 2 版", "已报送", "更正第 1 版", "8f3a0c55d1e29b70",
        (Fact("编制", "2025-03-20 09:12 钱会计"), Fact("审核", "2025-03-21 10:02 科长")),
        (Fact("PDF", "", "#"), Fact("DOCX", "", "#")),
        (("step-approve", Form("#", (_REASON,), "批复")), ("step-back", Form("#", (_REASON,), "退回修改"))),
    )  # fmt: skip
    dates = (
        DateRow("单位编制决算", "2025-03-31", "2025-03-20", "done", "已完成"),
        DateRow("报送主管部门", "2025-04-15", "", "late", "逾期"),
        DateRow("财政部门批复各部门", "—", "", "waiting", "待前一环节"),
    )
    return EditionsPage(
        shell("决算版本", ACCOUNTANT), _UNIT, 2024, _YEARS, (), dates, "已逾期：报送主管部门。", (piece,), None,
        "现有版本正在办理或已公开；退回或更正之后才能再编制。", "#", "#",
        (
            UnitRow("采集中心", "#", "第 1 版", "已报送", "2025-02-20 10:12", is_waiting=False),
            UnitRow("市政所", "#", "第 2 版", "已退回", "2025-02-24 16:40", is_waiting=True),
            UnitRow("排水所", "#", "", "尚无版本", "", is_waiting=True),
        ),
        "已报送 1 个，共 3 个单位。未报送单位的数字按台账现状合并。",
    )  # fmt: skip


def no_editions() -> EditionsPage:
    """Nothing frozen yet."""
    return EditionsPage(
        shell("决算版本", ACCOUNTANT), _UNIT, 2024, _YEARS, (), (), "", (), Form("#", (), "冻结为新版本"), "", "#", "#"
    )


def template() -> TemplatePage:
    """A template with something that found no counterpart."""
    choices = (Choice("01.r27", "本年收入合计　1,833.86"), Choice("01.r57", "本年支出合计　1,833.86"))
    question = Form("#", (Field("ours", "收入总额", FieldKind.SEARCH, choices=choices),), "对应")
    return TemplatePage(
        shell("决算模板", ACCOUNTANT), _UNIT, 2024, _YEARS, (), "2024年度决算公开参考格式.docx",
        (Fact("支出总计", "01.r60"),), (Fact("（一）收入支出总体情况", "一、收入支出决算总体情况说明"),),
        (("open-0", question),),
        ("十二、关于国有资产占用情况说明",), "#", ".docx", "字段写作 {{ 收入总计 }}。",
        Form("#", (), "不用模板"), "#", "#",
    )  # fmt: skip


def registers() -> RegistersPage:
    """What is registered."""
    lines = (RegisterKindLine("#", "会议", "4", "8,420.00"), RegisterKindLine("#", "线路与 SIM 卡", "", ""))
    return RegistersPage(shell("台账登记", ACCOUNTANT), _UNIT, 2024, _YEARS, (), lines)


def register() -> RegisterPage:
    """One register with a record and the form."""
    form = Form(
        "#",
        (
            Field("key", "编号", FieldKind.TEXT, required=False, help="不填则按年度顺编。"),
            Field("held_on", "日期", FieldKind.TEXT, placeholder="2024-06-01"),
            Field("amount", "金额（元）", FieldKind.TEXT, placeholder="1234.56"),
        ),
        "登记",
    )
    rows = (
        RegisterRow("#", "2024-0002", ("2024-05-08", "汛前部署会", "三楼会议室", "24")),
        RegisterRow("#", "2024-0001", ("2024-03-05", "年度工作会", "三楼会议室", "60"), is_withdrawn=True),
    )
    return RegisterPage(
        shell("会议", ACCOUNTANT), "会议", _UNIT, 2024, _YEARS, (), ("编号", "日期", "内容", "地点", "人数"),
        (False, False, False, True), rows, form, "#",
    )  # fmt: skip


def stocktaking() -> StocktakingPage:
    """A count under way."""
    form = Form(
        "#",
        (
            Field("code", "资产编号", FieldKind.TEXT, help="扫码枪扫描后自动提交。"),
            Field("place", "实际地点", FieldKind.TEXT, required=False, value="三楼机房"),
            Field("holder", "实际使用人", FieldKind.TEXT, required=False),
            Field("condition", "状况", FieldKind.SELECT, choices=(Choice("完好", "完好"), Choice("损坏", "损坏"))),
        ),
        "盘点",
    )
    facts = (
        Fact("在账资产", "3"),
        Fact("已盘", "2"),
        Fact("未盘", "1"),
        Fact("不符", "1"),
        Fact("盘亏原值（元）", "0.00"),
    )
    found = CardRow("ZC0002", "机架式服务器", "二楼机房", "陈工", "位置不符", "三楼机房", "陈工", "2024-11-29 钱会计")
    waits = CardRow("ZC0003", "便携式计算机", "采集科", "李采集")
    return StocktakingPage(
        shell("资产盘点", ACCOUNTANT),
        _UNIT,
        2024,
        _YEARS,
        (),
        facts,
        (found,),
        (waits,),
        "",
        (SurplusRow("2024-0001", "#", "投影仪", "", "三楼会议室", "", "3,000.00", "2024-12-20 会计甲", ""),),
        "#",
        form,
        "#",
        True,
    )


def faults() -> RegisterPage:
    """Faults of lines, and what they come to beside the contracts."""
    rows = (
        RegisterRow("#", "2024-0002", ("L2", "2024-03-02", "500", "")),
        RegisterRow("#", "2024-0001", ("L1", "2024-03-01", "95", "光缆中断")),
    )
    levels = (
        LevelRow("2024-03", "430-1", "H1", "95", "60", "35"),
        LevelRow("2024-03", "106-9", "H2", "500", "未约定", ""),
    )
    return RegisterPage(
        shell("线路故障", ACCOUNTANT), "线路故障", _UNIT, 2024, _YEARS, (),
        ("编号", "线路", "故障日期", "中断分钟", "原因"), (False, False, True, False), rows, None, "#", False, levels,
    )  # fmt: skip


def record() -> RecordPage:
    """One record with two versions."""
    versions = (
        RecordVersion("第 2 版　钱会计", (Fact("日期", "2024-05-08"), Fact("人数", "24"))),
        RecordVersion("第 1 版　钱会计", (Fact("日期", "2024-05-08"), Fact("人数", "42"))),
    )
    form = Form("#", (Field("persons", "人数", FieldKind.NUMBER, value="24"), _REASON), "更正")
    return RecordPage(
        shell("2024-0002", ACCOUNTANT), "会议", "2024-0002", versions, form, Form("#", (_REASON,), "作废"), "#"
    )


def imports() -> LedgerImportsPage:
    """Lists given so far."""
    past = (ImportLine("2025-01-08 10:12", "payments", "支付明细.xlsx", "钱会计", "新增 745，变更 0，相同 0，退回 1"),)
    return LedgerImportsPage(
        shell("台账导入", ACCOUNTANT), "#", ".csv,.xlsx", "不超过 16 MiB；先核对，确认后才写入。",
        (("allotments", "指标明细"), ("payments", "支付明细")), "payments", past,
    )  # fmt: skip


def import_tried() -> LedgerImportPage:
    """What a list would do."""
    return LedgerImportPage(
        shell("支付明细.xlsx", ACCOUNTANT), "支付明细.xlsx", "支付明细", (Fact("行数", "747"), Fact("新增", "744")),
        ("ZF202400012",), ("ZF202400099",), (Fact("第 12 行", "没有编号为“X-9”的指标。"),), "",
        ("功能分类代码“2129998”不在代码表内（第 7 行）。",),
        (ProofRow("101001 2024", "18,338,560.00", "18,338,559.00", "1.00"),),
        Form("#", (), "确认导入"), Form("#", (), "放弃"), "#",
    )  # fmt: skip
