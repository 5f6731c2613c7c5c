"""The printed example as an account: cells summed from its constructed payments, facts from its figures.

Words are our own. What the example's forms get wrong (a project without a form, a full-year budget that is not the
sum of its changes, a score that one form gives and another does not) is put right here.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.self_evaluation.example import forms, lines_of
from tests.shared_material import SHARED
from wangge.domains.disclosure.document import Document
from wangge.domains.disclosure.narrative.account import (
    Account,
    BusinessFigure,
    EvaluationForm,
    Gathering,
    Procurement,
    Project,
    Registers,
    Staff,
    Unit,
    Words,
)
from wangge.domains.disclosure.narrative.whole import write_document
from wangge.domains.disclosure.rendering.tables import Tables, nine_tables
from wangge.domains.self_evaluation.logic.lines import Funds, Line, Reached
from wangge.domains.self_evaluation.logic.scoring import score_sheet
from wangge.standards.accounts.library import load_accounts
from wangge.standards.narrative import sentences
from wangge.standards.performance import performance_tables

FINANCE = SHARED / "facts" / "finance"
PERFORMANCE = performance_tables()
FORMS = load_accounts("2024")
WAN = 1_000_000  # fen
INITIAL = {
    "2080502": "2.75",
    "2080505": "29.32",
    "2080506": "14.66",
    "2101102": "11.93",
    "2101103": "6.86",
    "2101199": "11.94",
    "2120101": "297.19",
    "2120102": "1440",
    "2210201": "25",
}
COLLECTING, UPKEEP, DRAINS = "城市管理信息采集管理专项", "系统升级维护专项", "排水防涝经费"
UNIT = "某市城市管理监督指挥中心"


def fen(wan: str) -> int:
    return int(Decimal(wan) * WAN)


def _rows(name: str) -> list[dict[str, str]]:
    path = FINANCE / name
    if not path.is_file():
        pytest.skip(f"{name} of the printed example is not at hand")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def payments() -> list[dict[str, str]]:
    return _rows("ledger_payments.csv")


def names() -> dict[str, str]:
    found = {code: row.name for code, row in FORMS.function_codes.items()}
    found |= {code: row.name for code, row in FORMS.economic_codes.items()}
    return found | {f"04.row.{code}": FORMS.row_of_class("04", code) for code in FORMS.classes}


def cells(paid: list[dict[str, str]]) -> dict[str, int]:
    """A plain reckoning of the nine tables from payments, all fiscal and of the year."""
    sums: dict[str, int] = defaultdict(int)
    for row in paid:
        amount = round(Decimal(row["amount_yuan"]) * 100)
        item, basic = row["function_item"], row["nature"] == "基本支出"
        column = "c2" if basic else "c3"
        for table in ("03", "05"):
            for line in (item, "合计"):
                sums[f"{table}.{line}.c1"] += amount
                sums[f"{table}.{line}.{column}"] += amount
        for line in (item, "合计"):
            sums[f"02.{line}.c1"] += amount
            sums[f"02.{line}.c2"] += amount
        for name in ("01.r1", "01.r27", "01.r30", "01.r57", "01.r60", "04.r1", "04.r27", "04.r32"):
            sums[name] += amount
        sums[f"01.{FORMS.row_of_class('01', item[:3])}"] += amount
        row_04 = FORMS.row_of_class("04", item[:3])
        for line in (row_04, "r59", "r64"):
            sums[f"04.{line}.c2"] += amount
            sums[f"04.{line}.c3"] += amount
        if basic:
            code = row["economic_item"]
            half = "人员经费合计" if code[:3] in {"301", "303"} else "公用经费合计"
            for name in (code, code[:3], half):
                sums[f"06.{name}"] += amount
    for column in ("c1", "c3", "c5", "c7", "c9", "c11"):
        sums[f"09.{column}"] = fen("6.54")
    return dict(sums)


def prior() -> dict[str, int]:
    total = fen("1936.69")
    cells_before = dict.fromkeys(("01.r30", "04.r32", "05.合计.c1", "03.合计.c1"), total)
    three = dict.fromkeys(("09.c7", "09.c9", "09.c11"), fen("8")) | dict.fromkeys(("09.c8", "09.c10", "09.c12"), 0)
    economic = {"06.公用经费合计": "83.09", "06.30201": "6.46", "06.30205": "5.07", "06.30216": "0.36"}
    return cells_before | three | {cell: fen(wan) for cell, wan in economic.items()}


def procurement() -> Procurement:
    sums: dict[str, int] = defaultdict(int)
    for row in _rows("ledger_contracts.csv"):
        amount = round(Decimal(row["amount_yuan"]) * 100)
        sums[row["kind"]] += amount
        if row["supplier_size"] != "大型":
            sums[f"{row['kind']} small"] += amount
    small = sums["货物 small"] + sums["工程 small"] + sums["服务 small"]
    return Procurement(
        sums["货物"],
        sums["工程"],
        sums["服务"],
        sums["货物 small"],
        sums["工程 small"],
        sums["服务 small"],
        small,
        fen("513.84"),
    )


def evaluation_forms() -> tuple[EvaluationForm, ...]:
    printed = forms()
    made = [
        _form(printed, "1-2", Funds(fen("1839.65"), fen("1864.19"), fen("1833.86")), None),
        _form(printed, "1-3a", Funds(fen("1080"), fen("1080"), fen("1080")), COLLECTING),
        _form(printed, "1-3b", Funds(fen("360"), fen("360"), fen("352.16")), UPKEEP),
        _drains(),
    ]
    return tuple(made)


def _form(printed: dict[str, Any], name: str, funds: Funds, project: str | None) -> EvaluationForm:
    """The example's lines by the rules alone, each with reason and measure; the cost line follows the money row."""
    lines = []
    for line, reached, _judgement in lines_of(name, printed[name], PERFORMANCE):
        lines.append((_cost(line, funds), _explained(line, reached, funds), None))
    sheet = score_sheet(funds, lines, execution_weight=Decimal(10), tables=PERFORMANCE)
    basic = fen("404.19") if project is None else 0
    return EvaluationForm(
        funds,
        sheet,
        "案卷及时立案、派遣、核查、结案。",
        "各项工作按计划完成。",
        "经办人",
        "2025年1月15日",
        "0731-00000000",
        "负责人",
        project,
        basic,
        funds.adjusted_fen - basic,
    )


def _cost(line: Line, funds: Funds) -> Line:
    from dataclasses import replace

    if line.fact != "spending":
        return replace(line, unit=line.unit or "个")
    return replace(line, target=Decimal(funds.adjusted_fen) / WAN, unit="万元")


def _explained(line: Line, reached: Reached, funds: Funds) -> Reached:
    from dataclasses import replace

    if line.fact == "spending":
        return replace(reached, value=Decimal(funds.executed_fen) / WAN)
    if reached.value is None:
        return replace(reached, text=line.target_text)
    short = line.target is not None and (
        reached.value < line.target if line.sign == "≥" else reached.value > line.target
    )
    easy = line.fact in {"security_fault_hours", "server_fault_hours"}
    reason = "设备老化" if short else "设备更换后故障减少" if easy else ""
    return replace(reached, deviation=reason, measure="按月检查设备" if reason else "")


def _drains() -> EvaluationForm:
    funds = Funds(0, fen("20"), fen("20"))
    lines = [
        ("output", "数量指标", "防汛物资购置批次", "40", "≥", "3", "批", "3"),
        ("benefit", "社会效益指标", "积水点处置率", "20", "≥", "95", "%", "97"),
        ("satisfaction", "服务对象满意度指标", "沿街商户满意度", "10", "≥", "90", "%", "95"),
        ("cost", "经济成本指标", "全年经费", "20", "≤", "20", "万元", "20"),
    ]
    made = [
        (
            Line(
                block,
                second,
                name,
                Decimal(weight),
                sign,
                PERFORMANCE.default_rule(sign),
                Decimal(target),
                target,
                unit,
            ),
            Reached(Decimal(actual)),
            None,
        )
        for block, second, name, weight, sign, target, unit, actual in lines
    ]
    sheet = score_sheet(funds, made, execution_weight=Decimal(10), tables=PERFORMANCE)
    return EvaluationForm(
        funds,
        sheet,
        "汛期主城区不发生长时间积水。",
        "汛期积水点全部处置。",
        "经办人",
        "2025年1月15日",
        "0731-00000000",
        "负责人",
        DRAINS,
        0,
        funds.adjusted_fen,
    )


def account(paid: list[dict[str, str]] | None = None) -> Account:
    reasons = {
        "N.s1.change": "项目规模缩减",
        "N.s53.2019999": "补发上年度绩效奖",
        "N.s53.2080502": "退休人员待遇按政策发放",
        "N.s53.2080505": "人员调动，缴费基数低于预计",
        "N.s53.2080506": "缴费人数减少",
        "N.s53.2101102": "缴费基数低于预计",
        "N.s53.2101103": "享受补助人数减少",
        "N.s53.2101199": "缴费人数减少",
        "N.s53.2120101": "压减日常公用开支",
        "N.s53.2120102": "年末有一笔运维款退单",
        "N.s53.2120399": "年中追加排水防涝经费",
        "N.s53.2210201": "人员调动",
        "N.s7.total.change": "减少出车次数",
    }
    words = Words(
        reasons,
        ("部分指标不够明确，难以衡量",),
        ("按月跟踪指标，年中纠偏",),
        "自评结果报送主管部门，随决算在主管部门网站公开，并作为编制下年预算的依据",
        "严格执行采购程序，控制一般性支出。",
    )
    business = tuple(
        BusinessFigure(fact, name, Decimal(value), unit)
        for fact, name, value, unit in (
            ("cases_reported", "案卷上报", "86.43", "万条"),
            ("cases_filed", "立案", "86.2", "万条"),
            ("cases_closed", "结案", "83.6", "万条"),
            ("close_rate", "结案率", "96.98", "%"),
            ("cases_self_handled", "自行处置", "31.71", "万条"),
        )
    )
    return Account(
        2024,
        Unit(
            UNIT,
            "某市城市管理局",
            "institution",
            "财政补助事业单位",
            ("监督、指挥、调度和协调全市数字化城市管理工作", "采集和分析城市管理信息", "受理城市管理投诉"),
            ("办公室", "技术维护科", "考评科"),
        ),
        cells(paid if paid is not None else payments()),
        prior(),
        names(),
        {code: fen(wan) for code, wan in INITIAL.items()},
        Registers(
            cars_held=2,
            car_use="网格考评用车的燃油、保险和维修",
            trainings=Gathering(fen("2"), fen("0.84"), 1, 3, "财务人员业务培训"),
            vehicles={"其他用车": 2},
            other_vehicle_use="网格考评",
        ),
        procurement(),
        Staff(20, 19, 1, 188),
        (
            Project(
                COLLECTING,
                fen("1080"),
                fen("1080"),
                fen("1080"),
                fen("1200"),
                "采集人员劳务和日常管理",
                "全年按网格完成采集",
            ),
            Project(
                UPKEEP,
                fen("360"),
                fen("360"),
                fen("352.16"),
                fen("360"),
                "系统运维、光纤租赁和流量费用",
                "系统全年正常运行",
            ),
            Project(DRAINS, 0, fen("20"), fen("20"), 0, "购置防汛物资", "汛期积水点全部处置"),
        ),
        evaluation_forms(),
        business,
        words,
    )


def tables_of(told: Account) -> Tables:
    words = sentences()
    return Tables(
        told.unit.name,
        told.cells,
        told.names,
        words["table.empty_fund"],
        words["table.empty_capital"],
        words["table.empty_three"],
    )


def document(told: Account | None = None) -> Document:
    told = told or account()
    return write_document(told, nine_tables(tables_of(told), FORMS), performance=PERFORMANCE)
