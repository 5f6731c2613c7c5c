"""Targets when they are set: what is vague, what cannot be measured, what is always met; and mid-year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.self_evaluation.example import forms, lines_of
from wangge.domains.self_evaluation.logic.duties import Severity
from wangge.domains.self_evaluation.logic.lines import Line
from wangge.domains.self_evaluation.logic.monitoring import Course, watch, year_share_percent
from wangge.domains.self_evaluation.logic.targets import PastYear, target_duties
from wangge.standards.performance import performance_tables

TABLES = performance_tables()
D = Decimal


def line(**changed: object) -> Line:
    given = {
        "block": "output", "second": "数量指标", "name": "探头考评", "weight": D(5), "sign": "≥", "rule": "at_least",
        "target": D(2), "target_text": "2", "unit": "次", "fact": "camera_checks",
    }  # fmt: skip
    return Line(**{**given, **changed})  # type: ignore[arg-type]


def kinds(*lines: Line, **more: object) -> list[str]:
    return [duty.kind for duty in target_duties(lines, tables=TABLES, **more)]  # type: ignore[arg-type]


def test_a_measurable_target_with_a_source_is_not_flagged() -> None:
    assert kinds(line()) == []


@pytest.mark.parametrize("text", ["城市环境更美好", "提高", "不断完善", "显著提升服务水平"])
def test_vague_words_are_named(text: str) -> None:
    soft = line(target=None, target_text=text, sign="定性", rule="qualitative", unit="")
    (duty,) = target_duties([soft], tables=TABLES)
    assert (duty.kind, duty.severity) == ("vague", Severity.WARNING)
    assert any(word.word in text and word.why in duty.text() for word in TABLES.vague_words)


@pytest.mark.parametrize("text", ["无纸化率提高 5 个百分点", "完成三次演练"])
def test_a_text_with_a_number_can_be_checked(text: str) -> None:
    assert kinds(line(target=None, target_text=text, sign="定性", rule="qualitative")) == []


def test_a_bare_number_without_unit_or_sign_and_without_proof_is_flagged() -> None:
    assert kinds(line(unit="", sign="", fact="")) == ["unit", "sign", "proof"]


def test_a_target_that_cannot_be_missed_is_refused() -> None:
    assert kinds(line(unit="%", target=D(0))) == ["always_met"]
    assert kinds(line(unit="%", sign="≤", target=D(100))) == ["always_met"]


def test_a_target_met_in_each_of_the_last_years_is_always_met() -> None:
    easy = {"camera_checks": [PastYear(2023, D(2), D(4)), PastYear(2022, D(2), D(3))]}
    hard = {"camera_checks": [PastYear(2023, D(2), D(4)), PastYear(2022, D(2), D(1))]}
    short = {"camera_checks": [PastYear(2023, D(2), D(4))]}
    assert kinds(line(), history=easy) == ["always_met"]
    assert kinds(line(), history=hard) == []
    assert kinds(line(), history=short) == []


def test_the_same_indicator_twice_in_a_form_is_an_error() -> None:
    assert kinds(line(), line()) == ["twice"]


def test_the_example_complains_of_vague_targets_and_has_them() -> None:
    lines = [row for row, _reached, _judged in lines_of("1-3b", forms()["1-3b"], TABLES)]
    vague = [duty.line for duty in target_duties(lines, tables=TABLES) if duty.kind == "vague"]
    assert vague == ["信息化无纸化办公率"]


def test_half_a_year_has_passed_at_the_end_of_june() -> None:
    assert year_share_percent(date(2024, 6, 30)) == D("49.73")
    assert year_share_percent(date(2024, 12, 31)) == 100


@pytest.mark.parametrize(
    ("changed", "actual", "is_rate", "course", "forecast"),
    [
        ({"target": D(800)}, "350", False, Course.ON_COURSE, "703.80"),
        ({"target": D(800)}, "300", False, Course.BEHIND, "603.26"),
        ({"target": D(90), "unit": "%"}, "92", True, Course.ON_COURSE, "92"),
        ({"target": D(90), "unit": "%"}, "89", True, Course.BEHIND, "89"),
        ({"target": D(48), "sign": "≤", "rule": "at_most"}, "30", False, Course.EXCEEDED, "60.33"),
        ({"target": D(48), "sign": "≤", "rule": "at_most"}, "18", False, Course.ON_COURSE, "36.20"),
    ],
)
def test_mid_year_says_how_a_line_runs(
    changed: dict[str, object], actual: str, is_rate: bool, course: Course, forecast: str
) -> None:
    seen = watch(line(**changed), D(actual), on=date(2024, 6, 30), is_rate=is_rate, tables=TABLES)
    assert (seen.course, seen.forecast) == (course, D(forecast))
    assert seen.needs_correction is (course in {Course.BEHIND, Course.EXCEEDED})


def test_without_a_value_nothing_is_said_of_the_course() -> None:
    assert watch(line(), None, on=date(2024, 6, 30), is_rate=False, tables=TABLES).course is Course.UNKNOWN
