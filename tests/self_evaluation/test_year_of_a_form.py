"""The year of a form: declared, approved, watched, filled, submitted, reviewed; and attacks on all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.budgeting.small_ledger import LINE_OF_PROJECT, PROJECT, UNIT, allot, pay, payment, with_units
from wangge.domains.disclosure.queries.budgets import budget_document
from wangge.domains.organizations.logic import Actor, Holding
from wangge.domains.self_evaluation.logic.lines import Judgement, plain
from wangge.domains.self_evaluation.models import Form, FormStep, Reading, Result, TargetLine
from wangge.domains.self_evaluation.operations.evaluating import (
    Correction,
    Filling,
    fill_results,
    record_monitoring,
)
from wangge.domains.self_evaluation.operations.evidence import sign_statement, take_readings
from wangge.domains.self_evaluation.operations.targets import NewLine, open_form, take_step, write_targets
from wangge.domains.self_evaluation.queries.forms import duties_of_targets, form_of, forms_of
from wangge.domains.self_evaluation.refusals import EvaluationRefused

pytestmark = pytest.mark.django_db
D = Decimal
SPRING = datetime(2024, 2, 1, 2, tzinfo=UTC)
SUMMER = datetime(2024, 7, 1, 2, tzinfo=UTC)
WINTER = datetime(2025, 1, 10, 2, tzinfo=UTC)
CUT = datetime(2024, 12, 31, 16, tzinfo=UTC)
FINANCE = Actor(11, "finance", "财务甲", (Holding("finance"),))
LEADER = Actor(12, "leader", "主任", (Holding("centre_leader"),))
BUREAU = Actor(13, "bureau", "局财务", (Holding("bureau_finance"),))
PROJECT_NAME = PROJECT.project

LINES = (
    NewLine(
        "output", "数量指标", "微服务开展情况", D(20), "≥", D(800), unit="次", fact="micro_services", proof="活动登记表"
    ),
    NewLine("output", "质量指标", "服务器总故障时长", D(20), "≤", D(48), unit="小时", fact="server_fault_hours"),
    NewLine("benefit", "社会效益指标", "热线回访", D(20), "定性", target_text="回访率不低于 90%"),
    NewLine("satisfaction", "服务对象满意度指标", "市民满意", D(10), "≥", D(90), unit="%", fact="", proof="问卷"),
    NewLine("cost", "经济成本指标", "全年经费", D(20), "≤", D(100), unit="万元", fact="spending"),
)


@pytest.fixture
def ledger(db: None) -> None:
    with connection.cursor() as cursor:  # the audit log's month of the winter
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [WINTER.date(), WINTER.date()])
    with_units()
    allot(100 * 1_000_000, LINE_OF_PROJECT)
    pay(payment("P1", 60 * 1_000_000, PROJECT), payment("P2", 38 * 1_000_000, PROJECT))


def opened(lines: Sequence[NewLine] = LINES, project: str = "") -> Form:
    form = open_form(by=FINANCE, at=SPRING, unit_code=UNIT, year=2024, edition="province-2024", project=project)
    write_targets(by=FINANCE, at=SPRING, form_id=form.id, goal="全年稳定运行", lines=lines)
    return form


def approved(lines: Sequence[NewLine] = LINES, project: str = "") -> Form:
    form = opened(lines, project)
    take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
    take_step(by=BUREAU, at=SPRING, form_id=form.id, step="approve")
    return form


def stated() -> None:
    given = {
        "by": FINANCE,
        "at": WINTER,
        "unit_code": UNIT,
        "year": 2024,
        "signed_by": "科长",
        "signed_on": date(2025, 1, 5),
    }
    for subject, value in (("micro_services", 665), ("server_fault_hours", 18), ("市民满意", 95)):
        sign_statement(**given, subject=subject, value=D(value), evidence="登记表 12 页")  # type: ignore[arg-type]
    sign_statement(**given, subject="热线回访", band="reached", words="回访率 93%", evidence="回访记录")  # type: ignore[arg-type]


FILLINGS = {
    "微服务开展情况": Filling("暴雨停办活动", "增加室内活动"),
    "服务器总故障时长": Filling("更换电源后故障减少"),
}


def evaluated(form: Form, **changed: Filling) -> None:
    take_readings(by=FINANCE, at=WINTER, unit_code=UNIT, year=2024, cut_off_at=CUT)
    stated()
    fill_results(by=FINANCE, at=WINTER, form_id=form.id, fillings=FILLINGS | changed)


def test_a_form_is_declared_approved_filled_submitted_and_accepted(ledger: None) -> None:
    form = approved()
    evaluated(form)
    take_step(by=LEADER, at=WINTER, form_id=form.id, step="submit")
    take_step(by=BUREAU, at=WINTER, form_id=form.id, step="accept")
    view = form_of(form.id)
    assert view is not None
    assert view.state == "reviewed"
    assert [step.step for step in view.steps] == ["declare", "approve", "evaluate", "submit", "accept"]
    sheet = view.sheet()
    assert [plain(row.score) for row in sheet.rows] == ["9.8", "16.63", "20", "20", "10", "20"]
    assert (plain(sheet.total), sheet.grade_zh) == ("96.43", "优")
    assert [bool(each.reading) for each in view.lines] == [False, False, False, False, True]


def test_the_money_comes_from_the_ledger_to_the_fen_and_a_project_reads_its_own(ledger: None) -> None:
    pay(payment("P3", 1, PROJECT))
    whole, part = approved(), approved(project=PROJECT_NAME)
    take_readings(by=FINANCE, at=WINTER, unit_code=UNIT, year=2024, cut_off_at=CUT)
    for form in (whole, part):
        view = form_of(form.id)
        assert view is not None
        assert view.funds is not None
        assert (view.funds.initial_fen, view.funds.adjusted_fen, view.funds.executed_fen) == (
            100_000_000, 100_000_000, 98_000_001,
        )  # fmt: skip
    reading = Reading.objects.filter(fact="spending", project=PROJECT_NAME).latest("id")
    assert reading.counted == 3
    assert "980000.01 元" in reading.query


def test_the_published_budget_prints_the_targets_once_they_are_declared(ledger: None) -> None:
    form = opened()
    assert "targets" not in [each.id for each in budget_document(year=2024, unit=UNIT)[0].grids()]
    take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
    (grid,) = (each for each in budget_document(year=2024, unit=UNIT)[0].grids() if each.id == "targets")
    printed = [[cell.text for cell in row] for row in grid.rows]
    assert len(printed) == 1 + len(LINES)
    assert printed[1] == ["整体支出", "产出指标", "数量指标", "微服务开展情况", "≥", "800", "次", "20"]


def test_one_reading_fills_every_form_that_names_the_fact(ledger: None) -> None:
    with_grids = (
        replace(LINES[0], name="责任网格", sign="≥", target=D(0), unit="个", fact="responsibility_grids"), *LINES[1:]
    )  # fmt: skip
    first, second = approved(with_grids), approved(with_grids, PROJECT_NAME)
    for form in (first, second):
        evaluated(form)
    readings = {
        each.reading.id
        for form in (first, second)
        for each in getattr(form_of(form.id), "lines", ())
        if each.reading and each.line.fact == "responsibility_grids"
    }
    assert Reading.objects.filter(fact="responsibility_grids").count() == 2  # taken twice, used the newest each time
    assert len(readings) == 2
    take_readings(by=FINANCE, at=WINTER, unit_code=UNIT, year=2024, cut_off_at=CUT)
    assert Reading.objects.filter(fact="responsibility_grids").count() == 3


def test_vague_and_unmeasurable_targets_are_flagged_and_errors_stop_the_declaration(ledger: None) -> None:
    vague = (
        replace(LINES[0], unit=""),
        *LINES[1:2],
        replace(LINES[2], target_text="更加美好"),
        replace(LINES[3], proof=""),
        LINES[4],
    )
    form = opened(vague)
    view = form_of(form.id)
    assert view is not None
    assert {duty.kind for duty in duties_of_targets(view)} == {"unit", "vague", "proof"}
    with pytest.raises(EvaluationRefused, match="没有计量单位") as refused:
        take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
    assert [duty.kind for duty in refused.value.duties] == ["unit"]


def test_weights_that_do_not_add_up_are_refused_by_people_and_by_the_database(ledger: None) -> None:
    form = opened(LINES[:-1])
    with pytest.raises(EvaluationRefused, match="成本指标"):
        take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
    view = form_of(form.id)
    assert view is not None
    with pytest.raises(IntegrityError, match="add up to 80"), transaction.atomic():
        FormStep.objects.create(
            form=form, seq=1, step="declare", from_state="draft", to_state="declared", target_set=view.targets,
            at=SPRING, by_name="x", post="finance",
        )  # fmt: skip


def test_who_declared_does_not_approve(ledger: None) -> None:
    form = opened()
    take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
    both = Actor(11, "finance", "财务甲", (Holding("finance"), Holding("bureau_finance")))
    with pytest.raises(EvaluationRefused, match="换一人"):
        take_step(by=both, at=SPRING, form_id=form.id, step="approve")


def test_a_post_of_another_unit_or_without_the_step_is_refused(ledger: None) -> None:
    form = opened()
    stranger = Actor(14, "other", "外单位", (Holding("finance", "999999"),))
    for by in (stranger, LEADER, BUREAU):
        with pytest.raises(EvaluationRefused) as refused:
            take_step(by=by, at=SPRING, form_id=form.id, step="declare")
        assert refused.value.constraint == "not_yours"


def test_declared_targets_change_only_by_an_adjustment_that_says_why(ledger: None) -> None:
    form = approved()
    with pytest.raises(EvaluationRefused, match="调整绩效目标"):
        write_targets(by=FINANCE, at=SUMMER, form_id=form.id, goal="改", lines=LINES)
    with pytest.raises(EvaluationRefused, match="写明理由"):
        take_step(by=FINANCE, at=SUMMER, form_id=form.id, step="adjust")
    take_step(by=FINANCE, at=SUMMER, form_id=form.id, step="adjust", reason="活动方案调整")
    eased = (replace(LINES[0], target=D(700)), *LINES[1:])
    with pytest.raises(EvaluationRefused, match="写明理由"):
        write_targets(by=FINANCE, at=SUMMER, form_id=form.id, goal="全年稳定运行", lines=eased)
    write_targets(by=FINANCE, at=SUMMER, form_id=form.id, goal="全年稳定运行", lines=eased, reason="活动方案调整")
    view = form_of(form.id)
    assert view is not None
    assert (view.state, view.targets and view.targets.number) == ("adjusting", 2)


def test_mid_year_says_what_is_off_course_and_asks_for_a_correction(ledger: None) -> None:
    form = approved()
    take_readings(by=FINANCE, at=SUMMER, unit_code=UNIT, year=2024, cut_off_at=SUMMER)
    sign_statement(
        by=FINANCE, at=SUMMER, unit_code=UNIT, year=2024, subject="micro_services", value=D(200), evidence="登记表",
        signed_by="科长", signed_on=date(2024, 6, 30),
    )  # fmt: skip
    with pytest.raises(EvaluationRefused, match="微服务开展情况"):
        record_monitoring(by=FINANCE, at=SUMMER, form_id=form.id, on=date(2024, 6, 30), corrections={})
    corrections = {
        "微服务开展情况": Correction("雨季", "下半年每周两次"),
        "全年经费": Correction("上半年集中付款", "下半年压减"),
    }
    rows = record_monitoring(by=FINANCE, at=SUMMER, form_id=form.id, on=date(2024, 6, 30), corrections=corrections)
    found = {row.line.name if row.line else "": row for row in rows}
    assert found["微服务开展情况"].course == "behind"
    assert found["微服务开展情况"].forecast == D("402.17")
    assert found[""].course == "on_course"
    view = form_of(form.id)
    assert view is not None
    assert (view.state, view.steps[-1].step) == ("approved", "monitor")


def test_a_line_without_reading_or_statement_is_named(ledger: None) -> None:
    form = approved()
    take_readings(by=FINANCE, at=WINTER, unit_code=UNIT, year=2024, cut_off_at=CUT)
    with pytest.raises(EvaluationRefused, match="微服务开展情况、服务器总故障时长、热线回访、市民满意"):
        fill_results(by=FINANCE, at=WINTER, form_id=form.id, fillings={})


def test_lost_points_without_reason_stop_the_submission(ledger: None) -> None:
    form = approved()
    evaluated(form, 微服务开展情况=Filling())
    with pytest.raises(EvaluationRefused, match="偏差原因"):
        take_step(by=LEADER, at=WINTER, form_id=form.id, step="submit")


def test_a_judgement_stands_beside_the_score_of_the_rule(ledger: None) -> None:
    form = approved()
    judged = Filling("暴雨停办", "补办", Judgement(D(8), "评审组", "活动记录不全"))
    evaluated(form, 微服务开展情况=judged)
    result = Result.objects.get(line__name="微服务开展情况")
    assert (result.score, result.by_rule, result.method) == (D(8), D("16.63"), "judgement")
    view = form_of(form.id)
    assert view is not None
    assert view.sheet().lines[0].reckoning == "评审认定 8（规则得分 16.63）：活动记录不全（评审组）"


def test_a_review_sends_back_with_a_reason_and_results_are_filled_again(ledger: None) -> None:
    form = approved()
    evaluated(form)
    take_step(by=LEADER, at=WINTER, form_id=form.id, step="submit")
    with pytest.raises(EvaluationRefused, match="不能填报结果"):
        fill_results(by=FINANCE, at=WINTER, form_id=form.id, fillings=FILLINGS)
    with pytest.raises(EvaluationRefused, match="写明理由"):
        take_step(by=BUREAU, at=WINTER, form_id=form.id, step="send_back")
    take_step(by=BUREAU, at=WINTER, form_id=form.id, step="send_back", reason="佐证不足")
    fill_results(by=FINANCE, at=WINTER, form_id=form.id, fillings=FILLINGS)
    assert Result.objects.count() == 10  # the first five stay


def test_a_target_met_in_the_last_two_years_is_flagged_when_it_is_set_again(ledger: None) -> None:
    for year in (2022, 2023):
        form = open_form(by=FINANCE, at=SPRING, unit_code=UNIT, year=year, edition="province-2024")
        write_targets(by=FINANCE, at=SPRING, form_id=form.id, goal="运行", lines=LINES)
        take_step(by=FINANCE, at=SPRING, form_id=form.id, step="declare")
        take_step(by=BUREAU, at=SPRING, form_id=form.id, step="approve")
        given: dict[str, Any] = {"by": FINANCE, "at": WINTER, "unit_code": UNIT, "year": year, "signed_by": "科长"}
        for subject, value in (("micro_services", 900), ("server_fault_hours", 60), ("市民满意", 95), ("spending", 90)):
            sign_statement(**given, subject=subject, value=D(value), evidence="表", signed_on=date(2025, 1, 1))
        sign_statement(
            **given, subject="热线回访", band="reached", words="93%", evidence="表", signed_on=date(2025, 1, 1)
        )
        fill_results(by=FINANCE, at=WINTER, form_id=form.id, fillings={})
    from wangge.domains.self_evaluation.queries.forms import history_of

    this_year = form_of(opened().id)
    assert this_year is not None
    history = history_of(unit_code=UNIT, year=2024)
    flagged = {duty.line for duty in duties_of_targets(this_year, history) if duty.kind == "always_met"}
    assert flagged == {"微服务开展情况", "市民满意", "全年经费"}


def test_forms_of_a_year_are_read_in_a_constant_number_of_statements(
    ledger: None, django_assert_num_queries: Callable[[int], object]
) -> None:
    form = approved()
    evaluated(form)
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        forms_of(unit_code=UNIT, year=2024)
    approved(project=PROJECT_NAME)
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        assert len(forms_of(unit_code=UNIT, year=2024)) == 2


ATTACKS = (
    "UPDATE self_evaluation_form SET year = 2023",
    "DELETE FROM self_evaluation_step",
    "UPDATE self_evaluation_line SET weight = 1",
    "UPDATE self_evaluation_reading SET value = 1",
    "DELETE FROM self_evaluation_statement",
    "UPDATE self_evaluation_result SET score = 0",
    "TRUNCATE self_evaluation_monitoring",
    "INSERT INTO self_evaluation_line (target_set_id, seq, block, second, name, sign, rule, target, target_text, unit,"
    " weight, fact, proof) SELECT id, 9, 'output', '数量指标', '又一项', '≥', 'at_least', 1, '', '次', 1, '', ''"
    " FROM self_evaluation_target_set",
    "INSERT INTO self_evaluation_target_set (form_id, number, goal, reason, at, by_name)"
    " SELECT id, 7, 'x', '', now(), 'x' FROM self_evaluation_form",
    "INSERT INTO self_evaluation_step (form_id, seq, step, from_state, to_state, reason, at, by_name, post)"
    " SELECT id, 99, 'accept', 'submitted', 'reviewed', '', now(), 'x', 'x' FROM self_evaluation_form",
    "INSERT INTO self_evaluation_step (form_id, seq, step, from_state, to_state, reason, at, by_name, post)"
    " SELECT form_id, max(seq) + 1, 'accept', 'submitted', 'reviewed', '', now(), 'x', 'x'"
    " FROM self_evaluation_step GROUP BY form_id",
    "INSERT INTO self_evaluation_result (line_id, reading_id, statement_id, by_rule, score, method, judged_by,"
    " judged_reason, deviation, measure, at, by_name)"
    " SELECT line_id, reading_id, statement_id, by_rule, 99, method, '',"
    " '', '', '', now(), 'x' FROM self_evaluation_result",
    "INSERT INTO self_evaluation_result (line_id, reading_id, statement_id, by_rule, score, method, judged_by,"
    " judged_reason, deviation, measure, at, by_name)"
    " SELECT line_id, NULL, NULL, by_rule, score, method, '', '', '', '',"
    " now(), 'x' FROM self_evaluation_result",
    "INSERT INTO self_evaluation_result (line_id, reading_id, statement_id, by_rule, score, method, judged_by,"
    " judged_reason, deviation, measure, at, by_name)"
    " SELECT line_id, reading_id, statement_id, by_rule, 1, 'judgement',"
    " 'x', '', '', '', now(), 'x' FROM self_evaluation_result",
    "INSERT INTO self_evaluation_statement (unit_code, year, subject, value, band, words, evidence, scan, signed_by,"
    " signed_on, at, by_name, check_code) SELECT unit_code, year, subject, value, band, words, ' ', scan, signed_by,"
    " signed_on, at, by_name, check_code FROM self_evaluation_statement",
    "INSERT INTO self_evaluation_reading (unit_code, year, project, fact, source_kind, value, numerator, denominator,"
    " query, cut_off_at, counted, samples, taken_at, by_name, check_code) SELECT unit_code, year, project, fact,"
    " source_kind, value, 1, 0, query, cut_off_at, counted, samples, taken_at, by_name, check_code"
    " FROM self_evaluation_reading",
    "INSERT INTO self_evaluation_monitoring (form_id, \"on\", course, reason, correction, at, by_name)"
    " SELECT id, now(), 'behind', '', '', now(), 'x' FROM self_evaluation_form",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses_what_would_change_history_or_break_a_rule(ledger: None, attack: str) -> None:
    form = approved()
    evaluated(form)
    before = (TargetLine.objects.count(), FormStep.objects.count(), Result.objects.count(), Reading.objects.count())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert before == (
        TargetLine.objects.count(), FormStep.objects.count(), Result.objects.count(), Reading.objects.count(),
    )  # fmt: skip
