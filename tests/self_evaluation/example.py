"""The three forms of the printed example as facts: targets, actual values, and the four judgements it rests on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.shared_material import SHARED
from wangge.domains.self_evaluation.logic.lines import Funds, Judgement, Line, Reached
from wangge.standards.performance import PerformanceTables

FIGURES = SHARED / "facts" / "finance" / "seed_figures.json"
BLOCKS = {"产出指标": "output", "效益指标": "benefit", "满意度指标": "satisfaction", "成本指标": "cost"}
LIMITS = {"网络安全设备故障", "服务器总故障时长", "车载GPS设备每日故障率", "全年经费"}
JUDGED = {  # (form, line) → (score, reason in our words)
    ("1-2", "探头考评"): ("6.96", "维护停用一天"),
    ("1-2", "微服务开展情况"): ("2", "评审认定"),
    ("1-3a", "探头考评"): ("8", "评审认定"),
}


def forms() -> dict[str, Any]:
    """The annexes as printed; skips, saying so, where the facts are not at hand."""
    if not FIGURES.is_file():
        pytest.skip("the figures of the printed example are not at hand")
    annexes = json.loads(FIGURES.read_text(encoding="utf-8"))["annexes"]
    return {name: annexes[name] for name in ("1-2", "1-3a", "1-3b")}


def funds_of(form: dict[str, Any], *, decimals: int) -> Funds:
    row = form["fund"].get("年度资金总额", form["fund"])
    initial, adjusted, spent = (
        int(Decimal(row[name]) * 1_000_000) for name in ("年初预算数", "全年预算数", "全年执行数")
    )
    return Funds(initial, adjusted, spent, decimals=decimals)


def lines_of(
    name: str, form: dict[str, Any], tables: PerformanceTables
) -> list[tuple[Line, Reached, Judgement | None]]:
    return [_line(name, row, tables) for row in form["indicators"]]


def _line(form: str, row: dict[str, Any], tables: PerformanceTables) -> tuple[Line, Reached, Judgement | None]:
    known = tables.fact_named(row["level3"])
    try:
        target: Decimal | None = Decimal(row["target"])
    except ArithmeticError:
        target = None
    sign = "定性" if target is None else "≤" if row["level3"] in LIMITS else "≥"
    line = Line(
        BLOCKS[row["level1"]], row["level2"].partition("或")[0], row["level3"], Decimal(row["weight"]), sign,
        tables.default_rule(sign), target, row["target"], known.unit if known else "", known.fact if known else "",
    )  # fmt: skip
    reached = Reached(
        value=None if target is None else Decimal(row["actual"]),
        band="reached" if target is None else "",
        deviation=row["deviation_note"] or "",
    )
    judged = JUDGED.get((form, row["level3"]))
    judgement = Judgement(Decimal(judged[0]), "评审人", judged[1]) if judged else None
    return line, reached, judgement
