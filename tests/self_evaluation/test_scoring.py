"""Scoring: the printed example line by line, every method, and what a judgement must say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.self_evaluation.example import JUDGED, forms, funds_of, lines_of
from wangge.domains.self_evaluation.logic.duties import Severity, score_duties, shared_fact_duties, weight_duties
from wangge.domains.self_evaluation.logic.lines import Funds, Judgement, Line, Method, Reached, plain
from wangge.domains.self_evaluation.logic.scoring import (
    ScoringRefused,
    band_of,
    score_execution,
    score_line,
    score_sheet,
)
from wangge.standards.performance import performance_tables

TABLES = performance_tables()
D = Decimal


def line(sign: str = "≥", target: str | None = "100", weight: str = "5", rule: str = "", name: str = "某项") -> Line:
    return Line(
        "output", "数量指标", name, D(weight), sign, rule or TABLES.default_rule(sign),
        D(target) if target is not None else None, target or "城市环境更美好", "次",
    )  # fmt: skip


def score(sign: str, target: str, actual: str, weight: str = "5", rule: str = "") -> str:
    return plain(score_line(line(sign, target, weight, rule), Reached(D(actual)), tables=TABLES).score)


@pytest.mark.parametrize(
    ("form", "decimals", "execution", "total", "by_rules"),
    [("1-2", 2, "9.91", "96.87", "99.07"), ("1-3a", 2, "10", "98", "100"), ("1-3b", 1, "9.8", "98.8", "98.8")],
)
def test_the_three_totals_of_the_example_come_out_line_by_line(
    form: str, decimals: int, execution: str, total: str, by_rules: str
) -> None:
    printed = forms()[form]
    sheet = score_sheet(
        funds_of(printed, decimals=decimals), lines_of(form, printed, TABLES), execution_weight=D(10), tables=TABLES
    )
    assert plain(sheet.execution.score) == execution
    for row, as_printed in zip(sheet.lines, printed["indicators"], strict=True):
        assert row.score == D(as_printed["score"]), row.line.name
        judged = (form, row.line.name) in JUDGED
        expected = Method.JUDGEMENT if judged else Method.BAND if row.line.is_qualitative else Method.RULE
        assert row.method is expected, row.line.name
        assert row.reckoning
    assert plain(sheet.total) == total
    assert sheet.grade_zh == "优"
    assert plain(sum((row.by_rule or D(0) for row in sheet.rows), D(0))) == by_rules


def test_with_two_decimals_the_money_row_of_the_third_form_is_9_78() -> None:
    assert plain(score_execution(Funds(36000000, 36000000, 35216000), weight=D(10), tables=TABLES).score) == "9.78"


def test_of_31_rows_of_the_example_27_follow_from_the_rules() -> None:
    rows = 0
    by_rule = 0
    for form, printed in forms().items():
        sheet = score_sheet(
            funds_of(printed, decimals=2), lines_of(form, printed, TABLES), execution_weight=D(10), tables=TABLES
        )
        marks = printed["fund"].get("年度资金总额", printed["fund"])["得分"]
        printed_scores = [D(marks), *(D(row["score"]) for row in printed["indicators"])]
        rows += len(sheet.rows)
        by_rule += sum(row.by_rule == mark for row, mark in zip(sheet.rows, printed_scores, strict=True))
    assert (rows, by_rule) == (31, 27)


@pytest.mark.parametrize(
    ("sign", "target", "actual", "weight", "rule", "expected"),
    [
        ("≥", "800", "665", "5", "", "4.16"),
        ("≥", "90", "99.18", "7", "", "7"),
        ("≥", "10", "0", "7", "", "0"),
        ("≤", "5", "6", "5", "", "4"),
        ("≤", "48", "18", "5", "", "5"),
        ("≤", "5", "12", "5", "", "0"),
        ("≤", "5", "6", "5", "at_most_ratio", "4.17"),
        ("≤", "0", "0", "5", "", "5"),
        ("≤", "0", "1", "5", "", "0"),
        ("=", "24", "24", "4", "", "4"),
        ("=", "24", "18", "4", "", "3"),
        ("=", "24", "23", "4", "equal_or_nothing", "0"),
        ("≥", "100", "79", "10", "steps", "6"),
        ("≥", "100", "80", "10", "steps", "8"),
        ("≥", "100", "100", "10", "steps", "10"),
        ("≥", "100", "250", "10", "steps", "10"),
        ("≥", "100", "59", "10", "steps", "0"),
    ],
)
def test_each_method(sign: str, target: str, actual: str, weight: str, rule: str, expected: str) -> None:
    assert score(sign, target, actual, weight, rule) == expected


def test_a_qualitative_line_takes_the_top_of_its_band_and_any_other_point_is_a_judgement() -> None:
    soft = line("定性", None, "20")
    assert score_line(soft, Reached(band="reached"), tables=TABLES).score == 20
    partly = score_line(soft, Reached(band="partly"), tables=TABLES)
    assert (partly.score, partly.method) == (Decimal(16), Method.BAND)
    judged = score_line(
        soft, Reached(band="partly"), tables=TABLES, judgement=Judgement(D(14), "评审人", "抽查两处未达成")
    )
    assert (judged.score, judged.by_rule, judged.method) == (Decimal(14), Decimal(16), Method.JUDGEMENT)
    with pytest.raises(ScoringRefused, match="达成程度"):
        score_line(soft, Reached(), tables=TABLES)


@pytest.mark.parametrize(("by", "reason"), [("", "有理由"), ("评审人", ""), ("评审人", "  ")])
def test_a_judgement_without_name_or_reason_is_refused(by: str, reason: str) -> None:
    with pytest.raises(ScoringRefused, match="评审人和理由"):
        score_line(line(), Reached(D(50)), tables=TABLES, judgement=Judgement(D(2), by, reason))


@pytest.mark.parametrize("given", ["-0.01", "5.01"])
def test_a_judgement_stays_within_the_weight(given: str) -> None:
    with pytest.raises(ScoringRefused, match="0 与分值 5"):
        score_line(line(), Reached(D(50)), tables=TABLES, judgement=Judgement(D(given), "评审人", "理由"))


def test_spending_beyond_the_budget_is_refused_and_earns_no_extra_points() -> None:
    with pytest.raises(ScoringRefused, match=r"执行率 100\.10%"):
        score_execution(Funds(100000, 100000, 100100), weight=D(10), tables=TABLES)
    with pytest.raises(ScoringRefused, match="为 0"):
        score_execution(Funds(0, 0, 0), weight=D(10), tables=TABLES)


def test_a_line_without_a_value_or_with_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ScoringRefused, match="没有实际完成值"):
        score_line(line(), Reached(), tables=TABLES)
    with pytest.raises(ScoringRefused, match="不存在"):
        score_line(line(rule="other"), Reached(D(1)), tables=TABLES)


@pytest.mark.parametrize(
    ("total", "grade"),
    [("100", "优"), ("90", "优"), ("89.99", "良"), ("80", "良"), ("60", "中"), ("59.99", "差"), ("0", "差")],
)
def test_grades(total: str, grade: str) -> None:
    assert band_of(D(total), TABLES.bands["grade"]).band_zh == grade


def test_no_grade_beyond_one_hundred() -> None:
    with pytest.raises(ScoringRefused):
        band_of(D("100.01"), TABLES.bands["grade"])


def test_lost_points_ask_for_reason_and_measure_and_easy_targets_for_an_explanation() -> None:
    sheet = score_sheet(
        Funds(100, 100, 100),
        [
            (line(name="少做"), Reached(D(60)), None),
            (line(name="多做"), Reached(D(140)), None),
            (line("≤", "48", name="故障"), Reached(D(18)), None),
            (line(name="有说明"), Reached(D(60), deviation="停电", measure="加备用电源"), None),
            (line(name="虚高"), Reached(D(60)), Judgement(D(5), "评审人", "照顾")),
        ],
        execution_weight=D(10),
        tables=TABLES,
    )
    found = [(duty.kind, duty.line, duty.severity) for duty in score_duties(sheet, tables=TABLES)]
    assert found == [
        ("reason", "少做", Severity.ERROR),
        ("too_easy", "多做", Severity.NOTE),
        ("too_easy", "故障", Severity.NOTE),
        ("full_marks", "虚高", Severity.ERROR),
    ]


def test_one_fact_is_the_same_in_every_form_and_the_example_breaks_this_once() -> None:
    sheets = {
        form: score_sheet(
            funds_of(printed, decimals=2), lines_of(form, printed, TABLES), execution_weight=D(10), tables=TABLES
        )
        for form, printed in forms().items()
    }
    found = shared_fact_duties(sheets)
    assert [(duty.line, "得分率" in duty.text()) for duty in found] == [("探头考评", True)]


def test_weights_of_the_example_fit_its_form_and_a_lost_line_is_named() -> None:
    blocks = TABLES.blocks_of("province-2024", "whole")
    lines = [row for row, _reached, _judged in lines_of("1-2", forms()["1-2"], TABLES)]
    assert [duty for duty in weight_duties(lines, blocks) if duty.severity is Severity.ERROR] == []
    short = weight_duties(lines[1:], blocks)
    assert any(duty.text() == "“产出指标”各项分值合计 33，应为 40。" for duty in short)
    assert [duty.kind for duty in weight_duties([], blocks)] == ["weights"] * 4
